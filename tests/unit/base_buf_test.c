#include "base/buf.h"

#include "unit/check_main.h"

#include <string.h>

static bool is_all(Str s, char c)
{
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] != c)
            return false;
    return true;
}

START_TEST(pieces_are_joined)
{
    struct arena *arena = arena_new();
    struct buf buf = { .arena = arena };
    ck_assert(str_is(buf_str(&buf), ""));
    buf_add(&buf, STR("origin "));
    buf_add(&buf, (Str){ NULL, 0 });
    buf_add_char(&buf, '=');
    buf_add_text(&buf, " \"");
    buf_addf(&buf, "%s:%d", "https://a.example", 8443);
    buf_add_char(&buf, '"');
    ck_assert(str_is(buf_str(&buf), "origin = \"https://a.example:8443\""));
    arena_free(arena);
}
END_TEST

START_TEST(bytes_of_any_value)
{
    struct arena *arena = arena_new();
    struct buf buf = { .arena = arena };
    for (int i = 0; i < 256; i++)
        buf_add_char(&buf, (char)i);
    Str all = buf_str(&buf);
    ck_assert_uint_eq(all.len, 256);
    for (int i = 0; i < 256; i++)
        ck_assert_int_eq((unsigned char)all.ptr[i], i);
    arena_free(arena);
}
END_TEST

START_TEST(long_text_in_small_and_large_steps)
{
    enum { LARGE = 100000 };
    struct arena *arena = arena_new();
    struct buf buf = { .arena = arena };
    char *large = ARENA_ARRAY(arena, char, LARGE + 1);
    memset(large, 'x', LARGE);
    for (int i = 0; i < 1000; i++)
        buf_addf(&buf, "%03d", i);
    buf_addf(&buf, "%s", large);
    arena_alloc(arena, 1, 1); // the buffer is no longer the arena's last block
    buf_add(&buf, (Str){ large, LARGE });
    Str text = buf_str(&buf);
    ck_assert_uint_eq(text.len, 3000 + 2 * LARGE);
    ck_assert(str_starts(text, STR("000001002")));
    ck_assert(str_is(str_slice(text, 2997, 3000), "999"));
    ck_assert(is_all(str_slice(text, 3000, text.len), 'x'));
    arena_free(arena);
}
END_TEST

START_TEST(two_buffers_grow_side_by_side)
{
    struct arena *arena = arena_new();
    struct buf a = { .arena = arena }, b = { .arena = arena };
    for (int i = 0; i < 5000; i++) {
        buf_add_char(&a, 'a');
        buf_add_char(&b, 'b');
    }
    ck_assert_uint_eq(a.len, 5000);
    ck_assert_uint_eq(b.len, 5000);
    ck_assert(is_all(buf_str(&a), 'a'));
    ck_assert(is_all(buf_str(&b), 'b'));
    arena_free(arena);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        pieces_are_joined,
        bytes_of_any_value,
        long_text_in_small_and_large_steps,
        two_buffers_grow_side_by_side,
    };
    return check_main(check_suite("buf", tests, sizeof tests / sizeof *tests));
}
