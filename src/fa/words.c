#include "fa/pool.h"

#include <stdlib.h>
#include <string.h>

// Questions about the words of a language.

static uint64_t add(uint64_t a, uint64_t b)
{
    return a > FA_INFINITE - b ? FA_INFINITE : a + b;
}

static uint64_t multiply(uint64_t a, uint64_t b)
{
    return a && b > FA_INFINITE / a ? FA_INFINITE : a * b;
}

static int by_number(const void *left, const void *right)
{
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    return (a > b) - (a < b);
}

uint64_t fa_count(const struct fa *a)
{
    if (!a || pool_state(a->space, a->state)->flags & POOL_INFINITE)
        return FA_INFINITE;
    struct arena *scratch = arena_new();
    struct pool_reach reach;
    pool_reach(scratch, a->space, a->state, &reach);
    uint32_t *order = ARENA_ARRAY(scratch, uint32_t, reach.list.count);
    memcpy(order, reach.list.items, reach.list.count * sizeof *order);
    qsort(order, reach.list.count, sizeof *order, by_number);
    // Without cycles, an edge leads to a state with a smaller number.
    uint64_t *words = ARENA_ARRAY(scratch, uint64_t, reach.list.count);
    for (uint32_t i = 0; i < reach.list.count; i++) {
        const struct pool_state *state = pool_state(a->space, order[i]);
        const struct pool_edge *edges = pool_edges(a->space, state);
        uint64_t sum = state->accept;
        for (uint32_t k = 0; k < state->count; k++)
            sum = add(sum, multiply(words[table_get(&reach.index, edges[k].target)],
                                    (uint64_t)(edges[k].hi - edges[k].lo) + 1));
        words[table_get(&reach.index, order[i])] = sum;
    }
    uint64_t result = words[0];
    arena_free(scratch);
    return result;
}

// The walk over all words of one length, in order of bytes.
struct lengths {
    const struct fa_space *space;
    struct arena *scratch;
    struct pool_reach reach;
    VEC(const bool *) can; // can.items[n][i]: from state i, a word of length n is accepted
    uint64_t steps;        // that are left
};

static void add_length(struct lengths *l)
{
    bool *row = ARENA_ARRAY(l->scratch, bool, l->reach.list.count);
    const bool *before = l->can.count ? l->can.items[l->can.count - 1] : NULL;
    for (uint32_t i = 0; i < l->reach.list.count; i++) {
        const struct pool_state *state = pool_state(l->space, l->reach.list.items[i]);
        const struct pool_edge *edges = pool_edges(l->space, state);
        row[i] = !before && state->accept;
        for (uint32_t k = 0; before && k < state->count && !row[i]; k++)
            row[i] = before[table_get(&l->reach.index, edges[k].target)];
        l->steps -= l->steps > 0;
    }
    *vec_push(l->scratch, &l->can) = row;
}

static size_t words_of_length(struct lengths *l, struct arena *arena, uint32_t root, size_t length,
                              Str *out, size_t max)
{
    struct frame {
        uint32_t state;
        int byte;      // the next to try
        uint32_t edge; // the first that may hold it
    } *stack = ARENA_ARRAY(l->scratch, struct frame, length + 1);
    char *word = ARENA_ARRAY(l->scratch, char, length + 1);
    size_t depth = 0, found = 0;
    stack[0] = (struct frame){ root, 0, 0 };
    for (;;) {
        struct frame *top = &stack[depth];
        uint32_t target = POOL_NONE;
        if (depth == length) {
            out[found++] = str_copy(arena, (Str){ word, length });
            if (found == max)
                return found;
        } else {
            const bool *can = l->can.items[length - depth - 1];
            const struct pool_state *state = pool_state(l->space, top->state);
            const struct pool_edge *edges = pool_edges(l->space, state);
            for (; top->edge < state->count && target == POOL_NONE; top->edge++) {
                const struct pool_edge *edge = &edges[top->edge];
                if (top->byte < edge->lo)
                    top->byte = edge->lo;
                if (top->byte > edge->hi || !can[table_get(&l->reach.index, edge->target)])
                    continue;
                target = edge->target;
                top->byte++;
                break;
            }
        }
        if (target != POOL_NONE) {
            word[depth++] = (char)(top->byte - 1);
            stack[depth] = (struct frame){ target, 0, 0 };
        } else if (depth-- == 0) {
            return found;
        }
    }
}

size_t fa_enumerate(struct arena *arena, const struct fa *a, Str *out, size_t max)
{
    if (!a || a->state == POOL_NONE || max == 0)
        return 0;
    struct arena *scratch = arena_new();
    struct lengths l = { .space = a->space, .scratch = scratch };
    l.steps = a->space->limits->fa_steps;
    pool_reach(scratch, a->space, a->state, &l.reach);
    bool finite = fa_is_finite(a);
    size_t found = 0;
    for (size_t length = 0; found < max && l.steps; length++) {
        if (finite && length >= l.reach.list.count)
            break;
        add_length(&l);
        if (l.can.items[length][0])
            found += words_of_length(&l, arena, a->state, length, out + found, max - found);
    }
    arena_free(scratch);
    return found;
}

// How far every reachable state is from accepting. From the accepting states backwards.
static uint32_t *distances(struct arena *scratch, const struct fa_space *space,
                           const struct pool_reach *reach)
{
    uint32_t count = reach->list.count, total = 0;
    uint32_t *row = ARENA_ARRAY(scratch, uint32_t, count + 2);
    uint32_t *distance = ARENA_ARRAY(scratch, uint32_t, count);
    uint32_t *queue = ARENA_ARRAY(scratch, uint32_t, count);
    uint32_t head = 0, tail = 0;
    for (uint32_t i = 0; i < count; i++) {
        const struct pool_state *state = pool_state(space, reach->list.items[i]);
        const struct pool_edge *edges = pool_edges(space, state);
        total += state->count;
        for (uint32_t k = 0; k < state->count; k++)
            row[table_get(&reach->index, edges[k].target) + 2]++;
        distance[i] = state->accept ? 0 : UINT32_MAX;
        if (state->accept)
            queue[tail++] = i;
    }
    for (uint32_t i = 2; i < count + 2; i++)
        row[i] += row[i - 1];
    uint32_t *into = ARENA_ARRAY(scratch, uint32_t, total);
    for (uint32_t i = 0; i < count; i++) {
        const struct pool_state *state = pool_state(space, reach->list.items[i]);
        const struct pool_edge *edges = pool_edges(space, state);
        for (uint32_t k = 0; k < state->count; k++)
            into[row[table_get(&reach->index, edges[k].target) + 1]++] = i;
    }
    while (head < tail) {
        uint32_t at = queue[head++];
        for (uint32_t k = row[at]; k < row[at + 1]; k++)
            if (distance[into[k]] == UINT32_MAX) {
                distance[into[k]] = distance[at] + 1;
                queue[tail++] = into[k];
            }
    }
    return distance;
}

// A layer holds the states that the nicest shortest words lead to after so many bytes; `rank` is
// that of the byte behind it.
struct layer {
    uint32_t *states, count;
    uint16_t rank;
};

enum { RANK_NONE = UINT8_MAX + 1 };

static uint16_t rank_of(const uint8_t *taste, int byte)
{
    return taste ? taste[byte] : (uint16_t)byte;
}

static bool has(const struct layer *layer, uint32_t state)
{
    for (uint32_t i = 0; i < layer->count; i++)
        if (layer->states[i] == state)
            return true;
    return false;
}

struct shortest {
    const struct fa_space *space;
    struct arena *scratch;
    const struct pool_reach *reach;
    const uint32_t *distance;
    const uint8_t *taste;
};

// The smallest rank of a byte that leads nearer to the end, and the states that bytes of that rank
// lead to.
static struct layer next_layer(const struct shortest *s, struct layer *from, uint32_t distance)
{
    struct {
        VEC(uint32_t) list;
    } next = { 0 };
    from->rank = RANK_NONE;
    for (uint32_t i = 0; i < from->count; i++) {
        const struct pool_state *state = pool_state(s->space, from->states[i]);
        const struct pool_edge *edges = pool_edges(s->space, state);
        for (uint32_t k = 0; k < state->count; k++) {
            if (s->distance[table_get(&s->reach->index, edges[k].target)] != distance - 1)
                continue;
            for (int byte = edges[k].lo; byte <= edges[k].hi; byte++) {
                uint16_t rank = rank_of(s->taste, byte);
                if (rank < from->rank) {
                    from->rank = rank;
                    next.list.count = 0;
                }
                struct layer seen = { next.list.items, next.list.count, 0 };
                if (rank == from->rank && !has(&seen, edges[k].target))
                    *vec_push(s->scratch, &next.list) = edges[k].target;
            }
        }
    }
    return (struct layer){ next.list.items, next.list.count, RANK_NONE };
}

// The first byte of that rank that leads from the state into the layer, or -1.
static int byte_into(const struct shortest *s, uint32_t from, uint16_t rank,
                     const struct layer *layer, uint32_t *target)
{
    for (int byte = 0; byte <= UINT8_MAX; byte++) {
        if (rank_of(s->taste, byte) != rank)
            continue;
        *target = pool_step(s->space, from, (uint8_t)byte);
        if (*target != POOL_NONE && has(layer, *target))
            return byte;
    }
    return -1;
}

bool fa_shortest(struct arena *arena, const struct fa *a, const uint8_t *taste, Str *out)
{
    if (!a || a->state == POOL_NONE)
        return false;
    struct arena *scratch = arena_new();
    struct pool_reach reach;
    pool_reach(scratch, a->space, a->state, &reach);
    uint32_t *distance = distances(scratch, a->space, &reach), length = distance[0];
    struct shortest s = { a->space, scratch, &reach, distance, taste };
    struct layer *layers = ARENA_ARRAY(scratch, struct layer, length + 1);
    uint32_t root = a->state;
    layers[0] = (struct layer){ &root, 1, RANK_NONE };
    for (uint32_t i = 0; i < length; i++)
        layers[i + 1] = next_layer(&s, &layers[i], length - i);
    // Backwards, only states from which the rest of the ranks can be followed stay.
    for (uint32_t i = length; i-- > 0;) {
        uint32_t keep = 0, target;
        for (uint32_t k = 0; k < layers[i].count; k++)
            if (byte_into(&s, layers[i].states[k], layers[i].rank, &layers[i + 1], &target) >= 0)
                layers[i].states[keep++] = layers[i].states[k];
        layers[i].count = keep;
    }
    char *word = ARENA_ARRAY(arena, char, length + 1);
    uint32_t state = a->state;
    for (uint32_t i = 0; i < length; i++)
        word[i] = (char)byte_into(&s, state, layers[i].rank, &layers[i + 1], &state);
    *out = (Str){ word, length };
    arena_free(scratch);
    return true;
}

bool fa_is_literal(struct arena *arena, const struct fa *a, Str *out)
{
    if (!a || a->state == POOL_NONE || pool_state(a->space, a->state)->flags & POOL_INFINITE)
        return false;
    size_t length = 0;
    uint32_t id = a->state;
    const struct pool_state *state = pool_state(a->space, id);
    for (; state->count == 1 && !state->accept; length++) {
        const struct pool_edge *edge = pool_edges(a->space, state);
        if (edge->lo != edge->hi)
            return false;
        state = pool_state(a->space, edge->target);
    }
    if (state->count)
        return false;
    char *word = ARENA_ARRAY(arena, char, length + 1);
    state = pool_state(a->space, a->state);
    for (size_t i = 0; i < length; i++) {
        const struct pool_edge *edge = pool_edges(a->space, state);
        word[i] = (char)edge->lo;
        state = pool_state(a->space, edge->target);
    }
    *out = (Str){ word, length };
    return true;
}

Str fa_common_prefix(struct arena *arena, const struct fa *a)
{
    if (!a)
        return STR("");
    const struct pool_state *first = pool_state(a->space, a->state), *state = first;
    size_t length = 0;
    // A cycle that nothing leaves and where nothing is accepted does not exist: such a state would
    // be the empty language.
    for (; state->count == 1 && !state->accept; length++) {
        const struct pool_edge *edge = pool_edges(a->space, state);
        if (edge->lo != edge->hi)
            break;
        state = pool_state(a->space, edge->target);
    }
    char *word = ARENA_ARRAY(arena, char, length + 1);
    state = first;
    for (size_t i = 0; i < length; i++) {
        const struct pool_edge *edge = pool_edges(a->space, state);
        word[i] = (char)edge->lo;
        state = pool_state(a->space, edge->target);
    }
    return (Str){ word, length };
}
