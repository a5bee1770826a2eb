#include "base/str.h"

#include "unit/check_main.h"

#include <string.h>

static void assert_str(Str actual, const char *expected)
{
    ck_assert_msg(str_is(actual, expected), "\"%.*s\" is not \"%s\"", STR_ARG(actual), expected);
}

START_TEST(equality)
{
    static const struct {
        const char *a, *b;
        bool equal, equal_nocase;
        int order;
    } rows[] = {
        { "", "", true, true, 0 },
        { "a", "a", true, true, 0 },
        { "a", "", false, false, 1 },
        { "", "a", false, false, -1 },
        { "Origin", "oRIGIN", false, true, -1 },
        { "a", "ab", false, false, -1 },
        { "b", "ab", false, false, 1 },
        { "[", "{", false, false, -1 },       // 0x20 apart, and no letters
        { "@", "`", false, false, -1 },       // the same below the letters
        { "\xc4", "\xe4", false, false, -1 }, // Latin-1 letters are not folded
        { "z", "\x80", false, false, -1 },    // bytes are unsigned
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        Str a = str_from(rows[i].a), b = str_from(rows[i].b);
        ck_assert_msg(str_equal(a, b) == rows[i].equal, "row %zu", i);
        ck_assert_msg(str_is(a, rows[i].b) == rows[i].equal, "row %zu", i);
        ck_assert_msg(str_equal_nocase(a, b) == rows[i].equal_nocase, "row %zu", i);
        ck_assert_msg(str_is_nocase(b, rows[i].a) == rows[i].equal_nocase, "row %zu", i);
        int order = str_compare(a, b);
        ck_assert_msg((order > 0) - (order < 0) == rows[i].order, "row %zu", i);
    }
}
END_TEST

START_TEST(the_empty_slice_may_have_no_pointer)
{
    Str none = { NULL, 0 };
    Str head = STR("x"), tail = STR("y");
    ck_assert(str_equal(none, STR("")));
    ck_assert_int_eq(str_compare(none, STR("")), 0);
    ck_assert(str_starts(none, none));
    ck_assert(str_ends(STR("a"), none));
    ck_assert(str_contains(none, none));
    ck_assert(!str_contains(none, STR("a")));
    ck_assert(!str_cut(none, STR(":"), &head, &tail));
    assert_str(head, "x");
    assert_str(tail, "y");
    assert_str(str_trim(none), "");
    assert_str(str_slice(none, 1, 2), "");
    struct arena *arena = arena_new();
    assert_str(str_copy(arena, none), "");
    assert_str(str_lower(arena, none), "");
    assert_str(str_concat(arena, none, STR("a")), "a");
    assert_str(str_concat(arena, STR("a"), none), "a");
    ck_assert_str_eq(str_terminated(arena, none), "");
    ck_assert_uint_eq(str_distance(none, STR("abc"), 9), 3);
    arena_free(arena);
}
END_TEST

START_TEST(parts)
{
    ck_assert(str_starts(STR("https://a"), STR("https://")));
    ck_assert(!str_starts(STR("http"), STR("https")));
    ck_assert(str_ends(STR("a.example"), STR(".example")));
    ck_assert(!str_ends(STR("example"), STR(".example")));
    ck_assert(str_contains(STR("abcabd"), STR("abd")));
    ck_assert(!str_contains(STR("abcab"), STR("abd")));
    ck_assert(str_contains((Str){ "a\0b", 3 }, STR("b")));
}
END_TEST

START_TEST(slices_are_clamped)
{
    static const struct {
        size_t begin, end;
        const char *slice;
    } rows[] = {
        { 0, 5, "hello" }, { 1, 3, "el" }, { 0, 99, "hello" }, { 5, 9, "" },
        { 7, 9, "" },      { 4, 2, "" },   { 2, 2, "" },       { 4, SIZE_MAX, "o" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_str(str_slice(STR("hello"), rows[i].begin, rows[i].end), rows[i].slice);
}
END_TEST

START_TEST(trimming)
{
    assert_str(str_trim(STR(" \t\r\n a b \n")), "a b");
    assert_str(str_trim(STR(" \t")), "");
    assert_str(str_trim(STR("\va\f")), "\va\f"); // not among the four
}
END_TEST

START_TEST(cutting)
{
    static const struct {
        const char *text, *separator, *head, *tail; // head NULL: absent
    } rows[] = {
        { "https://a", "://", "https", "a" },
        { "a:b:c", ":", "a", "b:c" },
        { ":", ":", "", "" },
        { "a:", ":", "a", "" },
        { "abc", ":", NULL, NULL },
        { ":/", "://", NULL, NULL },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        Str head = STR("untouched"), tail = STR("untouched");
        bool found = str_cut(str_from(rows[i].text), str_from(rows[i].separator), &head, &tail);
        ck_assert_msg(found == (rows[i].head != NULL), "row %zu", i);
        assert_str(head, found ? rows[i].head : "untouched");
        assert_str(tail, found ? rows[i].tail : "untouched");
    }
}
END_TEST

START_TEST(eating)
{
    Str s = STR("*.shop.example");
    ck_assert(str_eat(&s, STR("*.")));
    assert_str(s, "shop.example");
    ck_assert(!str_eat(&s, STR("*.")));
    assert_str(s, "shop.example");
}
END_TEST

START_TEST(numbers)
{
    static const struct {
        const char *text;
        uint32_t max;
        bool ok;
        uint32_t value;
    } rows[] = {
        { "0", 0, true, 0 },
        { "443", 65535, true, 443 },
        { "65535", 65535, true, 65535 },
        { "65536", 65535, false, 0 },
        { "007", 9, true, 7 },
        { "4294967295", UINT32_MAX, true, UINT32_MAX },
        { "4294967296", UINT32_MAX, false, 0 },
        { "99999999999999999999999999", UINT32_MAX, false, 0 },
        { "", 9, false, 0 },
        { "-1", 9, false, 0 },
        { "+1", 9, false, 0 },
        { " 1", 9, false, 0 },
        { "1a", 9, false, 0 },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint32_t value = 12345;
        bool ok = str_number(str_from(rows[i].text), rows[i].max, &value);
        ck_assert_msg(ok == rows[i].ok, "row %zu", i);
        ck_assert_uint_eq(value, ok ? rows[i].value : 12345);
    }
}
END_TEST

START_TEST(copies)
{
    struct arena *arena = arena_new();
    char text[] = "AbC";
    Str copy = str_copy(arena, str_from(text));
    text[0] = 'x';
    assert_str(copy, "AbC");
    assert_str(str_lower(arena, STR("AZaz09[\xc4")), "azaz09[\xc4");
    assert_str(str_concat(arena, STR("ab"), STR("cd")), "abcd");
    assert_str(str_format(arena, "%s:%u", "a", 443u), "a:443");
    ck_assert_str_eq(str_terminated(arena, str_slice(STR("abcdef"), 1, 3)), "bc");
    arena_free(arena);
}
END_TEST

START_TEST(distances)
{
    static const struct {
        const char *a, *b;
        size_t distance;
    } rows[] = {
        { "", "", 0 },
        { "origin", "origin", 0 },
        { "origin", "orgin", 1 },
        { "origin", "oriigin", 1 },
        { "origin", "oregin", 1 },
        { "origin", "oirgin", 1 }, // neighbours swapped
        { "trusted_origins", "trusted_origin", 1 },
        { "kitten", "sitting", 3 },
        { "abc", "xyz", 3 },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        Str a = str_from(rows[i].a), b = str_from(rows[i].b);
        ck_assert_msg(str_distance(a, b, 100) == rows[i].distance, "row %zu", i);
        ck_assert_msg(str_distance(b, a, 100) == rows[i].distance, "row %zu, swapped", i);
    }
    ck_assert_uint_eq(str_distance(STR("abc"), STR("xyz"), 2), 2);
    char wide[200];
    memset(wide, 'a', sizeof wide);
    ck_assert_uint_eq(str_distance((Str){ wide, sizeof wide }, STR("a"), 4), 4);
    ck_assert_uint_eq(str_distance((Str){ wide, 64 }, (Str){ wide, 63 }, 4), 1);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        equality, the_empty_slice_may_have_no_pointer,
        parts,    slices_are_clamped,
        trimming, cutting,
        eating,   numbers,
        copies,   distances,
    };
    return check_main(check_suite("str", tests, sizeof tests / sizeof *tests));
}
