#include "base/str.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

Str str_from(const char *text)
{
    return (Str){ text, strlen(text) };
}

bool str_equal(Str a, Str b)
{
    if (a.len != b.len)
        return false;
    return a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0;
}

bool str_equal_nocase(Str a, Str b)
{
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++)
        if (lower(a.ptr[i]) != lower(b.ptr[i]))
            return false;
    return true;
}

bool str_is(Str s, const char *text)
{
    return str_equal(s, str_from(text));
}

bool str_is_nocase(Str s, const char *text)
{
    return str_equal_nocase(s, str_from(text));
}

int str_compare(Str a, Str b)
{
    size_t common = a.len < b.len ? a.len : b.len;
    int order = common ? memcmp(a.ptr, b.ptr, common) : 0;
    return order ? order : (a.len > b.len) - (a.len < b.len);
}

bool str_starts(Str s, Str prefix)
{
    return s.len >= prefix.len && str_equal(str_slice(s, 0, prefix.len), prefix);
}

bool str_ends(Str s, Str suffix)
{
    return s.len >= suffix.len && str_equal(str_slice(s, s.len - suffix.len, s.len), suffix);
}

bool str_contains(Str s, Str part)
{
    return part.len == 0 || (s.len >= part.len && memmem(s.ptr, s.len, part.ptr, part.len));
}

Str str_slice(Str s, size_t begin, size_t end)
{
    if (end > s.len)
        end = s.len;
    if (begin > end)
        begin = end;
    return begin == 0 && end == s.len ? s : (Str){ s.ptr ? s.ptr + begin : NULL, end - begin };
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

Str str_trim(Str s)
{
    size_t begin = 0;
    while (begin < s.len && is_space(s.ptr[begin]))
        begin++;
    size_t end = s.len;
    while (end > begin && is_space(s.ptr[end - 1]))
        end--;
    return str_slice(s, begin, end);
}

bool str_cut(Str s, Str separator, Str *head, Str *tail)
{
    assert(separator.len);
    const char *found =
        s.len >= separator.len ? memmem(s.ptr, s.len, separator.ptr, separator.len) : NULL;
    if (!found)
        return false;
    size_t at = (size_t)(found - s.ptr);
    *head = str_slice(s, 0, at);
    *tail = str_slice(s, at + separator.len, s.len);
    return true;
}

bool str_eat(Str *s, Str prefix)
{
    if (!str_starts(*s, prefix))
        return false;
    *s = str_slice(*s, prefix.len, s->len);
    return true;
}

bool str_number(Str s, uint32_t max, uint32_t *out)
{
    uint64_t value = 0;
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] < '0' || s.ptr[i] > '9')
            return false;
        value = value * 10 + (uint64_t)(s.ptr[i] - '0');
        if (value > max)
            return false;
    }
    if (s.len == 0)
        return false;
    *out = (uint32_t)value;
    return true;
}

Str str_copy(struct arena *arena, Str s)
{
    char *copy = ARENA_ARRAY(arena, char, s.len + 1);
    if (s.len)
        memcpy(copy, s.ptr, s.len);
    return (Str){ copy, s.len };
}

Str str_lower(struct arena *arena, Str s)
{
    char *copy = ARENA_ARRAY(arena, char, s.len + 1);
    for (size_t i = 0; i < s.len; i++)
        copy[i] = lower(s.ptr[i]);
    return (Str){ copy, s.len };
}

Str str_concat(struct arena *arena, Str a, Str b)
{
    char *copy = ARENA_ARRAY(arena, char, a.len + b.len + 1);
    if (a.len)
        memcpy(copy, a.ptr, a.len);
    if (b.len)
        memcpy(copy + a.len, b.ptr, b.len);
    return (Str){ copy, a.len + b.len };
}

Str str_format(struct arena *arena, const char *format, ...)
{
    assert(format);
    va_list args;
    va_start(args, format);
    int len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    assert(len >= 0);
    char *text = ARENA_ARRAY(arena, char, len + 1);
    va_start(args, format);
    vsnprintf(text, (size_t)len + 1, format, args);
    va_end(args);
    return (Str){ text, (size_t)len };
}

const char *str_terminated(struct arena *arena, Str s)
{
    return str_copy(arena, s).ptr;
}

enum { DISTANCE_MAX = 64 }; // longer words are not compared: nobody mistypes them

size_t str_distance(Str a, Str b, size_t limit)
{
    if (a.len > DISTANCE_MAX || b.len > DISTANCE_MAX)
        return limit;
    size_t before[DISTANCE_MAX + 1], above[DISTANCE_MAX + 1], row[DISTANCE_MAX + 1];
    for (size_t j = 0; j <= b.len; j++)
        above[j] = before[j] = j;
    for (size_t i = 1; i <= a.len; i++) {
        row[0] = i;
        for (size_t j = 1; j <= b.len; j++) {
            size_t best = above[j - 1] + (a.ptr[i - 1] != b.ptr[j - 1]);
            if (above[j] + 1 < best)
                best = above[j] + 1;
            if (row[j - 1] + 1 < best)
                best = row[j - 1] + 1;
            bool swapped =
                i > 1 && j > 1 && a.ptr[i - 1] == b.ptr[j - 2] && a.ptr[i - 2] == b.ptr[j - 1];
            if (swapped && before[j - 2] + 1 < best)
                best = before[j - 2] + 1;
            row[j] = best;
        }
        memcpy(before, above, sizeof above);
        memcpy(above, row, sizeof row);
    }
    return above[b.len] < limit ? above[b.len] : limit;
}

bool str_hex64(Str text, uint64_t *out)
{
    uint64_t value = 0;
    if (text.len != 16)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'f'))
            return false;
        value = value << 4 | (uint64_t)(c <= '9' ? c - '0' : c - 'a' + 10);
    }
    *out = value;
    return true;
}
