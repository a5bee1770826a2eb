#include "report/tell.h"

#include "unit/check_main.h"

static const struct {
    const char *name, *text, *told;
} texts[] = {
    { "plain", "https://a.example", "https://a.example" },
    { "colours", "\x1b[31mred", "\\x1b[31mred" },
    { "lines", "a\r\nb\tc", "a\\x0d\\x0ab\\x09c" },
    { "C1", "\xC2\x9B", "\\u{9b}" },
    { "from right to left", "\xE2\x80\xAE", "\\u{202e}" },
    { "no UTF-8", "\xff", "\\xff" },
    { "letters", "\xC3\xA9", "\xC3\xA9" },
};

START_TEST(nothing_acts_on_the_terminal)
{
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct arena *arena = arena_new();
        struct buf out = { .arena = arena };
        tell_text(&out, str_from(texts[i].text));
        ck_assert_msg(str_is(buf_str(&out), texts[i].told), "%s: %.*s", texts[i].name,
                      STR_ARG(buf_str(&out)));
        arena_free(arena);
    }
}
END_TEST

// Quotes the part of `text` that begins at `begin`.
static Str quoted(struct arena *arena, Str text, uint32_t begin, uint32_t end)
{
    struct files *files = files_new(arena);
    struct buf out = { .arena = arena };
    struct teller teller = { .out = &out, .files = files };
    uint32_t file = files_add(files, STR("a.conf"), text);
    tell_line(&teller, (Span){ file, begin, end });
    return buf_str(&out);
}

static const struct {
    const char *name, *text;
    uint32_t begin, end;
    const char *told;
} lines[] = {
    { "inside a line", "a b c\nd", 2, 3, "     1 | a b c\n       |   ^\n" },
    { "a tab before it", "x\n\tallow *;\n", 3, 8, "     2 |     allow *;\n       |     ^~~~~\n" },
    { "over the end of the line", "ab {\n}\n", 3, 7, "     1 | ab {\n       |    ^\n" },
    { "wide letters", "\xE4\xB8\xAD x", 4, 5, "     1 | \xE4\xB8\xAD x\n       |    ^\n" },
    { "a control", "\x1b x", 2, 3, "     1 | \\x1b x\n       |      ^\n" },
    { "at the end", "ab", 2, 2, "     1 | ab\n       |   ^\n" },
};

START_TEST(carets_stand_below)
{
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct arena *arena = arena_new();
        Str told = quoted(arena, str_from(lines[i].text), lines[i].begin, lines[i].end);
        ck_assert_msg(str_is(told, lines[i].told), "%s:\n%.*s", lines[i].name, STR_ARG(told));
        arena_free(arena);
    }
}
END_TEST

START_TEST(long_lines_are_cut)
{
    struct arena *arena = arena_new();
    struct buf line = { .arena = arena };
    for (int i = 0; i < 1000000; i++)
        buf_addf(&line, "%d", i % 10);
    Str told = quoted(arena, buf_str(&line), 500000, 900000);
    ck_assert_uint_lt(told.len, 500);
    ck_assert_msg(str_contains(told, STR("... ")) && str_contains(told, STR(" ...\n")), "%.*s",
                  STR_ARG(told));
    Str first, second;
    ck_assert(str_cut(told, STR("\n"), &first, &second));
    size_t caret = 0;
    while (second.ptr[caret] != '^')
        caret++;
    ck_assert_int_eq(first.ptr[caret], '0'); // the byte at 500000
    arena_free(arena);
}
END_TEST

static const Str members[] = { { "https://a.example", 17 },
                               { "https://b.example", 17 },
                               { "https://c.example", 17 },
                               { "https://d.example", 17 },
                               { "https://e.example", 17 } };

static const struct {
    const char *name;
    struct origins origins;
    const char *told;
} sets[] = {
    { "one",
      { .kind = ORIGINS_FINITE, .count = 1, .members = members, .member_count = 1 },
      "https://a.example" },
    { "two",
      { .kind = ORIGINS_FINITE, .count = 2, .members = members, .member_count = 2 },
      "https://a.example and https://b.example" },
    { "many",
      { .kind = ORIGINS_FINITE, .count = 1000, .members = members, .member_count = 5 },
      "https://a.example, https://b.example, https://c.example and 997 more" },
    { "subdomains",
      { .kind = ORIGINS_SUBDOMAINS,
        .count = FA_INFINITE,
        .sites = (const Str[]){ { "a.example", 9 } },
        .site_count = 1,
        .witness = { "https://x.a.example", 19 } },
      "websites below a.example, such as https://x.a.example" },
    { "any",
      { .kind = ORIGINS_ANY, .count = FA_INFINITE, .witness = { "https://evil.example", 20 } },
      "every website, such as https://evil.example" },
    { "null",
      { .kind = ORIGINS_NONE,
        .count = 1,
        .has_null = true,
        .only_null = true,
        .witness = { "null", 4 } },
      "sandboxed pages (origin null)" },
};

START_TEST(origins_in_words)
{
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
        struct arena *arena = arena_new();
        struct buf out = { .arena = arena };
        tell_origins(&out, &sets[i].origins);
        ck_assert_msg(str_is(buf_str(&out), sets[i].told), "%s: %.*s", sets[i].name,
                      STR_ARG(buf_str(&out)));
        arena_free(arena);
    }
}
END_TEST

START_TEST(capabilities_in_words)
{
    static const struct capability some[] = {
        { CAPABILITY_READ, { NULL, 0 }, false },        { CAPABILITY_READ, { NULL, 0 }, true },
        { CAPABILITY_METHOD, { "PUT", 3 }, false },     { CAPABILITY_METHOD, { "PUT", 3 }, true },
        { CAPABILITY_METHOD, { "DELETE", 6 }, false },  { CAPABILITY_HEADER, { "*", 1 }, false },
        { CAPABILITY_EXPOSE, { "x-total", 7 }, false },
    };
    static const struct {
        uint32_t begin, end;
        const char *told;
    } rows[] = {
        { 0, 1, "read without cookies" },
        { 1, 2, "read with cookies" },
        { 0, 2, "read, also with cookies" },
        { 2, 5, "send PUT, DELETE" },
        { 0, 7,
          "read, also with cookies, send PUT, DELETE, any request header, "
          "see response header x-total" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct arena *arena = arena_new();
        struct buf out = { .arena = arena };
        tell_capabilities(&out, some + rows[i].begin, rows[i].end - rows[i].begin);
        ck_assert_msg(str_is(buf_str(&out), rows[i].told), "%.*s", STR_ARG(buf_str(&out)));
        arena_free(arena);
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        nothing_acts_on_the_terminal, carets_stand_below, long_lines_are_cut, origins_in_words,
        capabilities_in_words,
    };
    return check_main(check_suite("report", tests, sizeof tests / sizeof *tests));
}
