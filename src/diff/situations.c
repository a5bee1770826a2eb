#include "diff/situations.h"

#include "base/map.h"

static bool is_of_request(const struct model *model, const struct var *var)
{
    return var == model->origin || var == model->method || var == model->request_method ||
           var == model->request_headers;
}

static bool is_of_url(const struct model *model, const struct var *var)
{
    return var == model->port || var == model->scheme || var == model->host || var == model->path;
}

enum cut_by { CUT_BY_URL, CUT_BY_ALL };

// A cell's box without what the browser lifting looks at by itself, or without all that is not of
// the URL; NULL outside the overlap.
static const struct box *projected(struct model *model, const struct box *overlap,
                                   const struct box *box, enum cut_by by)
{
    const struct box *out = box_meet(model, overlap, box);
    for (uint32_t i = 0; out && i < box->count; i++) {
        const struct var *var = box->items[i].var;
        if (is_of_request(model, var) || (by == CUT_BY_URL && !is_of_url(model, var)))
            out = box_without(model, out, var);
    }
    return out;
}

static void collect(struct model *model, const struct box *overlap, const struct endpoint *endpoint,
                    enum cut_by by, struct map *known, struct boxes *out)
{
    for (uint32_t i = 0; endpoint && i < endpoint->cell_count; i++) {
        const struct box *box = projected(model, overlap, endpoint->cells[i].box, by);
        if (!box || box_equal(box, overlap))
            continue;
        uint32_t at = 0;
        uint64_t hash = box_hash(box);
        struct boxes *same;
        while ((same = map_next(known, hash, &at)))
            if (box_equal(same->items[0], box))
                break;
        if (same)
            continue;
        same = ARENA_NEW(model->arena, struct boxes);
        *vec_push(model->arena, same) = box;
        map_add(model->arena, known, hash, same);
        *vec_push(model->arena, out) = box;
    }
}

// Cuts every part by `knife`. False, and nothing changed, when there would be too many.
static bool cut(struct model *model, const struct box *knife, struct boxes *parts)
{
    struct boxes out = { 0 };
    for (uint32_t i = 0; i < parts->count; i++) {
        const struct box *inside = box_meet(model, parts->items[i], knife);
        if (!inside || box_equal(inside, parts->items[i])) {
            *vec_push(model->arena, &out) = parts->items[i];
        } else {
            *vec_push(model->arena, &out) = inside;
            box_subtract(model, parts->items[i], knife, &out);
        }
        if (out.count > SITUATIONS_MOST)
            return false;
    }
    *parts = out;
    return true;
}

// Whether some cell of the endpoint looks at the variable.
static bool looks_at(const struct endpoint *endpoint, const struct var *var)
{
    for (uint32_t i = 0; endpoint && i < endpoint->cell_count; i++)
        if (box_language(endpoint->cells[i].box, var) != var->universe)
            return true;
    return false;
}

// The upstream headers that the cells of an endpoint look at are taken as absent.
static const struct box *without_headers(struct model *model, const struct box *box,
                                         const struct endpoint *endpoint)
{
    for (uint32_t i = 0; endpoint && i < endpoint->cell_count; i++) {
        const struct box *cell = endpoint->cells[i].box;
        for (uint32_t j = 0; box && j < cell->count; j++)
            if (cell->items[j].var->kind == VAR_UPSTREAM_HEADER)
                box = box_with(model, box, cell->items[j].var, fa_empty(model->fa));
    }
    return box;
}

const struct box *situations_assume(struct model *model, const struct overlap *overlap,
                                    bool upstreams_declared)
{
    const struct box *box = overlap->box;
    if (looks_at(overlap->old, model->upstream_status) ||
        looks_at(overlap->new, model->upstream_status))
        box = box_with(model, box, model->upstream_status, fa_literal(model->fa, STR("200")));
    if (!upstreams_declared) {
        box = without_headers(model, box, overlap->old);
        box = without_headers(model, box, overlap->new);
    }
    return box ? box : overlap->box;
}

static void cut_all(struct model *model, const struct overlap *overlap, enum cut_by by,
                    struct boxes *out)
{
    struct map known = { 0 };
    struct boxes knives = { 0 };
    collect(model, overlap->box, overlap->old, by, &known, &knives);
    collect(model, overlap->box, overlap->new, by, &known, &knives);
    *out = (struct boxes){ 0 };
    *vec_push(model->arena, out) = overlap->box;
    for (uint32_t i = 0; i < knives.count; i++)
        if (!cut(model, knives.items[i], out))
            return;
}

void situations_places(struct model *model, const struct overlap *overlap, struct boxes *out)
{
    cut_all(model, overlap, CUT_BY_URL, out);
}

void situations_cut(struct model *model, const struct overlap *overlap, struct boxes *out)
{
    cut_all(model, overlap, CUT_BY_ALL, out);
}

static const char *var_text(const struct var *var)
{
    switch (var->kind) {
    case VAR_PORT:
        return "the port";
    case VAR_SCHEME:
        return "the scheme";
    case VAR_HOST:
        return "the host";
    case VAR_PATH:
        return "the path";
    case VAR_TARGET:
        return "the request target";
    case VAR_QUERY:
        return "the query";
    case VAR_METHOD:
        return "the method";
    case VAR_HEADER:
        return "the header";
    case VAR_COOKIE:
        return "the cookie";
    case VAR_ARG:
        return "the query argument";
    case VAR_ADDRESS:
        return "the client's address";
    case VAR_UPSTREAM_STATUS:
        return "the upstream's status";
    case VAR_UPSTREAM_HEADER:
        return "the upstream's header";
    case VAR_KEPT_ORIGIN:
    case VAR_CHOICE:
        break;
    }
    return "";
}

// "is x", "is absent", "is not x" ...; NULL when there is no short way to say it.
static Str language_text(struct model *model, const struct var *var, const struct fa *language)
{
    struct arena *arena = model->arena;
    bool can_miss = var->kind == VAR_HEADER || var->kind == VAR_COOKIE || var->kind == VAR_ARG ||
                    var->kind == VAR_QUERY || var->kind == VAR_UPSTREAM_HEADER;
    Str word;
    if (fa_is_literal(arena, language, &word)) {
        if (word.len)
            return str_concat(arena, STR("is "), word);
        return can_miss ? STR("is absent") : STR("is empty");
    }
    const struct fa *outside = fa_subtract(model->fa, var->universe, language);
    if (outside && fa_is_literal(arena, outside, &word)) {
        if (word.len)
            return str_concat(arena, STR("is not "), word);
        return can_miss ? STR("is present") : STR("is not empty");
    }
    if (fa_shortest(arena, language, NULL, &word) && word.len && word.len < 40)
        return str_format(arena, "is one of some, such as %.*s", STR_ARG(word));
    return STR("is one of some");
}

static Str item_text(struct model *model, const struct box_item *item)
{
    struct arena *arena = model->arena;
    if (item->var->kind == VAR_CHOICE) {
        Str name = item->var->name;
        (void)str_eat(&name, STR("whether "));
        bool holds = item->language == model_choice_value(model, true);
        return str_format(arena, holds ? "%.*s" : "it is not the case that %.*s", STR_ARG(name));
    }
    Str what = language_text(model, item->var, item->language);
    return str_format(arena, "%s%s%.*s %.*s", var_text(item->var), item->var->name.len ? " " : "",
                      STR_ARG(item->var->name), STR_ARG(what));
}

Str situation_text(struct model *model, const struct box *overlap, const struct box *situation)
{
    Str out = { 0 };
    struct {
        VEC(Str) list;
    } said = { 0 };
    for (uint32_t i = 0; i < situation->count; i++) {
        const struct box_item *item = &situation->items[i];
        if (box_language(overlap, item->var) == item->language)
            continue;
        Str text = item_text(model, item);
        bool again = false; // of two versions of something that is not known
        for (uint32_t k = 0; k < said.list.count && !again; k++)
            again = str_equal(said.list.items[k], text);
        if (again)
            continue;
        *vec_push(model->arena, &said.list) = text;
        out =
            out.len ? str_format(model->arena, "%.*s and %.*s", STR_ARG(out), STR_ARG(text)) : text;
    }
    return out;
}

static const struct unknown *find_unknown(const struct policy *policy, const struct var *choice)
{
    for (uint32_t i = 0; i < policy->unknown_count; i++) {
        const struct unknown *unknown = &policy->unknowns[i];
        if (str_equal(unknown->reason, choice->name) ||
            (unknown->span.file && unknown->span.file == choice->span.file &&
             unknown->span.begin == choice->span.begin))
            return unknown;
    }
    return NULL;
}

const struct unknown *situation_unknown(struct model *model, const struct policy *old,
                                        const struct policy *new, const struct box *overlap,
                                        const struct box *situation)
{
    for (uint32_t i = 0; i < situation->count; i++) {
        const struct var *var = situation->items[i].var;
        if (var->kind != VAR_CHOICE || box_language(overlap, var) == situation->items[i].language)
            continue;
        const struct unknown *unknown = find_unknown(new, var);
        if (!unknown)
            unknown = find_unknown(old, var);
        if (unknown)
            return unknown;
        if (var->span.file)
            continue; // an ordinary condition: whether a file exists ...
        struct unknown *made = ARENA_NEW(model->arena, struct unknown);
        *made = (struct unknown){ var->span, var->name, var->identity };
        return made;
    }
    return NULL;
}
