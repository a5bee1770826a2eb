#include "syntax/holes.h"

#include "base/vec.h"

#include <string.h>

struct finder {
    struct arena *arena;
    Str text;
    char *copy;
    struct holes *out;
    struct {
        uint32_t *items; // numbers of blocks that are open
        uint32_t count, capacity;
    } open;
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

// Where the expression that begins at `begin` ends, or 0.
static size_t end_of(Str text, size_t begin)
{
    char close = text.ptr[begin + 1] == '{' ? '}' : text.ptr[begin + 1];
    for (size_t i = begin + 2; i + 1 < text.len; i++)
        if (text.ptr[i] == close && text.ptr[i + 1] == '}')
            return i + 2;
    return 0;
}

static Str body_of(Str text, size_t begin, size_t end)
{
    Str body = str_slice(text, begin + 2, end - 2);
    (void)(str_eat(&body, STR("-")) || str_eat(&body, STR("+")));
    if (body.len && (body.ptr[body.len - 1] == '-' || body.ptr[body.len - 1] == '+'))
        body.len--;
    return str_trim(body);
}

static bool begins_with(Str body, const char *const *words)
{
    for (; *words; words++) {
        Str rest = body;
        bool alone = str_eat(&rest, str_from(*words)) &&
                     (!rest.len || is_blank(rest.ptr[0]) || rest.ptr[0] == '(');
        if (alone)
            return true;
    }
    return false;
}

static void open_block(struct finder *finder, size_t at, bool repeats)
{
    struct holes *out = finder->out;
    if (out->block_count == out->block_capacity) {
        size_t old = out->block_capacity * sizeof *out->blocks;
        size_t size = vec_next(&out->block_capacity) * sizeof *out->blocks;
        out->blocks =
            arena_grow(finder->arena, out->blocks, old, size, _Alignof(struct hole_block));
    }
    uint32_t around = finder->open.count ? finder->open.items[finder->open.count - 1] + 1 : 0;
    *vec_push(finder->arena, &finder->open) = out->block_count;
    out->blocks[out->block_count++] =
        (struct hole_block){ (uint32_t)at, (uint32_t)finder->text.len, around, repeats };
}

static void close_block(struct finder *finder, size_t at)
{
    if (finder->open.count)
        finder->out->blocks[finder->open.items[--finder->open.count]].end = (uint32_t)at;
}

// Opens and closes the blocks that an expression opens and closes. True when nothing stands in its
// own place.
static bool steer(struct finder *finder, size_t begin, size_t end)
{
    static const char *const opening[] = { "if", "with", "define", "block", "unless", NULL };
    static const char *const looping[] = { "range", "for", NULL };
    static const char *const turning[] = { "else", "elif", NULL };
    static const char *const closing[] = { "end", "endif", "endfor", "endwith", "endblock", NULL };
    Str body = body_of(finder->text, begin, end);
    bool silent = !body.len || str_starts(body, STR("/*")) || str_starts(body, STR("#")) ||
                  finder->text.ptr[begin + 1] != '{' ||
                  (body.ptr[0] == '$' && str_contains(body, STR("=")));
    if (begins_with(body, opening) || begins_with(body, looping)) {
        open_block(finder, end, begins_with(body, looping));
        return true;
    }
    if (begins_with(body, closing)) {
        close_block(finder, begin);
        return true;
    }
    if (begins_with(body, turning)) {
        bool repeats = finder->open.count &&
                       finder->out->blocks[finder->open.items[finder->open.count - 1]].repeats;
        close_block(finder, begin);
        open_block(finder, end, repeats);
        return true;
    }
    return silent;
}

// "nindent 4" says how far what comes out is indented.
static uint32_t indent_of(Str body, uint32_t column)
{
    Str head, rest = body;
    uint32_t depth = column;
    while (str_cut(rest, STR("indent "), &head, &rest)) {
        size_t len = 0;
        while (len < rest.len && rest.ptr[len] >= '0' && rest.ptr[len] <= '9')
            len++;
        (void)str_number(str_slice(rest, 0, len), 1000, &depth);
    }
    return depth;
}

static void blank(struct finder *finder, size_t begin, size_t end, char with)
{
    for (size_t i = begin; i < end; i++)
        if (finder->copy[i] != '\n' && finder->copy[i] != '\r')
            finder->copy[i] = with;
}

// Whether only blanks and expressions stand on the lines of [begin, end).
static bool is_alone(Str text, size_t begin, size_t end)
{
    size_t first = begin, last = end;
    while (first > 0 && is_blank(text.ptr[first - 1]))
        first--;
    while (last < text.len && is_blank(text.ptr[last]))
        last++;
    bool begins = first == 0 || text.ptr[first - 1] == '\n' ||
                  (first > 1 && text.ptr[first - 1] == '}' &&
                   (text.ptr[first - 2] == '}' || text.ptr[first - 2] == '%'));
    bool ends = last == text.len || text.ptr[last] == '\n' ||
                (last + 1 < text.len && text.ptr[last] == '{' &&
                 (text.ptr[last + 1] == '{' || text.ptr[last + 1] == '%'));
    return begins && ends;
}

static uint32_t column_of(Str text, size_t at)
{
    size_t begin = at;
    while (begin > 0 && text.ptr[begin - 1] != '\n')
        begin--;
    return (uint32_t)(at - begin);
}

bool holes_find(struct arena *arena, Str text, struct holes *out)
{
    struct finder finder = { .arena = arena, .text = text, .out = out };
    for (size_t i = 0; i + 1 < text.len; i++) {
        const char *found = memchr(text.ptr + i, '{', text.len - 1 - i);
        if (!found)
            break;
        i = (size_t)(found - text.ptr);
        bool opens = text.ptr[i + 1] == '{' || text.ptr[i + 1] == '%' || text.ptr[i + 1] == '#';
        size_t end = opens ? end_of(text, i) : 0;
        if (!end)
            continue;
        if (!finder.copy) {
            *out = (struct holes){ 0 };
            finder.copy = ARENA_ARRAY(arena, char, text.len);
            memcpy(finder.copy, text.ptr, text.len);
        }
        bool silent = steer(&finder, i, end), alone = is_alone(text, i, end);
        uint32_t column = indent_of(body_of(text, i, end), column_of(text, i));
        struct hole hole = { (uint32_t)i, (uint32_t)end, column,
                             !alone   ? HOLE_INLINE
                             : silent ? HOLE_SILENT
                                      : HOLE_LINES };
        blank(&finder, i, end, alone ? ' ' : 'x');
        *vec_push(arena, out) = hole;
        i = end - 1;
    }
    if (finder.copy)
        out->text = (Str){ finder.copy, text.len };
    return finder.copy != NULL;
}

bool holes_touch(const struct holes *holes, uint32_t begin, uint32_t end)
{
    uint32_t low = 0, high = holes->count; // the first hole that ends behind `begin`
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (holes->items[middle].end <= begin)
            low = middle + 1;
        else
            high = middle;
    }
    return low < holes->count && holes->items[low].begin < end;
}

uint32_t holes_block(const struct holes *holes, uint32_t begin, uint32_t end)
{
    uint32_t low = 0, high = holes->block_count; // the first block that begins behind it
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (holes->blocks[middle].begin <= begin)
            low = middle + 1;
        else
            high = middle;
    }
    while (low && (holes->blocks[low - 1].end <= begin || holes->blocks[low - 1].end < end))
        low = holes->blocks[low - 1].around;
    return low;
}
