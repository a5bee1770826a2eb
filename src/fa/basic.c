#include "fa/quick.h"

const struct fa *fa_none(struct fa_space *space)
{
    return pool_wrap(space, POOL_NONE);
}

const struct fa *fa_empty(struct fa_space *space)
{
    return pool_wrap(space, pool_intern(space, true, NULL, 0));
}

const struct fa *fa_all(struct fa_space *space)
{
    return pool_wrap(space, POOL_ALL);
}

const struct fa *fa_bytes(struct fa_space *space, const uint64_t bytes[4])
{
    struct pool_edge edges[UINT8_MAX + 1];
    uint32_t count = 0, end = pool_intern(space, true, NULL, 0);
    for (uint32_t b = 0; b <= UINT8_MAX; b++)
        if (bytes[b / 64] >> (b % 64) & 1)
            count = pool_append(edges, count, (struct pool_edge){ end, (uint8_t)b, (uint8_t)b, 0 });
    return pool_wrap(space, pool_intern(space, false, edges, count));
}

bool fa_is_none(const struct fa *a)
{
    return a && a->state == POOL_NONE;
}

bool fa_is_all(const struct fa *a)
{
    return a && a->state == POOL_ALL;
}

bool fa_accepts(const struct fa *a, Str word)
{
    if (!a)
        return false;
    const struct fa_quick *quick = quick_get(a, word.len);
    if (quick)
        return quick_accepts(quick, word);
    uint32_t state = a->state;
    for (size_t i = 0; i < word.len && state != POOL_NONE; i++)
        state = pool_step(a->space, state, (uint8_t)word.ptr[i]);
    return pool_state(a->space, state)->accept;
}

bool fa_is_finite(const struct fa *a)
{
    return a && !(pool_state(a->space, a->state)->flags & POOL_INFINITE);
}

void fa_first(const struct fa *a, uint64_t bytes[4])
{
    for (size_t i = 0; i < 4; i++)
        bytes[i] = 0;
    if (!a)
        return;
    const struct pool_state *state = pool_state(a->space, a->state);
    const struct pool_edge *edges = pool_edges(a->space, state);
    for (uint32_t k = 0; k < state->count; k++)
        for (uint32_t b = edges[k].lo; b <= edges[k].hi; b++)
            bytes[b / 64] |= UINT64_C(1) << (b % 64);
}

uint32_t fa_states(const struct fa *a)
{
    if (!a)
        return 0;
    struct arena *scratch = arena_new();
    struct pool_reach reach;
    pool_reach(scratch, a->space, a->state, &reach);
    uint32_t count = reach.list.count;
    arena_free(scratch);
    return count;
}

uint64_t fa_hash(const struct fa *a)
{
    return a ? pool_state(a->space, a->state)->hash : 0;
}
