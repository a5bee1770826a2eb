#pragma once
// keys: whether a map names a key twice. Only for the readers of data.

#include "base/diag.h"
#include "syntax/data.h"

struct keys {
    struct run *run;
    const struct kind *kind; // what a key that is there already is reported as
    Str text;                // the whole file; empty: the message names no line
    uint32_t told;           // of those reported: after some, there is no need for more
};

// Reports every key of a map that is written twice. False when there is one.
MUST_CHECK bool keys_check(struct keys *keys, const struct data_entry *entries, uint32_t count);
