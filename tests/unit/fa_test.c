#include "fa/fa.h"

#include "unit/check_main.h"

#include <string.h>

// The tests share this beginning: a space of its own for each.
struct ground {
    struct arena *arena;
    struct fa_space *space;
};

static struct ground ground_new(void)
{
    struct arena *arena = arena_new();
    return (struct ground){ arena, fa_space_new(arena, &limits_default) };
}

static const struct fa *range(struct fa_space *space, char lo, char hi)
{
    uint64_t bits[4] = { 0 };
    for (int byte = lo; byte <= hi; byte++)
        bits[byte / 64] |= UINT64_C(1) << (byte % 64);
    return fa_bytes(space, bits);
}

START_TEST(basic_languages)
{
    struct ground g = ground_new();
    const struct fa *none = fa_none(g.space), *empty = fa_empty(g.space), *all = fa_all(g.space);
    ck_assert(fa_is_none(none) && !fa_is_none(empty) && !fa_is_none(all));
    ck_assert(fa_is_all(all) && !fa_is_all(empty));
    ck_assert(fa_accepts(empty, STR("")) && !fa_accepts(empty, STR("a")));
    ck_assert(fa_accepts(all, STR("")) && fa_accepts(all, STR("\xff")));
    ck_assert_uint_eq(fa_count(none), 0);
    ck_assert_uint_eq(fa_count(empty), 1);
    ck_assert_uint_eq(fa_count(all), FA_INFINITE);
    ck_assert(fa_literals(g.space, NULL, 0) == none);
    ck_assert(fa_literal(g.space, STR("")) == empty);
    ck_assert(fa_bytes(g.space, (uint64_t[4]){ 0 }) == none);
    arena_free(g.arena);
}
END_TEST

START_TEST(one_language_is_one_pointer)
{
    struct ground g = ground_new();
    struct fa_space *s = g.space;
    const struct fa *a = fa_literal(s, STR("a")), *b = fa_literal(s, STR("b"));
    const struct fa *ab = fa_union(s, a, b);
    ck_assert(fa_union(s, b, a) == ab && range(s, 'a', 'b') == ab);
    ck_assert(fa_literals(s, (Str[]){ STR("b"), STR("a"), STR("b") }, 3) == ab);
    // (a|b)* = (a*b*)* = complement of what has another byte
    const struct fa *star = fa_repeat(s, ab, 0, FA_FOREVER);
    const struct fa *rows =
        fa_concat(s, fa_repeat(s, a, 0, FA_FOREVER), fa_repeat(s, b, 0, FA_FOREVER));
    ck_assert(fa_repeat(s, rows, 0, FA_FOREVER) == star);
    ck_assert(fa_concat(s, star, star) == star && fa_complement(s, fa_complement(s, star)) == star);
    // a(ba)* = (ab)*a: components with cycles, entered in different places
    const struct fa *left = fa_concat(s, a, fa_repeat(s, fa_literal(s, STR("ba")), 0, FA_FOREVER));
    const struct fa *right = fa_concat(s, fa_repeat(s, fa_literal(s, STR("ab")), 0, FA_FOREVER), a);
    ck_assert(left == right);
    ck_assert(fa_after(s, left, STR("aba")) == fa_after(s, left, STR("a")));
    arena_free(g.arena);
}
END_TEST

START_TEST(hashes_do_not_depend_on_the_space)
{
    struct ground g = ground_new(), h = ground_new();
    // The second space has something in it already.
    fa_repeat(h.space, fa_literal(h.space, STR("xyz")), 2, FA_FOREVER);
    uint64_t hash[2];
    for (int i = 0; i < 2; i++) {
        struct fa_space *s = i ? h.space : g.space;
        const struct fa *a = fa_repeat(s, range(s, 'a', 'c'), 1, FA_FOREVER);
        const struct fa *b = fa_concat(s, a, fa_literal(s, STR(".test")));
        hash[i] = fa_hash(
            i ? fa_subtract(s, fa_union(s, b, fa_literal(s, STR("q"))), fa_literal(s, STR("q")))
              : b);
    }
    ck_assert_uint_eq(hash[0], hash[1]);
    ck_assert_uint_ne(hash[0], fa_hash(fa_empty(g.space)));
    arena_free(g.arena);
    arena_free(h.arena);
}
END_TEST

START_TEST(unknown_spreads)
{
    struct arena *arena = arena_new();
    struct limits limits = limits_default;
    limits.fa_states = 20;
    struct fa_space *s = fa_space_new(arena, &limits);
    const struct fa *a = range(s, 'a', 'b');
    const struct fa *many = fa_concat(s, fa_repeat(s, a, 0, FA_FOREVER),
                                      fa_concat(s, fa_literal(s, STR("a")), fa_repeat(s, a, 8, 8)));
    ck_assert(!many && fa_space_exhausted(s));
    ck_assert(!fa_union(s, a, many) && !fa_complement(s, many) && !fa_reverse(s, many));
    ck_assert(!fa_is_none(many) && !fa_is_all(many) && !fa_is_subset(s, many, a));
    ck_assert(!fa_is_disjoint(s, a, many) && !fa_accepts(many, STR("a")));
    ck_assert_uint_eq(fa_splits(s, many, NULL, 0), UINT32_MAX);
    Str word;
    ck_assert(!fa_shortest(arena, many, NULL, &word) && !fa_is_literal(arena, many, &word));
    ck_assert(fa_union(s, a, fa_empty(s)) != NULL); // small things still work
    arena_free(arena);
}
END_TEST

START_TEST(quotients)
{
    struct ground g = ground_new();
    struct fa_space *s = g.space;
    const struct fa *origins = fa_literals(
        s, (Str[]){ STR("GET:https://a"), STR("GET:https://b"), STR("PUT:https://c") }, 3);
    const struct fa *get = fa_after(s, origins, STR("GET:"));
    ck_assert(get == fa_literals(s, (Str[]){ STR("https://b"), STR("https://a") }, 2));
    ck_assert(fa_before(s, origins, STR("https://c")) == fa_literal(s, STR("PUT:")));
    ck_assert(fa_before(s, origins, STR("")) == origins);
    ck_assert(fa_is_none(fa_after(s, origins, STR("HEAD"))));
    ck_assert(fa_is_none(fa_before(s, origins, STR("x"))));
    ck_assert(fa_is_all(fa_before(s, fa_all(s), STR("x"))));
    arena_free(g.arena);
}
END_TEST

START_TEST(bytes_that_stand_for_another)
{
    struct ground g = ground_new();
    struct fa_space *s = g.space;
    const struct fa *dot = fa_union(s, range(s, '.', '9'), range(s, 'a', 'z'));
    const struct fa *host =
        fa_concat(s, fa_literal(s, STR("app")),
                  fa_concat(s, dot,
                            fa_concat(s, fa_literal(s, STR("shop")),
                                      fa_concat(s, dot, fa_literal(s, STR("test"))))));
    uint64_t letters[4] = { 0, UINT64_C(0x7fffffe) << 32, 0, 0 };
    ck_assert(fa_prefer(s, host, '.', letters) == fa_literal(s, STR("app.shop.test")));
    // One letter that leads elsewhere, and it is no such place any more.
    const struct fa *less = fa_subtract(s, host, fa_literal(s, STR("appqshop.test")));
    ck_assert_uint_eq(fa_count(fa_prefer(s, less, '.', letters)), 2 * (fa_count(dot) - 1));
    const struct fa *list = fa_literals(s, (Str[]){ STR("a.b"), STR("axb"), STR("c") }, 3);
    ck_assert(fa_prefer(s, list, '.', letters) == list);
    ck_assert(fa_prefer(s, fa_none(s), '.', letters) == fa_none(s));
    ck_assert(!fa_prefer(s, NULL, '.', letters));
    arena_free(g.arena);
}
END_TEST

START_TEST(letters_of_both_cases)
{
    struct ground g = ground_new();
    struct fa_space *s = g.space;
    const struct fa *word = fa_literal_nocase(s, STR("aB-1"));
    ck_assert_uint_eq(fa_count(word), 4);
    ck_assert(fa_accepts(word, STR("Ab-1")) && !fa_accepts(word, STR("ab-2")));
    ck_assert(fa_fold_case(s, word) == fa_literal(s, STR("ab-1")));
    ck_assert(fa_literals_nocase(s, (Str[]){ STR("X"), STR("x") }, 2) ==
              fa_literal_nocase(s, STR("x")));
    ck_assert(fa_unfold_case(s, fa_literal(s, STR("A"))) == fa_none(s)); // lower(w) is never A
    ck_assert(fa_fold_case(s, fa_literal(s, STR("A"))) == fa_literal(s, STR("a")));
    arena_free(g.arena);
}
END_TEST

// Against brute force: w is in it exactly when w with single slashes is in the language.
START_TEST(runs_of_slashes)
{
    struct arena *arena = arena_new();
    struct fa_space *s = fa_space_new(arena, &limits_default);
    const struct fa *all = fa_all(s), *slash = fa_literal(s, STR("/"));
    const struct fa *doubled = fa_concat(s, all, fa_concat(s, fa_literal(s, STR("//")), all));
    const struct fa *const languages[] = {
        fa_literal(s, STR("/a/b")),
        fa_concat(s, fa_literal(s, STR("/a")), all),
        fa_concat(s, all, slash),
        fa_complement(s, doubled),
        fa_subtract(s, fa_concat(s, slash, all), fa_literal(s, STR("/"))),
        fa_repeat(s, fa_literal(s, STR("/a")), 0, 2),
        fa_empty(s),
        doubled,
        fa_none(s),
        all,
    };
    for (size_t i = 0; i < sizeof languages / sizeof *languages; i++)
        for (uint32_t number = 0; number < 3 * 3 * 3 * 3 * 3 * 3; number++) {
            char word[6], single[6];
            size_t length = 0, kept = 0;
            for (uint32_t rest = number; rest; rest /= 3)
                word[length++] = "/ab"[rest % 3];
            for (size_t k = 0; k < length; k++)
                if (word[k] != '/' || k == 0 || word[k - 1] != '/')
                    single[kept++] = word[k];
            bool is = fa_accepts(fa_unfold_slashes(s, languages[i]), (Str){ word, length });
            ck_assert_msg(is == fa_accepts(languages[i], (Str){ single, kept }),
                          "language %zu: %.*s", i, (int)length, word);
        }
    ck_assert(fa_unfold_slashes(s, languages[1]) == fa_unfold_slashes(s, languages[1]));
    ck_assert_ptr_null(fa_unfold_slashes(s, NULL));
    arena_free(arena);
}
END_TEST

START_TEST(counting_and_listing)
{
    struct ground g = ground_new();
    struct fa_space *s = g.space;
    const struct fa *bits = fa_repeat(s, range(s, '0', '1'), 0, 3);
    ck_assert_uint_eq(fa_count(bits), 15);
    ck_assert_uint_eq(fa_count(fa_repeat(s, range(s, 'a', 'z'), 0, 13)),
                      UINT64_C(2580398988131886039));
    ck_assert_uint_eq(fa_count(fa_repeat(s, range(s, 'a', 'z'), 0, 14)), FA_INFINITE); // no room
    ck_assert(fa_is_finite(fa_repeat(s, range(s, 'a', 'z'), 0, 14)));
    Str words[8];
    static const char *const expected[] = { "", "0", "1", "00", "01", "10", "11", "000" };
    ck_assert_uint_eq(fa_enumerate(g.arena, bits, words, 8), 8);
    for (int i = 0; i < 8; i++)
        ck_assert(str_is(words[i], expected[i]));
    const struct fa *sparse = fa_repeat(s, fa_literal(s, STR("abcde")), 1, FA_FOREVER);
    ck_assert_uint_eq(fa_enumerate(g.arena, sparse, words, 3), 3);
    ck_assert_uint_eq(words[2].len, 15);
    ck_assert_uint_eq(fa_enumerate(g.arena, fa_none(s), words, 3), 0);
    arena_free(g.arena);
}
END_TEST

START_TEST(the_nicest_shortest_word)
{
    struct ground g = ground_new();
    struct fa_space *s = g.space;
    uint8_t taste[256];
    memset(taste, 9, sizeof taste);
    taste['e'] = 1;
    taste['v'] = 2;
    Str word;
    const struct fa *pair = fa_repeat(s, range(s, 'a', 'z'), 2, FA_FOREVER);
    ck_assert(fa_shortest(g.arena, pair, taste, &word) && str_is(word, "ee"));
    ck_assert(fa_shortest(g.arena, pair, NULL, &word) && str_is(word, "aa"));
    // Bytes of one rank: the rank of what follows decides before their order does.
    const struct fa *fork = fa_literals(s, (Str[]){ STR("ax"), STR("be"), STR("ce") }, 3);
    ck_assert(fa_shortest(g.arena, fork, taste, &word) && str_is(word, "be"));
    const struct fa *first = fa_literals(s, (Str[]){ STR("ae"), STR("bx"), STR("cy") }, 3);
    ck_assert(fa_shortest(g.arena, first, taste, &word) && str_is(word, "ae"));
    ck_assert(fa_shortest(g.arena, fa_empty(s), taste, &word) && word.len == 0);
    ck_assert(!fa_shortest(g.arena, fa_none(s), taste, &word));
    ck_assert(fa_is_literal(g.arena, fa_literal(s, STR("x.y")), &word) && str_is(word, "x.y"));
    ck_assert(!fa_is_literal(g.arena, fork, &word));
    arena_free(g.arena);
}
END_TEST

// 100,000 words, one of them exchanged: the states tell that the lists are shared and minimal.
START_TEST(large_lists)
{
    enum { COUNT = 100000 };
    struct ground g = ground_new();
    Str *words = ARENA_ARRAY(g.arena, Str, COUNT);
    size_t bytes = 0;
    for (uint32_t i = 0; i < COUNT; i++) {
        words[i] =
            str_format(g.arena, "https://%08x.shop-%u.example", i * UINT32_C(2654435761), i % 97);
        bytes += words[i].len;
    }
    size_t before = arena_bytes(g.arena);
    const struct fa *old = fa_literals(g.space, words, COUNT);
    ck_assert_uint_lt(arena_bytes(g.arena) - before, 12 * bytes);
    ck_assert_uint_eq(fa_count(old), COUNT);
    Str lost = words[777], word;
    words[777] = STR("https://new.example");
    before = arena_bytes(g.arena);
    const struct fa *new = fa_literals(g.space, words, COUNT);
    ck_assert_uint_lt(arena_bytes(g.arena) - before, 64 * 1024); // nearly all states are there
    ck_assert(fa_is_literal(g.arena, fa_subtract(g.space, old, new), &word) &&
              str_equal(word, lost));
    ck_assert(fa_is_literal(g.arena, fa_subtract(g.space, new, old), &word));
    ck_assert(str_is(word, "https://new.example"));
    ck_assert(fa_intersect(g.space, old, fa_all(g.space)) == old);
    arena_free(g.arena);
}
END_TEST

START_TEST(splits)
{
    struct ground g = ground_new();
    struct fa_space *s = g.space;
    const struct fa *words = fa_literals(s, (Str[]){ STR("ab"), STR("cb") }, 2), *sum = fa_none(s);
    struct fa_pair pairs[8];
    uint32_t count = fa_splits(s, words, pairs, 8);
    ck_assert_uint_eq(count, 3); // before the first byte, between, at the end
    for (uint32_t i = 0; i < count; i++)
        sum = fa_union(s, sum, fa_concat(s, pairs[i].left, pairs[i].right));
    ck_assert(sum == words);
    ck_assert_uint_eq(fa_splits(s, words, pairs, 2), UINT32_MAX);
    ck_assert_uint_eq(fa_splits(s, fa_none(s), pairs, 2), 0);
    arena_free(g.arena);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        basic_languages,
        one_language_is_one_pointer,
        hashes_do_not_depend_on_the_space,
        unknown_spreads,
        quotients,
        bytes_that_stand_for_another,
        letters_of_both_cases,
        runs_of_slashes,
        counting_and_listing,
        the_nicest_shortest_word,
        large_lists,
        splits,
    };
    return check_main(check_suite("fa", tests, sizeof tests / sizeof *tests));
}
