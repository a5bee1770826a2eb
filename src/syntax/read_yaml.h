#pragma once
// read_yaml: YAML text to trees of data, one for each document of the stream.

#include "syntax/data.h"

extern const struct kind yaml_malformed, yaml_duplicate_key, yaml_too_large;

// Reads `text`, which is the whole content of the file with that number. False when something was
// wrong, which is then in run->diags; *out holds the documents that could be read in any case (an
// empty one is a null). Slices point into `text` or into the run's arena.
MUST_CHECK bool read_yaml(struct run *run, uint32_t file, Str text, struct data_list *out);

// The same for a text that may be a template which is not rendered (holes.h): what stands around
// its expressions is read, and the tree says what they leave open (data.unrendered,
// data.conditional). The text of such a scalar is what is written there.
MUST_CHECK bool read_yaml_template(struct run *run, uint32_t file, Str text, struct data_list *out);

// Where each byte of a scalar's text stands in `text`, the whole content of its file; and, as one
// more, where it ends. Breaks that were folded and escapes stand where they begin.
const uint32_t *yaml_places(struct arena *arena, Str text, const struct data *scalar);
