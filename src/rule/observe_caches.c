// What caches make of an endpoint's answers: the two requests, one after the other, that show it
// (reference/browser.md 3, reference/cdn.md 10.2).
#include "policy/cache.h"
#include "rule/observe.h"

// Pairs of answers that are looked at in one situation: an endpoint has a few, and what more would
// show is no other sequence.
enum { PAIRS_MOST = 4096 };

struct looking {
    const struct judge *judge;
    struct model *model;
    const struct endpoint *endpoint;
    const struct views *views;
};

// One request fills the cache, another one is handed what it holds.
struct sequence {
    Str name;          // of the cache; empty for one that nobody configured
    Str first, second; // origins; first empty: without Origin
    uint32_t lines;    // Access-Control-Allow-Origin in what the second gets
    Str line;          // the first of them
    bool refused;      // the second's own answer would have let it read
    const struct cache *cache;
};

// The Access-Control-Allow-Origin lines for two given origins. False when they are not known.
static bool origin_lines(const struct cache_origins *by, const struct lines *lines, uint32_t *count,
                         Str *first)
{
    *count = 0;
    *first = STR("");
    for (uint32_t i = 0; i < lines->count; i++) {
        const struct line *line = &lines->items[i];
        Str text;
        if (!line->value || !str_is_nocase(line->name, "access-control-allow-origin"))
            continue;
        if (line->unsure ||
            !value_is_text(value_map(by->model, line->value, cache_as_named, by, 0), &text))
            return false;
        if (!text.len && !line->keep_empty)
            continue;
        *first = *count ? *first : text;
        ++*count;
    }
    return !lines->unknown;
}

static bool lets_read(uint32_t count, Str line, Str origin)
{
    return count == 1 && (str_is(line, "*") || str_equal(line, origin));
}

// A member that a reader recognises.
static Str member(const struct looking *looking, const struct fa *set)
{
    struct fa_space *fa = looking->model->fa;
    const struct judge *judge = looking->judge;
    const struct fa *trusted = judge->trusted ? fa_intersect(fa, set, judge->trusted) : NULL;
    Str word;
    if (trusted && !fa_is_none(trusted))
        set = trusted;
    if (!set || fa_is_none(set))
        return STR("");
    if (fa_is_finite(set) && fa_shortest(looking->model->arena, set, NULL, &word))
        return word; // somebody named it
    return origins_describe(judge->space, set, judge->trusted, NULL).witness;
}

// A page that gets an answer of the view.
static Str reader_of(const struct looking *looking, const struct view *view)
{
    const struct fa *whole = origins_part(looking->judge->space, ORIGINS_PART_WHOLE);
    return member(looking, fa_intersect(looking->model->fa, whole,
                                        box_language(view->box, looking->model->origin)));
}

static struct answered answered_of(const struct view *view)
{
    return (struct answered){
        .box = view->box,
        .response = view->response,
        .status = view->status,
        .upstream_headers = view->upstream ? view->upstream->headers : NULL,
        .upstream_header_count = view->upstream ? view->upstream->header_count : 0,
    };
}

// Whether two requests of these views show that the cache mixes them up, and which. `own`: a page
// that gets the second's answer. `bare`: the first request comes without Origin; else it has one.
static bool show_pair(const struct looking *looking, const struct cache *cache,
                      const struct view *first, const struct view *second, Str own, bool bare,
                      struct sequence *out)
{
    struct model *model = looking->model;
    const struct fa *firsts = box_language(first->box, model->origin);
    const struct answered filling = answered_of(first), asking = answered_of(second);
    struct cache_origins by = { .model = model, .asked = own };
    if (bare && !fa_accepts(firsts, STR("")))
        return false;
    struct cache_mixed mixed = cache_mix(model, cache, &filling, &asking);
    if (mixed.mix != CACHE_MIXED)
        return false;
    const struct fa *whole = origins_part(looking->judge->space, ORIGINS_PART_WHOLE);
    if (!bare)
        by.kept = member(looking, fa_subtract(model->fa, fa_intersect(model->fa, whole, firsts),
                                              fa_literal(model->fa, own)));
    uint32_t own_lines;
    Str own_line;
    if ((!by.kept.len && !bare) || !origin_lines(&by, &second->lines, &own_lines, &own_line) ||
        !origin_lines(&by, &mixed.lines, &out->lines, &out->line))
        return false;
    out->first = by.kept;
    out->second = own;
    out->refused = lets_read(own_lines, own_line, own);
    out->name = cache->name;
    out->cache = cache;
    return out->refused != lets_read(out->lines, out->line, own);
}

// The cache of that name on the way of a view; NULL: none. `named` NULL: *anybody, which is set.
static const struct cache *cache_on(const struct view *view, const struct cache *named,
                                    struct cache *anybody)
{
    *anybody = cache_of_anybody(view->response);
    for (uint32_t c = 0; named && c < view->response->cache_count; c++)
        if (str_equal(view->response->caches[c].name, named->name))
            return &view->response->caches[c];
    return named ? NULL : anybody;
}

// The sequence that shows what one cache does: best, somebody who may read is refused, after a
// request without Origin. The cache is `named`, or (NULL) one that nobody configured.
static bool show(const struct looking *looking, const struct cache *named, struct sequence *out)
{
    const struct views *views = looking->views;
    uint32_t pairs = 0;
    bool found = false;
    for (uint32_t i = 0; i < views->count; i++) {
        const struct view *second = &views->items[i];
        struct cache anybody;
        const struct cache *cache = cache_on(second, named, &anybody);
        Str own = cache && !second->open ? reader_of(looking, second) : STR("");
        for (uint32_t k = 0; own.len && k < 2 * views->count; k++) {
            const struct view *first = &views->items[k % views->count];
            struct sequence one = { 0 };
            if (first->open)
                continue;
            if (pairs++ == PAIRS_MOST)
                return found;
            if (!show_pair(looking, cache, first, second, own, k < views->count, &one) ||
                (found && !one.refused))
                continue;
            found = true;
            *out = one;
            out->cache = named;
            if (one.refused)
                return true;
        }
    }
    return found;
}

static Str sequence_text(struct arena *arena, const struct sequence *sequence)
{
    Str who = sequence->first.len ? str_concat(arena, STR("from "), sequence->first)
                                  : STR("without Origin");
    Str name = sequence->name.len ? sequence->name : STR("a cache");
    Str what =
        sequence->lines == 0
            ? STR("the answer without Access-Control-Allow-Origin")
            : str_format(arena, "the answer with %sAccess-Control-Allow-Origin: %.*s",
                         sequence->lines > 1 ? "another one beside " : "", STR_ARG(sequence->line));
    return str_format(arena, "after a request %.*s, %.*s gives %.*s %.*s%s", STR_ARG(who),
                      STR_ARG(name), STR_ARG(sequence->second), STR_ARG(what),
                      sequence->refused ? "" : ", which it would not get by itself");
}

// ---- answers that do not say Vary

static bool varies(struct model *model, const struct view *view)
{
    uint32_t at = 0;
    const struct line *line;
    Str text;
    while ((line = view_find(model, view, "vary", &at)))
        if (line->unsure || !value_is_text(line->value, &text) || cache_vary_names_origin(text))
            return true; // what is not known is given the benefit of the doubt
    return false;
}

static bool is_cacheable(struct model *model, const struct view *view)
{
    static const uint32_t statuses[] = { 200, 203, 204, 206, 300, 301, 308, 404, 405, 410 };
    uint32_t at = 0;
    const struct line *line;
    Str text;
    while ((line = view_find(model, view, "cache-control", &at)))
        if (value_is_text(line->value, &text) &&
            str_contains(str_lower(model->arena, text), STR("no-store")))
            return false;
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++)
        if (view->status == statuses[i])
            return true;
    return false;
}

// What tells answers apart: the value, or that there is none.
static uint64_t origin_line(struct model *model, const struct view *view, bool *echo, Span *span)
{
    uint32_t at = 0;
    const struct line *line = view_find(model, view, "access-control-allow-origin", &at);
    if (!line)
        return 0;
    if (!*echo)
        *span = line->span;
    for (uint32_t i = 0; i < line->value->count; i++) {
        const struct part *part = &line->value->parts[i];
        const struct fa *origins = box_language(view->box, model->origin);
        Str one;
        *echo = *echo || ((part->kind == PART_CAPTURE || part->var == model->origin) &&
                          !(origins && fa_is_literal(model->arena, origins, &one)));
    }
    return value_hash(line->value);
}

// Whether answers depend on the origin, and not all of them say so.
static bool lacks_vary(const struct looking *looking, Span *span)
{
    bool depends = false, lacks = false, open = false;
    uint64_t first = 0;
    uint32_t seen = 0;
    for (uint32_t i = 0; i < looking->views->count; i++) {
        const struct view *view = &looking->views->items[i];
        if (!is_cacheable(looking->model, view))
            continue;
        uint64_t line = origin_line(looking->model, view, &depends, span);
        first = seen++ ? first : line;
        depends = depends || line != first;
        lacks = lacks || !varies(looking->model, view);
        open = open || view->open;
    }
    return depends && lacks && !open;
}

// ---- all of it

// The caches that the endpoint's answers pass.
static uint32_t caches_of(struct model *model, const struct views *views, const struct cache ***out)
{
    VEC(const struct cache *) all = { 0 };
    for (uint32_t i = 0; i < views->count; i++)
        for (uint32_t c = 0; c < views->items[i].response->cache_count; c++) {
            const struct cache *cache = &views->items[i].response->caches[c];
            bool known = false;
            for (uint32_t k = 0; k < all.count && !known; k++)
                known = str_equal(all.items[k]->name, cache->name);
            if (!known)
                *vec_push(model->arena, &all) = cache;
        }
    *out = all.items;
    return all.count;
}

static void observe_mixing(const struct looking *looking, bool silent,
                           const struct sequence *sequence, struct observations *out)
{
    // What Vary would cure is said once, where Vary is missing.
    if (silent && sequence->cache->vary == CACHE_VARY_SPLITS)
        return;
    struct observation observation = {
        .kind = OBSERVED_CACHE_MIXES,
        .endpoint = looking->endpoint,
        .header = STR("Access-Control-Allow-Origin"),
        .value = sequence->name,
        .problem = sequence_text(looking->model->arena, sequence),
        .span = sequence->cache->span,
    };
    observation.part.origins.witness = sequence->second;
    observe_add(looking->model, observation, out);
}

static void observe_method(struct looking *looking, bool preflight, struct observations *out)
{
    struct model *model = looking->model;
    const struct cache **caches;
    uint32_t count = caches_of(model, looking->views, &caches);
    struct sequence shown = { 0 };
    Span span = { 0 };
    bool silent = !preflight && lacks_vary(looking, &span), is_shown = false;
    for (uint32_t i = 0; i < count; i++) {
        struct sequence sequence;
        if (!show(looking, caches[i], &sequence))
            continue;
        observe_mixing(looking, silent, &sequence, out);
        if (is_shown || sequence.cache->vary != CACHE_VARY_SPLITS)
            continue;
        shown = sequence;
        is_shown = true;
    }
    if (!silent)
        return;
    if (!is_shown)
        is_shown = show(looking, NULL, &shown);
    observe_add(model,
                (struct observation){ .kind = OBSERVED_VARY_MISSING,
                                      .endpoint = looking->endpoint,
                                      .header = STR("Vary"),
                                      .value = is_shown ? shown.name : STR(""),
                                      .problem = is_shown
                                                     ? sequence_text(model->arena, &shown)
                                                     : STR("a cache gives one origin's answer to "
                                                           "another"),
                                      .span = span },
                out);
}

void observe_caches(const struct judge *judge, const struct upstreams *upstreams,
                    const struct endpoint *endpoint, const struct boxes *situations,
                    struct observations *out)
{
    static const char *const methods[] = { "GET", "OPTIONS" };
    bool is_cached = false; // preflights are kept by caches that are told to, only
    for (uint32_t i = 0; i < endpoint->cell_count; i++)
        is_cached |= endpoint->cells[i].response->cache_count > 0;
    for (uint32_t i = 0; i < situations->count; i++)
        for (size_t m = 0; m < 1u + is_cached; m++) {
            struct views views;
            views_of(judge->model, upstreams, endpoint, situations->items[i], str_from(methods[m]),
                     &views);
            struct looking looking = { judge, judge->model, endpoint, &views };
            observe_method(&looking, m == 1, out);
        }
}
