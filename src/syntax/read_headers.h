#pragma once
// read_headers: the lines of a _headers file. What they mean, Cloudflare and Netlify say
// differently. Source: reference/cdn.md section 6.

#include "base/diag.h"

struct headers_line {
    Str text; // without space around it; not empty, no comment
    Span span;
};
struct headers_lines {
    struct headers_line *items;
    uint32_t count, capacity;
};

void read_headers(struct arena *arena, uint32_t file, Str text, struct headers_lines *out);
