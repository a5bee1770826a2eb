#include "policy/cache.h"

#include "base/vec.h"

// ---- what is kept

static const uint32_t kept_statuses[] = { 200, 203, 204, 206, 300, 301, 308, 404, 405, 410 };

static bool keeps_status(const struct cache *cache, uint32_t status)
{
    if (cache->statuses)
        return statuses_has(cache->statuses, status);
    for (size_t i = 0; i < sizeof kept_statuses / sizeof *kept_statuses; i++)
        if (status == kept_statuses[i])
            return true;
    return false;
}

// The next line of that name from *at on.
static const struct line *find(const struct lines *lines, const char *name, uint32_t *at)
{
    while (*at < lines->count) {
        const struct line *line = &lines->items[(*at)++];
        if (line->value && str_is_nocase(line->name, name))
            return line;
    }
    return NULL;
}

// The more certain it is that they are apart, the smaller.
static enum cache_mix least(enum cache_mix a, enum cache_mix b)
{
    return a < b ? a : b;
}

// What a list of Cache-Control says about being kept by a shared cache.
struct control {
    bool no_store, forbids; // forbids: to hand it out without asking again
    bool allows;            // it says for how long
};

static void read_control(Str list, struct control *out)
{
    Str head, tail;
    bool shared = false, shared_zero = false, zero = false;
    for (bool more = true; more; list = tail) {
        more = str_cut(list, STR(","), &head, &tail);
        Str one = str_trim(more ? head : list), name = one, value = STR("");
        (void)str_cut(one, STR("="), &name, &value);
        bool none = str_is(str_trim(value), "0");
        out->no_store |= str_is(name, "no-store");
        out->forbids |= str_is(name, "private") || str_is(name, "no-cache");
        shared |= str_is(name, "s-maxage");
        shared_zero |= str_is(name, "s-maxage") && none;
        zero |= str_is(name, "max-age") && none;
        out->allows |= str_is(name, "max-age") || str_is(name, "s-maxage");
        if (!more)
            break;
    }
    out->forbids |= shared ? shared_zero : zero;
}

// By what the answer says about keeping it.
static enum cache_mix mix_by_control(struct model *model, const struct cache *cache,
                                     const struct lines *kept)
{
    enum cache_mix out = kept->unknown ? CACHE_PERHAPS : CACHE_MIXED;
    struct control says = { 0 };
    uint32_t at = 0;
    const struct line *line;
    Str text;
    while ((line = find(kept, "cache-control", &at))) {
        if (line->unsure || !value_is_text(line->value, &text)) {
            says.allows = true;
            out = CACHE_PERHAPS;
            continue;
        }
        read_control(str_lower(model->arena, text), &says);
    }
    at = 0;
    if (cache->heeds == CACHE_HEEDS_NOTHING)
        says.allows = false;
    says.allows |= find(kept, "expires", &at) != NULL || kept->unknown != NULL;
    if ((says.no_store && cache->heeds != CACHE_HEEDS_NOTHING) ||
        (says.forbids && cache->heeds == CACHE_HEEDS_CONTROL))
        return CACHE_APART;
    return cache->keeps == CACHE_KEEPS_FRESH && !says.allows ? CACHE_APART : out;
}

bool cache_vary_names_origin(Str value)
{
    Str head, tail;
    for (bool more = true; more; value = tail) {
        more = str_cut(value, STR(","), &head, &tail);
        Str one = str_trim(more ? head : value);
        if (str_is(one, "*") || str_is_nocase(one, "origin"))
            return true;
        if (!more)
            break;
    }
    return false;
}

static bool names_encoding_only(Str value)
{
    Str head, tail;
    for (bool more = true; more; value = tail) {
        more = str_cut(value, STR(","), &head, &tail);
        Str one = str_trim(more ? head : value);
        if (one.len && !str_is_nocase(one, "accept-encoding"))
            return false;
        if (!more)
            break;
    }
    return true;
}

static enum cache_mix mix_by_vary(const struct cache *cache, const struct lines *kept)
{
    enum cache_mix out = CACHE_MIXED;
    uint32_t at = 0;
    const struct line *line;
    Str text;
    while (cache->vary != CACHE_VARY_IGNORED && (line = find(kept, "vary", &at))) {
        if (line->unsure || !value_is_text(line->value, &text))
            out = CACHE_PERHAPS;
        else if (cache->vary == CACHE_VARY_SPLITS ? cache_vary_names_origin(text)
                                                  : !names_encoding_only(text))
            return CACHE_APART;
    }
    return out;
}

// ---- for whom

struct keeping {
    struct model *model;
};

static const struct value *as_kept(const void *state, const struct var *var)
{
    const struct keeping *keeping = state;
    struct model *model = keeping->model;
    return var == model->origin ? value_var(model, model->kept_origin) : NULL;
}

// What depends on the origin, for the request whose answer is kept.
static const struct value *kept_value(struct model *model, const struct value *value)
{
    const struct keeping keeping = { model };
    return value_map(model, value, as_kept, &keeping, 0);
}

static bool same_part(const struct part *a, const struct part *b)
{
    if (a->kind == PART_TEXT || b->kind == PART_TEXT)
        return a->kind == b->kind && str_equal(a->text, b->text);
    if (a->kind != b->kind || a->var != b->var || a->identity != b->identity)
        return false;
    return a->kind != PART_CAPTURE || (a->pattern == b->pattern && a->group == b->group &&
                                       value_equal(a->subject, b->subject));
}

const struct value *cache_as_named(const void *state, const struct var *var)
{
    const struct cache_origins *two = state;
    if (var == two->model->kept_origin)
        return value_text(two->model, two->kept);
    return var == two->model->origin ? value_text(two->model, two->asked) : NULL;
}

enum { MEMBERS_MOST = 16 };
struct members {
    Str items[MEMBERS_MOST];
    size_t count;
};

// What the variable can be, where the value depends on it; any one word where it does not. False
// when there are too many.
static bool members_of(struct model *model, const struct box *box, const struct value *value,
                       const struct var *var, struct members *out)
{
    const struct fa *words = box_language(box, var);
    bool depends = value_depends(value, var);
    if (depends && (!words || fa_count(words) > MEMBERS_MOST))
        return false;
    out->count = 1;
    out->items[0] = STR("");
    if (depends)
        out->count = fa_enumerate(model->arena, words, out->items, MEMBERS_MOST);
    return true;
}

// Whether two different origins of the box have equal keys; asked of each pair where there are few.
static enum cache_mix mix_by_members(struct model *model, const struct box *box,
                                     const struct value *first, const struct value *second)
{
    struct members kept, asked;
    if (!members_of(model, box, first, model->kept_origin, &kept) ||
        !members_of(model, box, second, model->origin, &asked))
        return CACHE_PERHAPS;
    enum cache_mix out = CACHE_APART;
    for (size_t i = 0; i < kept.count; i++)
        for (size_t k = 0; k < asked.count; k++) {
            const struct cache_origins two = { model, kept.items[i], asked.items[k] };
            Str a, b;
            if (!value_is_text(value_map(model, first, cache_as_named, &two, 0), &a) ||
                !value_is_text(value_map(model, second, cache_as_named, &two, 0), &b))
                return CACHE_PERHAPS;
            bool same = kept.items[i].len && str_equal(kept.items[i], asked.items[k]);
            out = str_equal(a, b) && !same ? CACHE_MIXED : out;
        }
    return out;
}

// By the keys of the two requests, which differ in nothing but the origin.
static enum cache_mix mix_by_key(struct model *model, const struct box *box,
                                 const struct value *first, const struct value *second)
{
    if (!first || !second)
        return first == second ? CACHE_MIXED : CACHE_PERHAPS;
    first = kept_value(model, first);
    bool same = first->count == second->count, has_origin = false;
    for (uint32_t i = 0; same && i < first->count; i++) {
        const struct part *kept = &first->parts[i], *asked = &second->parts[i];
        bool origin = kept->kind == PART_VAR && asked->kind == PART_VAR &&
                      kept->var == model->kept_origin && asked->var == model->origin;
        same = origin || same_part(kept, asked);
        has_origin |= origin;
    }
    if (same && has_origin)
        return CACHE_APART; // the same key is the same origin
    if (same)
        return value_find_unknown(second) ? CACHE_PERHAPS : CACHE_MIXED;
    const struct fa *kept_keys, *asked_keys;
    (void)value_language(model, box, first, &kept_keys);
    (void)value_language(model, box, second, &asked_keys);
    if (fa_is_disjoint(model->fa, kept_keys, asked_keys))
        return CACHE_APART;
    return mix_by_members(model, box, first, second);
}

static const struct cache *same_cache(const struct response *response, const struct cache *cache)
{
    for (uint32_t i = 0; i < response->cache_count; i++)
        if (str_equal(response->caches[i].name, cache->name))
            return &response->caches[i];
    return NULL;
}

// The second's requests that ask for the same as some of the first's, but for the origin.
static const struct box *meet(struct model *model, const struct cache *cache,
                              const struct answered *first, const struct answered *second)
{
    static const Str usual[] = { { "GET", 3 }, { "HEAD", 4 } };
    const struct fa *origins = box_language(first->box, model->origin);
    const struct box *box =
        box_meet(model, box_without(model, first->box, model->origin), second->box);
    if (box)
        box = box_with(model, box, model->method,
                       cache->methods ? cache->methods : fa_literals(model->fa, usual, 2));
    return box ? box_with(model, box, model->kept_origin, origins) : NULL;
}

struct cache_mixed cache_mix(struct model *model, const struct cache *cache,
                             const struct answered *first, const struct answered *second)
{
    struct cache_mixed out = { .mix = CACHE_APART, .status = first->status };
    const struct response *from = first->response, *to = second->response;
    struct cache anybody = cache_of_anybody(from);
    const struct cache *filled = cache->name.len ? same_cache(from, cache) : &anybody;
    if (!filled || filled->keeps == CACHE_KEEPS_NONE || cache->bypassed ||
        !keeps_status(filled, first->status))
        return out;
    out.box = meet(model, cache, first, second);
    if (!out.box)
        return out;
    struct response inside = *from;
    inside.op_count = filled->op_count;
    response_lines(model, &inside, first->status, first->upstream_headers,
                   first->upstream_header_count, &out.lines);
    enum cache_mix mix = filled->keeps == CACHE_KEEPS_UNKNOWN ? CACHE_PERHAPS : CACHE_MIXED;
    mix = least(mix, mix_by_control(model, filled, &out.lines));
    mix = least(mix, mix_by_vary(filled, &out.lines));
    mix = least(mix, mix_by_key(model, out.box, filled->key, cache->key));
    if (mix == CACHE_APART)
        return out;
    out.mix = mix;
    for (uint32_t i = 0; i < out.lines.count; i++)
        if (out.lines.items[i].value)
            out.lines.items[i].value = kept_value(model, out.lines.items[i].value);
    if (to->op_count > cache->op_count)
        lines_apply(model, to->ops + cache->op_count, to->op_count - cache->op_count, first->status,
                    &out.lines);
    return out;
}

struct cache cache_of_anybody(const struct response *response)
{
    return (struct cache){ .op_count = response->op_count, .heeds = CACHE_HEEDS_NO_STORE };
}
