#include "review/comments.h"

#include "base/hash.h"
#include "review/date.h"

#include <string.h>

#define WORD "corsgate-ignore-next-line"

struct comment_reading {
    struct arena *arena;
    struct files *files;
    const struct rule_settings *settings;
    uint32_t today;
    struct comments *out;
};

static bool is_rule(const struct rule_settings *settings, Str id)
{
    for (uint32_t i = 0; i < settings->custom_count; i++)
        if (str_equal_nocase(settings->custom[i].id, id))
            return true;
    return rule_find(id) != NULL;
}

static Str upper(struct arena *arena, Str text)
{
    char *out = ARENA_ARRAY(arena, char, text.len + 1);
    for (size_t i = 0; i < text.len; i++)
        out[i] = (char)(text.ptr[i] >= 'a' && text.ptr[i] <= 'z' ? text.ptr[i] - 'a' + 'A'
                                                                 : text.ptr[i]);
    return (Str){ out, text.len };
}

// Takes the next word off, where spaces and commas separate them. False when none is left.
static bool next_word(Str *rest, Str *out)
{
    size_t begin = 0;
    while (begin < rest->len && strchr(" \t,", rest->ptr[begin]))
        begin++;
    size_t end = begin;
    while (end < rest->len && !strchr(" \t,", rest->ptr[end]))
        end++;
    *out = str_slice(*rest, begin, end);
    *rest = str_slice(*rest, end, rest->len);
    return out->len > 0;
}

static void add_flaw(struct arena *arena, struct comment *comment, const char *before, Str what,
                     const char *behind)
{
    if (!comment->flaw.len)
        comment->flaw = str_format(arena, "%s%.*s%s", before, STR_ARG(what), behind);
}

static void read_until(struct comment_reading *reading, Str text, struct comment *out)
{
    if (!date_parse(text, &out->until))
        add_flaw(reading->arena, out, "\"", text, "\" is no date such as 2027-01-31");
    else if (out->until < reading->today)
        add_flaw(reading->arena, out, "it ended on ", text, "");
}

// What stands behind the word that begins it.
static void read_text(struct comment_reading *reading, Str text, struct comment *out)
{
    struct {
        VEC(Str) list;
    } rules = { 0 };
    Str terms = text, one;
    if (str_cut(text, STR("--"), &terms, &out->reason))
        out->reason = str_trim(out->reason);
    while (next_word(&terms, &one)) {
        Str date = one;
        if (str_eat(&date, STR("until="))) {
            read_until(reading, date, out);
            continue;
        }
        if (!is_rule(reading->settings, one))
            add_flaw(reading->arena, out, "there is no rule ", one, "");
        *vec_push(reading->arena, &rules.list) = upper(reading->arena, one);
        out->identity = hash_str(out->identity, rules.list.items[rules.list.count - 1]);
    }
    out->rules = rules.list.items;
    out->rule_count = rules.list.count;
    if (!out->rule_count)
        add_flaw(reading->arena, out, "it names no rule", (Str){ NULL, 0 }, "");
    if (!out->reason.len)
        add_flaw(reading->arena, out, "it gives no reason (\"-- why\")", (Str){ NULL, 0 }, "");
    out->identity = hash_u64(hash_str(out->identity, out->reason), out->until);
}

// The number of the line from `line` on that says something.
static uint32_t next_line(struct comment_reading *reading, uint32_t file, uint32_t line)
{
    for (uint32_t count = files_line_count(reading->files, file); line <= count; line++) {
        Str text = str_trim(files_line(reading->files, file, line));
        if (text.len && text.ptr[0] != '#')
            return line;
    }
    return 0;
}

static void read_line(struct comment_reading *reading, uint32_t file, Str line, size_t begin)
{
    Str text = str_trim(line);
    while (str_eat(&text, STR("#")))
        text = str_trim(text);
    if (!str_eat(&text, STR(WORD)))
        return;
    struct comment comment = { .identity = HASH_SEED };
    size_t skip = (size_t)(str_trim(line).ptr - line.ptr);
    comment.span =
        (Span){ file, (uint32_t)(begin + skip), (uint32_t)(begin + skip + str_trim(line).len) };
    uint32_t number = files_place(reading->files, file, comment.span.begin).line;
    comment.line = next_line(reading, file, number + 1);
    read_text(reading, text, &comment);
    if (!comment.line)
        add_flaw(reading->arena, &comment, "nothing follows it", (Str){ NULL, 0 }, "");
    *vec_push(reading->arena, reading->out) = comment;
}

static void read_file(struct comment_reading *reading, uint32_t file)
{
    Str text = files_get(reading->files, file)->text;
    if (!str_contains(text, STR(WORD)))
        return;
    for (size_t begin = 0; begin < text.len;) {
        const char *newline = memchr(text.ptr + begin, '\n', text.len - begin);
        size_t end = newline ? (size_t)(newline - text.ptr) : text.len;
        Str line = str_slice(text, begin, end), trimmed = str_trim(line);
        if (trimmed.len && trimmed.ptr[0] == '#')
            read_line(reading, file, line, begin);
        begin = end + 1;
    }
}

void comments_read(struct arena *arena, struct files *files, uint32_t first, uint32_t end,
                   const struct rule_settings *settings, uint32_t today, struct comments *out)
{
    struct comment_reading reading = { arena, files, settings, today, out };
    for (uint32_t file = first; file < end; file++)
        read_file(&reading, file);
}
