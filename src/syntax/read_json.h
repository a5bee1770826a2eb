#pragma once
// read_json: one JSON text to a tree of data. Places are not known inside it: every node has the
// span of the whole.

#include "syntax/data.h"

extern const struct kind json_malformed;

// Reads `text`, which stands at `at`. False when it is no JSON or holds a key twice (said in
// run->diags), and *out is left alone then.
MUST_CHECK bool read_json(struct run *run, Span at, Str text, const struct data **out);
