#pragma once
// changes: what differs in one overlap, as sets, before anything is described or merged.

#include "diff/behaviour.h"
#include "diff/diff.h"

struct raw_change {
    enum direction direction;
    enum certainty certainty;
    struct capability capability;
    const struct fa *set;            // who gains or loses
    const struct fa *before, *after; // who may have it in each version
    Str condition;
    Span old_span, new_span;
    const struct unknown *why;
};
struct raw_changes {
    struct raw_change *items; // sorted: gained first, then by capability
    uint32_t count, capacity;
};

void changes_find(const struct comparison *with, const struct overlap *overlap,
                  struct raw_changes *out);
