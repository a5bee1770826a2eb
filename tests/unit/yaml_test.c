#include "syntax/read_yaml.h"

#include "base/buf.h"

#include "unit/check_main.h"

#include <string.h>

static struct run *start(struct arena *arena)
{
    return run_new(arena, &limits_default);
}

// The tree in one line: scalars as they read, 'quoted' when they are not plain.
static void print(struct buf *out, const struct data *data)
{
    if (data->kind == DATA_SCALAR) {
        buf_addf(out, data->plain ? "%.*s" : "'%.*s'", STR_ARG(data->text));
        return;
    }
    buf_add_char(out, data->kind == DATA_MAP ? '{' : '[');
    for (uint32_t i = 0; i < data->count; i++) {
        buf_add_text(out, i ? ", " : "");
        if (data->entries[i].key) {
            print(out, data->entries[i].key);
            buf_add_text(out, ": ");
        }
        print(out, data->entries[i].value);
    }
    buf_add_char(out, data->kind == DATA_MAP ? '}' : ']');
}

static const struct {
    const char *name, *text, *trees; // documents separated by " | "
} good[] = {
    { "a map", "a: 1\nb: [x, 'y']\n", "{a: 1, b: [x, 'y']}" },
    { "nothing at all", "", "" },
    { "only a comment", "# nothing\n", "" },
    { "an empty document", "---\n", "" },
    { "several documents", "a: 1\n---\n- 2\n", "{a: 1} | [2]" },
    { "folded and literal", "a: |\n  x\n  y\nb: >-\n  x\n  y\n", "{a: 'x\ny\n', b: 'x y'}" },
    { "escapes", "\"a\\u0041\": \"\\n\"", "{'aA': '\n'}" },
    { "an alias", "a: &x [1]\nb: *x\n", "{a: [1], b: [1]}" },
    { "an anchor again", "[&x 1, *x, &x 2, *x]", "[1, 1, 2, 2]" },
    { "CRLF and a byte order mark",
      "\xEF\xBB\xBF"
      "a: 1\r\nb: 2\r\n",
      "{a: 1, b: 2}" },
    { "JSON", "{\"a\": [true, null, -1.5e3]}", "{'a': [true, null, -1.5e3]}" },
    { "a tag", "a: !Ref b\n", "{a: 'b'}" },
};

START_TEST(trees)
{
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        struct arena *arena = arena_new();
        struct run *run = start(arena);
        struct data_list documents = { 0 };
        bool read = read_yaml(run, 1, str_from(good[i].text), &documents);
        ck_assert_msg(read && run->diags.count == 0, "%s", good[i].name);
        struct buf out = { .arena = arena };
        for (uint32_t j = 0; j < documents.count; j++) {
            buf_add_text(&out, j ? " | " : "");
            print(&out, documents.items[j]);
        }
        ck_assert_msg(str_is(buf_str(&out), good[i].trees), "%s: %.*s", good[i].name,
                      STR_ARG(buf_str(&out)));
        arena_free(arena);
    }
}
END_TEST

static const struct {
    const char *name, *text;
    const struct kind *kind;
    const char *from; // the place: begins here in `text`
} bad[] = {
    { "a key twice", "a: 1\nb: 2\na: 3\n", &yaml_duplicate_key, "a: 3" },
    { "a key twice among many",
      "{a: 1, b: 1, c: 1, d: 1, e: 1, f: 1, g: 1, h: 1, i: 1, j: 1, \"d\": 2}", &yaml_duplicate_key,
      "\"d\": 2" },
    { "an open list", "a: [1\nb: 2\n", &yaml_malformed, ": 2" },
    { "a tab as indentation", "a:\n\tb: 1\n", &yaml_malformed, "\tb" },
    { "no UTF-8", "a: \xff\n", &yaml_malformed, "\xff\n" },
    { "a control", "a: \x01\n", &yaml_malformed, "\x01\n" },
    { "no such anchor", "a: *x\n", &yaml_malformed, "*x" },
    { "an anchor inside itself", "a: &x [*x]\n", &yaml_malformed, "*x]" },
    { "behind letters of two bytes", "\xC3\xA9\xC3\xA9: 1\nb: *x\n", &yaml_malformed, "*x" },
};

START_TEST(complaints)
{
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct arena *arena = arena_new();
        struct run *run = start(arena);
        struct data_list documents = { 0 };
        bool read = read_yaml(run, 7, str_from(bad[i].text), &documents);
        ck_assert_msg(!read && run->diags.count == 1, "%s: %u", bad[i].name, run->diags.count);
        const struct diag *diag = &run->diags.items[0];
        uint32_t from = (uint32_t)(strstr(bad[i].text, bad[i].from) - bad[i].text);
        ck_assert_msg(diag->kind == bad[i].kind && diag->span.file == 7 && diag->span.begin == from,
                      "%s: at %u: %.*s", bad[i].name, diag->span.begin, STR_ARG(diag->message));
        arena_free(arena);
    }
}
END_TEST

START_TEST(places_are_bytes)
{
    static const char text[] = "# \xE2\x82\xAC\n\xC3\xA9:\n  - 'x'\n  - {a: b}\n\nnext: 1\n";
    struct arena *arena = arena_new();
    struct data_list documents = { 0 };
    ck_assert(read_yaml(start(arena), 1, str_from(text), &documents));
    const struct data *list = data_find(documents.items[0], STR("\xC3\xA9"));
    ck_assert_uint_eq(list->count, 2);
    const struct {
        const struct data *data;
        const char *written;
    } rows[] = {
        { list, "- 'x'\n  - {a: b}" },
        { list->entries[0].value, "'x'" },
        { list->entries[1].value, "{a: b}" },
        { list->entries[1].value->entries[0].value, "b" },
        { data_find(documents.items[0], STR("next")), "1" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        Span span = rows[i].data->span;
        Str written = str_slice(str_from(text), span.begin, span.end);
        ck_assert_msg(str_is(written, rows[i].written), "row %zu: %.*s", i, STR_ARG(written));
    }
    arena_free(arena);
}
END_TEST

// Ten levels of nine aliases each.
static Str bomb(struct arena *arena)
{
    struct buf buf = { .arena = arena };
    buf_add_text(&buf, "a0: &a0 x\n");
    for (int i = 1; i <= 10; i++) {
        buf_addf(&buf, "a%d: &a%d [", i, i);
        for (int j = 0; j < 9; j++)
            buf_addf(&buf, "*a%d%s", i - 1, j < 8 ? ", " : "]\n");
    }
    return buf_str(&buf);
}

static Str deep(struct arena *arena)
{
    struct buf buf = { .arena = arena };
    for (int i = 0; i < 10000; i++)
        buf_add_char(&buf, '[');
    return buf_str(&buf);
}

START_TEST(limits_hold)
{
    Str (*const makers[])(struct arena *) = { bomb, deep };
    for (size_t i = 0; i < sizeof makers / sizeof *makers; i++) {
        struct arena *arena = arena_new();
        struct run *run = start(arena);
        struct data_list documents = { 0 };
        ck_assert(!read_yaml(run, 1, makers[i](arena), &documents));
        ck_assert_uint_eq(run->diags.count, 1);
        ck_assert_ptr_eq(run->diags.items[0].kind, &yaml_too_large);
        ck_assert_uint_lt(arena_bytes(arena), 1 << 20);
        arena_free(arena);
    }
}
END_TEST

static const struct {
    const char *text;
    const char *kind;
} scalars[] = {
    { "~", "nothing" },          { "''", "a text" },        { "null", "nothing" },
    { "true", "true or false" }, { "'true'", "a text" },    { "yes", "a text" },
    { "1", "a number" },         { "-0.5e+3", "a number" }, { "0x1F", "a number" },
    { "0o17", "a number" },      { ".inf", "a number" },    { "1.2.3", "a text" },
    { "1e", "a text" },          { ".", "a text" },         { "1.", "a number" },
    { "-", "a list" },           { "0x", "a text" },        { "!!str 1", "a text" },
};

START_TEST(meaning_of_scalars)
{
    for (size_t i = 0; i < sizeof scalars / sizeof *scalars; i++) {
        struct arena *arena = arena_new();
        struct data_list documents = { 0 };
        ck_assert(read_yaml(start(arena), 1, str_from(scalars[i].text), &documents));
        ck_assert_str_eq(data_kind_text(documents.items[0]), scalars[i].kind);
        arena_free(arena);
    }
}
END_TEST

START_TEST(numbers)
{
    struct arena *arena = arena_new();
    struct data_list documents = { 0 };
    ck_assert(read_yaml(start(arena), 1, STR("[204, '204', 99999999999, x]"), &documents));
    const struct data_entry *entries = documents.items[0]->entries;
    uint32_t number = 7;
    ck_assert(data_get_number(entries[0].value, 999, &number));
    ck_assert_uint_eq(number, 204);
    for (int i = 1; i < 4; i++)
        ck_assert(!data_get_number(entries[i].value, 999, &number));
    ck_assert_uint_eq(number, 204);
    arena_free(arena);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        trees, complaints, places_are_bytes, limits_hold, meaning_of_scalars, numbers,
    };
    return check_main(check_suite("yaml", tests, sizeof tests / sizeof *tests));
}
