#pragma once
// regions: overlaps with the same changes, merged, and what people are told about them.

#include "diff/changes.h"

// An overlap and what changes there.
struct place {
    struct overlap overlap;
    struct raw_changes changes;
};
struct places {
    struct place *items;
    uint32_t count, capacity;
};

// Merges places of one layer with the same changes into regions, and describes each change once.
void regions_build(const struct comparison *with, const struct places *places, struct diff *out);
