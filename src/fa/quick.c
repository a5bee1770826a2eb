#include "fa/quick.h"

// A language of which many words are asked becomes a table: a number for each of its states and
// each class of bytes that it tells apart.
struct fa_quick {
    uint32_t root; // the state whose language it is
    uint32_t classes;
    uint8_t class_of[UINT8_MAX + 1];
    const uint16_t *next; // by state and class; 0: no word goes on
    const bool *accept;   // by state; 0 never does
};

enum {
    QUICK_AFTER = 64 * 1024, // bytes of words in a row
    QUICK_STATES = 4096,
};

static void find_classes(const struct fa_space *space, const struct pool_reach *reach,
                         struct fa_quick *quick)
{
    bool begins[UINT8_MAX + 2] = { false };
    for (uint32_t i = 0; i < reach->list.count; i++) {
        const struct pool_state *state = pool_state(space, reach->list.items[i]);
        const struct pool_edge *edges = pool_edges(space, state);
        for (uint32_t k = 0; k < state->count; k++)
            begins[edges[k].lo] = begins[edges[k].hi + 1] = true;
    }
    uint8_t class = 0;
    for (int byte = 1; byte <= UINT8_MAX; byte++) {
        class = (uint8_t)(class + begins[byte]);
        quick->class_of[byte] = class;
    }
    quick->classes = class + UINT32_C(1);
}

static const struct fa_quick *build(struct fa_space *space, uint32_t root)
{
    struct arena *scratch = arena_new();
    struct pool_reach reach;
    struct fa_quick *quick = NULL;
    pool_reach(scratch, space, root, &reach);
    if (reach.list.count < QUICK_STATES) {
        quick = ARENA_NEW(space->arena, struct fa_quick);
        quick->root = root;
        find_classes(space, &reach, quick);
        uint16_t *next =
            ARENA_ARRAY(space->arena, uint16_t, (reach.list.count + 1) * quick->classes);
        bool *accept = ARENA_ARRAY(space->arena, bool, reach.list.count + 1);
        for (uint32_t i = 0; i < reach.list.count; i++) {
            const struct pool_state *state = pool_state(space, reach.list.items[i]);
            const struct pool_edge *edges = pool_edges(space, state);
            accept[i + 1] = state->accept;
            for (uint32_t k = 0; k < state->count; k++) {
                uint32_t target = table_get(&reach.index, edges[k].target) + 1;
                for (uint32_t c = quick->class_of[edges[k].lo]; c <= quick->class_of[edges[k].hi];
                     c++)
                    next[(i + 1) * quick->classes + c] = (uint16_t)target;
            }
        }
        quick->next = next;
        quick->accept = accept;
    }
    arena_free(scratch);
    return quick;
}

const struct fa_quick *quick_get(const struct fa *a, size_t bytes)
{
    struct fa_space *space = a->space;
    if (space->quick && space->quick->root == a->state)
        return space->quick;
    if (space->asked != a->state) {
        space->asked = a->state;
        space->asked_bytes = 0;
    }
    size_t before = space->asked_bytes;
    space->asked_bytes += bytes;
    if (before < QUICK_AFTER && space->asked_bytes >= QUICK_AFTER) {
        const struct fa_quick *quick = build(space, a->state);
        if (quick)
            space->quick = quick;
        return quick;
    }
    return NULL;
}

bool quick_accepts(const struct fa_quick *quick, Str word)
{
    uint32_t state = 1;
    for (size_t i = 0; i < word.len && state; i++)
        state = quick->next[state * quick->classes + quick->class_of[(uint8_t)word.ptr[i]]];
    return quick->accept[state];
}
