#include "base/diag.h"

#include "unit/check_main.h"

#include <string.h>

static const struct kind kind_wrong = { "XX001", LEVEL_ERROR, "something is wrong" };
static const struct kind kind_odd = { "XX002", LEVEL_NOTE, "something is odd" };

START_TEST(complaints_are_kept_as_they_come)
{
    struct arena *arena = arena_new();
    struct run *run = run_new(arena, &limits_default);
    ck_assert_ptr_eq(run->limits, &limits_default);
    ck_assert_uint_eq(run->diags.count, 0);

    ck_assert(!diag(run, &kind_wrong, (Span){ 1, 10, 20 }));
    ck_assert(!diagf(run, &kind_odd, (Span){ 2, 3, 4 }, "\"%s\" in column %d", "$x", 7));

    ck_assert_uint_eq(run->diags.count, 2);
    const struct diag *first = &run->diags.items[0], *second = &run->diags.items[1];
    ck_assert_ptr_eq(first->kind, &kind_wrong);
    ck_assert(str_is(first->message, "something is wrong"));
    ck_assert_uint_eq(first->span.file, 1);
    ck_assert_uint_eq(first->span.begin, 10);
    ck_assert_uint_eq(first->span.end, 20);
    ck_assert_ptr_eq(second->kind, &kind_odd);
    ck_assert(str_is(second->message, "something is odd: \"$x\" in column 7"));
    arena_free(arena);
}
END_TEST

START_TEST(a_long_detail_is_cut)
{
    struct arena *arena = arena_new();
    struct run *run = run_new(arena, &limits_default);
    char detail[5000];
    memset(detail, 'x', sizeof detail - 1);
    detail[sizeof detail - 1] = '\0';
    ck_assert(!diagf(run, &kind_wrong, (Span){ 0 }, "%s", detail));
    Str message = run->diags.items[0].message;
    ck_assert(str_starts(message, STR("something is wrong: xxx")));
    ck_assert_uint_lt(message.len, 2000);
    arena_free(arena);
}
END_TEST

START_TEST(every_limit_is_set)
{
    const struct limits *limits = &limits_default;
    ck_assert_uint_gt(limits->file_bytes, 0);
    ck_assert_uint_le(limits->file_bytes, UINT32_MAX); // offsets in files are 32 bits
    ck_assert_uint_ge(limits->total_bytes, limits->file_bytes);
    ck_assert_uint_gt(limits->files, 0);
    ck_assert_uint_gt(limits->nesting, 0);
    ck_assert_uint_gt(limits->include_depth, 0);
    ck_assert_uint_gt(limits->fa_states, 0);
    ck_assert_uint_gt(limits->fa_steps, 0);
    ck_assert_uint_gt(limits->cells, 0);
    ck_assert_uint_gt(limits->endpoints, 0);
    ck_assert_uint_ge(limits->redirects, 10);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        complaints_are_kept_as_they_come,
        a_long_detail_is_cut,
        every_limit_is_set,
    };
    return check_main(check_suite("diag", tests, sizeof tests / sizeof *tests));
}
