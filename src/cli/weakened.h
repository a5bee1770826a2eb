#pragma once
// weakened: what a change does to the gate itself: trust, levels, waivers, suppressions,
// expectations, approvers. Each step that lets later changes pass more easily is a remark (CG906).

#include "cli/config.h"
#include "review/suppress.h"

struct weakened {
    struct model *model;
    const struct config *old, *new;
    const struct comments *old_comments, *new_comments;
};

void weakened_find(const struct weakened *weakened, struct remarks *out);
