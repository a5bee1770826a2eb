#pragma once
// fact: what the engine knows about a subject, by name. docs/adding-a-rule.md lists them; the
// tables in facts.c are the truth.

#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

// What a rule is about, one at a time.
enum subject {
    SUBJECT_CHANGE,      // origins that gain or lose something at a region
    SUBJECT_ENDPOINT,    // an endpoint as it stands in one version
    SUBJECT_REMARK,      // struct remark of a dialect
    SUBJECT_DIAG,        // struct diag: what could not be read
    SUBJECT_UNKNOWN,     // struct unknown: what could not be determined
    SUBJECT_EXPECTATION, // struct expectation_result: what must happen, and may not
};

enum fact_type { FACT_BOOL, FACT_NUMBER, FACT_CHOICE, FACT_TEXT };

struct fact_value {
    enum fact_type type;
    bool boolean;
    uint64_t number;
    Str text; // of a choice or a text; of any fact: what {name} is replaced by
};

struct fact {
    const char *name;
    enum fact_type type;
    const char *choices; // of a choice: the words, separated by spaces
    const char *help;
};

const struct fact *facts_of(enum subject subject, uint32_t *count);
bool fact_find(enum subject subject, Str name, uint32_t *index);
// The name nearest to a misspelt one, or NULL.
const char *fact_suggest(enum subject subject, Str name);
// Is `text` one of the words of a choice?
bool fact_allows(const struct fact *fact, Str text);
