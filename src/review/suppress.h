#pragma once
// suppress: which findings a project has accepted: by a comment beside the configuration, a waiver
// in .corsgate.yml, or a baseline. They stay in the list, marked, and no longer count.

#include "review/baseline.h"
#include "review/comments.h"
#include "review/waiver.h"

struct acceptance {
    struct model *model;
    struct files *files;
    struct comments *comments;     // of the version that is judged
    const struct comments *before; // of the old version, or NULL
    const struct waiver *waivers;
    uint32_t waiver_count;
    const struct baseline *baseline; // or NULL
    uint32_t today;
    // A comparison: what is under review may hold the comments and the baseline, so that they never
    // lift a needed review. The waivers are those of the old version.
    bool is_change;
};

// Marks what is accepted. `used` (one for each waiver) counts what each waiver is about, whether or
// not it still counts.
void suppress_apply(const struct acceptance *acceptance, struct findings *findings, uint32_t *used);

// Remarks (CG907) on what does not count because of a date or a form, as far as that is news; and,
// for one version alone, on what suppresses nothing. `used` as filled by suppress_apply.
struct remarks {
    struct remark *items;
    uint32_t count, capacity;
};
void suppress_remarks(const struct acceptance *acceptance, const uint32_t *used,
                      struct remarks *out);
