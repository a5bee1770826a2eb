#include "policy/compose.h"

#include "base/hash.h"
#include "base/map.h"
#include "policy/cells.h"

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

// ---- what the inner layer sees, as values over what came

struct passing {
    struct model *model;
    const struct forward *forward;
    const struct target *target;
    const struct value *host;
};

static const struct value *header_seen(const struct passing *passing, const struct var *var)
{
    const struct forward *forward = passing->forward;
    if (str_is(var->name, "host"))
        return passing->host;
    for (uint32_t i = 0; forward && i < forward->header_count; i++)
        if (str_equal_nocase(forward->headers[i].name, var->name))
            return forward->headers[i].value;
    if (forward && forward->drops_others)
        return value_text(passing->model, STR(""));
    return NULL;
}

static const struct value *seen_as(const void *state, const struct var *var)
{
    const struct passing *passing = state;
    const struct forward *forward = passing->forward;
    struct model *model = passing->model;
    switch (var->kind) {
    case VAR_PORT:
        return value_text(model, passing->target->port);
    case VAR_SCHEME:
        return value_text(model, passing->target->scheme);
    case VAR_HOST:
        return value_fold(model, passing->host);
    case VAR_PATH:
        return forward ? forward->path : NULL;
    case VAR_METHOD:
        return forward ? forward->method : NULL;
    case VAR_TARGET:
        return forward && forward->path
                   ? value_unknown(model, STR("the request target behind another layer"),
                                   value_hash(forward->path), (Span){ 0 })
                   : NULL;
    case VAR_HEADER:
        return header_seen(passing, var);
    case VAR_ADDRESS:
        return value_unknown(model, STR("the address that the outer layer connects from"),
                             hash_str(HASH_SEED, STR("address behind a layer")), (Span){ 0 });
    case VAR_QUERY:
    case VAR_COOKIE:
    case VAR_ARG:
    case VAR_UPSTREAM_STATUS:
    case VAR_UPSTREAM_HEADER:
    case VAR_KEPT_ORIGIN:
    case VAR_CHOICE:
        break;
    }
    return NULL;
}

static const struct value *value_seen(const struct passing *passing, const struct value *value)
{
    return value_map(passing->model, value, seen_as, passing);
}

// Parts `*rest` by whether the inner layer sees a request of `wanted`: those to *in, what is left
// stays in *rest.
static void part_by_box(const struct passing *passing, const struct box *wanted, struct boxes *rest,
                        struct boxes *in)
{
    struct model *model = passing->model;
    struct boxes now = *rest;
    *rest = (struct boxes){ 0 };
    for (uint32_t i = 0; i < wanted->count && now.count; i++) {
        const struct box_item *item = &wanted->items[i];
        const struct value *seen = value_seen(passing, value_var(model, item->var));
        struct boxes yes = { 0 };
        for (uint32_t k = 0; k < now.count; k++)
            value_split(model, now.items[k], seen, item->language, &yes, rest);
        now = yes;
    }
    *in = now;
}

// ---- answers of two layers as one

static const struct header_op *concat_ops(const struct passing *passing,
                                          const struct response *outer,
                                          const struct response *inner, bool replaced)
{
    struct arena *arena = passing->model->arena;
    struct header_op *ops =
        ARENA_ARRAY(arena, struct header_op, outer->op_count + inner->op_count + 1);
    for (uint32_t i = 0; i < inner->op_count; i++) {
        ops[i] = inner->ops[i];
        if (ops[i].value)
            ops[i].value = value_seen(passing, ops[i].value);
        // The final status is another one than what the inner layer went by.
        if (replaced && ops[i].statuses && inner->answer == ANSWER_OWN &&
            statuses_has(ops[i].statuses, inner->status)) {
            ops[i].statuses = NULL;
        } else if (replaced && ops[i].statuses && inner->answer != ANSWER_OWN) {
            ops[i].statuses = NULL;
            ops[i].verb = HEADER_UNKNOWN;
            ops[i].value =
                value_unknown(passing->model, STR("the status that the inner layer went by"),
                              hash_str(HASH_SEED, ops[i].name), ops[i].span);
        }
    }
    for (uint32_t i = 0; i < outer->op_count; i++)
        ops[inner->op_count + i] = outer->ops[i];
    return ops;
}

// The caches of both layers: the outer one keeps what the inner one answers.
static const struct cache *concat_caches(const struct passing *passing,
                                         const struct response *outer, const struct response *inner)
{
    struct arena *arena = passing->model->arena;
    struct cache *caches =
        ARENA_ARRAY(arena, struct cache, inner->cache_count + outer->cache_count + 1);
    for (uint32_t i = 0; i < inner->cache_count; i++) {
        caches[i] = inner->caches[i];
        if (caches[i].key)
            caches[i].key = value_seen(passing, caches[i].key);
    }
    for (uint32_t i = 0; i < outer->cache_count; i++) {
        caches[inner->cache_count + i] = outer->caches[i];
        caches[inner->cache_count + i].op_count += inner->op_count;
    }
    return caches;
}

static struct response join_responses(const struct passing *passing, const struct response *outer,
                                      const struct response *inner)
{
    struct response out = *inner;
    bool replaced = outer->status != 0 && outer->status != inner->status;
    if (inner->answer == ANSWER_NONE) // the outer layer gets no answer, and says so
        return (struct response){ .answer = ANSWER_OWN,
                                  .status = outer->status ? outer->status : 502,
                                  .ops = outer->ops,
                                  .op_count = outer->op_count,
                                  .span = outer->span };
    if (outer->status)
        out.status = outer->status;
    out.forward = NULL; // composed from the innermost layer: there is nothing further behind
    out.location = inner->location ? value_seen(passing, inner->location) : NULL;
    out.identity = hash_u64(inner->identity, outer->identity);
    out.ops = concat_ops(passing, outer, inner, replaced);
    out.op_count = outer->op_count + inner->op_count;
    out.caches = concat_caches(passing, outer, inner);
    out.cache_count = inner->cache_count + outer->cache_count;
    return out;
}

// ---- cells

static bool asks_answer(const struct var *var)
{
    return var->kind == VAR_UPSTREAM_STATUS || var->kind == VAR_UPSTREAM_HEADER;
}

static const struct value *status_value(struct model *model, const struct response *response)
{
    if (response->status)
        return value_text(model, str_format(model->arena, "%u", (unsigned)response->status));
    if (response->answer == ANSWER_UPSTREAM)
        return value_var(model, model->upstream_status);
    return value_unknown(model, STR("the status that the inner layer answers"), response->identity,
                         response->span);
}

// The requests among `in` for which what the outer layer asks about the answer holds.
static void keep_answered(struct model *model, const struct box *box, const struct response *inner,
                          struct boxes *in)
{
    for (uint32_t i = 0; i < box->count; i++) {
        const struct box_item *item = &box->items[i];
        if (!asks_answer(item->var))
            continue;
        const struct value *value =
            item->var->kind == VAR_UPSTREAM_STATUS
                ? status_value(model, inner)
                : value_unknown(model, STR("a header that the inner layer answers"),
                                hash_u64(item->var->identity, inner->identity), inner->span);
        struct boxes yes = { 0 }, no = { 0 };
        for (uint32_t k = 0; k < in->count; k++)
            value_split(model, in->items[k], value, item->language, &yes, &no);
        *in = yes;
    }
}

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

// What is answered when a limit was reached: never less than what may happen.
static struct response limit_answer(struct composer *composer, const struct response *outer)
{
    struct response out = { .answer = ANSWER_UNKNOWN,
                            .reason = str_from(too_much_behind.text),
                            .identity = response_hash(outer),
                            .span = outer->span };
    (void)diag(composer->model->run, &too_much_behind, outer->span);
    policy_add_unknown(composer->policy, (struct unknown){ out.span, out.reason, out.identity });
    return out;
}

// One outer cell that is passed on. What no inner endpoint takes keeps the outer answer.
static void compose_cell(struct composer *composer, struct node *outer, const struct cell *cell,
                         struct endpoint *made, struct cells *out)
{
    struct model *model = composer->model;
    struct target target;
    struct candidates found = { 0 };
    const struct value *host = NULL;
    if (parse_target(model->arena, cell->response->upstream, &target))
        find_candidates(composer, outer, cell->response, &target, &host, &found);
    if (!found.count) {
        cells_add(model, out, cell->box, cell->response);
        return;
    }
    const struct passing passing = { model, cell->response->forward, &target, host };
    const struct box *base = cell->box;
    for (uint32_t i = 0; i < cell->box->count; i++)
        if (asks_answer(cell->box->items[i].var))
            base = box_without(model, base, cell->box->items[i].var);
    struct boxes rest = { 0 };
    *vec_push(model->arena, &rest) = base;
    bool full = found.count > CANDIDATES_MAX;
    for (uint32_t n = 0; n < found.count && !full; n++) {
        const struct endpoint *inner = compose_node(composer, found.items[n]);
        for (uint32_t c = 0; inner && c < inner->cell_count && !full; c++) {
            full = rest.count > PIECES_MAX;
            struct boxes in;
            part_by_box(&passing, inner->cells[c].box, &rest, &in);
            keep_answered(model, cell->box, inner->cells[c].response, &in);
            if (!in.count)
                continue;
            struct response joined =
                join_responses(&passing, cell->response, inner->cells[c].response);
            note_behind(composer, made, found.items[n]);
            for (uint32_t i = 0; i < in.count; i++)
                cells_add(model, out, in.items[i], &joined);
        }
    }
    struct response unknown;
    if (full && rest.count)
        unknown = limit_answer(composer, cell->response);
    for (uint32_t i = 0; i < rest.count; i++) {
        const struct box *left = box_meet(model, rest.items[i], cell->box);
        if (left)
            cells_add(model, out, left, full ? &unknown : cell->response);
    }
}

static bool passes_on(const struct endpoint *endpoint)
{
    for (uint32_t c = 0; c < endpoint->cell_count; c++)
        if (endpoint->cells[c].response->answer == ANSWER_UPSTREAM &&
            !endpoint->cells[c].response->asked_before)
            return true;
    return false;
}

// The endpoint with what stands behind it; NULL while it is being worked out (a loop).
static const struct endpoint *compose_node(struct composer *composer, struct node *node)
{
    if (node->done || composer->depth >= DEPTH_MAX)
        return node->endpoint;
    if (node->begun)
        return NULL;
    node->begun = true;
    if (passes_on(node->endpoint)) {
        struct endpoint *made = ARENA_NEW(composer->model->arena, struct endpoint);
        struct cells cells = { 0 };
        *made = *node->endpoint;
        composer->depth++;
        for (uint32_t c = 0; c < node->endpoint->cell_count; c++) {
            const struct cell *cell = &node->endpoint->cells[c];
            if (cell->response->answer == ANSWER_UPSTREAM && !cell->response->asked_before)
                compose_cell(composer, node, cell, made, &cells);
            else
                cells_add(composer->model, &cells, cell->box, cell->response);
        }
        composer->depth--;
        if (cells.full) {
            struct response unknown = limit_answer(composer, node->endpoint->cells[0].response);
            cells = (struct cells){ 0 };
            cells_add(composer->model, &cells, made->box, &unknown);
        }
        if (made->behind_count) {
            made->cells = cells.items;
            made->cell_count = cells.count;
            made->hash = cells_hash(&cells);
            node->endpoint = made;
        }
    }
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
