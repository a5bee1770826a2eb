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

// `span` is what the line holds but for the space around it, which begins with a "#".
static void read_comment(struct comment_reading *reading, Str text, Span span)
{
    while (str_eat(&text, STR("#")))
        text = str_trim(text);
    if (!str_eat(&text, STR(WORD)))
        return;
    struct comment comment = { .identity = HASH_SEED, .span = span };
    read_text(reading, text, &comment);
    *vec_push(reading->arena, reading->out) = comment;
}

// Comments from number `first` on wait for the line that they are about.
static void settle(struct comment_reading *reading, uint32_t first, uint32_t line)
{
    for (uint32_t i = first; i < reading->out->count; i++) {
        reading->out->items[i].line = line;
        if (!line)
            add_flaw(reading->arena, &reading->out->items[i], "nothing follows it",
                     (Str){ NULL, 0 }, "");
    }
}

static void read_file(struct comment_reading *reading, uint32_t file)
{
    Str text = files_get(reading->files, file)->text;
    uint32_t waiting = reading->out->count, number = 1;
    if (!str_contains(text, STR(WORD)))
        return;
    for (size_t begin = 0; begin < text.len; number++) {
        const char *newline = memchr(text.ptr + begin, '\n', text.len - begin);
        size_t end = newline ? (size_t)(newline - text.ptr) : text.len;
        Str line = str_trim(str_slice(text, begin, end));
        uint32_t at = line.len ? (uint32_t)(line.ptr - text.ptr) : 0;
        begin = end + 1;
        if (!line.len)
            continue;
        if (line.ptr[0] == '#') {
            read_comment(reading, line, (Span){ file, at, at + (uint32_t)line.len });
        } else {
            settle(reading, waiting, number);
            waiting = reading->out->count;
        }
    }
    settle(reading, waiting, 0);
}

void comments_read(struct arena *arena, struct files *files, uint32_t first, uint32_t end,
                   const struct rule_settings *settings, uint32_t today, struct comments *out)
{
    struct comment_reading reading = { arena, files, settings, today, out };
    for (uint32_t file = first; file < end; file++)
        read_file(&reading, file);
}

// Those that nothing follows stand at the end of their file.
static bool is_before(const struct comment *comment, uint32_t file, uint32_t line)
{
    if (comment->span.file != file)
        return comment->span.file < file;
    return comment->line && comment->line < line;
}

uint32_t comments_find(const struct comments *comments, uint32_t file, uint32_t line)
{
    uint32_t low = 0, high = comments->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (is_before(&comments->items[middle], file, line))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct map comments_index(struct arena *arena, const struct comments *comments)
{
    struct map out = { 0 };
    for (uint32_t i = 0; i < comments->count; i++)
        map_add(arena, &out, comments->items[i].identity, &comments->items[i]);
    return out;
}
