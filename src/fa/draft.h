#pragma once
// draft: a deterministic automaton under construction, which need not be minimal. Finishing it
// gives a state of the pool. Private to fa/.

#include "base/vec.h"
#include "fa/pool.h"

#include <stdbool.h>
#include <stdint.h>

// Where an edge of a draft leads: a state of the pool, or with this bit a state of the draft.
#define DRAFT_LOCAL UINT32_C(0x80000000)

struct draft_state {
    uint32_t edges, count; // its edges are neighbours
    bool accept;
};

struct draft {
    struct fa_space *space;
    struct arena *scratch;
    struct pool_budget left; // of what the operation may use up
    bool over;               // a limit was reached; finishing gives POOL_UNKNOWN
    VEC(struct draft_state) states;
    VEC(struct pool_edge) edges; // targets as above; POOL_NONE is left out
};

struct draft draft_new(struct fa_space *space, struct arena *scratch);
// States are numbered from 0. Edges are added to the state begun last, in order of bytes.
void draft_begin(struct draft *draft, bool accept);
void draft_edge(struct draft *draft, uint8_t lo, uint8_t hi, uint32_t target);
bool draft_count(struct draft *draft); // one more state, whether it is begun here or not
bool draft_spend(struct draft *draft,
                 uint64_t steps); // false, and over, when there are not so many

uint32_t draft_finish(struct draft *draft, uint32_t root); // root as the target of an edge
