#pragma once
// files: every text that a run has read, numbered from 1. One table per run, shared by all
// versions; Span.file is a number in it. Turns offsets into lines and columns.

#include "base/arena.h"
#include "base/diag.h"
#include "base/map.h"
#include "base/str.h"
#include "base/vec.h"

#include <stdint.h>

struct file {
    Str path; // below the root of its source, with '/', as shown to people
    Str text; // what was read; empty for a file that could not be
    uint64_t hash;
    // The number of the first file with these very bytes, of whatever version: its own, if it is
    // the first. A reader that keeps what it made of a file under this number makes it once.
    uint32_t twin;
    uint32_t *lines; // where each line begins; NULL until somebody asks
    uint32_t line_count;
};

struct files {
    struct arena *arena;
    VEC(struct file *) list;
    struct map by_text;  // by the hash of the text: the first file with it
    struct map by_place; // by the address of the text: the same
};

struct files *files_new(struct arena *arena);

// Enters a text under the next number and gives that. The slices must outlive the table. Memory
// that has been entered before (a blob that both versions hold) is not looked at again.
uint32_t files_add(struct files *files, Str path, Str text);
const struct file *files_get(const struct files *files, uint32_t number);

// Both count from 1. Columns count bytes, not characters: that is what compilers' error parsers
// and SARIF readers can be told, and what needs no table of widths.
struct place {
    uint32_t line, column;
};

// The place of an offset; beyond the end, of the end. File 0 has the place 0, 0.
struct place files_place(struct files *files, uint32_t number, uint32_t offset);
// The text of a line without its end; empty beyond the last one.
Str files_line(struct files *files, uint32_t number, uint32_t line);
uint32_t files_line_count(struct files *files, uint32_t number);

// The bytes that a span covers.
Str files_text(const struct files *files, Span span);
// The whole file, for what is wrong with all of it: a span of no bytes at its beginning.
Span files_whole(uint32_t number);
