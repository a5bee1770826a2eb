#include "diff/behaviour.h"

#include "base/hash.h"
#include "browser/names.h"
#include "policy/cells.h"

enum aspect { ASPECT_READ, ASPECT_EXPOSE, ASPECT_PREFLIGHT };

static bool matters(Str name, enum aspect aspect)
{
    if (str_is_nocase(name, "access-control-allow-origin") ||
        str_is_nocase(name, "access-control-allow-credentials"))
        return true;
    switch (aspect) {
    case ASPECT_READ:
        return false;
    case ASPECT_EXPOSE:
        return str_is_nocase(name, "access-control-expose-headers");
    case ASPECT_PREFLIGHT:
        return str_is_nocase(name, "access-control-allow-methods") ||
               str_is_nocase(name, "access-control-allow-headers");
    }
    return true;
}

// Whether a cache on the way goes by that header.
static bool minds_cache(const struct response *response, Str name)
{
    return response->cache_count &&
           (str_is_nocase(name, "vary") || str_is_nocase(name, "expires") ||
            str_is_nocase(name, "cache-control"));
}

static uint64_t upstream_hash(uint64_t hash, const struct upstreams *upstreams,
                              const struct response *response)
{
    const struct upstream *upstream = upstreams_find(upstreams, response->upstream);
    if (!upstream)
        return hash;
    hash = hash_u64(hash, upstream->own ? 1 : 2);
    if (upstream->own) // it decides by what it is sent
        return forward_hash(hash_str(hash, upstream->target), response->forward, FORWARD_CORS);
    hash = hash_u64(hash, upstream->status);
    for (uint32_t i = 0; i < upstream->header_count; i++)
        hash = hash_str(hash_str(hash, upstream->headers[i].name), upstream->headers[i].value);
    return hash;
}

// Before here every line may matter: a guard asks whether it is there.
static uint32_t guarded_end(const struct response *response)
{
    uint32_t end = response->op_count;
    while (end > 0 && !response->ops[end - 1].guards)
        end--;
    return end;
}

static uint64_t answer_hash(const struct upstreams *upstreams, const struct response *response,
                            enum aspect aspect)
{
    uint64_t hash = hash_u64(hash_u64(HASH_SEED, response->answer), response->status);
    hash = hash_u64(hash, response->location != NULL);
    if (response->answer == ANSWER_UPSTREAM)
        hash = upstream_hash(hash, upstreams, response);
    if (response->answer == ANSWER_UNKNOWN)
        hash = hash_u64(hash_str(hash, response->reason), response->identity);
    hash = caches_hash(hash, response);
    uint32_t asked = guarded_end(response);
    for (uint32_t i = 0; i < response->op_count; i++) {
        const struct header_op *op = &response->ops[i];
        bool pattern = op->name.len == 0 || op->name.ptr[op->name.len - 1] == '*';
        if (!pattern && i >= asked && !matters(op->name, aspect) &&
            !minds_cache(response, op->name))
            continue;
        for (uint32_t k = 0; k < response->cache_count; k++)
            hash = hash_u64(hash, i < response->caches[k].op_count);
        if (op->guards)
            hash = hash_str(hash_u64(hash, op->guards), op->unless);
        hash = hash_str(hash_u64(hash, (uint64_t)op->verb * 2 + op->keep_empty), op->name);
        if (op->value)
            hash = hash_u64(hash, value_hash(op->value));
        hash = statuses_hash(hash, op->statuses);
    }
    return hash;
}

// What an endpoint does to some of its requests.
struct part_cell {
    const struct box *box;
    uint64_t hash;
    bool is_cached;
};
struct part_cells {
    struct part_cell *items;
    uint32_t count, capacity;
};

static void restrict_cells(struct model *model, const struct upstreams *upstreams,
                           const struct endpoint *endpoint, const struct box *situation,
                           enum aspect aspect, struct part_cells *out)
{
    for (uint32_t i = 0; i < endpoint->cell_count; i++) {
        const struct box *box = box_meet(model, situation, endpoint->cells[i].box);
        if (box)
            *vec_push(model->arena, out) =
                (struct part_cell){ box,
                                    answer_hash(upstreams, endpoint->cells[i].response, aspect),
                                    endpoint->cells[i].response->cache_count > 0 };
    }
}

// Adds the origins of requests in `requests` that the two versions answer differently.
static const struct fa *add_differing(const struct comparison *with, const struct overlap *overlap,
                                      const struct box *requests, enum aspect aspect,
                                      const struct fa *known)
{
    struct model *model = with->model;
    struct part_cells old = { 0 }, new = { 0 };
    if (!requests)
        return known;
    restrict_cells(model, with->old_upstreams, overlap->old, requests, aspect, &old);
    restrict_cells(model, with->new_upstreams, overlap->new, requests, aspect, &new);
    for (uint32_t i = 0; i < old.count; i++)
        for (uint32_t j = 0; j < new.count &&known != model->origin->universe; j++) {
            if (old.items[i].hash == new.items[j].hash)
                continue;
            const struct box *both = box_meet(model, old.items[i].box, new.items[j].box);
            if (both && (old.items[i].is_cached || new.items[j].is_cached))
                return model->origin->universe; // what one is answered, others may get as well
            if (both)
                known = fa_union(model->fa, known, box_language(both, model->origin));
            if (!known)
                return model->origin->universe;
        }
    return known;
}

// The situation as a preflight meets it: no cookies, no authorization.
static const struct box *as_preflight(struct model *model, const struct box *situation)
{
    const struct var *bare[2] = { model_header(model, STR("cookie")),
                                  model_header(model, STR("authorization")) };
    const struct box *out = situation;
    for (uint32_t i = 0; i < situation->count; i++)
        if (situation->items[i].var->kind == VAR_COOKIE)
            out = box_without(model, out, situation->items[i].var);
    for (uint32_t i = 0; i < 2; i++)
        out = box_without(model, out, bare[i]);
    return box_with(model, out, model->method, fa_literal(model->fa, STR("OPTIONS")));
}

const struct fa *behaviour_differs(const struct comparison *with, const struct overlap *overlap,
                                   const struct box *situation, struct capability capability)
{
    const struct fa *whole = origins_part(with->space, ORIGINS_PART_WHOLE);
    if (!overlap->old || !overlap->new)
        return whole;
    struct model *model = with->model;
    const struct fa *methods = fa_literal(model->fa, STR("GET"));
    bool preflighted = true;
    enum aspect aspect = ASPECT_READ;
    switch (capability.kind) {
    case CAPABILITY_EXPOSE:
        aspect = ASPECT_EXPOSE;
        preflighted = false;
        break;
    case CAPABILITY_READ:
        preflighted = false;
        break;
    case CAPABILITY_METHOD:
        preflighted = !names_safelisted_method(capability.name);
        if (!str_is(capability.name, "*"))
            methods = fa_literal(model->fa, capability.name);
        else
            methods = model->method->universe;
        break;
    case CAPABILITY_HEADER:
        methods = model->method->universe;
        break;
    }
    const struct fa *out = fa_none(model->fa);
    out = add_differing(with, overlap, box_with(model, situation, model->method, methods), aspect,
                        out);
    if (preflighted)
        out = add_differing(with, overlap, as_preflight(model, situation), ASPECT_PREFLIGHT, out);
    out = fa_intersect(model->fa, out, whole);
    return out ? out : whole;
}

uint64_t behaviour_hash(const struct upstreams *upstreams, const struct endpoint *endpoint)
{
    uint64_t sum = HASH_SEED;
    for (uint32_t i = 0; endpoint && i < endpoint->cell_count; i++) {
        const struct cell *cell = &endpoint->cells[i];
        uint64_t hash = box_hash(cell->box);
        for (int aspect = ASPECT_READ; aspect <= ASPECT_PREFLIGHT; aspect++)
            hash = hash_u64(hash, answer_hash(upstreams, cell->response, (enum aspect)aspect));
        sum += hash; // in any order
    }
    return sum;
}

const struct fa *behaviour_named(struct model *model, struct origin_space *space,
                                 const struct endpoint *endpoint)
{
    const struct fa *whole = origins_part(space, ORIGINS_PART_WHOLE);
    const struct fa *out = fa_none(model->fa);
    struct {
        VEC(Str) list;
    } words = { 0 };
    for (uint32_t i = 0; endpoint && i < endpoint->cell_count; i++) {
        const struct cell *cell = &endpoint->cells[i];
        const struct fa *origins =
            fa_intersect(model->fa, box_language(cell->box, model->origin), whole);
        const struct fa *both = fa_union(model->fa, out, origins_spelt(space, origins));
        out = both ? both : out;
        for (uint32_t j = 0; j < cell->response->op_count; j++) {
            const struct header_op *op = &cell->response->ops[j];
            Str text;
            if (op->value && matters(op->name, ASPECT_READ) && value_is_text(op->value, &text) &&
                origins_valid(space, text))
                *vec_push(model->arena, &words.list) = text;
        }
    }
    const struct fa *literal = fa_literals(model->fa, words.list.items, words.list.count);
    const struct fa *both = fa_union(model->fa, out, literal);
    return both ? both : out;
}
