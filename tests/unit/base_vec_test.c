#include "base/vec.h"

#include "unit/check_main.h"

#include <stddef.h>

START_TEST(items_stay_in_order)
{
    struct arena *arena = arena_new();
    VEC(uint64_t) list = { 0 };
    for (uint64_t i = 0; i < 3000; i++) {
        uint64_t *place = vec_push(arena, &list);
        ck_assert_uint_eq(*place, 0); // zeroed
        *place = i * i;
    }
    ck_assert_uint_eq(list.count, 3000);
    ck_assert_uint_ge(list.capacity, list.count);
    for (uint64_t i = 0; i < list.count; i++)
        ck_assert_uint_eq(list.items[i], i * i);
    arena_free(arena);
}
END_TEST

START_TEST(two_lists_in_one_arena)
{
    struct arena *arena = arena_new();
    struct pair {
        VEC(uint32_t) even;
        VEC(char) odd;
    } pair = { 0 };
    for (uint32_t i = 0; i < 1000; i++) {
        *vec_push(arena, &pair.even) = 2 * i;
        *vec_push(arena, &pair.odd) = (char)(i % 100);
    }
    for (uint32_t i = 0; i < 1000; i++) {
        ck_assert_uint_eq(pair.even.items[i], 2 * i);
        ck_assert_int_eq(pair.odd.items[i], (char)(i % 100));
    }
    arena_free(arena);
}
END_TEST

START_TEST(capacity_doubles_from_eight)
{
    uint32_t capacity = 0;
    ck_assert_uint_eq(vec_next(&capacity), 8);
    ck_assert_uint_eq(vec_next(&capacity), 16);
    ck_assert_uint_eq(capacity, 16);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        items_stay_in_order,
        two_lists_in_one_arena,
        capacity_doubles_from_eight,
    };
    return check_main(check_suite("vec", tests, sizeof tests / sizeof *tests));
}
