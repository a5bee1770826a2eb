#include "json_tokens.h"

#include "base/buf.h"

#include "unit/check_main.h"

#include <string.h>

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

static Str printed(struct arena *arena, const struct data *data)
{
    struct buf out = { .arena = arena };
    if (data)
        print(&out, data);
    return buf_str(&out);
}

static const struct {
    const char *name, *text, *tree;
} good[] = {
    { "every kind", " {\"a\": [1, true, false, null, \"x\"], \"b\": {}}\n",
      "{'a': [1, true, false, null, 'x'], 'b': {}}" },
    { "a value by itself", "\"x\"", "'x'" },
    { "numbers as written", "[1.50, -0, 1E5, 123456789012345678901234567890, 0.1]",
      "[1.50, -0, 1E5, 123456789012345678901234567890, 0.1]" },
    { "escapes", "\"\\u0041\\n\\/\\\\\\\"\"", "'A\n/\\\"'" },
    { "a surrogate pair", "{\"\\ud83d\\ude00\": \"\\u00e9\xC3\xA9\"}",
      "{'\xF0\x9F\x98\x80': '\xC3\xA9\xC3\xA9'}" },
    { "brackets in texts", "[\"]\", \"}\\\"]\", \"//\"]", "[']', '}\"]', '//']" },
    { "words in quotes", "[\"true\", \"null\", \"1\", \"\"]", "['true', 'null', '1', '']" },
};

START_TEST(trees)
{
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        struct arena *arena = arena_new();
        struct run *run = run_new(arena, &limits_default);
        const struct data *tree;
        bool read = read_json(run, (Span){ 1, 0, 0 }, str_from(good[i].text), &tree);
        ck_assert_msg(read && run->diags.count == 0, "%s", good[i].name);
        Str text = printed(arena, tree);
        ck_assert_msg(str_is(text, good[i].tree), "%s: %.*s", good[i].name, STR_ARG(text));
        ck_assert_msg(json_tokens_agree(str_from(good[i].text), tree), "%s", good[i].name);
        arena_free(arena);
    }
}
END_TEST

static const struct {
    const char *name, *text;
    const struct kind *kind;
    const char *says;  // in the message
    const char *wrong; // the slice that is pointed at
    const char *tree;  // what is read in any case
} bad[] = {
    { "nothing", "", &json_malformed, "it is empty", "", "" },
    { "a comment", "{\"a\": 1, // one\n \"b\": 2}", &json_malformed, "no comments", "/",
      "{'a': 1, 'b': 2}" },
    { "a comment in front", "# x\n{\"a\": 1}", &json_malformed, "no comments", "#", "{'a': 1}" },
    { "a long comment", "{/* \" */\"a\": 1}", &json_malformed, "no comments", "/", "{'a': 1}" },
    { "a trailing comma", "{\"a\": [1, 2,]}", &json_malformed, "no comma behind the last item", "]",
      "{'a': [1, 2]}" },
    { "a trailing comma in a map", "{\"a\": 1 ,\n}", &json_malformed,
      "no comma behind the last item", "}", "{'a': 1}" },
    { "single quotes", "{\"b\": 1, 'a': 1}", &json_malformed, "double quotes", "'", "{'b': 1}" },
    { "a byte order mark", "\xEF\xBB\xBF{}", &json_malformed, "byte order mark", "\xEF\xBB\xBF",
      "{}" },
    { "cut off", "{\"a\": [1, {\"b\": 2", &json_malformed, "end of file", "",
      "{'a': [1, {'b': 2}]}" },
    { "a bracket too few", "{\"a\": [1, 2}", &json_malformed, "']' expected", "}",
      "{'a': [1, 2]}" },
    { "a comma too few", "{\"a\": 1 \"b\": 2}", &json_malformed, "'}' expected", "\"b\"",
      "{'a': 1, 'b': 2}" },
    { "a value too few", "{\"a\": , \"b\": 2}", &json_malformed, "unexpected token", ",",
      "{'b': 2}" },
    { "something behind it", "{\"a\": 1} x", &json_malformed, "end of file expected", "x",
      "{'a': 1}" },
    { "half a surrogate pair", "[\"a\", \"\\ud83d\"]", &json_malformed, "Unicode", "\"\\ud83d\"",
      "['a']" },
    { "no UTF-8", "[\"\xFF\", 1]", &json_malformed, "unable to decode byte 0xff", "\"", "[1]" },
    { "a number beyond all limits", "[1e999, 2]", &json_malformed, "real number overflow", "1e999",
      "[2]" },
    { "no number of JSON", "[0x10, 01, 3]", &json_malformed, "']' expected", "x", NULL },
    { "a placeholder", "{\"a\": {{ .x }}, \"b\": \"{{ y }}\"}", &json_malformed, "expected", "{",
      "{'b': '{{ y }}'}" },
    { "a key twice", "{\"a\": 1, \"b\": 2, \"\\u0061\": 3}", &json_duplicate_key,
      "\"a\" stands in line 1 already", "\"\\u0061\"", "{'a': 1, 'b': 2, 'a': 3}" },
    { "a key twice among many",
      "{\"a\":1,\"b\":1,\"c\":1,\"d\":1,\"e\":1,\"f\":1,\"g\":1,\"h\":1,\n\"i\":1,\"i\":2}",
      &json_duplicate_key, "\"i\" stands in line 2 already", "\"i\"", NULL },
};

START_TEST(complaints)
{
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct arena *arena = arena_new();
        struct run *run = run_new(arena, &limits_default);
        const struct data *tree;
        Str text = str_from(bad[i].text);
        bool read = read_json(run, (Span){ 1, 0, 0 }, text, &tree);
        ck_assert_msg(!read && run->diags.count == 1, "%s", bad[i].name);
        const struct diag *diag = &run->diags.items[0];
        ck_assert_msg(diag->kind == bad[i].kind, "%s: %s", bad[i].name, diag->kind->text);
        ck_assert_msg(str_contains(diag->message, str_from(bad[i].says)), "%s: %.*s", bad[i].name,
                      STR_ARG(diag->message));
        Str wrong = str_slice(text, diag->span.begin, diag->span.end);
        ck_assert_msg(str_is(wrong, bad[i].wrong), "%s: \"%.*s\"", bad[i].name, STR_ARG(wrong));
        Str rest = printed(arena, tree);
        ck_assert_msg(!bad[i].tree || str_is(rest, bad[i].tree), "%s: %.*s", bad[i].name,
                      STR_ARG(rest));
        arena_free(arena);
    }
}
END_TEST

static const struct data *at_path(const struct data *data, const char *const *keys)
{
    for (; *keys; keys++)
        data = data_find(data, str_from(*keys));
    return data;
}

// Every node knows where it stands, also in a text that begins somewhere in a file.
START_TEST(places)
{
    static const char text[] = "{\n  \"a\": {\"b\": [ 12, \"x\\ny\" ]} }";
    for (uint32_t base = 0; base < 20; base += 19) {
        struct arena *arena = arena_new();
        struct run *run = run_new(arena, &limits_default);
        const struct data *tree;
        ck_assert(read_json(run, (Span){ 7, base, base }, str_from(text), &tree));
        const struct data *list = at_path(tree, (const char *const[]){ "a", "b", NULL });
        const struct {
            const struct data *node;
            const char *written;
        } rows[] = {
            { tree, text },
            { tree->entries[0].key, "\"a\"" },
            { tree->entries[0].value, "{\"b\": [ 12, \"x\\ny\" ]}" },
            { list, "[ 12, \"x\\ny\" ]" },
            { list->entries[0].value, "12" },
            { list->entries[1].value, "\"x\\ny\"" },
        };
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
            Span span = rows[i].node->span;
            Str written = str_slice(str_from(text), span.begin - base, span.end - base);
            ck_assert_uint_eq(span.file, 7);
            ck_assert_msg(str_is(written, rows[i].written), "%.*s", STR_ARG(written));
        }
        ck_assert_uint_eq(tree->weight, 5);
        arena_free(arena);
    }
}
END_TEST

static Str nested(struct arena *arena, uint32_t depth, bool closed)
{
    struct buf out = { .arena = arena };
    for (uint32_t i = 0; i < depth; i++)
        buf_add_char(&out, '[');
    for (uint32_t i = 0; closed && i < depth; i++)
        buf_add_char(&out, ']');
    return buf_str(&out);
}

// Whether jansson refuses it (2048 deep) or not, what is too deep is a limit that was reached.
START_TEST(depth)
{
    static const struct {
        uint32_t depth;
        bool closed, good;
        const char *id; // of the first complaint
    } rows[] = {
        { 200, true, true, NULL },        { 201, true, false, "CG903" },
        { 100000, true, false, "CG903" }, { 100000, false, false, "CG903" },
        { 150, false, false, "CG901" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct arena *arena = arena_new();
        struct run *run = run_new(arena, &limits_default);
        const struct data *tree;
        Str text = nested(arena, rows[i].depth, rows[i].closed);
        ck_assert_int_eq(read_json(run, (Span){ 1, 0, 0 }, text, &tree), rows[i].good);
        ck_assert_int_eq(run->diags.count > 0, !rows[i].good);
        if (rows[i].id)
            ck_assert_str_eq(run->diags.items[0].kind->id, rows[i].id);
        arena_free(arena);
    }
}
END_TEST

// Nobody reads a thousand complaints, and each counts the lines before it.
START_TEST(many_twice)
{
    struct arena *arena = arena_new();
    struct run *run = run_new(arena, &limits_default);
    struct buf out = { .arena = arena };
    buf_add_text(&out, "{\"a\": 1");
    for (uint32_t i = 0; i < 1000; i++)
        buf_add_text(&out, ", \"a\": 1");
    buf_add_text(&out, "}");
    const struct data *tree;
    ck_assert(!read_json(run, (Span){ 1, 0, 0 }, buf_str(&out), &tree));
    ck_assert_uint_eq(run->diags.count, 20);
    ck_assert_uint_eq(tree->count, 1001);
    arena_free(arena);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = { trees, complaints, places, depth, many_twice };
    return check_main(check_suite("json", tests, sizeof tests / sizeof *tests));
}
