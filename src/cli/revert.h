#pragma once
// revert: whether a change goes back to what an ancestor of the old version has answered, so that
// it was approved once already.

#include "cli/sides.h"
#include "cli/version.h"
#include "report/report.h"

// A comparison that has been judged.
struct revert_asked {
    struct workspace *workspace;
    const struct side *old_side;
    const Str *paths; // that the comparison is restricted to, from the top
    uint32_t path_count;
    const struct version *old, *new;
    const struct diff *diff;
    const struct rule_settings *settings;
};

// Looks through the first parents behind the old version for one from which the new version differs
// in nothing that would need a review. Nothing may be gained for origins that nobody can vet. When
// there is one, the findings about access need no review any more, and report->revert says which.
// In a large project fewer of them are looked at.
void revert_look(const struct revert_asked *asked, struct findings *findings,
                 struct report *report);
