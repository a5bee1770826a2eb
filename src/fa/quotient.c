#include "fa/draft.h"

// Operations that keep the states of the argument and change what they accept or where bytes lead.

// Copies the states reachable from the argument into a draft, whose numbers are those in `reach`.
// `accept` tells which of them accept, NULL for those that do.
static uint32_t copy(struct draft *draft, const struct pool_reach *reach, const bool *accept)
{
    for (uint32_t i = 0; i < reach->list.count && !draft->over; i++) {
        const struct pool_state *state = pool_state(draft->space, reach->list.items[i]);
        const struct pool_edge *edges = pool_edges(draft->space, state);
        draft_begin(draft, accept[i]);
        for (uint32_t k = 0; k < state->count; k++)
            draft_edge(draft, edges[k].lo, edges[k].hi,
                       table_get(&reach->index, edges[k].target) | DRAFT_LOCAL);
        draft_spend(draft, state->count + 1);
    }
    return draft_finish(draft, DRAFT_LOCAL);
}

const struct fa *fa_after(struct fa_space *space, const struct fa *a, Str prefix)
{
    if (!a)
        return NULL;
    uint32_t state = a->state;
    for (size_t i = 0; i < prefix.len && state != POOL_NONE; i++)
        state = pool_step(space, state, (uint8_t)prefix.ptr[i]);
    return pool_wrap(space, state);
}

const struct fa *fa_before(struct fa_space *space, const struct fa *a, Str suffix)
{
    if (!a || suffix.len == 0 || a->state == POOL_ALL)
        return a;
    struct arena *scratch = arena_new();
    struct draft draft = draft_new(space, scratch);
    struct pool_reach reach;
    pool_reach(scratch, space, a->state, &reach);
    bool *accept = ARENA_ARRAY(scratch, bool, reach.list.count);
    for (uint32_t i = 0; i < reach.list.count && !draft.over; i++) {
        uint32_t state = reach.list.items[i];
        size_t done = 0;
        while (done < suffix.len && state != POOL_NONE)
            state = pool_step(space, state, (uint8_t)suffix.ptr[done++]);
        accept[i] = pool_state(space, state)->accept;
        draft_spend(&draft, done);
    }
    uint32_t result = copy(&draft, &reach, accept);
    arena_free(scratch);
    return pool_wrap(space, result);
}

// The edges of a state for subjects whose letters are folded first: capitals lead where their small
// letters lead.
static uint32_t unfold_edges(const struct fa_space *space, uint32_t id, struct pool_edge *out)
{
    enum { SHIFT = 'a' - 'A' };
    const struct pool_state *state = pool_state(space, id);
    const struct pool_edge *edges = pool_edges(space, state);
    uint32_t target[UINT8_MAX + 1] = { POOL_NONE }, count = 0;
    for (uint32_t k = 0; k < state->count; k++)
        for (int byte = edges[k].lo; byte <= edges[k].hi; byte++)
            target[byte] = edges[k].target;
    for (int byte = 'A'; byte <= 'Z'; byte++)
        target[byte] = target[byte + SHIFT];
    for (int byte = 0; byte <= UINT8_MAX; byte++)
        if (target[byte] != POOL_NONE)
            count = pool_append(
                out, count, (struct pool_edge){ target[byte], (uint8_t)byte, (uint8_t)byte, 0 });
    return count;
}

static uint32_t unfold(struct fa_space *space, uint32_t root)
{
    struct arena *scratch = arena_new();
    struct draft draft = draft_new(space, scratch);
    struct pool_reach reach;
    pool_reach(scratch, space, root, &reach);
    for (uint32_t i = 0; i < reach.list.count && !draft.over; i++) {
        struct pool_edge edges[UINT8_MAX + 1];
        uint32_t count = unfold_edges(space, reach.list.items[i], edges);
        draft_begin(&draft, pool_state(space, reach.list.items[i])->accept);
        for (uint32_t k = 0; k < count; k++)
            draft_edge(&draft, edges[k].lo, edges[k].hi,
                       table_get(&reach.index, edges[k].target) | DRAFT_LOCAL);
        draft_spend(&draft, count + 1);
    }
    uint32_t result = draft_finish(&draft, DRAFT_LOCAL);
    arena_free(scratch);
    return result;
}

const struct fa *fa_unfold_case(struct fa_space *space, const struct fa *a)
{
    if (!a)
        return NULL;
    struct table *memo = &space->memo[POOL_UNFOLD];
    uint32_t noted = table_get(memo, a->state);
    if (noted == TABLE_ABSENT) {
        uint32_t result = unfold(space, a->state);
        noted =
            table_add(space->arena, memo, a->state, result == POOL_UNKNOWN ? POOL_LOST : result);
    }
    return pool_wrap(space, noted == POOL_LOST ? POOL_UNKNOWN : noted);
}

// Every state comes twice: as it is, and as it is behind a "/", where more of them lead nowhere
// else.
static void slash_edges(struct draft *draft, const struct pool_reach *reach, uint32_t number,
                        bool behind)
{
    uint32_t edges[UINT8_MAX + 1] = { POOL_NONE };
    const struct pool_state *state = pool_state(draft->space, reach->list.items[number]);
    const struct pool_edge *from = pool_edges(draft->space, state);
    for (uint32_t k = 0; k < state->count; k++)
        for (int byte = from[k].lo; byte <= from[k].hi; byte++)
            edges[byte] =
                (2 * table_get(&reach->index, from[k].target) + (byte == '/')) | DRAFT_LOCAL;
    if (behind)
        edges['/'] = (2 * number + 1) | DRAFT_LOCAL;
    draft_begin(draft, state->accept);
    for (int lo = 0, hi; lo <= UINT8_MAX; lo = hi + 1) {
        for (hi = lo; hi < UINT8_MAX && edges[hi + 1] == edges[lo]; hi++) {
        }
        if (edges[lo] != POOL_NONE)
            draft_edge(draft, (uint8_t)lo, (uint8_t)hi, edges[lo]);
        draft_spend(draft, 1);
    }
}

static uint32_t unfold_slashes(struct fa_space *space, uint32_t root)
{
    struct arena *scratch = arena_new();
    struct draft draft = draft_new(space, scratch);
    struct pool_reach reach;
    pool_reach(scratch, space, root, &reach);
    for (uint32_t i = 0; i < reach.list.count && !draft.over; i++) {
        slash_edges(&draft, &reach, i, false);
        slash_edges(&draft, &reach, i, true);
    }
    uint32_t result = draft_finish(&draft, DRAFT_LOCAL);
    arena_free(scratch);
    return result;
}

const struct fa *fa_unfold_slashes(struct fa_space *space, const struct fa *a)
{
    if (!a || a->state == POOL_NONE || a->state == POOL_ALL)
        return a;
    struct table *memo = &space->memo[POOL_SLASHES];
    uint32_t noted = table_get(memo, a->state);
    if (noted == TABLE_ABSENT) {
        uint32_t result = unfold_slashes(space, a->state);
        noted =
            table_add(space->arena, memo, a->state, result == POOL_UNKNOWN ? POOL_LOST : result);
    }
    return pool_wrap(space, noted == POOL_LOST ? POOL_UNKNOWN : noted);
}

uint32_t fa_splits(struct fa_space *space, const struct fa *a, struct fa_pair *out, uint32_t max)
{
    if (!a)
        return UINT32_MAX;
    if (a->state == POOL_NONE)
        return 0;
    struct arena *scratch = arena_new();
    struct pool_reach reach;
    pool_reach(scratch, space, a->state, &reach);
    uint32_t count = reach.list.count <= max ? reach.list.count : UINT32_MAX;
    bool *accept = ARENA_ARRAY(scratch, bool, reach.list.count);
    for (uint32_t i = 0; count != UINT32_MAX && i < count; i++) {
        struct arena_mark mark = arena_mark(scratch);
        struct draft draft = draft_new(space, scratch);
        accept[i] = true;
        uint32_t left = copy(&draft, &reach, accept);
        accept[i] = false;
        out[i] = (struct fa_pair){ pool_wrap(space, left), pool_wrap(space, reach.list.items[i]) };
        if (left == POOL_UNKNOWN)
            count = UINT32_MAX;
        arena_rewind(scratch, mark);
    }
    arena_free(scratch);
    return count;
}
