#pragma once
// verdict: from findings to pass, review or fail, and to the exit status of design.md section 5.1.

#include "rule/rule.h"

enum verdict { VERDICT_PASS, VERDICT_REVIEW, VERDICT_FAIL };

enum exit_status {
    EXIT_STATUS_PASS = 0,
    EXIT_STATUS_FAIL = 1, // a finding at or above the threshold
    EXIT_STATUS_BROKEN =
        2, // usage, configuration, unreadable or unparsable input, internal failure
    EXIT_STATUS_REVIEW = 3, // review required and not given
};

struct verdict_settings {
    enum level fail_on;      // --fail-on; LEVEL_OFF: never
    bool review_fails;       // --review fail (the default)
    bool broken;             // something stands in the way of any verdict: exit 2
    bool review_by_approval; // an error that has the review flag waits for the approval only (gate)
};

struct verdict_counts {
    uint32_t errors, warnings, notes, review, suppressed;
};

struct verdict_counts verdict_count(const struct findings *findings);
enum verdict verdict_of(const struct findings *findings, const struct verdict_settings *settings);
enum exit_status verdict_exit(const struct findings *findings,
                              const struct verdict_settings *settings);
const char *verdict_name(enum verdict verdict); // pass, review, fail
