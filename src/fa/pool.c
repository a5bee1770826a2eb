#include "fa/pool.h"

#include "base/hash.h"

#include <string.h>

static uint64_t key_hash(const struct fa_space *space, bool accept, const struct pool_edge *edges,
                         uint32_t count)
{
    uint64_t hash = HASH_SEED + accept;
    for (uint32_t i = 0; i < count; i++) {
        uint64_t label = edges[i].lo | (uint64_t)edges[i].hi << 8;
        hash = hash_u64(hash + (label << 32), pool_state(space, edges[i].target)->hash);
    }
    return hash;
}

static void slot_put(struct fa_space *space, struct pool_slot slot)
{
    uint32_t at = slot.tag & (space->slot_count - 1);
    while (space->slots[at].state != POOL_UNKNOWN)
        at = (at + 1) & (space->slot_count - 1);
    space->slots[at] = slot;
}

static void slots_resize(struct fa_space *space, uint32_t size)
{
    struct pool_slot *old = space->slots;
    uint32_t old_count = space->slot_count;
    space->slots = ARENA_ARRAY(space->arena, struct pool_slot, size);
    space->slot_count = size;
    memset(space->slots, 0xff, size * sizeof *space->slots);
    for (uint32_t i = 0; i < old_count; i++)
        if (old[i].state != POOL_UNKNOWN)
            slot_put(space, old[i]);
}

void pool_reserve(struct fa_space *space, uint32_t states)
{
    enum { FIRST = 512 };
    uint64_t need = ((uint64_t)space->states + states) * 4 / 3 + 1;
    uint32_t size = space->slot_count ? space->slot_count : FIRST;
    while (size < need)
        size *= 2;
    if (size != space->slot_count)
        slots_resize(space, size);
}

uint32_t pool_add(struct fa_space *space, bool accept, const struct pool_edge *edges,
                  uint32_t count, uint64_t hash, uint8_t flags)
{
    uint32_t room = POOL_PAGE - (space->edges & (POOL_PAGE - 1));
    if (count > room)
        space->edges += room; // a state's edges lie in one page
    if (space->edges + count >= space->edge_pages.count * POOL_PAGE) // there is always a next place
        *vec_push(space->arena, &space->edge_pages) =
            ARENA_ARRAY(space->arena, struct pool_edge, POOL_PAGE);
    if (space->states == space->state_pages.count * POOL_PAGE)
        *vec_push(space->arena, &space->state_pages) =
            ARENA_ARRAY(space->arena, struct pool_state, POOL_PAGE);
    uint32_t id = space->states++;
    struct pool_state *state =
        &space->state_pages.items[id >> POOL_PAGE_BITS][id & (POOL_PAGE - 1)];
    *state = (struct pool_state){ hash, space->edges, (uint16_t)count, accept, flags };
    if (count) {
        uint32_t at = space->edges;
        memcpy(&space->edge_pages.items[at >> POOL_PAGE_BITS][at & (POOL_PAGE - 1)], edges,
               count * sizeof *edges);
    }
    space->edges += count;
    return id;
}

void pool_index(struct fa_space *space, uint32_t id)
{
    const struct pool_state *state = pool_state(space, id);
    pool_reserve(space, 1);
    uint64_t hash = key_hash(space, state->accept, pool_edges(space, state), state->count);
    slot_put(space, (struct pool_slot){ (uint32_t)(hash >> 32), id });
}

static bool same_edges(const struct pool_edge *a, const struct pool_edge *b, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (a[i].target != b[i].target || a[i].lo != b[i].lo || a[i].hi != b[i].hi)
            return false;
    return true;
}

uint32_t pool_intern(struct fa_space *space, bool accept, const struct pool_edge *edges,
                     uint32_t count)
{
    if (count == 0 && !accept)
        return POOL_NONE;
    pool_reserve(space, 1);
    uint64_t hash = key_hash(space, accept, edges, count);
    uint32_t tag = (uint32_t)(hash >> 32);
    uint32_t at = tag & (space->slot_count - 1);
    for (; space->slots[at].state != POOL_UNKNOWN; at = (at + 1) & (space->slot_count - 1)) {
        if (space->slots[at].tag != tag)
            continue;
        const struct pool_state *state = pool_state(space, space->slots[at].state);
        if (state->accept == accept && state->count == count &&
            same_edges(pool_edges(space, state), edges, count))
            return space->slots[at].state;
    }
    uint8_t flags = 0;
    for (uint32_t i = 0; i < count; i++)
        flags |= pool_state(space, edges[i].target)->flags & POOL_INFINITE;
    uint32_t id = pool_add(space, accept, edges, count, hash, flags);
    space->slots[at] = (struct pool_slot){ tag, id };
    return id;
}

uint32_t pool_step(const struct fa_space *space, uint32_t id, uint8_t byte)
{
    const struct pool_state *state = pool_state(space, id);
    const struct pool_edge *edges = pool_edges(space, state);
    uint32_t low = 0, high = state->count;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (edges[middle].hi < byte)
            low = middle + 1;
        else
            high = middle;
    }
    return low < state->count && edges[low].lo <= byte ? edges[low].target : POOL_NONE;
}

struct pool_component pool_component(const struct fa_space *space, uint32_t id)
{
    uint32_t low = 0, high = space->components.count;
    while (high - low > 1) {
        uint32_t middle = (low + high) / 2;
        if (space->components.items[middle].first <= id)
            low = middle;
        else
            high = middle;
    }
    return space->components.items[low];
}

const struct fa *pool_wrap(struct fa_space *space, uint32_t id)
{
    if (id == POOL_UNKNOWN) {
        space->exhausted = true;
        return NULL;
    }
    uint32_t next = space->wrappers.count;
    uint32_t found = table_add(space->arena, &space->wrapped, id, next);
    if (found == next) {
        struct fa *fa = ARENA_NEW(space->arena, struct fa);
        *fa = (struct fa){ space, id };
        *vec_push(space->arena, &space->wrappers) = fa;
    }
    return space->wrappers.items[found];
}

void pool_reach(struct arena *scratch, const struct fa_space *space, uint32_t root,
                struct pool_reach *out)
{
    *out = (struct pool_reach){ 0 };
    *vec_push(scratch, &out->list) = root;
    table_add(scratch, &out->index, root, 0);
    for (uint32_t i = 0; i < out->list.count; i++) {
        const struct pool_state *state = pool_state(space, out->list.items[i]);
        const struct pool_edge *edges = pool_edges(space, state);
        for (uint32_t k = 0; k < state->count; k++) {
            uint32_t next = out->list.count;
            if (table_add(scratch, &out->index, edges[k].target, next) == next)
                *vec_push(scratch, &out->list) = edges[k].target;
        }
    }
}

struct pool_budget pool_budget(const struct fa_space *space)
{
    if (space->shared)
        return *space->shared;
    enum { STATES_A_BYTE = 2, STEPS_A_BYTE = 64 };
    return (struct pool_budget){
        .states = space->limits->fa_states + (uint64_t)space->words * STATES_A_BYTE,
        .steps = space->limits->fa_steps + (uint64_t)space->words * STEPS_A_BYTE,
    };
}

struct fa_space *fa_space_new(struct arena *arena, const struct limits *limits)
{
    struct fa_space *space = ARENA_NEW(arena, struct fa_space);
    space->arena = arena;
    space->limits = limits;
    pool_reserve(space, 0);
    pool_add(space, false, NULL, 0, hash_u64(HASH_SEED, 1), 0);
    uint64_t all_hash = hash_u64(HASH_SEED, 2);
    struct pool_edge loop = { .target = POOL_ALL, .lo = 0, .hi = UINT8_MAX };
    pool_add(space, true, &loop, 1, all_hash, POOL_CYCLIC | POOL_INFINITE);
    pool_index(space, POOL_ALL);
    *vec_push(arena, &space->components) = (struct pool_component){ POOL_ALL, 1 };
    return space;
}

struct arena *fa_space_arena(const struct fa_space *space)
{
    return space->arena;
}

bool fa_space_exhausted(const struct fa_space *space)
{
    return space->exhausted;
}

uint64_t fa_space_spent(const struct fa_space *space)
{
    return space->spent;
}
