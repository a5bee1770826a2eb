#include "diff/overlap.h"

#include "base/hash.h"
#include "base/map.h"
#include "diff/across.h"

#include <stdlib.h>
#include <string.h>

// An endpoint whose counterpart is not obvious.
struct candidate {
    const struct endpoint *endpoint;
    uint32_t index; // in its policy
    Str stem;       // every path that it serves begins so; empty when that is not known
};

// The candidates of one version that have the same hosts.
struct group {
    const struct fa *host;
    const char *layer;
    bool is_literal;
    Str literal;
    VEC(struct candidate) members; // sorted by stem
};

struct side {
    VEC(struct group) groups;
    struct map by_host; // of groups
};

struct search {
    struct model *model;
    struct side old;
    struct overlaps *out;
    struct boxes *covered_old; // by index: what the new version serves of an old endpoint
    struct boxes covered_new;  // what the old version serves of the endpoint at hand
};

static bool same_layer(const struct endpoint *a, const struct endpoint *b)
{
    return strcmp(a->layer, b->layer) == 0;
}

// What every path of the endpoint begins with, as far as the endpoint says it truly.
static Str stem_of(struct model *model, const struct endpoint *endpoint)
{
    if (endpoint->match != MATCH_PREFIX && endpoint->match != MATCH_EXACT)
        return (Str){ 0 };
    const struct fa *below =
        fa_concat(model->fa, fa_literal(model->fa, endpoint->path), fa_all(model->fa));
    bool sound = fa_is_subset(model->fa, box_language(endpoint->box, model->path), below);
    return sound ? endpoint->path : (Str){ 0 };
}

static int by_stem(const void *left, const void *right)
{
    const struct candidate *a = left, *b = right;
    int order = str_compare(a->stem, b->stem);
    return order ? order : (a->index > b->index) - (a->index < b->index);
}

static struct group *group_of(struct model *model, struct side *side,
                              const struct endpoint *endpoint)
{
    const struct fa *host = box_language(endpoint->box, model->host);
    uint64_t hash =
        hash_u64(host ? fa_hash(host) : 0, hash_str(HASH_SEED, str_from(endpoint->layer)));
    uint32_t at = 0;
    for (uint32_t *place; (place = map_next(&side->by_host, hash, &at));)
        if (side->groups.items[*place].host == host &&
            strcmp(side->groups.items[*place].layer, endpoint->layer) == 0)
            return &side->groups.items[*place];
    uint32_t *place = ARENA_NEW(model->arena, uint32_t);
    *place = side->groups.count;
    map_add(model->arena, &side->by_host, hash, place);
    struct group *group = vec_push(model->arena, &side->groups);
    group->host = host;
    group->layer = endpoint->layer;
    group->is_literal = fa_is_literal(model->arena, host, &group->literal);
    return group;
}

static void side_add(struct model *model, struct side *side, const struct endpoint *endpoint,
                     uint32_t index)
{
    struct group *group = group_of(model, side, endpoint);
    *vec_push(model->arena, &group->members) =
        (struct candidate){ endpoint, index, stem_of(model, endpoint) };
}

static void side_sort(struct side *side)
{
    for (uint32_t i = 0; i < side->groups.count; i++) {
        struct group *group = &side->groups.items[i];
        qsort(group->members.items, group->members.count, sizeof *group->members.items, by_stem);
    }
}

static bool groups_meet(struct model *model, const struct group *a, const struct group *b)
{
    if (strcmp(a->layer, b->layer) != 0)
        return false;
    if (a->host == b->host)
        return true;
    if (a->is_literal && b->is_literal)
        return false;
    if (a->is_literal)
        return !b->host || fa_accepts(b->host, a->literal);
    if (b->is_literal)
        return !a->host || fa_accepts(a->host, b->literal);
    return !fa_is_disjoint(model->fa, a->host, b->host);
}

static void meet(struct search *search, const struct candidate *old, const struct endpoint *new)
{
    struct model *model = search->model;
    const struct box *box = box_meet(model, new->box, old->endpoint->box);
    if (!box)
        return;
    *vec_push(model->arena, &search->covered_old[old->index]) = box;
    *vec_push(model->arena, &search->covered_new) = box;
    if (search->out->by_hash && old->endpoint->hash && old->endpoint->hash == new->hash)
        search->out->equal++;
    else
        *vec_push(model->arena, search->out) = (struct overlap){ old->endpoint, new, box };
}

// The first member whose stem is not before `stem`.
static uint32_t lower_bound(const struct group *group, Str stem)
{
    uint32_t low = 0, high = group->members.count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (str_compare(group->members.items[middle].stem, stem) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

// Members whose stem begins with `stem`, or that are a beginning of it. Every member without a stem
// has the empty one, which is a beginning of all.
static void meet_group(struct search *search, const struct group *group,
                       const struct endpoint *endpoint, Str stem)
{
    for (size_t len = 0; len < stem.len; len++) {
        Str start = str_slice(stem, 0, len);
        for (uint32_t i = lower_bound(group, start);
             i < group->members.count && str_equal(group->members.items[i].stem, start); i++)
            meet(search, &group->members.items[i], endpoint);
    }
    for (uint32_t i = lower_bound(group, stem);
         i < group->members.count && str_starts(group->members.items[i].stem, stem); i++)
        meet(search, &group->members.items[i], endpoint);
}

static void meet_all(struct search *search, const struct endpoint *endpoint)
{
    struct group wanted = { .host = box_language(endpoint->box, search->model->host),
                            .layer = endpoint->layer };
    wanted.is_literal = fa_is_literal(search->model->arena, wanted.host, &wanted.literal);
    Str stem = stem_of(search->model, endpoint);
    for (uint32_t i = 0; i < search->old.groups.count; i++)
        if (groups_meet(search->model, &search->old.groups.items[i], &wanted))
            meet_group(search, &search->old.groups.items[i], endpoint, stem);
}

// Joins boxes in pairs as long as that helps, so that what remains is subtracted in few steps.
static void join_all(struct model *model, struct boxes *boxes)
{
    for (bool changed = true; changed && boxes->count > 1;) {
        uint32_t kept = 0;
        changed = false;
        for (uint32_t i = 0; i < boxes->count; i++) {
            const struct box *joined;
            if (i + 1 < boxes->count &&
                box_join(model, boxes->items[i], boxes->items[i + 1], &joined)) {
                boxes->items[kept++] = joined;
                i++;
                changed = true;
            } else {
                boxes->items[kept++] = boxes->items[i];
            }
        }
        boxes->count = kept;
    }
}

// What of `endpoint` lies in none of the boxes.
static void uncovered(struct model *model, const struct endpoint *endpoint, struct boxes *covered,
                      struct boxes *out)
{
    join_all(model, covered);
    *out = (struct boxes){ 0 };
    *vec_push(model->arena, out) = endpoint->box;
    for (uint32_t i = 0; i < covered->count && out->count; i++) {
        struct boxes rest = { 0 };
        for (uint32_t j = 0; j < out->count; j++) {
            if (box_meet(model, out->items[j], covered->items[i]))
                box_subtract(model, out->items[j], covered->items[i], &rest);
            else
                *vec_push(model->arena, &rest) = out->items[j];
        }
        *out = rest;
    }
}

// Endpoints of both versions with the same requests, which therefore meet nothing else. The others
// are left in the two lists.
static void pair_equal(struct model *model, const struct policy *old, const struct policy *new,
                       const struct endpoint **pairs, bool *taken)
{
    struct map by_box = { 0 };
    for (uint32_t i = old->endpoint_count; i-- > 0;)
        map_add(model->arena, &by_box, box_hash(old->endpoints[i]->box), &old->endpoints[i]);
    for (uint32_t i = 0; i < new->endpoint_count; i++) {
        uint32_t at = 0;
        const struct endpoint **place;
        while ((place = map_next(&by_box, box_hash(new->endpoints[i]->box), &at))) {
            ptrdiff_t index = place - old->endpoints;
            if (taken[index] || !same_layer(*place, new->endpoints[i]) ||
                !box_equal((*place)->box, new->endpoints[i]->box))
                continue;
            taken[index] = true;
            pairs[i] = *place;
            break;
        }
    }
}

// One overlap for each box of `rest`.
static void alone(struct model *model, struct overlaps *out, const struct endpoint *old,
                  const struct endpoint *new, const struct boxes *rest)
{
    for (uint32_t i = 0; i < rest->count; i++)
        *vec_push(model->arena, out) = (struct overlap){ old, new, rest->items[i] };
}

void overlap_find(const struct policy *old, const struct policy *new, struct overlaps *out)
{
    struct model *model = new->model;
    const struct endpoint **pairs =
        ARENA_ARRAY(model->arena, const struct endpoint *, new->endpoint_count + 1);
    bool *taken = ARENA_ARRAY(model->arena, bool, old->endpoint_count + 1);
    pair_equal(model, old, new, pairs, taken);

    struct search search = { .model = model, .out = out };
    search.covered_old = ARENA_ARRAY(model->arena, struct boxes, old->endpoint_count + 1);
    for (uint32_t i = 0; i < old->endpoint_count; i++)
        if (!taken[i])
            side_add(model, &search.old, old->endpoints[i], i);
    side_sort(&search.old);

    struct boxes rest;
    for (uint32_t i = 0; i < new->endpoint_count; i++) {
        const struct endpoint *endpoint = new->endpoints[i];
        if (pairs[i]) {
            if (out->by_hash && endpoint->hash && endpoint->hash == pairs[i]->hash)
                out->equal++;
            else
                *vec_push(model->arena, out) =
                    (struct overlap){ pairs[i], endpoint, endpoint->box };
            continue;
        }
        search.covered_new = (struct boxes){ 0 };
        meet_all(&search, endpoint);
        uncovered(model, endpoint, &search.covered_new, &rest);
        alone(model, out, NULL, endpoint, &rest);
    }
    for (uint32_t i = 0; i < old->endpoint_count; i++) {
        if (taken[i])
            continue;
        uncovered(model, old->endpoints[i], &search.covered_old[i], &rest);
        alone(model, out, old->endpoints[i], NULL, &rest);
    }
    overlaps_across(model, out);
}
