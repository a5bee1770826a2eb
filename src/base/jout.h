#pragma once
// jout: JSON as it is written, onto a buf. The caller keeps the grammar: keys only in objects, each
// opening with its end.

#include "base/buf.h"

#include <stdbool.h>
#include <stdint.h>

struct jout {
    struct buf *buf;
    bool more;     // a value stands before: a comma is due
    bool new_line; // asked for by jout_line
};

void jout_object(struct jout *out);
void jout_object_end(struct jout *out);
void jout_array(struct jout *out);
void jout_array_end(struct jout *out);
void jout_key(struct jout *out, const char *key); // a word of the program's own
void jout_key_str(struct jout *out, Str key);
// Any bytes: what is no UTF-8 becomes U+FFFD, and nothing in it acts on a terminal.
void jout_str(struct jout *out, Str text);
void jout_text(struct jout *out, const char *text); // a word of the program's own
void jout_number(struct jout *out, uint64_t number);
void jout_bool(struct jout *out, bool value);
void jout_null(struct jout *out);
// Puts what comes next (a value, a key or an end) on a new line.
void jout_line(struct jout *out);
