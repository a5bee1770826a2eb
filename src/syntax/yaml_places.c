// Where the text of a scalar stands, byte by byte: the way back from what YAML makes of
// indentation, folded lines and escapes.
#include "syntax/read_yaml.h"

#include <string.h>

struct walk {
    Str file, text;
    size_t at;       // in the file
    uint32_t *out;   // the place of each byte of the text
    size_t done;     // bytes of the text that have one
    uint32_t indent; // of a block scalar
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static char now(const struct walk *walk)
{
    return walk->at < walk->file.len ? walk->file.ptr[walk->at] : '\0';
}

static void put(struct walk *walk, size_t place)
{
    if (walk->done < walk->text.len)
        walk->out[walk->done++] = (uint32_t)place;
}

// Over a break and the indentation of what follows it.
static void next_line(struct walk *walk)
{
    if (now(walk) == '\r')
        walk->at++;
    if (now(walk) == '\n')
        walk->at++;
    for (uint32_t i = 0; i < walk->indent && now(walk) == ' '; i++)
        walk->at++;
}

static uint32_t leading(Str text, size_t at)
{
    uint32_t count = 0;
    while (at + count < text.len && text.ptr[at + count] == ' ')
        count++;
    return count;
}

// How far a block scalar is indented: its first line with anything on it, against the text's.
static uint32_t block_indent(const struct walk *walk)
{
    size_t in_file = walk->at, in_text = 0;
    while (in_file < walk->file.len) {
        size_t first = in_file + leading(walk->file, in_file);
        if (first < walk->file.len && walk->file.ptr[first] != '\n' &&
            walk->file.ptr[first] != '\r')
            break;
        const char *end = memchr(walk->file.ptr + in_file, '\n', walk->file.len - in_file);
        if (!end)
            return 0;
        in_file = (size_t)(end - walk->file.ptr) + 1;
    }
    while (in_text < walk->text.len && walk->text.ptr[in_text] == '\n')
        in_text++;
    uint32_t outer = leading(walk->file, in_file), inner = leading(walk->text, in_text);
    return outer > inner ? outer - inner : 0;
}

static void walk_block(struct walk *walk)
{
    const char *end = memchr(walk->file.ptr + walk->at, '\n', walk->file.len - walk->at);
    walk->at = end ? (size_t)(end - walk->file.ptr) + 1 : walk->file.len;
    walk->indent = block_indent(walk);
    for (uint32_t i = 0; i < walk->indent && now(walk) == ' '; i++)
        walk->at++;
    while (walk->done < walk->text.len) {
        char wanted = walk->text.ptr[walk->done];
        bool breaks = now(walk) == '\n' || now(walk) == '\r';
        size_t place = walk->at;
        if (!breaks || wanted == '\n' || wanted == ' ') // folded: a space for a break
            put(walk, place);
        if (breaks)
            next_line(walk);
        else
            walk->at++;
        if (place >= walk->file.len)
            break;
    }
}

// How many bytes of text an escape stands for; *len is its own length.
static size_t escaped(const struct walk *walk, size_t *len)
{
    char kind = walk->at + 1 < walk->file.len ? walk->file.ptr[walk->at + 1] : '\0';
    size_t digits = kind == 'x' ? 2 : kind == 'u' ? 4 : kind == 'U' ? 8 : 0;
    uint32_t point = 0;
    *len = 2 + digits;
    for (size_t i = 0; i < digits && walk->at + 2 + i < walk->file.len; i++) {
        char c = walk->file.ptr[walk->at + 2 + i];
        uint32_t value =
            c >= '0' && c <= '9' ? (uint32_t)(c - '0') : (uint32_t)((c | 0x20) - 'a') + 10;
        point = point * 16 + (value & 15);
    }
    if (kind == '_' || kind == 'N')
        return 2;
    if (kind == 'L' || kind == 'P')
        return 3;
    return point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
}

// Blanks and breaks of a scalar on several lines: one break is a space, more are one break less.
static bool walk_fold(struct walk *walk)
{
    size_t at = walk->at, breaks = 0;
    while (at < walk->file.len && (is_blank(walk->file.ptr[at]) || walk->file.ptr[at] == '\n' ||
                                   walk->file.ptr[at] == '\r'))
        breaks += walk->file.ptr[at++] == '\n';
    if (!breaks)
        return false;
    for (size_t i = 0; i < (breaks > 1 ? breaks - 1 : 1); i++)
        put(walk, walk->at);
    walk->at = at;
    return true;
}

static void walk_flow(struct walk *walk, char quote)
{
    walk->at += quote != '\0';
    while (walk->done < walk->text.len && walk->at < walk->file.len) {
        if (quote == '"' && now(walk) == '\\') {
            size_t len, count = escaped(walk, &len);
            char next = walk->at + 1 < walk->file.len ? walk->file.ptr[walk->at + 1] : '\0';
            if (next == '\n' || next == '\r') { // the break and what is around it are nothing
                size_t before = walk->done;
                walk->at++;
                (void)walk_fold(walk);
                walk->done = before;
                continue;
            }
            for (size_t i = 0; i < count; i++)
                put(walk, walk->at);
            walk->at += len;
        } else if (!walk_fold(walk)) {
            put(walk, walk->at);
            walk->at += quote == '\'' && now(walk) == '\'' ? 2 : 1;
        }
    }
}

// Over an anchor and a tag.
static void skip_properties(struct walk *walk)
{
    while (now(walk) == '&' || now(walk) == '!') {
        while (walk->at < walk->file.len && !is_blank(now(walk)) && now(walk) != '\n')
            walk->at++;
        while (walk->at < walk->file.len && (is_blank(now(walk)) || now(walk) == '\n'))
            walk->at++;
    }
}

const uint32_t *yaml_places(struct arena *arena, Str text, const struct data *scalar)
{
    struct walk walk = { .file = text, .text = scalar->text, .at = scalar->span.begin };
    walk.out = ARENA_ARRAY(arena, uint32_t, scalar->text.len + 1);
    skip_properties(&walk);
    char first = now(&walk);
    if (first == '|' || first == '>')
        walk_block(&walk);
    else
        walk_flow(&walk, first == '"' || first == '\'' ? first : '\0');
    size_t end = walk.at < text.len ? walk.at : text.len;
    while (walk.done < walk.text.len)
        put(&walk, end);
    walk.out[scalar->text.len] = (uint32_t)end;
    return walk.out;
}
