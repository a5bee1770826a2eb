#pragma once
// expectation: a cross-origin request that must keep working, or must never
// work, and what became of it. Written in .corsgate.yml, weighed by CG601 and
// CG602, told one by one by some reports.

#include "policy/origins.h"
#include "policy/urls.h"

enum expectation_credentials { EXPECT_OMIT, EXPECT_SAME_ORIGIN, EXPECT_INCLUDE };

struct expectation {
    Str page;               // an origin, or a pattern of origins
    const struct fa *pages; // its language
    bool is_one_page;
    Str method;
    struct urls urls;
    const Str *headers; // names of request headers
    uint32_t header_count;
    enum expectation_credentials credentials;
    bool allowed; // what must happen
    Str text;     // all of it in one line, for people
    uint64_t identity;
    Span span;
};

enum expectation_state { EXPECTATION_MET, EXPECTATION_FAILED, EXPECTATION_UNKNOWN };

struct expectation_result {
    const struct expectation *expectation;
    enum expectation_state state;
    bool has_old;                     // there is an old version, and the old configuration had the
                                      // expectation
    enum expectation_state old_state; // in the old version of what is compared; if there is one
    bool compared;                    // there is an old version
    Str page, url;                    // the case that decided: who asks, and for what
    Str why;                          // unless met: the step that failed, or what is not known
    const char *error;                // Chromium's name of the failed check, or ""
    Span decided;                     // where it is decided, or file 0
};
struct expectation_results {
    struct expectation_result *items;
    uint32_t count, capacity;
};
const char *expectation_state_name(enum expectation_state state); // met, failed, unknown
