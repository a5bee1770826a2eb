#pragma once
// behaviour: which part of what a configuration does can matter for a capability, so that what is
// the same in two versions cancels, known or not.

#include "browser/access.h"
#include "diff/overlap.h"

// What a comparison is made with.
struct comparison {
    struct model *model;
    struct origin_space *space;
    const struct upstreams *old_upstreams, *new_upstreams;
    const struct policy *old, *new;
};

// The origins for which the two sides may differ in a capability inside `situation`: for all others
// both versions do the same to every request that counts, whatever is unknown about it.
const struct fa *behaviour_differs(const struct comparison *with, const struct overlap *overlap,
                                   const struct box *situation, struct capability capability);

// Covers all that an endpoint does and depends on, known or not; the same in every run. NULL:
// nothing serves it.
uint64_t behaviour_hash(const struct upstreams *upstreams, const struct endpoint *endpoint);

// The origins that an endpoint's configuration spells out one by one.
const struct fa *behaviour_named(struct model *model, struct origin_space *space,
                                 const struct endpoint *endpoint);
