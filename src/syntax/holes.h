#pragma once
// holes: what a template language will fill in later, in a text of another language: Helm's and
// Go's {{ ... }}, Jinja's {{ ... }} and {% ... %}. The text is made readable without rendering it:
// expressions become words of the same length, lines that only steer become blank.

#include "base/diag.h"
#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

enum hole_kind {
    HOLE_INLINE, // an expression beside other text
    HOLE_LINES,  // an expression alone on its lines: whatever it comes to stands there
    HOLE_SILENT, // steers, assigns or comments: nothing stands there itself
};
struct hole {
    uint32_t begin, end; // of the text
    uint32_t column;     // of LINES: how far what it comes to is indented
    enum hole_kind kind;
};

// Between begin and end a condition or a loop decides whether there is anything.
struct hole_block {
    uint32_t begin, end;
    uint32_t around; // the number of the block around it, plus one; 0: none
    bool repeats;
};

struct holes {
    Str text;           // the text with words and blanks in their place, as long as before
    struct hole *items; // in order
    uint32_t count, capacity;
    struct hole_block *blocks; // in order of their begin
    uint32_t block_count, block_capacity;
};

// False when there is nothing of the kind, and *out is left alone.
bool holes_find(struct arena *arena, Str text, struct holes *out);
// Whether one lies in [begin, end).
bool holes_touch(const struct holes *holes, uint32_t begin, uint32_t end);
// The number of the innermost block around all of [begin, end], plus one; 0: none.
uint32_t holes_block(const struct holes *holes, uint32_t begin, uint32_t end);
