#include "base/arena.h"

#include "unit/check_main.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

static bool is_all(const char *bytes, char value, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (bytes[i] != value)
            return false;
    return true;
}

static bool is_zero(const char *bytes, size_t size)
{
    return is_all(bytes, 0, size);
}

START_TEST(memory_is_zeroed_and_aligned)
{
    struct arena *arena = arena_new();
    for (size_t size = 1; size < 5000; size += 37) {
        for (size_t align = 1; align <= _Alignof(max_align_t); align *= 2) {
            char *place = arena_alloc(arena, size, align);
            ck_assert_uint_eq((uintptr_t)place % align, 0);
            ck_assert(is_zero(place, size));
            memset(place, 0xff, size);
        }
    }
    arena_free(arena);
}
END_TEST

START_TEST(memory_is_zeroed_again_after_a_rewind)
{
    struct arena *arena = arena_new();
    arena_alloc(arena, 1, 1);
    struct arena_mark mark = arena_mark(arena);
    memset(arena_alloc(arena, 300, 1), 0xff, 300);
    arena_rewind(arena, mark);
    ck_assert(is_zero(arena_alloc(arena, 300, 1), 300));
    arena_free(arena);
}
END_TEST

START_TEST(blocks_do_not_overlap)
{
    enum { COUNT = 2000, SIZE = 100 };
    struct arena *arena = arena_new();
    char *blocks[COUNT];
    for (int i = 0; i < COUNT; i++)
        blocks[i] = memset(arena_alloc(arena, SIZE, 1), i % 251, SIZE);
    for (int i = 0; i < COUNT; i++)
        ck_assert(is_all(blocks[i], (char)(i % 251), SIZE));
    arena_free(arena);
}
END_TEST

START_TEST(a_block_larger_than_a_chunk)
{
    enum { SIZE = 9 * 1024 * 1024 };
    struct arena *arena = arena_new();
    char *before = arena_alloc(arena, 8, 8);
    char *large = arena_alloc(arena, SIZE, 8);
    char *after = arena_alloc(arena, 8, 8);
    memset(large, 1, SIZE);
    ck_assert(is_zero(before, 8));
    ck_assert(is_zero(after, 8));
    arena_free(arena);
}
END_TEST

START_TEST(growing_the_last_block_stays_in_place)
{
    struct arena *arena = arena_new();
    char *block = memset(arena_alloc(arena, 100, 1), 7, 100);
    char *grown = arena_grow(arena, block, 100, 200, 1);
    ck_assert_ptr_eq(grown, block);
    ck_assert_int_eq(grown[99], 7);
    ck_assert(is_zero(grown + 100, 100));
    arena_free(arena);
}
END_TEST

START_TEST(growing_another_block_moves_it)
{
    struct arena *arena = arena_new();
    char *block = memset(arena_alloc(arena, 100, 1), 7, 100);
    char *other = memset(arena_alloc(arena, 100, 1), 8, 100);
    char *grown = arena_grow(arena, block, 100, 200, 1);
    ck_assert_ptr_ne(grown, block);
    ck_assert_int_eq(grown[99], 7);
    ck_assert(is_zero(grown + 100, 100));
    ck_assert_int_eq(other[0], 8);
    arena_free(arena);
}
END_TEST

START_TEST(growing_nothing_allocates)
{
    struct arena *arena = arena_new();
    char *block = arena_grow(arena, NULL, 0, 64, 8);
    ck_assert_ptr_nonnull(block);
    ck_assert(is_zero(block, 64));
    arena_free(arena);
}
END_TEST

START_TEST(growing_across_chunks_keeps_the_contents)
{
    struct arena *arena = arena_new();
    size_t size = 16;
    char *block = memset(arena_alloc(arena, size, 1), 1, size);
    while (size < 1024 * 1024) {
        block = arena_grow(arena, block, size, 2 * size, 1);
        ck_assert(is_zero(block + size, size));
        memset(block + size, 1, size);
        size *= 2;
    }
    ck_assert(is_all(block, 1, size));
    arena_free(arena);
}
END_TEST

START_TEST(growing_a_large_block_keeps_the_contents_and_the_marks)
{
    enum { LARGE = 5 * 1024 * 1024 };
    struct arena *arena = arena_new();
    char *small = memset(arena_alloc(arena, 100, 1), 3, 100);
    struct arena_mark mark = arena_mark(arena);
    char *block = memset(arena_alloc(arena, LARGE, 8), 1, LARGE);
    struct arena_mark inner = arena_mark(arena);
    for (size_t size = LARGE; size < (size_t)8 * LARGE; size *= 2) {
        block = arena_grow(arena, block, size, 2 * size, 8);
        ck_assert(is_all(block, 1, LARGE));
        ck_assert(is_zero(block + size, size));
    }
    arena_alloc(arena, LARGE, 1);
    arena_rewind(arena, inner);
    ck_assert(is_all(block, 1, LARGE));
    arena_rewind(arena, mark);
    ck_assert_uint_eq(arena_bytes(arena), 100);
    ck_assert(is_all(small, 3, 100));
    arena_free(arena);
}
END_TEST

START_TEST(a_rewind_gives_back_exactly_what_came_after)
{
    struct arena *arena = arena_new();
    memset(arena_alloc(arena, 1000, 1), 1, 1000);
    size_t bytes = arena_bytes(arena);
    struct arena_mark mark = arena_mark(arena);
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 1000; i++)
            arena_alloc(arena, 1000, 1);
        ck_assert_uint_ge(arena_bytes(arena), bytes + 1000 * 1000);
        arena_rewind(arena, mark);
        ck_assert_uint_eq(arena_bytes(arena), bytes);
    }
    arena_free(arena);
}
END_TEST

START_TEST(a_mark_of_an_empty_arena)
{
    struct arena *arena = arena_new();
    struct arena_mark mark = arena_mark(arena);
    arena_alloc(arena, 10, 1);
    arena_rewind(arena, mark);
    ck_assert_uint_eq(arena_bytes(arena), 0);
    ck_assert_ptr_nonnull(arena_alloc(arena, 10, 1));
    arena_free(arena);
}
END_TEST

START_TEST(freeing_no_arena)
{
    arena_free(NULL);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        memory_is_zeroed_and_aligned,
        memory_is_zeroed_again_after_a_rewind,
        blocks_do_not_overlap,
        a_block_larger_than_a_chunk,
        growing_the_last_block_stays_in_place,
        growing_another_block_moves_it,
        growing_nothing_allocates,
        growing_across_chunks_keeps_the_contents,
        growing_a_large_block_keeps_the_contents_and_the_marks,
        a_rewind_gives_back_exactly_what_came_after,
        a_mark_of_an_empty_arena,
        freeing_no_arena,
    };
    return check_main(check_suite("arena", tests, sizeof tests / sizeof *tests));
}
