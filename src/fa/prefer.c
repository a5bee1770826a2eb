#include "fa/charset.h"
#include "fa/draft.h"

// The target that `byte` and all of `over` lead to from a state; POOL_NONE when they differ.
static uint32_t common_target(const struct fa_space *space, uint32_t state, uint8_t byte,
                              struct charset over)
{
    uint32_t target = pool_step(space, state, byte);
    for (int b = charset_next(over, 0); b <= UINT8_MAX && target; b = charset_next(over, b + 1))
        if (pool_step(space, state, (uint8_t)b) != target)
            return POOL_NONE;
    return target;
}

const struct fa *fa_prefer(struct fa_space *space, const struct fa *a, uint8_t byte,
                           const uint64_t over[4])
{
    if (!a)
        return NULL;
    struct arena *scratch = arena_new();
    struct draft draft = draft_new(space, scratch);
    struct pool_reach reach;
    struct charset others = { { over[0], over[1], over[2], over[3] } };
    bool changes = false;
    pool_reach(scratch, space, a->state, &reach);
    uint32_t *targets = ARENA_ARRAY(scratch, uint32_t, reach.list.count + 1);
    for (uint32_t i = 0; i < reach.list.count; i++) {
        targets[i] = common_target(space, reach.list.items[i], byte, others);
        changes = changes || targets[i] != POOL_NONE;
    }
    for (uint32_t i = 0; changes && i < reach.list.count && !draft.over; i++) {
        const struct pool_state *state = pool_state(space, reach.list.items[i]);
        const struct pool_edge *edges = pool_edges(space, state);
        draft_begin(&draft, state->accept);
        for (uint32_t k = 0; k < state->count; k++) {
            bool any = targets[i] != POOL_NONE && edges[k].target == targets[i];
            if (any && (edges[k].lo > byte || edges[k].hi < byte))
                continue;
            draft_edge(&draft, any ? byte : edges[k].lo, any ? byte : edges[k].hi,
                       table_get(&reach.index, edges[k].target) | DRAFT_LOCAL);
        }
        draft_spend(&draft, state->count + 1);
    }
    const struct fa *result = changes ? pool_wrap(space, draft_finish(&draft, DRAFT_LOCAL)) : a;
    arena_free(scratch);
    return result;
}
