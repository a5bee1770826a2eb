#pragma once
// tell: pieces that several text reports share: escaped text, places, quoted lines, and origins and
// capabilities in words.

#include "base/buf.h"
#include "browser/access.h"
#include "policy/origins.h"
#include "source/files.h"

// Text of anybody's for a terminal: what would act on it is shown as \xNN or \u{NNNN}.
void tell_text(struct buf *out, Str text);

enum paint { PAINT_NONE, PAINT_BOLD, PAINT_RED, PAINT_YELLOW, PAINT_GREEN, PAINT_BLUE, PAINT_DIM };
struct teller {
    struct buf *out;
    struct files *files;
    bool color;
};
void tell_paint(const struct teller *teller, enum paint paint);
void tell_unpaint(const struct teller *teller);

// "path:line:column", the path behind a prefix; "path" for a whole file, nothing for file 0.
void tell_place(const struct teller *teller, Str prefix, Span span);
// The line where the span begins, with its number, and carets below the span.
void tell_line(const struct teller *teller, Span span);

// "every website", "https://a.example and 3 more", "any subdomain of example.com"; with a witness
// (", such as https://…") where members are not named.
void tell_origins(struct buf *out, const struct origins *origins);
// "read", "read with cookies", "send PUT" ...: a list of capabilities in a few words.
void tell_capabilities(struct buf *out, const struct capability *items, uint32_t count);
