#include "report/tell.h"

#include "base/utf8.h"

#include <stddef.h>

// A text in a report stays readable: longer ones are cut.
enum { LINE_CELLS = 140, TAB_CELLS = 4, NAMED = 3 };

// What the log of a GitHub workflow would take for a command: "##[" anywhere, "::" where a line
// begins (reference/ci.md 1.2).
static bool is_command(const struct buf *out, uint32_t point)
{
    if (point != '[' && point != ':')
        return false;
    if (point == ':')
        return out->len == 0 || out->ptr[out->len - 1] == '\n';
    return out->len >= 2 && out->ptr[out->len - 1] == '#' && out->ptr[out->len - 2] == '#';
}

static void tell_point(struct buf *out, uint32_t point, Str bytes)
{
    if (is_command(out, point))
        buf_addf(out, "\\x%02x", point);
    else if (point == UTF8_INVALID)
        buf_addf(out, "\\x%02x", (unsigned)(unsigned char)bytes.ptr[0]);
    else if (!utf8_is_control(point))
        buf_add(out, bytes);
    else if (point < 0x80)
        buf_addf(out, "\\x%02x", point);
    else
        buf_addf(out, "\\u{%x}", point);
}

void tell_text(struct buf *out, Str text)
{
    for (size_t at = 0; at < text.len;) {
        size_t begin = at;
        uint32_t point = utf8_next(text, &at);
        tell_point(out, point, str_slice(text, begin, at));
    }
}

void tell_paint(const struct teller *teller, enum paint paint)
{
    static const char *const codes[] = { "", "1", "1;31", "1;33", "1;32", "1;34", "2" };
    if (teller->color)
        buf_addf(teller->out, "\x1b[%sm", codes[paint]);
}

void tell_unpaint(const struct teller *teller)
{
    if (teller->color)
        buf_add_text(teller->out, "\x1b[0m");
}

void tell_place(const struct teller *teller, Str prefix, Span span)
{
    if (span.file == 0)
        return;
    tell_text(teller->out, prefix);
    tell_text(teller->out, files_get(teller->files, span.file)->path);
    struct place place = files_place(teller->files, span.file, span.begin);
    if (span.end > 0) // else it is about the whole file
        buf_addf(teller->out, ":%u:%u", place.line, place.column);
}

// One point of a quoted line; returns the cells that it takes.
static size_t quote_point(struct buf *out, Str line, size_t *at)
{
    size_t begin = *at;
    uint32_t point = utf8_next(line, at);
    if (point == '\t') {
        buf_addf(out, "%*s", TAB_CELLS, "");
        return TAB_CELLS;
    }
    size_t before = out->len;
    tell_point(out, point, str_slice(line, begin, *at));
    bool as_is = out->len - before == *at - begin && !utf8_is_control(point);
    return as_is ? utf8_width(point) : out->len - before;
}

// Where to begin a line that is too long to be quoted whole, so that `column` is seen.
static size_t window(Str line, size_t column)
{
    enum { BEFORE = 40 };
    if (line.len <= LINE_CELLS || column <= BEFORE)
        return 0;
    size_t begin = column - BEFORE;
    while (begin < column && ((unsigned char)line.ptr[begin] & 0xC0) == 0x80)
        begin++;
    return begin;
}

void tell_line(const struct teller *teller, Span span)
{
    if (span.file == 0 || !files_get(teller->files, span.file)->text.len)
        return;
    struct buf *out = teller->out;
    struct place place = files_place(teller->files, span.file, span.begin);
    Str line = files_line(teller->files, span.file, place.line);
    size_t from = place.column - 1, to = from + (span.end - span.begin);
    from = from < line.len ? from : line.len;
    to = to < line.len ? to : line.len;
    size_t at = window(line, from), cells = 0, skip = 0, width = 0;

    tell_paint(teller, PAINT_DIM);
    buf_addf(out, "%6u | ", place.line);
    tell_unpaint(teller);
    if (at > 0) {
        buf_add_text(out, "... ");
        skip = 4;
    }
    while (at < line.len && cells < LINE_CELLS) {
        bool before = at < from, inside = at >= from && at < to;
        size_t took = quote_point(out, line, &at);
        cells += took;
        skip += before ? took : 0;
        width += inside ? took : 0;
    }
    buf_add_text(out, at < line.len ? " ...\n" : "\n");
    tell_paint(teller, PAINT_DIM);
    buf_addf(out, "%6s | ", "");
    tell_unpaint(teller);
    buf_addf(out, "%*s", (int)skip, "");
    tell_paint(teller, PAINT_GREEN);
    buf_add_char(out, '^');
    for (size_t i = 1; i < width; i++)
        buf_add_char(out, '~');
    tell_unpaint(teller);
    buf_add_char(out, '\n');
}

static void tell_list(struct buf *out, const Str *items, uint32_t shown, uint64_t count)
{
    uint32_t named = shown < NAMED || shown == NAMED + 1 ? shown : NAMED;
    bool more = count > named;
    for (uint32_t i = 0; i < named; i++) {
        buf_add_text(out, i == 0 ? "" : i + 1 == named && !more ? " and " : ", ");
        tell_text(out, items[i]);
    }
    if (more && count == FA_INFINITE)
        buf_add_text(out, " and more");
    else if (more)
        buf_addf(out, " and %llu more", (unsigned long long)(count - named));
}

static void tell_such_as(struct buf *out, const struct origins *origins)
{
    if (!origins->witness.len)
        return;
    buf_add_text(out, ", such as ");
    tell_text(out, origins->witness);
}

void tell_origins(struct buf *out, const struct origins *origins)
{
    switch (origins->kind) {
    case ORIGINS_FINITE:
        tell_list(out, origins->members, origins->member_count, origins->count);
        return;
    case ORIGINS_SUBDOMAINS:
        buf_add_text(out, "websites below ");
        tell_list(out, origins->sites, origins->site_count, origins->site_count);
        break;
    case ORIGINS_UNBOUNDED:
        buf_add_text(out, "websites that anyone can register");
        break;
    case ORIGINS_ANY:
        buf_add_text(out, "every website");
        break;
    case ORIGINS_NONE:
        if (origins->only_null) {
            buf_add_text(out, "sandboxed pages (origin null)");
            return;
        }
        if (origins->only_app)
            buf_add_text(out, "apps with a scheme of their own");
        else if (origins->has_null || origins->has_app)
            buf_add_text(out, "sandboxed pages (origin null) and apps");
        else
            buf_add_text(out, "nobody");
        break;
    }
    tell_such_as(out, origins);
}

static bool named_before(const struct capability *items, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (items[i].kind == items[count].kind && str_equal(items[i].name, items[count].name))
            return true;
    return false;
}

// The names of one kind of capability, behind `what`; `any` when every name is among them.
static void tell_names(struct buf *out, const struct capability *items, uint32_t count,
                       enum capability_kind kind, const char *what, const char *any)
{
    enum { NAMES = 8 };
    uint32_t names = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (items[i].kind != kind || named_before(items, i))
            continue;
        if (str_is(items[i].name, "*")) {
            buf_addf(out, "%s%s", out->len ? ", " : "", any);
            return;
        }
    }
    for (uint32_t i = 0; i < count; i++) {
        if (items[i].kind != kind || named_before(items, i))
            continue;
        if (names == 0)
            buf_addf(out, "%s%s ", out->len ? ", " : "", what);
        else if (names < NAMES)
            buf_add_text(out, ", ");
        if (names++ < NAMES)
            tell_text(out, items[i].name);
    }
    if (names > NAMES)
        buf_addf(out, " and %u more", names - NAMES);
}

void tell_capabilities(struct buf *out, const struct capability *items, uint32_t count)
{
    bool plain = false, cookies = false;
    for (uint32_t i = 0; i < count; i++) {
        plain |= items[i].kind == CAPABILITY_READ && !items[i].credentials;
        cookies |= items[i].kind == CAPABILITY_READ && items[i].credentials;
    }
    struct buf words = { .arena = out->arena };
    if (plain || cookies)
        buf_add_text(&words, plain && cookies ? "read, also with cookies"
                             : plain          ? "read without cookies"
                                              : "read with cookies");
    tell_names(&words, items, count, CAPABILITY_METHOD, "send", "send any method");
    tell_names(&words, items, count, CAPABILITY_HEADER, "request header", "any request header");
    tell_names(&words, items, count, CAPABILITY_EXPOSE, "see response header",
               "see any response header");
    buf_add(out, buf_str(&words));
}
