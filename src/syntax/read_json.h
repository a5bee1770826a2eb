#pragma once
// read_json: one JSON text to a tree of data. What is JSON, and what its values are, jansson
// decides; numbers stay as they are written, however long. Comments and trailing commas are no
// JSON.

#include "syntax/data.h"

extern const struct kind json_malformed, json_duplicate_key, json_too_large;

// How jansson is asked, everywhere.
#define JSON_FLAGS (JSON_DECODE_ANY | JSON_DECODE_INT_AS_REAL | JSON_ALLOW_NUL)

// Reads `text`, which stands at `at` (its end is not looked at). False when it is no JSON, holds a
// key twice or is nested too deep, which is then in run->diags; *out is what could be read in any
// case, or NULL. Slices point into `text` or into the run's arena.
MUST_CHECK bool read_json(struct run *run, Span at, Str text, const struct data **out);
