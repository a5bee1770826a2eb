#pragma once
// term: a piece of a configuration whose text may be computed when it is deployed (CloudFormation's
// functions, variables of the Serverless Framework), as far as it can be worked out. Terms are
// worked out one level at a time: what nobody asks for is not looked at.

#include "policy/value.h"
#include "syntax/data.h"

enum term_kind {
    TERM_NONE, // nothing stands there: no such key, or AWS::NoValue
    TERM_NULL, // null is written
    TERM_TEXT, // a scalar: `value`
    TERM_LIST,
    TERM_MAP,
    TERM_UNKNOWN, // not known, not even of which kind: `value` is an unknown
};

struct term {
    enum term_kind kind;
    Span span;
    const struct data *data;   // what is written, or what a function made; NULL for NONE
    const struct value *value; // TEXT, parts of which may be unknown, and UNKNOWN
    Str resource;              // of a reference to a resource of the template: its logical id
    Str attribute;             // ... and the attribute that is asked for, if any
};

// Where terms come from: a language, and what it needs to know.
struct terms {
    struct model *model;
    // What `data` stands for; the data of a list or map that it gives has nothing left to work out
    // at its top, its children have.
    struct term (*resolve)(struct terms *terms, const struct data *data);
    void *state;
};

struct terms terms_plain(struct model *model); // nothing is computed

struct term term_of(struct terms *terms, const struct data *data); // NULL: nothing
struct term term_find(struct terms *terms, const struct term *map, const char *key);
struct term term_get(struct terms *terms, const struct term *map, Str key);
// Item number `i` of a list, or value number `i` of a map; check for TERM_NONE.
struct term term_at(struct terms *terms, const struct term *list, uint32_t i);
uint32_t term_count(const struct term *term);     // entries of a list or map, else 0
Str term_key(const struct term *map, uint32_t i); // as written
Span term_key_span(const struct term *map, uint32_t i);

// Terms that a language makes.
struct term term_text(struct model *model, Str text, const struct data *data);
struct term term_from_value(const struct value *value, const struct data *data);
struct term term_unknown(struct model *model, Str reason, uint64_t identity,
                         const struct data *data);
struct term term_as_written(struct model *model, const struct data *data);

bool term_is_there(const struct term *term);            // neither NONE nor NULL
bool term_is_known(const struct term *term, Str *out);  // a text without unknown parts
bool term_get_bool(const struct term *term, bool *out); // true, also the text "true"
bool term_get_number(const struct term *term, uint32_t max, uint32_t *out);
const char *term_kind_text(const struct term *term); // "a list", ...: for messages
