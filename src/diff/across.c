#include "diff/across.h"

#include "base/map.h"

#include <string.h>

// An overlap that has one side only, and what of it has not found its counterpart.
struct lone {
    const struct overlap *overlap;
    struct boxes rest;
    const struct fa *host;
    bool is_literal, is_paired, is_secure;
};
struct lones {
    struct lone *items;
    uint32_t count, capacity;
    struct map by_host; // those with one literal host; the others are in `general`
    struct {
        uint32_t *items;
        uint32_t count, capacity;
    } general;
};

static const struct endpoint *side_of(const struct lone *lone)
{
    return lone->overlap->old ? lone->overlap->old : lone->overlap->new;
}

static uint64_t host_hash(const struct fa *host)
{
    return host ? fa_hash(host) : 0;
}

static void enter(struct model *model, struct lones *lones, const struct overlap *overlap)
{
    struct lone lone = { .overlap = overlap, .host = box_language(overlap->box, model->host) };
    const struct fa *schemes = box_language(overlap->box, model->scheme);
    Str name;
    lone.is_literal = lone.host && fa_is_literal(model->arena, lone.host, &name);
    lone.is_secure = !schemes || fa_accepts(schemes, STR("https"));
    *vec_push(model->arena, &lone.rest) = overlap->box;
    uint32_t number = lones->count;
    *vec_push(model->arena, lones) = lone;
    if (!lone.is_literal) {
        *vec_push(model->arena, &lones->general) = number;
        return;
    }
    uint32_t *place = ARENA_NEW(model->arena, uint32_t);
    *place = number;
    map_add(model->arena, &lones->by_host, host_hash(lone.host), place);
}

// `box` as one sees it who does not know about ports and schemes, if `viewer` does not.
static const struct box *seen_by(struct model *model, const struct box *box,
                                 const struct box *viewer)
{
    const struct var *const vars[] = { model->port, model->scheme };
    for (size_t i = 0; i < sizeof vars / sizeof *vars; i++)
        if (box_language(viewer, vars[i]) == vars[i]->universe)
            box = box_without(model, box, vars[i]);
    return box;
}

static void take_from(struct model *model, struct lone *lone, const struct box *covered)
{
    struct boxes rest = { 0 };
    for (uint32_t i = 0; i < lone->rest.count; i++) {
        if (box_meet(model, lone->rest.items[i], covered))
            box_subtract(model, lone->rest.items[i], covered, &rest);
        else
            *vec_push(model->arena, &rest) = lone->rest.items[i];
    }
    lone->rest = rest;
}

static void pair(struct model *model, struct lone *old, struct lone *new, struct overlaps *out)
{
    const struct box *before = old->overlap->box, *after = new->overlap->box;
    if (strcmp(side_of(old)->layer, side_of(new)->layer) == 0 || !box_meet(model, before, after))
        return;
    old->is_paired = new->is_paired = true;
    for (uint32_t i = 0; i < new->rest.count; i++)
        for (uint32_t k = 0; k < old->rest.count; k++) {
            const struct box *both = box_meet(model, old->rest.items[k], new->rest.items[i]);
            if (both)
                *vec_push(model->arena, out) =
                    (struct overlap){ old->overlap->old, new->overlap->new, both };
        }
    take_from(model, new, seen_by(model, before, after));
    take_from(model, old, seen_by(model, after, before));
}

// All old ones that can meet a new one: those that are reached by https first.
static void pair_all(struct model *model, struct lones *olds, struct lone *new,
                     struct overlaps *out)
{
    for (int secure = 1; secure >= 0; secure--) {
        if (!new->is_literal) {
            for (uint32_t i = 0; i < olds->count; i++)
                if (olds->items[i].is_secure == (secure == 1))
                    pair(model, &olds->items[i], new, out);
            continue;
        }
        uint32_t at = 0;
        for (uint32_t *place; (place = map_next(&olds->by_host, host_hash(new->host), &at));)
            if (olds->items[*place].host == new->host &&
                olds->items[*place].is_secure == (secure == 1))
                pair(model, &olds->items[*place], new, out);
        for (uint32_t i = 0; i < olds->general.count; i++)
            if (olds->items[olds->general.items[i]].is_secure == (secure == 1))
                pair(model, &olds->items[olds->general.items[i]], new, out);
    }
}

// The hosts by which an endpoint is reached, or NULL when they are not all names.
static const struct fa *named_hosts(struct model *model, const struct endpoint *endpoint)
{
    Str *names = ARENA_ARRAY(model->arena, Str, endpoint->host_count + 1);
    for (uint32_t i = 0; i < endpoint->host_count; i++) {
        Str host = str_lower(model->arena, endpoint->hosts[i]);
        if (!host.len || str_contains(host, STR("*")) || memchr("~._", host.ptr[0], 3))
            return NULL;
        names[i] = host;
    }
    return endpoint->host_count ? fa_literals(model->fa, names, endpoint->host_count) : NULL;
}

static void keep_rest(struct model *model, const struct lone *lone, struct overlaps *out)
{
    const struct fa *named = lone->is_paired ? named_hosts(model, side_of(lone)) : NULL;
    for (uint32_t i = 0; i < lone->rest.count; i++) {
        const struct box *box = lone->rest.items[i];
        if (named)
            box = box_with(model, box, model->host, named);
        if (box)
            *vec_push(model->arena, out) =
                (struct overlap){ lone->overlap->old, lone->overlap->new, box };
    }
}

void overlaps_across(struct model *model, struct overlaps *overlaps)
{
    struct lones olds = { 0 }, news = { 0 };
    for (uint32_t i = 0; i < overlaps->count; i++)
        if (!overlaps->items[i].old || !overlaps->items[i].new)
            enter(model, overlaps->items[i].old ? &olds : &news, &overlaps->items[i]);
    if (!olds.count || !news.count)
        return;
    struct overlaps out = { .by_hash = overlaps->by_hash, .equal = overlaps->equal };
    for (uint32_t i = 0; i < overlaps->count; i++)
        if (overlaps->items[i].old && overlaps->items[i].new)
            *vec_push(model->arena, &out) = overlaps->items[i];
    for (int secure = 1; secure >= 0; secure--)
        for (uint32_t i = 0; i < news.count; i++)
            if (news.items[i].is_secure == (secure == 1))
                pair_all(model, &olds, &news.items[i], &out);
    for (uint32_t i = 0; i < news.count; i++)
        keep_rest(model, &news.items[i], &out);
    for (uint32_t i = 0; i < olds.count; i++)
        keep_rest(model, &olds.items[i], &out);
    *overlaps = out;
}
