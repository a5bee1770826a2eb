#pragma once
// rule: what a project is told about a change or a configuration. Rules are data (rules/*.yaml,
// docs/adding-a-rule.md); the engine computes the facts, asks every rule's condition and fills its
// words. One finding per cause: facts are computed on parts of a change that belong to one cause.

#include "diff/diff.h"
#include "rule/fact.h"

// A tree of questions about facts.
enum condition_op {
    CONDITION_ALL,      // every child holds
    CONDITION_ANY,      // some child holds
    CONDITION_NOT,      // no child holds
    CONDITION_ONE_OF,   // the fact is one of `values`
    CONDITION_AT_LEAST, // the number is `number` or more
    CONDITION_AT_MOST,  // the number is `number` or less
};
struct condition {
    enum condition_op op;
    uint32_t fact; // index into facts_of(subject)
    const struct fact_value *values;
    uint32_t value_count;
    uint64_t number;
    const struct condition *children;
    uint32_t child_count;
};

// Other words or another weight for some of what the rule finds; the first that holds counts.
struct rule_case {
    struct condition when;
    enum level level;
    bool review;
    Str message; // empty: the rule's
};

struct rule_example {
    Str title, type;        // type: "nginx"
    Str before, after;      // two versions, or
    Str config;             // one
    bool reported;          // whether this rule says something
    Str trusted, upstreams; // as in .corsgate.yml, or empty
    Str settings;           // further text of .corsgate.yml
    Str after_settings;     // ... of the new version, where it is another one
};

// A fix as one product writes it.
struct rule_fix {
    Str layer, text; // layer: as in struct endpoint
};

struct rule {
    Str id, name;
    enum level level;
    bool review; // a senior engineer has to approve
    enum subject subject;
    struct condition when;
    const struct rule_case *cases;
    uint32_t case_count;
    const Str
        *covered_by; // ids: not reported in a diff where one of these is for the same endpoint
    uint32_t covered_by_count;
    Str message;                  // with {fact} places
    Str why, fix;                 // of every product
    const struct rule_fix *fixes; // as single products write it, shown for their layers only
    uint32_t fix_count;
    const Str *references;
    uint32_t reference_count;
    const struct rule_example *examples;
    uint32_t example_count;
    const Str *twins; // ids: what reports the reverse of what it reports
    uint32_t twin_count;
    Str no_twin;          // why nothing does
    uint64_t source_hash; // of the text of a project's own rule; 0: built in
};

// The built-in rules, sorted by id, and one of them (NULL when there is none; in any case of
// letters).
const struct rule *rule_all(uint32_t *count);
const struct rule *rule_find(Str id);
const char *subject_name(enum subject subject);
const char *level_name(enum level level); // off, note, warning, error
bool level_parse(Str text, enum level *out);

// What a project sets.
struct rule_level {
    Str id;
    enum level level;
    Span span; // where it is written, or file 0
};
struct rule_settings {
    const struct rule_level *levels; // the last one for an id counts
    uint32_t level_count;
    const struct fa *trusted; // union of trusted_origins; NULL: none declared
    const struct rule *custom;
    uint32_t custom_count;
    const struct upstreams *old_upstreams, *new_upstreams; // check: new
};

struct finding {
    const struct rule *rule; // id, name, why, fix, references
    enum level level;        // never off
    bool review;
    Str message;         // one sentence, no final stop
    Str witness;         // an origin, or empty
    Span span, old_span; // `span` always has a place; old_span: in the old version, or file 0
    const struct region *region;     // of a change, else NULL
    const struct endpoint *endpoint; // of the new version, else of the old one; may be NULL
    const struct change *change;     // of a change: the decisive one, else NULL
    Str condition;                   // when it holds only under a condition
    uint32_t reach;                  // endpoints that it is about
    uint64_t fingerprint;            // no file, no line, no wording
    bool suppressed;                 // by a waiver or a comment: stays visible, counts for nothing
    Str suppressed_by;               // the reason given
    const struct endpoint *const *endpoints; // all that it is about
    uint32_t endpoint_count;
    bool suppressed_in_source; // by a comment beside the configuration
};
// The fix of a finding as the product that it is about writes it; empty where there is none.
Str finding_fix_for(const struct finding *finding);
struct findings {
    struct finding *items;
    uint32_t count, capacity;
};

// What this change says. Of what stands in one version (endpoints, remarks, diags, unknowns) only
// what the old version did not have already. Diags are of the caller's choice, for each version.
// Findings are appended in order: review and errors first, then by place.
struct rule_diags {
    const struct diag *items;
    uint32_t count;
};
void rule_evaluate_diff(struct origin_space *space, const struct rule_settings *settings,
                        const struct diff *diff, struct rule_diags old_diags,
                        struct rule_diags new_diags, struct findings *out);
// Adds what somebody else has to remark, weighed by the rules that the remarks name.
void rule_evaluate_remarks(struct origin_space *space, const struct rule_settings *settings,
                           const struct remark *remarks, uint32_t count, struct findings *out);
struct expectation_results;
// Adds what became of expectations.
void rule_evaluate_expectations(struct origin_space *space, const struct rule_settings *settings,
                                const struct expectation_results *results, struct findings *out);
// What there is to say about one version.
void rule_evaluate_check(struct origin_space *space, const struct rule_settings *settings,
                         const struct policy *policy, struct rule_diags diags,
                         struct findings *out);
