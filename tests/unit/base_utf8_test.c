#include "base/utf8.h"

#include "unit/check_main.h"

static const struct {
    const char *name, *text;
    uint32_t points[4]; // as many as there are, then 0
} rows[] = {
    { "ASCII", "a~", { 'a', '~' } },
    { "two bytes", "\xC3\xA9", { 0xE9 } },
    { "three bytes", "\xE2\x82\xAC!", { 0x20AC, '!' } },
    { "four bytes", "\xF0\x9F\x92\xA9", { 0x1F4A9 } },
    { "overlong", "\xC0\xAF", { UTF8_INVALID, UTF8_INVALID } },
    { "overlong, three bytes", "\xE0\x80\xAF", { UTF8_INVALID, UTF8_INVALID, UTF8_INVALID } },
    { "a surrogate", "\xED\xA0\x80", { UTF8_INVALID, UTF8_INVALID, UTF8_INVALID } },
    { "too large", "\xF5\x80", { UTF8_INVALID, UTF8_INVALID } },
    { "cut off", "\xE2\x82", { UTF8_INVALID, UTF8_INVALID } },
    { "broken off by a letter", "\xC3x", { UTF8_INVALID, 'x' } },
};

START_TEST(points_of_bytes)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        Str text = str_from(rows[i].text);
        size_t at = 0, count = 0;
        while (at < text.len) {
            uint32_t point = utf8_next(text, &at);
            ck_assert_msg(count < 4 && point == rows[i].points[count], "%s: point %zu is %x",
                          rows[i].name, count, point);
            count++;
        }
        ck_assert_msg(count == 4 || rows[i].points[count] == 0, "%s: %zu points", rows[i].name,
                      count);
    }
}
END_TEST

START_TEST(what_acts_on_a_terminal)
{
    static const uint32_t acting[] = { 0,      0x1B,   0x7F,   0x9B,   0x2028,
                                       0x202E, 0x2066, 0xFEFF, 0xFFFE, 0xFFFF };
    static const uint32_t harmless[] = { ' ', 'a', '~', 0xA0, 0xE9, 0x4E2D, 0x1F4A9 };
    for (size_t i = 0; i < sizeof acting / sizeof *acting; i++)
        ck_assert_msg(utf8_is_control(acting[i]), "%x", acting[i]);
    for (size_t i = 0; i < sizeof harmless / sizeof *harmless; i++)
        ck_assert_msg(!utf8_is_control(harmless[i]), "%x", harmless[i]);
    ck_assert_uint_eq(utf8_width('a'), 1);
    ck_assert_uint_eq(utf8_width(0x4E2D), 2);
    ck_assert_uint_eq(utf8_width(0x301), 0);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = { points_of_bytes, what_acts_on_a_terminal };
    return check_main(check_suite("utf8", tests, sizeof tests / sizeof *tests));
}
