#pragma once
// value: a text that depends on the request, as a chain of known text, variables and what was
// captured from them. Immutable. Header values, redirect targets and what conditions look at are
// values.

#include "policy/box.h"
#include "policy/request.h"

enum part_kind {
    PART_TEXT,    // `text`
    PART_VAR,     // the value of `var`
    PART_LOWER,   // the value of `var`, ASCII letters in lower case
    PART_CAPTURE, // what `group` of `pattern` captured in `subject`, which matched
    PART_UNKNOWN, // nobody knows: `text` is the reason
};

struct part {
    enum part_kind kind;
    Str text;
    const struct var *var;
    const struct pattern *pattern;
    const struct value *subject;
    uint32_t group;
    Span span;         // of an unknown: where it comes from
    uint64_t identity; // of an unknown: covers everything that it depends on (see model_choice)
};

struct value {
    uint32_t count;
    struct part parts[]; // no two texts next to each other, no empty text
};

const struct value *value_text(struct model *model, Str text); // the empty text: no parts
const struct value *value_var(struct model *model, const struct var *var);
const struct value *value_lower(struct model *model, const struct var *var);
const struct value *value_capture(struct model *model, const struct pattern *pattern,
                                  uint32_t group, const struct value *subject);
const struct value *value_unknown(struct model *model, Str reason, uint64_t identity, Span span);
const struct value *value_concat(struct model *model, const struct value *a, const struct value *b);
const struct value *value_part(struct model *model, const struct part *part); // it alone
bool value_equal(const struct value *a, const struct value *b);
uint64_t value_hash(const struct value *value); // the same in every run

// The value with each variable replaced by what `with` gives for it (NULL: left as it is). What is
// known then is worked out: captures of known text, letters to lower case. What nobody knows
// depends on what the variables became, too: `identity` goes into that of every unknown part (0:
// does not).
const struct value *value_map(struct model *model, const struct value *value,
                              const struct value *(*with)(const void *state, const struct var *var),
                              const void *state, uint64_t identity);
// In lower case (ASCII letters); not known where it holds a capture.
const struct value *value_fold(struct model *model, const struct value *value);

// If it is known text: true, and the text.
bool value_is_text(const struct value *value, Str *out);
bool value_is_var(const struct value *value,
                  const struct var *var);                         // exactly that variable, as sent
const struct part *value_find_unknown(const struct value *value); // the first unknown part, or NULL

// Whether the value can change with the variable: what is not known can.
bool value_depends(const struct value *value, const struct var *var);

// Splits `box` by whether the value lies in `language`. Exact where the parts depend on different
// variables and captures are unambiguous; what cannot be decided is split by a choice, which is the
// same choice whenever the question is. The boxes of *yes and *no are disjoint and together cover
// `box`. Either may get none.
void value_split(struct model *model, const struct box *box, const struct value *value,
                 const struct fa *language, struct boxes *yes, struct boxes *no);

// The words that the value can be in `box`: *may holds at least all; when the result is true, it
// holds exactly them.
bool value_language(struct model *model, const struct box *box, const struct value *value,
                    const struct fa **may);

// The origins among those of `box` (its language of the variable `origin`) for which the value is
// the origin itself: certainly (*must) and possibly (*may). *must is a subset of *may.
void value_equals_origin(struct model *model, const struct box *box, const struct value *value,
                         const struct fa **must, const struct fa **may);

// What it is for one concrete request. False, with the reason, when the request does not determine
// it.
bool value_of(struct model *model, const struct value *value, const struct request *request,
              Str *out, Str *reason);
