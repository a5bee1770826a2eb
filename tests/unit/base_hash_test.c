#include "base/hash.h"

#include "unit/check_main.h"

#include <stdio.h>
#include <stdlib.h>

START_TEST(lengths_count)
{
    uint64_t ab_c = hash_str(hash_str(HASH_SEED, STR("ab")), STR("c"));
    uint64_t a_bc = hash_str(hash_str(HASH_SEED, STR("a")), STR("bc"));
    ck_assert_uint_ne(ab_c, a_bc);
    ck_assert_uint_ne(hash_str(HASH_SEED, STR("")), HASH_SEED);
    ck_assert_uint_ne(hash_bytes(HASH_SEED, "\0", 1), hash_bytes(HASH_SEED, "\0\0", 2));
}
END_TEST

START_TEST(the_seed_counts)
{
    ck_assert_uint_ne(hash_str(1, STR("a")), hash_str(2, STR("a")));
    ck_assert_uint_ne(hash_u64(1, 7), hash_u64(2, 7));
    ck_assert_uint_ne(hash_u64(1, 7), hash_u64(1, 8));
}
END_TEST

START_TEST(where_the_bytes_lie_does_not)
{
    char text[40] = "...https://app.shop.example...........";
    for (size_t len = 0; len < 24; len++) {
        uint64_t first = hash_bytes(HASH_SEED, text + 3, len);
        char moved[64] = { 0 };
        for (size_t shift = 0; shift < 9; shift++) {
            for (size_t i = 0; i < len; i++)
                moved[shift + i] = text[3 + i];
            ck_assert_uint_eq(hash_bytes(HASH_SEED, moved + shift, len), first);
        }
    }
}
END_TEST

START_TEST(fingerprints_are_the_same_on_every_machine)
{
    // Written down once: results are kept in other people's files (design.md 5.3).
    ck_assert_uint_eq(hash_str(HASH_SEED, STR("")), UINT64_C(0xe11fe04f35c129dc));
    ck_assert_uint_eq(hash_str(HASH_SEED, STR("https://app.shop.example")),
                      UINT64_C(0xe6bce86095c3d994));
    static const unsigned char rest[] = { 0xff, 0x80, 0x01, 0xfe, 0x00, 0x7f, 0xc3 };
    static const uint64_t known[] = { UINT64_C(0xbc73387b7a1aff95), UINT64_C(0x8b12272de57b7359),
                                      UINT64_C(0x7786a51ec3b127e3), UINT64_C(0xdd1dd8a621cdac39),
                                      UINT64_C(0x8b80ffb034856e8d), UINT64_C(0x6ae904d3a1badab4),
                                      UINT64_C(0x53b0dd01f600844c) };
    for (size_t i = 0; i < sizeof rest; i++)
        ck_assert_uint_eq(hash_bytes(HASH_SEED, rest, i + 1), known[i]);
}
END_TEST

static int compare(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

START_TEST(similar_words_do_not_collide)
{
    enum { COUNT = 100000 };
    uint64_t *seen = malloc(COUNT * sizeof *seen);
    ck_assert_ptr_nonnull(seen);
    for (int i = 0; i < COUNT; i++) {
        char text[64];
        int len = snprintf(text, sizeof text, "https://app%d.shop.example", i);
        seen[i] = hash_bytes(HASH_SEED, text, (size_t)len);
    }
    qsort(seen, COUNT, sizeof *seen, compare);
    int collisions = 0;
    for (int i = 1; i < COUNT; i++)
        collisions += seen[i - 1] == seen[i];
    ck_assert_int_eq(collisions, 0);
    free(seen);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        lengths_count,
        the_seed_counts,
        where_the_bytes_lie_does_not,
        fingerprints_are_the_same_on_every_machine,
        similar_words_do_not_collide,
    };
    return check_main(check_suite("hash", tests, sizeof tests / sizeof *tests));
}
