// Expressions made to be expensive: each gives its language or "too large", within the steps and
// states that the limits allow. What that costs in time is a matter of bench/.

#include "fa/pcre.h"

#include "base/buf.h"
#include "unit/check_main.h"

static void repeat(struct buf *buf, const char *text, int count)
{
    for (int i = 0; i < count; i++)
        buf_add_text(buf, text);
}

// The bytes that one expression may take from the arena and its limits.
enum { BYTES_MAX = 48 * 1024 * 1024 };

static struct regex_result compile_as(struct fa_space *space, const struct buf *pattern,
                                      enum regex_dialect dialect)
{
    size_t before = arena_bytes(fa_space_arena(space));
    struct regex_result result = regex_compile(space, buf_str(pattern), dialect, 0);
    ck_assert_uint_lt(arena_bytes(fa_space_arena(space)) - before, BYTES_MAX);
    if (result.status == REGEX_OK)
        ck_assert_uint_le(fa_states(result.language), limits_default.fa_states);
    else
        ck_assert(!result.language);
    return result;
}

static struct regex_result compile(struct fa_space *space, const struct buf *pattern)
{
    return compile_as(space, pattern, REGEX_PCRE2);
}

START_TEST(many_optional_bytes)
{
    struct arena *arena = arena_new();
    struct buf buf = { .arena = arena };
    buf_add_text(&buf, "^https://");
    repeat(&buf, "[a-z0-9]?", 40);
    buf_add_text(&buf, "\\.example\\.com$");
    struct regex_result result = compile(fa_space_new(arena, &limits_default), &buf);
    ck_assert_int_eq(result.status, REGEX_OK);
    ck_assert_uint_eq(fa_states(result.language), 62);
    arena_free(arena);
}
END_TEST

START_TEST(towers)
{
    struct arena *arena = arena_new();
    struct buf buf = { .arena = arena };
    buf_add_text(&buf, "^");
    repeat(&buf, "(", 100);
    buf_add_text(&buf, "a|aa");
    repeat(&buf, ")*", 100);
    buf_add_text(&buf, "\\z");
    struct regex_result result = compile(fa_space_new(arena, &limits_default), &buf);
    ck_assert_int_eq(result.status, REGEX_OK);
    ck_assert_uint_eq(fa_states(result.language), 1);
    arena_free(arena);
}
END_TEST

START_TEST(nested_searches)
{
    struct arena *arena = arena_new();
    struct buf buf = { .arena = arena };
    buf_add_text(&buf, "(.*a){30}");
    struct regex_result result = compile(fa_space_new(arena, &limits_default), &buf);
    ck_assert_int_eq(result.status, REGEX_OK);
    ck_assert_uint_eq(fa_states(result.language), 31);
    arena_free(arena);
}
END_TEST

START_TEST(ten_thousand_alternatives)
{
    for (int anchored = 0; anchored < 2; anchored++) {
        struct arena *arena = arena_new();
        struct buf buf = { .arena = arena };
        buf_add_text(&buf, anchored ? "^(?:" : "(?:");
        for (int i = 0; i < 10000; i++)
            buf_addf(&buf, "%s%04x", i ? "|" : "", i * 7919 % 10007);
        buf_add_text(&buf, ")$");
        // PCRE2 refuses what takes more than 64 KiB compiled, so this is for the others.
        struct regex_result result =
            compile_as(fa_space_new(arena, &limits_default), &buf, REGEX_GO);
        ck_assert_int_eq(result.status, REGEX_OK);
        ck_assert(fa_accepts(result.language, STR("0000")));
        ck_assert(!fa_accepts(result.language, STR("ffff")));
        ck_assert(fa_accepts(result.language, STR("ffff0000")) == !anchored);
        arena_free(arena);
    }
}
END_TEST

START_TEST(long_expressions)
{
    static const struct {
        const char *piece;
        int count;
        enum regex_status status;
    } rows[] = {
        { "a", 30000, REGEX_OK },         { "a?", 20000, REGEX_OK },
        { "(?=.*a)b", 2000, REGEX_OK },   { "[ab]c", 20000, REGEX_INVALID }, // PCRE2's own limit
        { "(?>a|b+|c*)", 300, REGEX_OK }, { "(?:\\ba)", 4000, REGEX_OK },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct arena *arena = arena_new();
        struct buf buf = { .arena = arena };
        repeat(&buf, rows[i].piece, rows[i].count);
        struct regex_result result = compile(fa_space_new(arena, &limits_default), &buf);
        ck_assert_msg(result.status == rows[i].status || result.status == REGEX_TOO_LARGE,
                      "%s: %d, %s", rows[i].piece, (int)result.status, result.why);
        arena_free(arena);
    }
}
END_TEST

START_TEST(exponential_languages)
{
    static const char *const patterns[] = {
        ".*a.{20}$",
        "(a{1,500}){1,500}b",
        "[a-z]{1,1000}x[a-z]{1,1000}$",
        "^(?:a{9000})*b*$",
        "(?=.*a.{9})(?=.*b.{8})(?=.*c.{7})(?=.*d.{6})(?=.*e.{11})(?=.*f.{12})(?=.*g.{13})",
    };
    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++) {
        struct arena *arena = arena_new();
        struct fa_space *space = fa_space_new(arena, &limits_default);
        struct buf buf = { .arena = arena };
        buf_add_text(&buf, patterns[i]);
        ck_assert_int_eq(compile(space, &buf).status, REGEX_TOO_LARGE);
        ck_assert(fa_space_exhausted(space));
        // The space is as good as before.
        ck_assert_int_eq(regex_compile(space, STR("^a$"), REGEX_PCRE2, 0).status, REGEX_OK);
        arena_free(arena);
    }
}
END_TEST

START_TEST(nesting)
{
    struct arena *arena = arena_new();
    struct buf buf = { .arena = arena };
    repeat(&buf, "(", 240);
    buf_add_text(&buf, "a");
    repeat(&buf, ")", 240);
    struct fa_space *space = fa_space_new(arena, &limits_default);
    ck_assert_int_eq(compile(space, &buf).status, REGEX_TOO_LARGE);
    ck_assert_int_eq(regex_compile(space, buf_str(&buf), REGEX_GO, 0).status, REGEX_TOO_LARGE);
    arena_free(arena);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        many_optional_bytes,   towers, nested_searches, ten_thousand_alternatives, long_expressions,
        exponential_languages, nesting
    };
    return check_main(check_suite("pcre_hostile", tests, sizeof tests / sizeof *tests));
}
