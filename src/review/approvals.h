#pragma once
// approvals: whose approval lifts a needed review, as .corsgate.yml says it
// (design.md 5.4, 5.5).

#include "policy/urls.h"

// Endpoints with approvers of their own.
struct approval_place {
    struct urls urls;
    const Str *approvers; // none: those of the whole project
    uint32_t approver_count;
    uint32_t approvals; // 0: as many as for the whole project
    Span span;
};

struct approvals {
    uint32_t approvals;   // 0: not said (1)
    const Str *approvers; // logins, or teams with a "/"; a leading "@" is kept
    uint32_t approver_count;
    bool same_findings; // an approval of an older head counts as long as nothing
                        // new needs one
    const struct approval_place *places;
    uint32_t place_count;
    Str acknowledge;    // path of the acknowledgement file, or empty
    bool always_review; // a verified revert needs an approval, too
    Span span;          // of the whole; file 0: not there
};
