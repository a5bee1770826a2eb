#pragma once
// run: determinises a program. A state of the result is what was read (as far as the contexts tell)
// and a set of threads. Private to fa/.

#include "fa/draft.h"
#include "fa/program.h"

// A thread: a node, a condition on the rest, what the group in question holds so far, and bits (the
// groups that have taken part, and the iterations that have read nothing yet).
struct thread {
    uint32_t node, rest, held, bits;
};

#define NODE_FINAL UINT32_MAX // the end was reached; `rest` is what may follow

// Values of `held`; an open group is HELD_OPEN with the state of what its word must still be.
enum { HELD_UNSET, HELD_YES, HELD_NO, HELD_WHOLE };
#define HELD_OPEN UINT32_C(0x80000000)
#define LOOP_BITS (~(uint32_t)0 << PROGRAM_BITS)

struct state {
    uint32_t first, count; // threads
    uint32_t before;       // number of the tuple of contexts
};

// Everything that runs within one another share.
struct machine {
    struct program *program;
    struct arena *scratch;
    enum run_question question;
    uint32_t group, words;
    uint32_t start;       // context that holds for the prefixes behind which the group may begin
    uint32_t nothing;     // number of the tuple for "does not matter"
    const bool *cares;    // by node: a context is looked at from there on
    VEC(uint32_t) tuples; // states of the contexts, so many for each tuple
    struct table tuple_index;
    struct table reached; // hash of node, end, bits, tuple: what leads from there to the end
};

struct run {
    struct machine *machine;
    bool tracks; // this run answers a question about the group
    struct draft draft;
    uint32_t end; // node that is the end of this run
    VEC(struct state) states;
    VEC(struct thread) threads;
    struct table index; // hash of a state
    // The closure at hand.
    VEC(struct thread) todo, found;
    uint32_t *visited; // by node, for threads with nothing but a node: the stamp of the closure
    struct table seen; // hash of other threads and stamp
    uint32_t stamp;
    VEC(uint32_t) members; // threads by segment of bytes
};

static inline uint32_t contexts(const struct machine *m)
{
    return m->program->contexts.count;
}

static inline uint32_t tuple_item(const struct machine *m, uint32_t tuple, uint32_t context)
{
    return m->tuples.items[tuple * contexts(m) + context];
}

static inline bool holds(const struct machine *m, uint32_t tuple, uint32_t context)
{
    return pool_state(m->program->space, tuple_item(m, tuple, context))->accept;
}

void run_push(struct run *r, struct thread thread, uint32_t node); // to r->todo
// From the threads in r->todo to a target for an edge: what they reach without reading.
uint32_t run_close(struct run *r, uint32_t before);
// The subjects that lead from the node to `end`, whatever comes behind.
uint32_t run_reach(struct run *from, uint32_t node, uint32_t end, uint32_t before, uint32_t bits);
