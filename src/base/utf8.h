#pragma once
// utf8: code points out of bytes that claim to be UTF-8.

#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

#define UTF8_INVALID UINT32_MAX

// The code point at *at, which is moved behind it; UTF8_INVALID for a byte that begins none (*at is
// moved by one). *at must be less than s.len.
uint32_t utf8_next(Str s, size_t *at);
// Code points that do something to what stands around them when printed: C0, DEL and C1 controls,
// line separators, bidirectional controls and other invisible format characters; and U+FFFE and
// U+FFFF, which are no characters and which XML must not hold.
bool utf8_is_control(uint32_t point);
// Cells of a terminal that the point takes: 0, 1 or 2.
uint32_t utf8_width(uint32_t point);
