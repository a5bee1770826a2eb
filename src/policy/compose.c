#include "policy/compose.h"

#include "base/hash.h"
#include "base/map.h"
#include "policy/cells.h"
#include "policy/passing.h"

#include <string.h>

static const struct kind too_much_behind = {
    "CG903", LEVEL_WARNING, "what stands behind this has more cases than are told apart"
};

enum {
    DEPTH_MAX = 8,         // layers on top of each other
    CANDIDATES_MAX = 2000, // endpoints that one cell may lead to
    PIECES_MAX = 4096,     // parts of one cell
};

// ---- targets

struct target {
    Str scheme, host; // in lower case
    Str port;
};

// "http://app:8080/path", "app:8080", "app". False for what names no host (a variable, a socket).
static bool parse_target(struct arena *arena, Str text, struct target *out)
{
    Str scheme = STR("http"), rest = text, tail;
    (void)str_cut(text, STR("://"), &scheme, &rest);
    for (size_t i = 0; i < rest.len; i++)
        if (rest.ptr[i] == '/' || rest.ptr[i] == '?' || rest.ptr[i] == '#') {
            rest.len = i;
            break;
        }
    rest = str_lower(arena, rest);
    bool is_address = str_starts(rest, STR("["));
    size_t colon = rest.len;
    while (colon > 0 && rest.ptr[colon - 1] >= '0' && rest.ptr[colon - 1] <= '9')
        colon--;
    bool has_port = colon > 1 && colon < rest.len && rest.ptr[colon - 1] == ':';
    tail = has_port ? str_slice(rest, colon, rest.len) : STR("");
    Str host = has_port ? str_slice(rest, 0, colon - 1) : rest;
    if (str_ends(host, STR(".")))
        host.len--;
    bool plain = host.len > 0 && !memchr(host.ptr, '$', host.len) &&
                 (is_address || !memchr(host.ptr, ':', host.len));
    *out = (struct target){ str_lower(arena, scheme), host, tail };
    if (!tail.len)
        out->port = str_is(out->scheme, "https") ? STR("443") : STR("80");
    return plain;
}

// ---- which endpoints there are

struct node {
    const struct endpoint *endpoint; // as composed
    uint32_t level;                  // in the stack; UINT32_MAX: in none of its layers
    bool begun, done, is_inner;
};

struct named {
    Str host;
    VEC(struct node *) nodes;
};

struct composer {
    struct policy *policy;
    struct model *model;
    const struct stack *stack;
    struct node *nodes;
    struct map by_host;      // struct named, of names that are no patterns
    VEC(struct node *) wild; // that have a pattern among their names
    VEC(struct node *) any;  // that catch the rest
    uint32_t depth;
};

static bool is_any(Str host)
{
    return host.len == 0 || str_is(host, "*") || str_is(host, "_");
}

static bool is_plain(Str host)
{
    for (size_t i = 0; i < host.len; i++)
        if (strchr("*~^$()[]|?+\\", host.ptr[i]))
            return false;
    return !str_starts(host, STR("."));
}

bool stack_is_layer(Str name, const struct endpoint *endpoint, Str path)
{
    return str_is(name, endpoint->layer) || str_equal(name, path);
}

static struct named *named_get(struct composer *composer, Str host, bool make)
{
    struct arena *arena = composer->model->arena;
    Str lower = str_lower(arena, host);
    uint64_t hash = hash_str(HASH_SEED, lower);
    uint32_t at = 0;
    struct named *named;
    while ((named = map_next(&composer->by_host, hash, &at)))
        if (str_equal(named->host, lower))
            return named;
    if (!make)
        return NULL;
    named = ARENA_NEW(arena, struct named);
    named->host = lower;
    map_add(arena, &composer->by_host, hash, named);
    return named;
}

static void index_node(struct composer *composer, struct node *node)
{
    struct arena *arena = composer->model->arena;
    bool wild = false, any = node->endpoint->host_count == 0;
    for (uint32_t h = 0; h < node->endpoint->host_count; h++) {
        Str host = node->endpoint->hosts[h];
        if (is_any(host)) {
            any = true;
        } else if (!is_plain(host)) {
            wild = true;
        } else {
            struct named *named = named_get(composer, host, true);
            *vec_push(arena, &named->nodes) = node;
        }
    }
    if (wild)
        *vec_push(arena, &composer->wild) = node;
    if (any)
        *vec_push(arena, &composer->any) = node;
}

static uint32_t level_of(const struct composer *composer, const struct endpoint *endpoint,
                         Str (*path_of)(const void *state, uint32_t file), const void *state)
{
    Str path = path_of(state, endpoint->span.file);
    for (uint32_t i = 0; composer->stack && i < composer->stack->count; i++)
        if (stack_is_layer(composer->stack->names[i], endpoint, path))
            return i;
    return UINT32_MAX;
}

// ---- which of them a cell leads to

struct candidates {
    struct node **items;
    uint32_t count, capacity;
};

static bool listens(const struct composer *composer, const struct node *node, Str port)
{
    const struct fa *ports = box_language(node->endpoint->box, composer->model->port);
    return !ports || fa_accepts(ports, port);
}

static void candidate(struct composer *composer, struct node *node, struct candidates *out)
{
    for (uint32_t i = 0; i < out->count; i++)
        if (out->items[i] == node)
            return;
    *vec_push(composer->model->arena, out) = node;
}

// Whether `node` may stand behind `outer`: in a stack, at that level; else, of another layer.
static bool may_stand(const struct composer *composer, const struct node *outer,
                      const struct node *node, uint32_t level)
{
    if (node == outer)
        return false;
    if (composer->stack)
        return node->level == level;
    return strcmp(node->endpoint->layer, outer->endpoint->layer) != 0;
}

// The endpoints that name a host.
static void find_by_host(struct composer *composer, const struct node *outer, Str host, Str port,
                         uint32_t level, struct candidates *out)
{
    const struct named *named = named_get(composer, host, false);
    for (uint32_t i = 0; named && i < named->nodes.count; i++)
        if (may_stand(composer, outer, named->nodes.items[i], level) &&
            listens(composer, named->nodes.items[i], port))
            candidate(composer, named->nodes.items[i], out);
    for (uint32_t i = 0; i < composer->wild.count; i++) {
        struct node *node = composer->wild.items[i];
        const struct fa *hosts = box_language(node->endpoint->box, composer->model->host);
        if (may_stand(composer, outer, node, level) && hosts && fa_accepts(hosts, host) &&
            listens(composer, node, port))
            candidate(composer, node, out);
    }
}

static void find_any(struct composer *composer, const struct node *outer, Str port, uint32_t level,
                     struct candidates *out)
{
    for (uint32_t i = 0; i < composer->any.count; i++)
        if (may_stand(composer, outer, composer->any.items[i], level) &&
            listens(composer, composer->any.items[i], port))
            candidate(composer, composer->any.items[i], out);
}

// The host that the next layer sees: what is forwarded, else the target's.
static const struct value *host_seen(struct composer *composer, const struct forward *forward,
                                     const struct target *target)
{
    return forward && forward->host ? forward->host : value_text(composer->model, target->host);
}

// In a stack: the next layer that has anything for this host. `seen` is changed to the host that
// was asked for where the target names nobody there.
static void find_in_stack(struct composer *composer, const struct node *outer,
                          const struct target *target, const struct value **seen,
                          struct candidates *out)
{
    struct model *model = composer->model;
    Str text;
    for (uint32_t level = outer->level + 1; level < composer->stack->count && !out->count;
         level++) {
        if (value_is_text(*seen, &text))
            find_by_host(composer, outer, text, target->port, level, out);
        if (out->count)
            return;
        for (uint32_t h = 0; h < outer->endpoint->host_count; h++)
            if (is_plain(outer->endpoint->hosts[h]))
                find_by_host(composer, outer, outer->endpoint->hosts[h], target->port, level, out);
        uint32_t before = out->count;
        find_any(composer, outer, target->port, level, out);
        if (before || !value_is_text(*seen, &text))
            *seen = value_var(model, model->host);
        if (!out->count) // what the two have in common is found by their languages
            for (uint32_t i = 0; i < composer->policy->endpoint_count; i++)
                if (may_stand(composer, outer, &composer->nodes[i], level) &&
                    listens(composer, &composer->nodes[i], target->port)) {
                    candidate(composer, &composer->nodes[i], out);
                    *seen = value_var(model, model->host);
                }
    }
}

static void find_candidates(struct composer *composer, const struct node *outer,
                            const struct response *response, const struct target *target,
                            const struct value **seen, struct candidates *out)
{
    Str text;
    *seen = host_seen(composer, response->forward, target);
    if (composer->stack) {
        if (outer->level != UINT32_MAX)
            find_in_stack(composer, outer, target, seen, out);
        return;
    }
    find_by_host(composer, outer, target->host, target->port, 0, out);
    if (!out->count || (value_is_text(*seen, &text) && str_equal(text, target->host)))
        return;
    // The target is known; which of its endpoints answers, the Host header says.
    if (value_is_text(*seen, &text))
        find_by_host(composer, outer, text, target->port, 0, out);
    for (uint32_t h = 0; h < outer->endpoint->host_count; h++)
        if (is_plain(outer->endpoint->hosts[h]))
            find_by_host(composer, outer, outer->endpoint->hosts[h], target->port, 0, out);
}

// ---- cells

static const struct endpoint *compose_node(struct composer *composer, struct node *node);

static void note_behind(struct composer *composer, struct endpoint *endpoint, struct node *node)
{
    struct arena *arena = composer->model->arena;
    for (uint32_t i = 0; i < endpoint->behind_count; i++)
        if (endpoint->behind[i] == node->endpoint)
            return;
    const struct endpoint **list =
        ARENA_ARRAY(arena, const struct endpoint *, endpoint->behind_count + 1);
    if (endpoint->behind_count)
        memcpy(list, endpoint->behind, endpoint->behind_count * sizeof(const struct endpoint *));
    list[endpoint->behind_count++] = node->endpoint;
    endpoint->behind = list;
    node->is_inner = true;
}

// An endpoint while what stands behind it is put in.
struct putting {
    struct composer *composer;
    struct node *node;
    struct endpoint *made;
    struct cells cells;
    uint64_t behind; // of all that may answer for it: what a limit cuts off depends on that
};

// What is answered when a limit was reached: never less than what may happen. Not everything
// behind it has been looked at then, so that all of it decides whether something changed.
static struct response limit_answer(const struct putting *putting, const struct response *outer)
{
    struct composer *composer = putting->composer;
    struct response out = { .answer = ANSWER_UNKNOWN,
                            .reason = str_from(too_much_behind.text),
                            .identity = hash_u64(response_hash(outer), putting->behind),
                            .span = outer->span };
    (void)diag(composer->model->run, &too_much_behind, outer->span);
    policy_add_unknown(composer->policy, (struct unknown){ out.span, out.reason, out.identity });
    return out;
}

static uint64_t endpoint_hash(uint64_t hash, const struct endpoint *endpoint)
{
    const struct cells cells = { .items = (struct cell *)(uintptr_t)endpoint->cells,
                                 .count = endpoint->cell_count };
    return hash_u64(hash_u64(hash, box_hash(endpoint->box)),
                    endpoint->hash ? endpoint->hash : cells_hash(&cells));
}

static void join_cell(struct putting *putting, const struct passing *passing,
                      const struct cell *outer, struct node *inner, const struct cell *cell,
                      struct boxes *rest)
{
    struct boxes in;
    passing_split(passing, cell->box, rest, &in);
    passing_keep_answered(passing, outer->box, cell->response, &in);
    if (!in.count)
        return;
    struct response joined = passing_join(passing, outer->response, cell->response);
    note_behind(putting->composer, putting->made, inner);
    for (uint32_t i = 0; i < in.count; i++)
        cells_add(passing->model, &putting->cells, in.items[i], &joined);
}

static bool passes_on(const struct endpoint *endpoint)
{
    for (uint32_t c = 0; c < endpoint->cell_count; c++)
        if (endpoint->cells[c].response->answer == ANSWER_UPSTREAM &&
            !endpoint->cells[c].response->asked_before)
            return true;
    return false;
}

// Whether more layers stand behind it than are followed.
static bool is_too_deep(const struct composer *composer, const struct node *node)
{
    return !node->done && composer->depth >= DEPTH_MAX && passes_on(node->endpoint);
}

// One outer cell that is passed on. What no inner endpoint takes keeps the outer answer.
static void compose_cell(struct putting *putting, const struct cell *cell)
{
    struct composer *composer = putting->composer;
    struct model *model = composer->model;
    struct target target;
    struct candidates found = { 0 };
    const struct value *host = NULL;
    if (parse_target(model->arena, cell->response->upstream, &target))
        find_candidates(composer, putting->node, cell->response, &target, &host, &found);
    if (!found.count) {
        cells_add(model, &putting->cells, cell->box, cell->response);
        return;
    }
    const struct passing passing =
        passing_new(model, cell->response->forward, target.scheme, target.port, host);
    const struct box *base = cell->box;
    for (uint32_t i = 0; i < cell->box->count; i++)
        if (passing_asks_answer(cell->box->items[i].var))
            base = box_without(model, base, cell->box->items[i].var);
    struct boxes rest = { 0 };
    *vec_push(model->arena, &rest) = base;
    bool full = found.count > CANDIDATES_MAX;
    for (uint32_t n = 0; n < found.count; n++) {
        const struct endpoint *inner = compose_node(composer, found.items[n]);
        if (inner && is_too_deep(composer, found.items[n])) {
            full = true;
            for (uint32_t i = 0; i < composer->policy->endpoint_count; i++)
                putting->behind = endpoint_hash(putting->behind, composer->policy->endpoints[i]);
        }
        if (inner)
            putting->behind = endpoint_hash(putting->behind, inner);
        for (uint32_t c = 0; inner && c < inner->cell_count && !full; c++) {
            full = rest.count > PIECES_MAX;
            join_cell(putting, &passing, cell, found.items[n], &inner->cells[c], &rest);
        }
    }
    struct response unknown;
    if (full && rest.count)
        unknown = limit_answer(putting, cell->response);
    for (uint32_t i = 0; i < rest.count; i++) {
        const struct box *left = box_meet(model, rest.items[i], cell->box);
        if (left)
            cells_add(model, &putting->cells, left, full ? &unknown : cell->response);
    }
}

static void put_behind(struct composer *composer, struct node *node)
{
    struct model *model = composer->model;
    struct endpoint *made = ARENA_NEW(model->arena, struct endpoint);
    struct putting putting = {
        .composer = composer, .node = node, .made = made, .behind = HASH_SEED
    };
    struct cells *cells = &putting.cells;
    *made = *node->endpoint;
    composer->depth++;
    for (uint32_t c = 0; c < made->cell_count; c++) {
        const struct cell *cell = &node->endpoint->cells[c];
        if (cell->response->answer == ANSWER_UPSTREAM && !cell->response->asked_before)
            compose_cell(&putting, cell);
        else
            cells_add(model, cells, cell->box, cell->response);
    }
    composer->depth--;
    if (!made->behind_count)
        return;
    if (cells->full) {
        putting.behind = endpoint_hash(putting.behind, node->endpoint);
        struct response unknown = limit_answer(&putting, node->endpoint->cells[0].response);
        *cells = (struct cells){ 0 };
        cells_add(model, cells, made->box, &unknown);
    }
    made->cells = cells->items;
    made->cell_count = cells->count;
    made->hash = cells_hash(cells);
    node->endpoint = made;
}

// The endpoint with what stands behind it; NULL while it is being worked out (a loop).
static const struct endpoint *compose_node(struct composer *composer, struct node *node)
{
    if (node->done || composer->depth >= DEPTH_MAX)
        return node->endpoint;
    if (node->begun)
        return NULL;
    node->begun = true;
    if (passes_on(node->endpoint))
        put_behind(composer, node);
    node->done = true;
    return node->endpoint;
}

void compose(struct policy *policy, const struct stack *stack,
             Str (*path_of)(const void *state, uint32_t file), const void *state)
{
    struct arena *arena = policy->model->arena;
    struct composer composer = { .policy = policy, .model = policy->model, .stack = stack };
    uint32_t count = policy->endpoint_count, kept = 0;
    if (count < 2)
        return;
    composer.nodes = ARENA_ARRAY(arena, struct node, count);
    for (uint32_t i = 0; i < count; i++) {
        composer.nodes[i].endpoint = policy->endpoints[i];
        composer.nodes[i].level = level_of(&composer, policy->endpoints[i], path_of, state);
        index_node(&composer, &composer.nodes[i]);
    }
    for (uint32_t i = 0; i < count; i++)
        (void)compose_node(&composer, &composer.nodes[i]);
    policy->inner = ARENA_ARRAY(arena, const struct endpoint *, count);
    for (uint32_t i = 0; i < count; i++) {
        if (composer.nodes[i].is_inner)
            policy->inner[policy->inner_count++] = policy->endpoints[i];
        else
            policy->endpoints[kept++] = composer.nodes[i].endpoint;
    }
    policy->endpoint_count = kept;
}
