#pragma once
// pool: the states of all languages of a space. A state *is* a language (what is accepted from it)
// and there is one state for each language, so equality is equality of numbers, the tails of word
// lists are shared, and an operation stops where both arguments are the same state.
// Private to fa/.

#include "base/arena.h"
#include "base/limits.h"
#include "base/vec.h"
#include "fa/fa.h"
#include "fa/table.h"

#include <stdbool.h>
#include <stdint.h>

// Numbers of states. The first two are there from the start.
enum { POOL_NONE = 0, POOL_ALL = 1 };
#define POOL_UNKNOWN UINT32_MAX    // a limit was reached, or not looked at yet
#define POOL_LOST (UINT32_MAX - 1) // POOL_UNKNOWN where tables of results note it

// Bytes lo..hi lead to `target`, which is never POOL_NONE. The edges of a state are sorted, do not
// overlap, and neighbours with one target are joined.
struct pool_edge {
    uint32_t target;
    uint8_t lo, hi;
    uint16_t zero;
};

struct pool_state {
    uint64_t hash; // of the language
    uint32_t edges;
    uint16_t count;
    bool accept;
    uint8_t flags; // enum pool_flags
};
enum pool_flags {
    POOL_CYCLIC = 1 << 0,   // on a cycle; the states of one component have neighbouring numbers
    POOL_INFINITE = 1 << 1, // reaches a cycle
};

// A strongly connected component of more than a single state without a loop.
struct pool_component {
    uint32_t first, count;
};

enum pool_operation {
    POOL_UNION,
    POOL_INTERSECT,
    POOL_SUBTRACT,
    POOL_CONCAT,
    POOL_STAR,
    POOL_REVERSE,
    POOL_FOLD,
    POOL_UNFOLD,
    POOL_SLASHES,
    POOL_SUBSET,
    POOL_DISJOINT,
    POOL_OPERATIONS,
};

enum { POOL_PAGE_BITS = 12, POOL_PAGE = 1 << POOL_PAGE_BITS };

struct pool_slot {
    uint32_t tag, state; // state POOL_UNKNOWN: empty
};

struct fa {
    struct fa_space *space;
    uint32_t state;
};

// What one operation may use up.
struct pool_budget {
    uint64_t states, steps;
};

struct fa_space {
    struct arena *arena;
    const struct limits *limits;
    bool exhausted;
    struct pool_budget *shared; // while several operations have one budget, otherwise NULL
    uint64_t spent;             // steps of all operations so far
    size_t words; // bytes of all word lists: work in proportion to them is always allowed
    // States and edges lie in pages that never move.
    VEC(struct pool_state *) state_pages;
    VEC(struct pool_edge *) edge_pages;
    uint32_t states, edges;
    struct pool_slot *slots; // by state of edges
    uint32_t slot_count;     // a power of two
    struct table cycles;     // hash of a cyclic state: the state
    VEC(struct pool_component) components;
    struct table wrapped; // state: index of its struct fa
    VEC(struct fa *) wrappers;
    struct table memo[POOL_OPERATIONS];
    const struct fa_quick *quick; // the last language that words were asked of in numbers: quick.h
    uint32_t asked;               // the state whose words are being asked
    size_t asked_bytes;           // of those, in a row
};

static inline const struct pool_state *pool_state(const struct fa_space *space, uint32_t state)
{
    return &space->state_pages.items[state >> POOL_PAGE_BITS][state & (POOL_PAGE - 1)];
}

static inline const struct pool_edge *pool_edges(const struct fa_space *space,
                                                 const struct pool_state *state)
{
    return &space->edge_pages.items[state->edges >> POOL_PAGE_BITS][state->edges & (POOL_PAGE - 1)];
}

// The state with these edges, whose targets are in the pool.
uint32_t pool_intern(struct fa_space *space, bool accept, const struct pool_edge *edges,
                     uint32_t count);
// Adds a state without looking for it; `hash` is its language's.
uint32_t pool_add(struct fa_space *space, bool accept, const struct pool_edge *edges,
                  uint32_t count, uint64_t hash, uint8_t flags);
// Makes an added state known to pool_intern.
void pool_index(struct fa_space *space, uint32_t state);
void pool_reserve(struct fa_space *space, uint32_t states); // so many more are about to come
// Joins a range to the end of a list of edges under construction.
static inline uint32_t pool_append(struct pool_edge *edges, uint32_t count, struct pool_edge edge)
{
    if (count && edges[count - 1].target == edge.target && edges[count - 1].hi + 1 == edge.lo) {
        edges[count - 1].hi = edge.hi;
        return count;
    }
    edges[count] = edge;
    return count + 1;
}

uint32_t pool_step(const struct fa_space *space, uint32_t state, uint8_t byte);
struct pool_component pool_component(const struct fa_space *space, uint32_t state);
const struct fa *pool_wrap(struct fa_space *space, uint32_t state); // NULL for POOL_UNKNOWN

// All states reachable from `root`, in breadth-first order. `index` gives the place in the list.
struct pool_reach {
    VEC(uint32_t) list;
    struct table index;
};
void pool_reach(struct arena *scratch, const struct fa_space *space, uint32_t root,
                struct pool_reach *out);

struct pool_budget pool_budget(const struct fa_space *space);
