#include "policy/compose.h"

#include "base/hash.h"
#include "policy/cells.h"
#include "policy/links.h"
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

struct node {
    const struct endpoint *endpoint; // as composed
    bool begun, done, is_inner;
};

struct composer {
    struct policy *policy;
    struct model *model;
    struct links links;
    struct node *nodes; // as many, in the same order
    uint32_t depth;
};

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

// The part of an outer cell that leads to one inner cell. Where an earlier answer led to the outer
// one, all that matters is whether the inner answer is one that does.
static void join_cell(struct putting *putting, const struct passing *passing,
                      const struct cell *outer, struct node *inner, const struct cell *cell,
                      struct boxes *rest)
{
    struct boxes in;
    passing_split(passing, cell->box, rest, &in);
    passing_keep_answered(passing, outer->box, cell->response, &in);
    if (!in.count)
        return;
    struct response joined = *outer->response;
    if (outer->response->asked_before)
        joined.asked_before = // which it was is known now
            cell->response->answer == ANSWER_UPSTREAM ? joined.asked_before : NULL;
    else
        joined = passing_join(passing, outer->response, cell->response);
    note_behind(putting->composer, putting->made, inner);
    for (uint32_t i = 0; i < in.count; i++)
        cells_add(passing->model, &putting->cells, in.items[i], &joined);
}

static bool passes_on(const struct endpoint *endpoint)
{
    struct sent sent;
    for (uint32_t c = 0; c < endpoint->cell_count; c++)
        if (links_sent(endpoint->cells[c].response, &sent))
            return true;
    return false;
}

// Whether more layers stand behind it than are followed.
static bool is_too_deep(const struct composer *composer, const struct node *node)
{
    return !node->done && composer->depth >= DEPTH_MAX && passes_on(node->endpoint);
}

// A target of a cell and the endpoints that it leads to.
struct way {
    struct target target;
    const struct value *host;
    struct led led;
};

// The requests of *rest that one way takes, as far as endpoints take them. False: a limit was
// reached.
static bool compose_way(struct putting *putting, const struct cell *cell, const struct sent *sent,
                        const struct way *way, struct boxes *rest)
{
    struct composer *composer = putting->composer;
    struct passing passing = passing_new(composer->model, sent->forward, way->target.scheme,
                                         way->target.port, way->host);
    bool full = way->led.count > CANDIDATES_MAX;
    for (uint32_t n = 0; n < way->led.count; n++) {
        struct node *node = &composer->nodes[way->led.items[n]];
        const struct endpoint *inner = compose_node(composer, node);
        passing.merges_slashes = !node->endpoint->keeps_slashes;
        if (inner && is_too_deep(composer, node)) {
            full = true;
            for (uint32_t i = 0; i < composer->policy->endpoint_count; i++)
                putting->behind = endpoint_hash(putting->behind, composer->policy->endpoints[i]);
        }
        if (inner)
            putting->behind = endpoint_hash(putting->behind, inner);
        for (uint32_t c = 0; inner && c < inner->cell_count && !full; c++) {
            full = rest->count > PIECES_MAX;
            join_cell(putting, &passing, cell, node, &inner->cells[c], rest);
        }
    }
    return !full;
}

static bool same_led(const struct way *a, const struct way *b)
{
    return a->led.count == b->led.count && str_equal(a->target.port, b->target.port) &&
           value_equal(a->host, b->host) &&
           (!a->led.count ||
            memcmp(a->led.items, b->led.items, a->led.count * sizeof *a->led.items) == 0);
}

struct ways {
    struct way *items;
    uint32_t count, capacity;
};

// Where a cell leads; ways that lead to the same are one.
static void find_ways(struct composer *composer, uint32_t from, const struct sent *sent,
                      struct ways *out)
{
    struct targets targets = { 0 };
    targets_of(composer->model->arena, sent, &targets);
    for (uint32_t t = 0; t < targets.count; t++) {
        struct way way = { .target = targets.items[t] };
        bool known = false;
        links_find(&composer->links, from, sent, &way.target, &way.host, &way.led);
        for (uint32_t i = 0; i < out->count && !known; i++)
            known = same_led(&out->items[i], &way);
        if (!known)
            *vec_push(composer->model->arena, out) = way;
    }
}

// The requests of *rest for which that server of several is chosen: nobody knows which they are.
static struct boxes choose(struct model *model, const struct sent *sent, const struct way *way,
                           Span span, struct boxes *rest)
{
    Str text =
        str_format(model->arena, "whether %.*s is passed on to %.*s:%.*s", STR_ARG(sent->upstream),
                   STR_ARG(way->target.host), STR_ARG(way->target.port));
    uint64_t identity = forward_hash(HASH_SEED, sent->forward, FORWARD_ALL);
    const struct value *choice = value_var(model, model_choice(model, text, identity, span));
    struct boxes yes = { 0 }, no = { 0 };
    for (uint32_t i = 0; i < rest->count; i++)
        value_split(model, rest->items[i], choice, model_choice_value(model, true), &yes, &no);
    *rest = no;
    return yes;
}

// What of a cell no inner endpoint takes keeps the outer answer.
static void keep_rest(struct putting *putting, const struct cell *cell, const struct boxes *rest,
                      const struct response *answer)
{
    struct model *model = putting->composer->model;
    for (uint32_t i = 0; i < rest->count; i++) {
        const struct box *left = box_meet(model, rest->items[i], cell->box);
        if (left)
            cells_add(model, &putting->cells, left, answer);
    }
}

// One outer cell that is passed on, or that an answer from behind led to.
static void compose_cell(struct putting *putting, const struct cell *cell, const struct sent *sent)
{
    struct composer *composer = putting->composer;
    struct model *model = composer->model;
    struct ways ways = { 0 };
    find_ways(composer, (uint32_t)(putting->node - composer->nodes), sent, &ways);
    const struct box *base = cell->box;
    for (uint32_t i = 0; i < cell->box->count; i++)
        if (passing_asks_answer(cell->box->items[i].var))
            base = box_without(model, base, cell->box->items[i].var);
    struct boxes rest = { 0 };
    *vec_push(model->arena, &rest) = base;
    for (uint32_t w = 0; w < ways.count && rest.count; w++) {
        bool last = w + 1 == ways.count;
        struct boxes in =
            last ? rest : choose(model, sent, &ways.items[w], cell->response->span, &rest);
        if (compose_way(putting, cell, sent, &ways.items[w], &in)) {
            keep_rest(putting, cell, &in, cell->response);
        } else {
            struct response unknown = limit_answer(putting, cell->response);
            keep_rest(putting, cell, &in, &unknown);
        }
    }
}

// All cells with those worked out that an earlier answer led to (`asked`), or that are passed on.
static struct cells compose_cells(struct putting *putting, const struct cell *cells, uint32_t count,
                                  bool asked)
{
    putting->cells = (struct cells){ 0 };
    for (uint32_t c = 0; c < count; c++) {
        struct sent sent;
        if (links_sent(cells[c].response, &sent) &&
            asked == (cells[c].response->asked_before != NULL))
            compose_cell(putting, &cells[c], &sent);
        else
            cells_add(putting->composer->model, &putting->cells, cells[c].box, cells[c].response);
    }
    return putting->cells;
}

static void put_behind(struct composer *composer, struct node *node)
{
    struct model *model = composer->model;
    struct endpoint *made = ARENA_NEW(model->arena, struct endpoint);
    struct putting putting = {
        .composer = composer, .node = node, .made = made, .behind = HASH_SEED
    };
    *made = *node->endpoint;
    composer->depth++;
    // Which answers lead elsewhere is worked out first: there, something may be passed on again.
    struct cells settled = compose_cells(&putting, made->cells, made->cell_count, true);
    struct cells cells = compose_cells(&putting, settled.items, settled.count, false);
    composer->depth--;
    if (!made->behind_count)
        return;
    if (settled.full || cells.full) {
        putting.behind = endpoint_hash(putting.behind, node->endpoint);
        struct response unknown = limit_answer(&putting, node->endpoint->cells[0].response);
        cells = (struct cells){ 0 };
        cells_add(model, &cells, made->box, &unknown);
    }
    made->cells = cells.items;
    made->cell_count = cells.count;
    made->hash = cells_hash(&cells);
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

bool compose_may_link(const struct policy *const *policies, uint32_t count)
{
    struct links links = links_new(policies[0]->model, NULL);
    for (uint32_t p = 0; p < count; p++)
        for (uint32_t i = 0; i < policies[p]->endpoint_count; i++)
            if (policies[p]->endpoints[i])
                links_add(&links, policies[p]->endpoints[i], STR(""));
    return links_any(&links);
}

void compose(struct policy *policy, const struct stack *stack,
             Str (*path_of)(const void *state, uint32_t file), const void *state)
{
    struct arena *arena = policy->model->arena;
    struct composer composer = { .policy = policy,
                                 .model = policy->model,
                                 .links = links_new(policy->model, stack) };
    uint32_t count = policy->endpoint_count, kept = 0;
    if (count < 2)
        return;
    composer.nodes = ARENA_ARRAY(arena, struct node, count);
    for (uint32_t i = 0; i < count; i++) {
        composer.nodes[i].endpoint = policy->endpoints[i];
        links_add(&composer.links, policy->endpoints[i],
                  path_of(state, policy->endpoints[i]->span.file));
    }
    for (uint32_t i = 0; i < count; i++)
        (void)compose_node(&composer, &composer.nodes[i]);
    policy->inner = ARENA_ARRAY(arena, struct inner, count);
    for (uint32_t i = 0; i < count; i++) {
        if (composer.nodes[i].is_inner)
            policy->inner[policy->inner_count++] =
                (struct inner){ policy->endpoints[i], composer.nodes[i].endpoint };
        else
            policy->endpoints[kept++] = composer.nodes[i].endpoint;
    }
    policy->endpoint_count = kept;
}
