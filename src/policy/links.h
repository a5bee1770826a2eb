#pragma once
// links: which endpoints a request leads to that another endpoint passes on, by what it says of its
// target and by the user's order of layers: compose.h.

#include "base/map.h"
#include "policy/compose.h"

struct linked {
    const struct endpoint *endpoint;
    uint32_t level; // in the stack; UINT32_MAX: in none of its layers
};
struct links {
    struct model *model;
    const struct stack *stack; // or NULL
    struct linked *items;
    uint32_t count, capacity;
    struct map by_name; // struct named, of names as written that are no patterns
    VEC(uint32_t) wild; // numbers of those that have a pattern among their names
    struct map by_host; // struct named, of the few hosts that an endpoint serves
    VEC(uint32_t) wide; // ... that serve more than a few
};
struct links links_new(struct model *model, const struct stack *stack);
void links_add(struct links *links, const struct endpoint *endpoint, Str path);

// Where a request is sent that is passed on.
struct target {
    Str scheme, host, port; // in lower case; host and port empty: not known
};
// The targets of an answer: several, of which nobody knows which one is chosen, where a name stands
// for several servers; never none.
struct targets {
    struct target *items;
    uint32_t count, capacity;
};
void targets_of(struct arena *arena, const struct sent *sent, struct targets *out);

// The numbers of those that it may lead to.
struct led {
    uint32_t *items;
    uint32_t count, capacity;
};
// What the answer asks: the request that is passed on, or that led to it; false: none.
bool links_sent(const struct response *response, struct sent *out);
// Finds those that endpoint number `from` leads to with such a request, at that target. *host is
// the Host header that they see.
void links_find(struct links *links, uint32_t from, const struct sent *sent,
                const struct target *target, const struct value **host, struct led *out);
// Whether some endpoint leads to another one.
bool links_any(struct links *links);
