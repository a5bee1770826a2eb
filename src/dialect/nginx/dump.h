#pragma once
// dump: the output of `nginx -T`, which is every file of a configuration in one text.

#include "base/str.h"
#include "base/vec.h"
#include "source/source.h"

#include <stdbool.h>
#include <stdint.h>

struct dump_part {
    Str path; // as nginx named it, absolute and clean
    uint32_t begin, end;
};

struct dump {
    VEC(struct dump_part) parts; // the first is the main file
};

// Cuts a text into the files that it holds. False when it is no such output.
bool dump_parse(struct arena *arena, Str text, struct dump *out);
// The parts that an include names, in nginx's order. False when a plain name is not among them.
bool dump_find(const struct dump *dump, struct arena *arena, Str name, struct source_paths *out);
const struct dump_part *dump_get(const struct dump *dump, Str path);
