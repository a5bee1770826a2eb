#pragma once
// world: small policies made by hand, for tests of what reads policies.

#include "diff/diff.h"
#include "rule/rule.h"

#include <string.h>

struct world {
    struct arena *arena;
    struct run *run;
    struct model *model;
    struct origin_space *space;
    uint32_t place; // the next span, so that every header has one
};

static inline struct world world_new(void)
{
    struct world world = { .arena = arena_new() };
    world.run = run_new(world.arena, &limits_default);
    world.model = model_new(world.run);
    world.space = origin_space_new(world.model);
    return world;
}

static inline struct policy *world_policy(struct world *world)
{
    struct policy *policy = ARENA_NEW(world->arena, struct policy);
    policy->model = world->model;
    return policy;
}

static inline Span world_span(struct world *world)
{
    world->place += 10;
    return (Span){ 1, world->place, world->place + 5 };
}

// "*"-free text: a literal; "$origin": the request's origin; "?why": unknown.
static inline const struct value *world_value(struct world *world, const char *text)
{
    if (strcmp(text, "$origin") == 0)
        return value_var(world->model, world->model->origin);
    if (text[0] == '?')
        return value_unknown(world->model, str_from(text + 1), strlen(text), world_span(world));
    return value_text(world->model, str_from(text));
}

// Name and value by turns, up to NULL; a name with "!" in front is left out of errors.
static inline const struct response *world_answer(struct world *world, enum answer answer,
                                                  uint32_t status, const char *const *headers)
{
    static const struct statuses success = { .bits = { [3] = UINT64_C(0xffff) << 8 } };
    struct response *out = ARENA_NEW(world->arena, struct response);
    struct {
        VEC(struct header_op) list;
    } ops = { 0 };
    for (; headers && *headers; headers += 2)
        *vec_push(world->arena, &ops.list) = (struct header_op){
            .verb = HEADER_APPEND,
            .name = str_from(headers[0] + (headers[0][0] == '!')),
            .value = world_value(world, headers[1]),
            .statuses = headers[0][0] == '!' ? &success : NULL,
            .span = world_span(world),
        };
    *out = (struct response){ .answer = answer,
                              .status = status,
                              .upstream = STR("http://app:8080"),
                              .reason = STR("a script decides"),
                              .identity = 7,
                              .ops = ops.list.items,
                              .op_count = ops.list.count,
                              .span = world_span(world) };
    return out;
}

static inline const struct box *world_box(struct world *world, const char *host, const char *path)
{
    struct fa_space *fa = world->model->fa;
    const struct box *box = box_all(world->model);
    if (host)
        box = box_with(world->model, box, world->model->host, fa_literal(fa, str_from(host)));
    if (path)
        box = box_with(world->model, box, world->model->path,
                       fa_concat(fa, fa_literal(fa, str_from(path)), fa_all(fa)));
    return box;
}

// An endpoint below `path` of `host`, without cells yet.
static inline struct endpoint *world_endpoint(struct world *world, struct policy *policy,
                                              const char *host, const char *path)
{
    struct endpoint *out = ARENA_NEW(world->arena, struct endpoint);
    Str *hosts = ARENA_NEW(world->arena, Str);
    *hosts = str_from(host);
    *out = (struct endpoint){
        .layer = "nginx",
        .hosts = hosts,
        .host_count = 1,
        .match = MATCH_PREFIX,
        .path = str_from(path),
        .box = world_box(world, host, path),
        .url = str_format(world->arena, "https://%s%s", host, path),
        .span = world_span(world),
    };
    policy_add_endpoint(policy, out);
    return out;
}

static inline void world_cell(struct world *world, struct endpoint *endpoint, const struct box *box,
                              const struct response *response)
{
    const struct box *both = box_meet(world->model, endpoint->box, box);
    if (!both)
        return;
    struct cell *cells = ARENA_ARRAY(world->arena, struct cell, endpoint->cell_count + 1);
    if (endpoint->cell_count)
        memcpy(cells, endpoint->cells, endpoint->cell_count * sizeof *cells);
    cells[endpoint->cell_count++] = (struct cell){ both, response };
    endpoint->cells = cells;
}

// The box of one value of a variable, or of all others.
static inline const struct box *world_is(struct world *world, const struct var *var,
                                         const char *value, bool is)
{
    const struct fa *one = fa_literal(world->model->fa, str_from(value));
    return box_with(world->model, box_all(world->model), var,
                    is ? one : fa_complement(world->model->fa, one));
}

// An endpoint that does the same to every request.
static inline struct endpoint *world_simple(struct world *world, struct policy *policy,
                                            const char *host, const char *path,
                                            const char *const *headers)
{
    struct endpoint *endpoint = world_endpoint(world, policy, host, path);
    world_cell(world, endpoint, box_all(world->model),
               world_answer(world, ANSWER_UPSTREAM, 0, headers));
    return endpoint;
}

// Origins of a list are echoed; the others get nothing.
static inline struct endpoint *world_list(struct world *world, struct policy *policy,
                                          const char *host, const char *path,
                                          const char *const *origins, size_t count,
                                          const char *const *headers)
{
    struct endpoint *endpoint = world_endpoint(world, policy, host, path);
    struct fa_space *fa = world->model->fa;
    Str *words = ARENA_ARRAY(world->arena, Str, count + 1);
    for (size_t i = 0; i < count; i++)
        words[i] = str_from(origins[i]);
    const struct fa *listed = fa_literals(fa, words, count);
    const struct var *origin = world->model->origin;
    world_cell(world, endpoint, box_with(world->model, box_all(world->model), origin, listed),
               world_answer(world, ANSWER_UPSTREAM, 0, headers));
    world_cell(world, endpoint,
               box_with(world->model, box_all(world->model), origin, fa_complement(fa, listed)),
               world_answer(world, ANSWER_UPSTREAM, 0, NULL));
    return endpoint;
}

static inline struct diff world_diff(struct world *world, const struct policy *old,
                                     const struct policy *new)
{
    struct diff diff;
    diff_policies(world->space, NULL, NULL, old, new, &diff);
    return diff;
}

// The first change of that kind, or NULL.
static inline const struct change *world_change(struct world *world, const struct diff *diff,
                                                enum direction direction, const char *capability)
{
    for (uint32_t i = 0; i < diff->change_count; i++)
        if (diff->changes[i].direction == direction &&
            str_is(capability_text(world->arena, diff->changes[i].capability), capability))
            return &diff->changes[i];
    return NULL;
}
