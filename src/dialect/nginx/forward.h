#pragma once
// forward: what nginx passes on to an upstream in place of what came (reference/nginx.md 3.5).

#include "dialect/nginx/machine.h"

// What is sent in a state; where a value needs a decision first, there are several.
struct passed_on {
    struct state state;
    const struct sent *sent; // never NULL
    bool two_hosts;          // Host is sent twice, which servers refuse (RFC 9112 3.2)
};
struct passed_ons {
    struct passed_on *items;
    uint32_t count, capacity;
};
// For the handler `from`, which passes requests on.
void forward_find(struct machine *machine, const struct state *state, const struct block *from,
                  struct passed_ons *out);
