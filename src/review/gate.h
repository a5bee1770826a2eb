#pragma once
// gate: whether a change may be merged, from what a comparison found and what people said in their
// reviews. Pure: no file, no clock, no network. The rule is reference/ci.md 2.2: of every login the
// latest review counts, those of authors and bots never do, an approval counts for the commit that
// it was given for, and nobody approves what no approval lifts.

#include "review/approvals.h"
#include "rule/rule.h"

struct gate_endpoint {
    const Str *hosts; // as the result names them: names, "*.example.com", or anything else
    uint32_t host_count;
    Str path, match; // "exact", "prefix"; anything else: which paths is not known
    Str url;         // an example
};

struct gate_finding {
    Str rule, message, fingerprint;
    enum level level;
    bool review, suppressed;
    const struct gate_endpoint *endpoints; // all that it is about; none: it is about no endpoint
    uint32_t endpoint_count;
};
struct gate_findings {
    struct gate_finding *items;
    uint32_t count, capacity;
};

enum gate_state {
    GATE_APPROVED,
    GATE_CHANGES_REQUESTED,
    GATE_DISMISSED,
    GATE_COMMENTED,
    GATE_PENDING,
};

struct gate_review {
    Str login;    // empty: the account is gone
    bool is_user; // a person's account, no bot's
    enum gate_state state;
    Str commit;        // that it was given for, in lower case; empty: not known
    Str submitted, id; // "2026-01-31T12:00:00Z"; decimal
};
struct gate_reviews {
    struct gate_review *items;
    uint32_t count, capacity;
};

struct gate_team {
    Str name; // "example/platform", in lower case
    const Str *logins;
    uint32_t login_count;
};
struct gate_teams {
    struct gate_team *items;
    uint32_t count, capacity;
};

// What was found at an older head.
struct gate_result {
    Str commit; // in lower case
    struct gate_findings findings;
};
struct gate_results {
    struct gate_result *items;
    uint32_t count, capacity;
};

struct gate_input {
    struct gate_findings findings;
    struct gate_reviews reviews;
    struct gate_teams teams;
    struct gate_results older;
    // What the merge group shows that the head is merged with: nothing of it is approved that the
    // head does not show, too.
    struct gate_findings group;
    Str head, author; // the head of the pull request in lower case; the login that opened it
    const struct approvals *policy; // of the base version
};

enum gate_outcome {
    GATE_CLEAR, // nothing needs a review
    GATE_PASSED,
    GATE_HELD,
    GATE_FAILED,  // an error that no approval lifts
    GATE_UNKNOWN, // a team whose members are not known, or reviews that contradict each other
};

// What became of the latest review of a login, or of one that never counts.
enum gate_fate {
    GATE_COUNTS,    // an approval of the head
    GATE_CARRIED,   // of an older head that showed everything that needs a review now
    GATE_BLOCKS,    // changes requested
    GATE_WITHDRAWN, // dismissed
    GATE_STALE,     // an approval of another commit
    GATE_NOT_ASKED, // by somebody whom the policy does not name
    GATE_BY_AUTHOR,
    GATE_BY_BOT,
    GATE_BY_NOBODY, // the account is gone
};
struct gate_voice {
    const struct gate_review *review;
    enum gate_fate fate;
};

// Those who decide together: the project's approvers, or those of one entry of `endpoints`.
struct gate_group {
    Str url;              // of the entry; empty: the project
    const Str *approvers; // as the policy writes them
    uint32_t approver_count;
    uint32_t needed;  // approvals
    bool is_asked;    // some finding needs them
    VEC(Str) members; // logins in lower case, sorted, each once, without the author
    VEC(const struct gate_voice *) approvals; // of members, in order of logins
    bool approved;
};

struct gate_item {
    const struct gate_finding *finding;
    VEC(uint32_t)
    groups; // that have to approve it: numbers in the decision; none: nobody can,
            // since only the merge group shows it
    bool approved;
};

struct gate_decision {
    enum gate_outcome outcome;
    Str why;                                 // of GATE_UNKNOWN
    VEC(struct gate_item) items;             // what needs a review
    VEC(const struct gate_finding *) errors; // that no approval lifts
    struct gate_group *groups;               // the project first
    uint32_t group_count;
    VEC(struct gate_voice)
    voices;       // one for each login that said something that could count, in
                  // order of logins; then those of nobody
    bool blocked; // some voice of an approver requests changes
};

void gate_decide(struct model *model, const struct gate_input *input, struct gate_decision *out);
const char *gate_outcome_name(enum gate_outcome outcome); // clear, approved, held, failed, unknown
const char *gate_state_name(enum gate_state state);       // as the API writes it
const char *gate_fate_text(enum gate_fate fate);
