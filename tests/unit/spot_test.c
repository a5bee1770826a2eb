#include "report/spot.h"

#include "unit/check_main.h"

#include <string.h>

// Two versions of a file, and a span of one of them by the text that it covers.
static const struct {
    const char *name, *old, *new; // new: NULL, the file is gone
    const char *covered;
    bool in_old;
    uint32_t line, column, end_column;
    const char *path;
} spans[] = {
    { "of the new version", "a\nb\n", "a\n  bc\n", "bc", false, 2, 3, 5, "new/x.conf" },
    { "over several lines", "", "a {\nb\n}\n", "a {\nb\n}", false, 1, 1, 4, "new/x.conf" },
    { "letters of several bytes", "", "\xC3\xA9\xE4\xB8\xAD x y", "x", false, 1, 4, 5,
      "new/x.conf" },
    { "bytes that are no letters", "", "\xff\xff x", "x", false, 1, 4, 5, "new/x.conf" },
    { "what was replaced", "a\nb\nc\n", "a\nB\nc\n", "b", true, 2, 0, 0, "new/x.conf" },
    { "what was removed", "a\nb\nc\n", "a\nc\n", "b", true, 2, 0, 0, "new/x.conf" },
    { "the last line was removed", "a\nb", "a", "b", true, 1, 0, 0, "new/x.conf" },
    { "all was removed", "a\nb\n", "", "b", true, 1, 0, 0, "new/x.conf" },
    { "above what changed", "a\nb\nc\nd\n", "a\nb\nC\nd\n", "a", true, 3, 0, 0, "new/x.conf" },
    { "below what changed", "a\nb\nc\nd\n", "A\nb\nc\nd\n", "d", true, 1, 0, 0, "new/x.conf" },
    { "one line became three", "a\nb\nc\n", "a\n1\n2\n3\nc\n", "b", true, 2, 0, 0, "new/x.conf" },
    { "nothing changed", "a\n b\n", "a\n b\n", "b", true, 2, 2, 3, "new/x.conf" },
    { "the file is gone", "a\nb\n", NULL, "b", true, 2, 1, 2, "old/x.conf" },
};

START_TEST(spans_are_shown_in_the_new_version)
{
    for (size_t i = 0; i < sizeof spans / sizeof *spans; i++) {
        struct arena *arena = arena_new();
        struct report report = { .files = files_new(arena),
                                 .old_prefix = STR("old/"),
                                 .new_prefix = STR("./new/") };
        uint32_t old = files_add(report.files, STR("x.conf"), str_from(spans[i].old)), new;
        report.new_file = old + 1;
        new = spans[i].new ? files_add(report.files, STR("x.conf"), str_from(spans[i].new)) : 0;
        const char *text = spans[i].in_old ? spans[i].old : spans[i].new;
        const char *at = strstr(text, spans[i].covered);
        ck_assert_ptr_nonnull(at);
        uint32_t begin = (uint32_t)(at - text);
        Span span = { spans[i].in_old ? old : new, begin,
                      begin + (uint32_t)strlen(spans[i].covered) };
        struct spot spot = spot_of(spots_new(arena, &report), span);
        ck_assert_msg(str_is(spot.path, spans[i].path), "%s: %.*s", spans[i].name,
                      STR_ARG(spot.path));
        ck_assert_msg(spot.line == spans[i].line && spot.column == spans[i].column &&
                          spot.end_column == spans[i].end_column,
                      "%s: line %u, columns %u to %u", spans[i].name, spot.line, spot.column,
                      spot.end_column);
        arena_free(arena);
    }
}
END_TEST

START_TEST(paths_of_revisions_are_whole)
{
    struct arena *arena = arena_new();
    struct report report = { .files = files_new(arena),
                             .old_prefix = STR("main:"),
                             .new_prefix = STR("../"),
                             .old_is_rooted = true,
                             .new_is_rooted = true };
    uint32_t old = files_add(report.files, STR("d/gone.conf"), STR("a"));
    report.new_file = old + 1;
    uint32_t new = files_add(report.files, STR("d/x.conf"), STR("a"));
    struct spots *spots = spots_new(arena, &report);
    ck_assert(str_is(spot_of(spots, (Span){ old, 0, 1 }).path, "d/gone.conf"));
    ck_assert(str_is(spot_of(spots, (Span){ new, 0, 1 }).path, "d/x.conf"));
    ck_assert_uint_eq(spot_of(spots, (Span){ 0 }).line, 0);
    arena_free(arena);
}
END_TEST

START_TEST(a_place_that_moved_is_told)
{
    struct arena *arena = arena_new();
    struct report report = { .files = files_new(arena) };
    uint32_t old = files_add(report.files, STR("x.conf"), STR("a\nb\n"));
    report.new_file = old + 1;
    uint32_t new = files_add(report.files, STR("x.conf"), STR("1\na\nB\n"));
    struct spots *spots = spots_new(arena, &report);
    struct spot before = { .line = 77 };
    struct finding none = { .span = { new, 2, 3 } };
    ck_assert(!spot_before(spots, &none, &before));
    ck_assert_uint_eq(before.line, 77);
    struct finding moved = { .span = { new, 2, 3 }, .old_span = { old, 0, 1 } };
    ck_assert(spot_before(spots, &moved, &before));
    ck_assert_uint_eq(before.line, 1);
    struct finding removed = { .span = { old, 2, 3 } };
    ck_assert(spot_before(spots, &removed, &before));
    ck_assert_uint_eq(before.line, 2);
    arena_free(arena);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        spans_are_shown_in_the_new_version,
        paths_of_revisions_are_whole,
        a_place_that_moved_is_told,
    };
    return check_main(check_suite("spot", tests, sizeof tests / sizeof *tests));
}
