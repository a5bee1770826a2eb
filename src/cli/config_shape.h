#pragma once
// config_shape: what .corsgate.yml may hold, as one table: the reader checks a file against it, and
// the JSON Schema of docs/schema and a first file (starter.h) are written from it. Private to
// config* and starter*.

#include "base/buf.h"
#include "syntax/data.h"

enum shape_kind {
    SHAPE_TEXT,   // a text that is not empty; `pattern` says which (for editors)
    SHAPE_SCALAR, // any text, number or truth
    SHAPE_WORD,   // one of `words`
    SHAPE_NUMBER, // low to high
    SHAPE_BOOL,
    SHAPE_LIST,   // of `item`
    SHAPE_MAP,    // with `keys`
    SHAPE_TABLE,  // from any key to `item`
    SHAPE_EITHER, // the first of `choices` that has the value's form
};

struct shape_key;
struct shape {
    enum shape_kind kind;
    const char *expected; // for people: "a list of origins"
    const char *words;    // separated by spaces
    bool off;             // of words: false is one, too, because that is how YAML 1.1 reads "off"
    bool null;            // of texts: null may be written without quotes
    // Of texts, and of a table's keys: all that there are, as far as that can be listed; NULL
    // behind the last one. Who reads them refuses others.
    const char *(*names)(uint32_t number);
    const char *pattern; // of texts, and of a table's keys: a regular expression, or NULL
    uint32_t low, high;
    const struct shape *item;
    const struct shape *const *choices; // up to NULL
    const struct shape_key *keys;       // up to a name of NULL
};
struct shape_key {
    const char *name;
    const struct shape *value;
    bool needed;
    const char *help;
};

extern const struct shape config_shape; // of the whole file

// Whether a value has the form; what is wrong is said in run->diags, with `name` for what it is.
// Everything that a shape does not say about texts is up to who reads them.
MUST_CHECK bool shape_check(struct run *run, const struct shape *shape, const struct data *value,
                            Str name);
// The shape of a key's value; NULL when the map has no such key.
const struct shape *shape_find(const struct shape *map, const char *key);
// Which of the choices a value has the form of, or NULL.
const struct shape *shape_choose(const struct shape *shape, const struct data *value);

void shape_schema(const struct shape *shape, struct buf *out); // JSON Schema, draft 2020-12
