#include "dialect/nginx/dump.h"

#include <stdlib.h>
#include <string.h>

static Str next_line(Str text, uint32_t *at)
{
    const char *begin = text.ptr + *at;
    const char *end = memchr(begin, '\n', text.len - *at);
    size_t len = end ? (size_t)(end - begin) : text.len - *at;
    *at += (uint32_t)(end ? len + 1 : len);
    return (Str){ begin, len };
}

static bool marker(Str line, Str *path)
{
    line = str_trim(line);
    if (!str_eat(&line, STR("# configuration file ")) || !str_ends(line, STR(":")))
        return false;
    *path = str_slice(line, 0, line.len - 1);
    return path->len > 0;
}

bool dump_parse(struct arena *arena, Str text, struct dump *out)
{
    struct dump dump = { 0 };
    for (uint32_t at = 0; at < text.len;) {
        uint32_t begin = at;
        Str path, line = next_line(text, &at);
        if (marker(line, &path)) {
            if (dump.parts.count)
                dump.parts.items[dump.parts.count - 1].end = begin;
            *vec_push(arena, &dump.parts) =
                (struct dump_part){ .path = path, .begin = at, .end = (uint32_t)text.len };
        } else if (dump.parts.count == 0 && str_trim(line).len &&
                   !str_starts(line, STR("nginx: "))) {
            return false;
        }
    }
    if (dump.parts.count == 0)
        return false;
    *out = dump;
    return true;
}

const struct dump_part *dump_get(const struct dump *dump, Str path)
{
    for (uint32_t i = 0; i < dump->parts.count; i++)
        if (str_equal(dump->parts.items[i].path, path))
            return &dump->parts.items[i];
    return NULL;
}

// Matches component by component: a wildcard does not match '/'.
static bool path_matches(Str pattern, Str path)
{
    for (;;) {
        Str pattern_part = pattern, part = path, pattern_rest, rest;
        bool more_pattern = str_cut(pattern, STR("/"), &pattern_part, &pattern_rest);
        bool more = str_cut(path, STR("/"), &part, &rest);
        if (more != more_pattern || !source_match(pattern_part, part))
            return false;
        if (!more)
            return true;
        pattern = pattern_rest;
        path = rest;
    }
}

static int by_bytes(const void *a, const void *b)
{
    return str_compare(*(const Str *)a, *(const Str *)b);
}

bool dump_find(const struct dump *dump, struct arena *arena, Str name, struct source_paths *out)
{
    if (name.len && name.ptr[0] != '/')
        name = str_format(arena, "%.*s/%.*s", STR_ARG(source_folder(dump->parts.items[0].path)),
                          STR_ARG(name));
    if (!source_is_glob(name)) {
        const struct dump_part *part = dump_get(dump, name);
        if (part)
            *vec_push(arena, &out->list) = part->path;
        return part;
    }
    for (uint32_t i = 0; i < dump->parts.count; i++)
        if (path_matches(name, dump->parts.items[i].path))
            *vec_push(arena, &out->list) = dump->parts.items[i].path;
    if (out->list.count)
        qsort(out->list.items, out->list.count, sizeof *out->list.items, by_bytes);
    return true;
}
