#pragma once
// engine: subjects with their facts to findings.

#include "base/map.h"
#include "rule/expectation.h"
#include "rule/facts.h"
#include "rule/parts.h"
#include "rule/rule.h"

// Endpoints that a finding is about, and what makes another finding the same one.
struct merge {
    const struct endpoint *const *endpoints;
    uint32_t endpoint_count;
    uint64_t cause; // of the set of origins, the names ...; 0: a finding of its own
};

struct engine {
    struct judge judge;
    const struct rule_settings *settings;
    struct findings *out;
    VEC(struct merge) merges; // one for each finding, in the same order
    struct map by_place;      // of findings: their rules and where they begin
    struct map by_endpoint;   // of struct covering: what changes say, by endpoint
};

// One subject: what its facts are, and what a finding about it shows.
struct item {
    enum subject subject;
    struct fact_value facts[FACTS_MOST];
    struct finding finding; // all but the rule, level, review, message; fingerprint: of the item
    enum level most;        // a finding about it is no worse
    struct merge merge;
};

// Where a message speaks of the place: replaced when all endpoints of the finding are known.
#define ITEM_PLACE "\x01"

void item_set_bool(struct item *item, uint32_t fact, bool value);
void item_set_number(struct item *item, uint32_t fact, uint64_t value);
void item_set_word(struct item *item, uint32_t fact, const char *word); // a choice
void item_set_text(struct item *item, uint32_t fact, Str text);
// The facts about a set of origins that changes and endpoints share are set by their own code; the
// place of a finding that has none is `otherwise`.
void item_set_place(struct item *item, Span first, Span second, Span otherwise);

// Asks every rule of the subject. A finding that is covered by another one is left out.
void engine_judge(struct engine *engine, const struct item *item);
// A finding of that rule in words of its own, with the rule's own weight.
void engine_tell(struct engine *engine, const struct rule *rule, const struct item *item,
                 Str message);
// Remembers that findings from `first` on are about these endpoints, for covered_by.
void engine_cover(struct engine *engine, uint32_t first, const struct pair *pairs, uint32_t count);

// Review and errors first, then by place; the same finding twice is one.
void engine_finish(struct engine *engine);

// The subjects, each in its own file.
void engine_changes(struct engine *engine, const struct diff *diff);
void engine_endpoints(struct engine *engine, const struct policy *old, const struct policy *new);
void engine_remarks(struct engine *engine, const struct policy *old, const struct policy *new);
void engine_remark(struct engine *engine, const struct remark *remark);
void engine_expectations(struct engine *engine, const struct expectation_results *results);
void engine_unknowns(struct engine *engine, const struct policy *old, const struct policy *new);
void engine_diags(struct engine *engine, struct rule_diags old, struct rule_diags new);
