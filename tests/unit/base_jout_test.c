#include "base/jout.h"

#include "unit/check_main.h"

#define TEXT(literal)                                                                              \
    {                                                                                              \
        literal, sizeof(literal) - 1                                                               \
    }

static const struct {
    const char *name;
    Str text;
    const char *json;
} texts[] = {
    { "plain", TEXT("https://a.example"), "\"https://a.example\"" },
    { "empty", TEXT(""), "\"\"" },
    { "quotes and backslashes", TEXT("a\"\\b"), "\"a\\\"\\\\b\"" },
    { "lines and tabs", TEXT("a\r\n\tb"), "\"a\\r\\n\\tb\"" },
    { "controls", TEXT("\x1b[31m\0\x7f"), "\"\\u001b[31m\\u0000\\u007f\"" },
    { "C1 and bidirectional controls", TEXT("\xC2\x9B\xE2\x80\xAE"), "\"\\u009b\\u202e\"" },
    { "letters of other scripts", TEXT("\xC3\xA9\xE4\xB8\xAD"), "\"\xC3\xA9\xE4\xB8\xAD\"" },
    { "beyond 16 bits, invisible", TEXT("\xF3\xA0\x80\xA0"), "\"\\udb40\\udc20\"" },
    { "no UTF-8", TEXT("\xff\xC3("), "\"\\ufffd\\ufffd(\"" },
};

START_TEST(texts_are_escaped)
{
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct arena *arena = arena_new();
        struct buf buf = { .arena = arena };
        struct jout out = { .buf = &buf };
        jout_str(&out, texts[i].text);
        ck_assert_msg(str_is(buf_str(&buf), texts[i].json), "%s: %.*s", texts[i].name,
                      STR_ARG(buf_str(&buf)));
        arena_free(arena);
    }
}
END_TEST

START_TEST(commas_and_lines)
{
    struct arena *arena = arena_new();
    struct buf buf = { .arena = arena };
    struct jout out = { .buf = &buf };
    jout_object(&out);
    jout_key(&out, "empty");
    jout_array(&out);
    jout_array_end(&out);
    jout_key(&out, "list");
    jout_array(&out);
    jout_line(&out);
    jout_number(&out, UINT64_MAX);
    jout_line(&out);
    jout_object(&out);
    jout_object_end(&out);
    jout_bool(&out, true);
    jout_line(&out);
    jout_array_end(&out);
    jout_key_str(&out, STR("a\"b"));
    jout_null(&out);
    jout_key(&out, "text");
    jout_text(&out, "x");
    jout_object_end(&out);
    ck_assert_msg(str_is(buf_str(&buf), "{\"empty\": [], \"list\": [\n18446744073709551615,\n{}, "
                                        "true\n], \"a\\\"b\": null, \"text\": \"x\"}"),
                  "%.*s", STR_ARG(buf_str(&buf)));
    arena_free(arena);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = { texts_are_escaped, commas_and_lines };
    return check_main(check_suite("jout", tests, sizeof tests / sizeof *tests));
}
