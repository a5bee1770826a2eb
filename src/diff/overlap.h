#pragma once
// overlap: where the endpoints of two versions meet in the URL space.

#include "policy/policy.h"

// Requests that one old and one new endpoint serve; one of them is NULL where nothing answered.
struct overlap {
    const struct endpoint *old, *new;
    const struct box *box;
};
struct overlaps {
    struct overlap *items; // those that may behave differently
    uint32_t count, capacity;
    bool by_hash;   // in: equal hashes mean equal behaviour, because both versions declare the same
                    // upstreams
    uint32_t equal; // pairs that are known to behave the same, and are not in `items`
};

// Fills the rest of *out, which holds nothing yet. In the order of the new version's endpoints,
// then what only the old one served.
void overlap_find(const struct policy *old, const struct policy *new, struct overlaps *out);
