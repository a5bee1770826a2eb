#pragma once
// str: a slice of text. It owns nothing and is not NUL-terminated; an empty slice may have a NULL
// pointer.

#include "base/arena.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
    const char *ptr;
    size_t len;
} Str;

// A slice over a string literal.
#define STR(literal) ((Str){ "" literal, sizeof(literal) - 1 })
// The two arguments that printf's "%.*s" takes.
#define STR_ARG(s) (int)(s).len, (s).ptr ? (s).ptr : ""

Str str_from(const char *text); // a NUL-terminated string of the program's own or of the system
bool str_equal(Str a, Str b);
bool str_equal_nocase(Str a, Str b); // folds ASCII letters only
bool str_is(Str s, const char *text);
bool str_is_nocase(Str s, const char *text);
int str_compare(Str a, Str b); // byte order; a prefix comes first
bool str_starts(Str s, Str prefix);
bool str_ends(Str s, Str suffix);
bool str_contains(Str s, Str part);

// The slice [begin, end) of `s`; both are clamped to the length.
Str str_slice(Str s, size_t begin, size_t end);
Str str_trim(Str s); // without leading and trailing space, tab, CR, LF

// Cuts `s` at the first `separator`: *head before it, *tail behind it. False, and nothing written,
// when absent.
bool str_cut(Str s, Str separator, Str *head, Str *tail);
// Removes `prefix` from the front of *s when it stands there.
bool str_eat(Str *s, Str prefix);
// Decimal digits only, at most `max`. False, and nothing written, otherwise.
bool str_number(Str s, uint32_t max, uint32_t *out);
// 64 bits as 16 hexadecimal digits, letters in lower case. False, and *out left alone, for others.
bool str_hex64(Str text, uint64_t *out);

// Copies into the arena.
Str str_copy(struct arena *arena, Str s);
Str str_lower(struct arena *arena, Str s); // ASCII
Str str_concat(struct arena *arena, Str a, Str b);
#if defined(__GNUC__)
__attribute__((format(printf, 2, 3)))
#endif
Str str_format(struct arena *arena, const char *format, ...);
// A NUL-terminated copy for the system's calls.
const char *str_terminated(struct arena *arena, Str s);

// Edit distance (insert, delete, replace, swap of neighbours), for "did you mean"; `limit` or more
// is given as `limit`.
size_t str_distance(Str a, Str b, size_t limit);
