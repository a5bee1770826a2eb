#pragma once
// buf: text under construction, in an arena.

#include "base/arena.h"
#include "base/str.h"

struct buf {
    struct arena *arena;
    char *ptr;
    size_t len, capacity;
};

void buf_add(struct buf *buf, Str s);
void buf_add_char(struct buf *buf, char c);
void buf_add_text(struct buf *buf, const char *text); // a literal of the program's own
#if defined(__GNUC__)
__attribute__((format(printf, 2, 3)))
#endif
void buf_addf(struct buf *buf, const char *format, ...);
Str buf_str(const struct buf *buf);
