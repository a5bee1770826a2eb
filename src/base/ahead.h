#pragma once
// ahead: a row of pieces of work of which other threads do some ahead of the one that needs them.
// What comes of a piece must not depend on the thread that does it, so nothing that the program
// says does. Results are taken in order.

#include "base/arena.h"

#include <stdint.h>

struct ahead_work {
    uint32_t count;   // pieces, from number 0
    uint32_t threads; // that may work at once, with the one that takes; 0 counts as 1
    // Does one piece. `worker` is below `threads`, and no two threads have the same one: what it
    // changes must belong to that worker or to that piece.
    void *(*make)(void *context, uint32_t number, uint32_t worker);
    void *context;
};
struct ahead;

// Begins, in memory of `arena`. Threads that the system refuses are done without.
struct ahead *ahead_start(struct arena *arena, const struct ahead_work *work);
// The result of the next piece. Always called by the same thread, once for every piece.
void *ahead_take(struct ahead *ahead);
// When all results have been taken: ends the threads.
void ahead_end(struct ahead *ahead);
