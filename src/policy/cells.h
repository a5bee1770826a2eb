#pragma once
// cells: collects the cells of one endpoint while a dialect works them out.

#include "base/map.h"
#include "policy/policy.h"

struct cells {
    struct cell *items; // disjoint if what is added is
    uint32_t count, capacity;
    struct map responses; // private: equal responses are one
    uint64_t seen;        // of all that was added, also beyond the limit, in any order
    bool full;            // limits.cells was reached: the cells do not cover the endpoint
    uint64_t left_out;    // private: of those that found no place then
};

// Adds a cell, or several where what happens to the headers depends on whether lines are there
// (headers_settle). The response is copied; where equal answers have boxes whose union is a box,
// they become one cell.
void cells_add(struct model *model, struct cells *cells, const struct box *box,
               const struct response *response);

// Of all that decides what is answered; places do not count. The same in every run.
uint64_t response_hash(const struct response *response);
// Adds to `hash` what the response says of caches, but for where they stand among the operations.
uint64_t caches_hash(uint64_t hash, const struct response *response);
// Whatever the order of the cells; those that found no place when it was full count, too.
uint64_t cells_hash(const struct cells *cells);

// What is sent on instead of what came, or only that of it which an answer about origins goes by:
// host, path, method, Origin and what a preflight asks.
enum forward_extent { FORWARD_ALL, FORWARD_CORS };
uint64_t forward_hash(uint64_t hash, const struct forward *forward, enum forward_extent extent);
uint64_t statuses_hash(uint64_t hash, const struct statuses *statuses);
