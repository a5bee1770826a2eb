#include "syntax/read_headers.h"

#include "base/vec.h"

#include <string.h>

void read_headers(struct arena *arena, uint32_t file, Str text, struct headers_lines *out)
{
    size_t at = 0;
    while (at < text.len) {
        const char *end = memchr(text.ptr + at, '\n', text.len - at);
        size_t stop = end ? (size_t)(end - text.ptr) : text.len;
        Str line = str_trim(str_slice(text, at, stop));
        if (line.len && line.ptr[0] != '#') {
            uint32_t begin = (uint32_t)(line.ptr - text.ptr);
            *vec_push(arena, out) =
                (struct headers_line){ line, { file, begin, begin + (uint32_t)line.len } };
        }
        at = stop + 1;
    }
}
