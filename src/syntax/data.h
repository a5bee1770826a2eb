#pragma once
// data: a tree of scalars, lists and maps with places, as YAML and JSON both make it.

#include "base/diag.h"
#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

enum data_kind { DATA_SCALAR, DATA_LIST, DATA_MAP };

struct data_entry {
    const struct data *key; // of a map; NULL in a list
    const struct data *value;
};

// A node. An alias of YAML is the very node that it names, so that a tree may share parts.
struct data {
    enum data_kind kind;
    bool
        plain; // of a scalar: written without quotes, so that it may mean null, a truth or a number
    Span span;
    Str text; // of a scalar, escapes resolved
    Str tag;  // as resolved by the reader ("tag:yaml.org,2002:str", "!Ref"); empty when none
    const struct data_entry *entries;
    uint32_t count;
    uint32_t weight; // nodes in it, shared ones counted each time
    // What a template of text that is not rendered yet leaves open (read_yaml.h).
    bool unrendered;   // of a scalar: all or part of it; of a list or map: it may hold more
    bool conditional;  // it may not be there at all
    uint64_t template; // of all expressions in it, and of those before the document; 0: none
};

struct data_list {
    const struct data **items;
    uint32_t count, capacity;
};

// The value of a key; NULL when there is none or `data` is no map (NULL included). Of several, the
// last one.
const struct data *data_find(const struct data *data, Str key);

// The same tree with its merge keys ("<<") replaced by what they stand for, down to a depth; itself
// where there are none.
const struct data *data_merge(struct arena *arena, const struct data *data, uint32_t depth);

// The same tree as another file with the same bytes holds it. NULL where copying it could cost more
// than reading it again: parts that are shared are copied for each place where they stand.
const struct data *data_in_file(struct arena *arena, const struct data *data, uint32_t file);

// Whether something fills it in later: an expression of a template, ${NAME}; of a list or map, also
// anything in it. false for NULL.
bool data_is_open(const struct data *data);
bool scalar_is_open(const struct data *scalar); // of a scalar

// Of all that it says, wherever it stands, with tags, quotes and expressions of templates: for what
// depends on it. The same in every run; NULL has one, too. Recursion ends at the readers' limits.
uint64_t data_hash(const struct data *data);

// What a scalar means in the core schema of YAML 1.2, and in JSON. False, and nothing written, when
// it is something else.
bool data_is_null(const struct data *data);
bool data_is_text(const struct data *data); // a scalar that is no null, truth or number
bool data_get_bool(const struct data *data, bool *out);
bool data_get_number(const struct data *data, uint32_t max, uint32_t *out); // decimal
// "a list", "a map", "a number" ...: for messages.
const char *data_kind_text(const struct data *data);
