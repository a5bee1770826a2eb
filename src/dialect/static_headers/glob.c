// Patterns of minimatch as languages.
#include "dialect/static_headers/static_sites.h"

#include "base/buf.h"

#include <string.h>

enum { WORDS_MAX = 256, DEPTH_MAX = 32 };

struct words {
    VEC(Str) list;
};

// ---- braces: "a{b,c}d" is "abd" and "acd"

// The end of the brace that opens at `at`, and where the commas of its own are; 0 without any.
static size_t brace_end(Str text, size_t at, struct words *parts, struct arena *arena)
{
    size_t depth = 0, from = at + 1;
    for (size_t i = at; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '\\') {
            i++;
        } else if (c == '{') {
            depth++;
        } else if (c == '}' && --depth == 0) {
            *vec_push(arena, &parts->list) = str_slice(text, from, i);
            return i;
        } else if (c == ',' && depth == 1) {
            *vec_push(arena, &parts->list) = str_slice(text, from, i);
            from = i + 1;
        }
    }
    return 0;
}

static bool expand(struct arena *arena, Str text, unsigned depth, struct words *out)
{
    for (size_t i = 0; i < text.len; i++) {
        struct words parts = { 0 };
        if (text.ptr[i] == '\\')
            i++;
        if (i >= text.len || text.ptr[i] != '{')
            continue;
        size_t end = brace_end(text, i, &parts, arena);
        if (!end)
            continue;
        if (parts.list.count == 1 && str_contains(parts.list.items[0], STR("..")))
            return false; // a range
        if (depth > DEPTH_MAX)
            return false;
        if (parts.list.count == 1)
            continue; // "{a}" stands for itself
        for (uint32_t k = 0; k < parts.list.count; k++) {
            Str head = str_concat(arena, str_slice(text, 0, i), parts.list.items[k]);
            Str one = str_concat(arena, head, str_slice(text, end + 1, text.len));
            if (out->list.count >= WORDS_MAX || !expand(arena, one, depth + 1, out))
                return false;
        }
        return true;
    }
    *vec_push(arena, &out->list) = text;
    return true;
}

// ---- one part between slashes

struct segment {
    Str text;
    size_t at;
    struct buf *out;
    bool known;
};

static char peek(const struct segment *segment, size_t by)
{
    return segment->at + by < segment->text.len ? segment->text.ptr[segment->at + by] : 0;
}

static void add_class(struct segment *segment)
{
    size_t i = segment->at + 1;
    bool is_negated = peek(segment, 1) == '!' || peek(segment, 1) == '^';
    i += is_negated;
    size_t begin = i;
    while (i < segment->text.len && (segment->text.ptr[i] != ']' || i == begin))
        i++;
    if (i >= segment->text.len) { // not closed: itself
        buf_add_text(segment->out, "\\[");
        segment->at++;
        return;
    }
    buf_add_text(segment->out, is_negated ? "[^/" : "(?!/)[");
    for (size_t k = begin; k < i; k++) {
        char c = segment->text.ptr[k];
        if (c != '-' && strchr("\\[]^", c))
            buf_add_char(segment->out, '\\');
        buf_add_char(segment->out, c);
    }
    buf_add_char(segment->out, ']');
    segment->at = i + 1;
    segment->known &= !str_contains(str_slice(segment->text, begin, i), STR("[:"));
}

static void add_one(struct segment *segment, unsigned depth);

// "@(a|b)" and its kin.
static void add_choice(struct segment *segment, unsigned depth)
{
    char kind = peek(segment, 0);
    segment->at += 2;
    segment->known &= kind != '!' && depth < DEPTH_MAX;
    buf_add_text(segment->out, "(?:");
    while (segment->at < segment->text.len && peek(segment, 0) != ')' && segment->known) {
        if (peek(segment, 0) == '|') {
            buf_add_char(segment->out, '|');
            segment->at++;
        } else {
            add_one(segment, depth + 1);
        }
    }
    segment->known &= peek(segment, 0) == ')';
    segment->at++;
    buf_add_char(segment->out, ')');
    if (kind != '@')
        buf_add_char(segment->out, kind);
}

static void add_one(struct segment *segment, unsigned depth)
{
    char c = peek(segment, 0);
    if (peek(segment, 1) == '(' && strchr("@?*+!", c)) {
        add_choice(segment, depth);
    } else if (c == '*') {
        buf_add_text(segment->out, "[^/]*");
        segment->at++;
    } else if (c == '?') {
        buf_add_text(segment->out, "[^/]");
        segment->at++;
    } else if (c == '[') {
        add_class(segment);
    } else {
        if (c == '\\' && segment->at + 1 < segment->text.len)
            segment->at++;
        buf_add(segment->out,
                static_escape(segment->out->arena,
                              str_slice(segment->text, segment->at, segment->at + 1)));
        segment->at++;
    }
}

// A name that begins with a dot is matched by a dot only.
static bool add_segment(struct buf *out, Str text)
{
    struct segment segment = { .text = text, .out = out, .known = true };
    char first = text.len ? text.ptr[0] : 0;
    if (first && (strchr("*?[", first) || (strchr("@+!", first) && peek(&segment, 1) == '(')))
        buf_add_text(out, "(?=[^/.])");
    while (segment.at < text.len && segment.known)
        add_one(&segment, 0);
    return segment.known;
}

static const struct fa *word_language(struct model *model, Str word)
{
    static const char name[] = "[^/.][^/]*";
    struct buf out = { .arena = model->arena };
    Str rest = word, part;
    bool more = true;
    while (more) {
        more = str_cut(rest, STR("/"), &part, &rest);
        if (!more)
            part = rest;
        bool is_doubled = !part.len && more && part.ptr != word.ptr;
        if (is_doubled)
            continue; // several slashes are one
        if (str_is(part, "**") && more)
            buf_addf(&out, "(?:%s/)*", name);
        else if (str_is(part, "**"))
            buf_addf(&out, "(?:%s(?:/%s)*/?)?", name, name);
        else if (!add_segment(&out, part))
            return NULL;
        else if (more)
            buf_add_char(&out, '/');
        else if (part.len)
            buf_add_text(&out, "/?"); // of the path; a pattern's own slash at the end must be there
    }
    return static_pattern(model, buf_str(&out))->result.language;
}

const struct fa *glob_language(struct model *model, Str pattern)
{
    struct words words = { 0 };
    const struct fa *out = fa_none(model->fa);
    if (!expand(model->arena, pattern, 0, &words))
        return NULL;
    for (uint32_t i = 0; i < words.list.count; i++)
        out = fa_union(model->fa, out, word_language(model, words.list.items[i]));
    return out;
}
