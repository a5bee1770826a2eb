#include "source/source.h"

#include "source/disk.h"

#include <ctype.h>
#include <string.h>

bool source_is_glob(Str pattern)
{
    for (size_t i = 0; i < pattern.len; i++)
        if (pattern.ptr[i] == '*' || pattern.ptr[i] == '?' || pattern.ptr[i] == '[')
            return true;
    return false;
}

static bool in_class(Str name, unsigned char c)
{
    static const struct {
        const char *name;
        int (*holds)(int);
    } classes[] = {
        { "alnum", isalnum }, { "alpha", isalpha }, { "blank", isblank }, { "cntrl", iscntrl },
        { "digit", isdigit }, { "graph", isgraph }, { "lower", islower }, { "print", isprint },
        { "punct", ispunct }, { "space", isspace }, { "upper", isupper }, { "xdigit", isxdigit },
    };
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
        if (str_is(name, classes[i].name))
            return c < 0x80 && classes[i].holds(c);
    return false;
}

// Matches one character against the bracket expression at *at. False when the bracket is never
// closed: then it is an ordinary character and *at stays.
static bool bracket(Str pattern, size_t *at, unsigned char c, bool *matched)
{
    size_t i = *at + 1;
    bool negated = i < pattern.len && (pattern.ptr[i] == '!' || pattern.ptr[i] == '^');
    bool found = false;
    i += negated;
    for (bool first = true;; first = false) {
        if (i >= pattern.len)
            return false;
        unsigned char low = (unsigned char)pattern.ptr[i];
        if (low == ']' && !first)
            break;
        if (low == '[' && i + 1 < pattern.len && pattern.ptr[i + 1] == ':') {
            Str name, rest;
            if (str_cut(str_slice(pattern, i + 2, pattern.len), STR(":]"), &name, &rest)) {
                found |= in_class(name, c);
                i += name.len + 4;
                continue;
            }
        }
        if (low == '\\' && i + 1 < pattern.len)
            low = (unsigned char)pattern.ptr[++i];
        unsigned char high = low;
        if (i + 2 < pattern.len && pattern.ptr[i + 1] == '-' && pattern.ptr[i + 2] != ']') {
            i += 2;
            if (pattern.ptr[i] == '\\' && i + 1 < pattern.len)
                i++;
            high = (unsigned char)pattern.ptr[i];
        }
        found |= low <= c && c <= high;
        i++;
    }
    *at = i + 1;
    *matched = found != negated;
    return true;
}

// Matches one character against the pattern's element at *at, which is not '*', and steps over it.
static bool element(Str pattern, size_t *at, char c)
{
    bool matched;
    if (pattern.ptr[*at] == '[' && bracket(pattern, at, (unsigned char)c, &matched))
        return matched;
    if (pattern.ptr[*at] == '?') {
        ++*at;
        return true;
    }
    if (pattern.ptr[*at] == '\\' && *at + 1 < pattern.len)
        ++*at;
    return pattern.ptr[(*at)++] == c;
}

bool source_match(Str pattern, Str name)
{
    if (name.len && name.ptr[0] == '.' && !(pattern.len && pattern.ptr[0] == '.'))
        return false;
    size_t at = 0, i = 0;
    size_t star = SIZE_MAX, star_i = 0; // where to go on when the last '*' takes one more
    while (i < name.len) {
        if (at < pattern.len && pattern.ptr[at] == '*') {
            star = ++at;
            star_i = i;
            continue;
        }
        if (at < pattern.len && element(pattern, &at, name.ptr[i])) {
            i++;
            continue;
        }
        if (star == SIZE_MAX)
            return false;
        at = star;
        i = ++star_i;
    }
    while (at < pattern.len && pattern.ptr[at] == '*')
        at++;
    return at == pattern.len;
}

// Adds what `part` names in each of the folders.
static bool expand(struct source *source, const struct source_paths *folders, Str part, bool last,
                   struct source_paths *out)
{
    for (uint32_t i = 0; i < folders->list.count; i++) {
        Str folder = folders->list.items[i];
        if (!source_is_glob(part)) {
            Str path = source_under(source->arena, folder, part);
            if (!last || source_stat(source, path) != SOURCE_NONE)
                *vec_push(source->arena, &out->list) = path;
            continue;
        }
        struct source_names names = { 0 };
        source->ops->list(source, folder, &names);
        for (uint32_t j = 0; j < names.list.count; j++) {
            struct source_name name = names.list.items[j];
            if ((last || name.entry == SOURCE_FOLDER) && source_match(part, name.name))
                *vec_push(source->arena, &out->list) =
                    source_under(source->arena, folder, name.name);
        }
        if (out->list.count > source->limits->files)
            return false;
    }
    return true;
}

bool source_glob(struct run *run, struct source *source, Str pattern, Span at,
                 struct source_paths *out)
{
    struct source_paths paths = { 0 };
    *vec_push(source->arena, &paths.list) = STR("");
    for (size_t begin = 0; begin <= pattern.len;) {
        const char *slash = memchr(pattern.ptr + begin, '/', pattern.len - begin);
        size_t end = slash ? (size_t)(slash - pattern.ptr) : pattern.len;
        struct source_paths next = { 0 };
        if (!expand(source, &paths, str_slice(pattern, begin, end), !slash, &next))
            return diagf(run, &source_too_large, at, "more than %u files match",
                         source->limits->files);
        paths = next;
        begin = end + 1;
    }
    source_sort(&paths);
    for (uint32_t i = 0; i < paths.list.count; i++)
        *vec_push(source->arena, &out->list) = paths.list.items[i];
    return true;
}
