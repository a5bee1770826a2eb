// The algebra of languages: laws, brute force over short words of three letters, and libfa (where
// it is installed) as another opinion.

#include "fa/fa.h"

#include "prop/prop.h"
#include "unit/check_main.h"

#include <dlfcn.h>
#include <string.h>

enum { LETTERS = 3, LENGTH_MAX = 6, PIECES = 4 };
static const char letters[] = "abA";

// Every operation is tried on languages built from random operations. The limits are small, so that
// they are reached now and then too.
static const struct fa *build(struct prop_random *random, struct fa_space *s, uint32_t size)
{
    static const Str words[] = { { "ab", 2 }, { "A", 1 }, { "", 0 }, { "bba", 3 }, { "aab", 3 } };
    if (size <= 1) {
        uint64_t bits[4] = { 0 };
        Str list[PIECES];
        switch (prop_below(random, 6)) {
        case 0:
            return fa_none(s);
        case 1:
            return fa_empty(s);
        case 2:
            for (int i = 0; i < LETTERS; i++)
                bits[1] |= (uint64_t)prop_below(random, 2) << (letters[i] - 64);
            return fa_bytes(s, bits);
        case 3:
            return fa_all(s);
        case 4:
            return fa_literal_nocase(s, words[prop_below(random, 5)]);
        default:
            for (int i = 0; i < PIECES; i++)
                list[i] = words[prop_below(random, 5)];
            return fa_literals(s, list, PIECES);
        }
    }
    const struct fa *a = build(random, s, size / 2), *b = build(random, s, size - size / 2);
    uint32_t min = prop_below(random, 3);
    switch (prop_below(random, 9)) {
    case 0:
        return fa_union(s, a, b);
    case 1:
        return fa_intersect(s, a, b);
    case 2:
        return fa_subtract(s, a, b);
    case 3:
        return fa_complement(s, a);
    case 4:
        return fa_repeat(s, a, min, prop_below(random, 2) ? FA_FOREVER : min + 2);
    case 5:
        return fa_reverse(s, a);
    case 6:
        return fa_fold_case(s, a);
    default:
        return fa_concat(s, a, b);
    }
}

static bool accepts_reversed(const struct fa *a, Str word)
{
    char bytes[LENGTH_MAX];
    for (size_t i = 0; i < word.len; i++)
        bytes[i] = word.ptr[word.len - 1 - i];
    return fa_accepts(a, (Str){ bytes, word.len });
}

static bool accepts_split(const struct fa *a, const struct fa *b, Str word)
{
    for (size_t i = 0; i <= word.len; i++)
        if (fa_accepts(a, str_slice(word, 0, i)) && fa_accepts(b, str_slice(word, i, word.len)))
            return true;
    return false;
}

static bool accepts_star(const struct fa *a, Str word)
{
    bool reached[LENGTH_MAX + 1] = { true };
    for (size_t end = 1; end <= word.len; end++)
        for (size_t begin = 0; begin < end && !reached[end]; begin++)
            reached[end] = reached[begin] && fa_accepts(a, str_slice(word, begin, end));
    return reached[word.len];
}

static bool accepts_some_case(const struct fa *a, Str word)
{
    for (unsigned mask = 0; mask < 1U << word.len; mask++) {
        char bytes[LENGTH_MAX];
        for (size_t i = 0; i < word.len; i++)
            bytes[i] = word.ptr[i] >= 'a' && mask >> i & 1 ? (char)(word.ptr[i] - 32) : word.ptr[i];
        if (fa_accepts(a, (Str){ bytes, word.len }))
            return true;
    }
    return false;
}

// Whether a word has an "A" or "b" where "a" and both of them lead to the same.
static bool has_replaced(struct fa_space *s, const struct fa *a, Str word)
{
    const struct fa *rest = a;
    for (size_t i = 0; i < word.len; i++) {
        const struct fa *next = fa_after(s, rest, str_slice(word, i, i + 1));
        const struct fa *same = fa_after(s, rest, STR("a"));
        if (word.ptr[i] != 'a' && next == same && !fa_is_none(same) &&
            fa_after(s, rest, STR("A")) == same && fa_after(s, rest, STR("b")) == same)
            return true;
        rest = next;
    }
    return false;
}

#define HOLD(condition)                                                                            \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            printf("%s\n", #condition);                                                            \
            return false;                                                                          \
        }                                                                                          \
    } while (0)

static bool brute_force(struct arena *arena, struct fa_space *s, const struct fa *a,
                        const struct fa *b)
{
    const struct fa *either = fa_union(s, a, b), *both = fa_intersect(s, a, b);
    const struct fa *less = fa_subtract(s, a, b), *not = fa_complement(s, a);
    const struct fa *back = fa_reverse(s, a), *row = fa_concat(s, a, b);
    const struct fa *star = fa_repeat(s, a, 0, FA_FOREVER), *two = fa_repeat(s, a, 2, 2);
    const struct fa *folded = fa_fold_case(s, a), *unfolded = fa_unfold_case(s, a);
    const struct fa *after = fa_after(s, a, STR("ab")), *before = fa_before(s, a, STR("bA"));
    const struct fa *preferred =
        fa_prefer(s, a, 'a', (uint64_t[4]){ 0, UINT64_C(1) << 1 | UINT64_C(1) << 34, 0, 0 });
    if (!preferred || !either || !both || !less || !not || !back || !row || !star || !two ||
        !folded || !unfolded || !before)
        return fa_space_exhausted(s);
    for (size_t length = 0, words = 1; length <= LENGTH_MAX; length++, words *= LETTERS)
        for (size_t number = 0; number < words; number++) {
            char bytes[LENGTH_MAX];
            for (size_t i = 0, rest = number; i < length; i++, rest /= LETTERS)
                bytes[i] = letters[rest % LETTERS];
            Str w = { bytes, length };
            bool in_a = fa_accepts(a, w), in_b = fa_accepts(b, w);
            HOLD(fa_accepts(either, w) == (in_a || in_b));
            HOLD(fa_accepts(both, w) == (in_a && in_b));
            HOLD(fa_accepts(less, w) == (in_a && !in_b));
            HOLD(fa_accepts(not, w) == !in_a);
            HOLD(fa_accepts(preferred, w) == (in_a && !has_replaced(s, a, w)));
            HOLD(accepts_reversed(back, w) == in_a);
            HOLD(fa_accepts(row, w) == accepts_split(a, b, w));
            HOLD(fa_accepts(two, w) == accepts_split(a, a, w));
            HOLD(fa_accepts(star, w) == accepts_star(a, w));
            struct arena_mark mark = arena_mark(arena);
            HOLD(fa_accepts(unfolded, w) == fa_accepts(a, str_lower(arena, w)));
            HOLD(fa_accepts(after, w) == fa_accepts(a, str_concat(arena, STR("ab"), w)));
            HOLD(fa_accepts(before, w) == fa_accepts(a, str_concat(arena, w, STR("bA"))));
            arena_rewind(arena, mark);
            bool lower = str_equal(w, (Str){ bytes, length }) && !memchr(bytes, 'A', length);
            HOLD(fa_accepts(folded, w) == (lower && accepts_some_case(a, w)));
        }
    return true;
}

static bool laws(struct fa_space *s, const struct fa *a, const struct fa *b)
{
    const struct fa *not_a = fa_complement(s, a), *not_b = fa_complement(s, b);
    const struct fa *both = fa_intersect(s, a, b), *less = fa_subtract(s, a, b);
    const struct fa *back = fa_reverse(s, a), *star = fa_repeat(s, a, 0, FA_FOREVER);
    const struct fa *joined = fa_complement(s, fa_union(s, not_a, not_b));
    const struct fa *parted = fa_intersect(s, a, not_b), *whole = fa_union(s, less, both);
    const struct fa *again = fa_repeat(s, star, 0, FA_FOREVER);
    const struct fa *turned = fa_reverse(s, fa_concat(s, a, b));
    const struct fa *swapped = fa_concat(s, fa_reverse(s, b), back);
    if (!joined || !parted || !whole || !again || !turned || !swapped)
        return fa_space_exhausted(s);
    HOLD(fa_complement(s, not_a) == a);
    HOLD(joined == both);
    HOLD(parted == less);
    HOLD(whole == a);
    HOLD(again == star);
    HOLD(fa_reverse(s, back) == a);
    HOLD(turned == swapped);
    HOLD(fa_is_subset(s, a, b) == fa_is_none(less));
    HOLD(fa_is_disjoint(s, a, b) == fa_is_none(both));
    HOLD((a == b) == (fa_is_subset(s, a, b) && fa_is_subset(s, b, a)));
    return true;
}

static bool words_are_right(struct arena *arena, struct fa_space *s, const struct fa *a)
{
    enum { WORDS = 50, PAIRS = 40 };
    Str words[WORDS], word;
    size_t count = fa_enumerate(arena, a, words, WORDS);
    uint64_t all = fa_count(a);
    HOLD(count == (all < WORDS ? all : WORDS));
    HOLD((all == FA_INFINITE) >= !fa_is_finite(a));
    for (size_t i = 0; i < count; i++) {
        HOLD(fa_accepts(a, words[i]));
        HOLD(i == 0 || words[i - 1].len < words[i].len ||
             (words[i - 1].len == words[i].len && str_compare(words[i - 1], words[i]) < 0));
    }
    HOLD(all >= WORDS || fa_literals(s, words, count) == a);
    HOLD(fa_shortest(arena, a, NULL, &word) == (count > 0));
    HOLD(count == 0 || str_equal(word, words[0]));
    HOLD(fa_is_literal(arena, a, &word) == (all == 1));
    struct fa_pair pairs[PAIRS];
    uint32_t splits = fa_splits(s, a, pairs, PAIRS);
    const struct fa *sum = fa_none(s);
    for (uint32_t i = 0; splits <= PAIRS && i < splits; i++) {
        sum = fa_union(s, sum, fa_concat(s, pairs[i].left, pairs[i].right));
        for (uint32_t k = 0; k < i; k++)
            HOLD(fa_is_disjoint(s, pairs[i].left, pairs[k].left) || fa_space_exhausted(s));
    }
    HOLD(splits > PAIRS || sum == a || fa_space_exhausted(s));
    return true;
}

static int algebra(struct prop_random *random, uint32_t size)
{
    struct arena *arena = arena_new();
    struct limits limits = limits_default;
    limits.fa_states = 2000;
    limits.fa_steps = 300000;
    struct fa_space *space = fa_space_new(arena, &limits);
    bool fine = true;
    for (int i = 0; i < 3 && fine; i++) { // several in one space: they share states
        const struct fa *a = build(random, space, size), *b = build(random, space, size);
        if (a && b)
            fine = brute_force(arena, space, a, b) && laws(space, a, b) &&
                   words_are_right(arena, space, a);
    }
    arena_free(arena);
    return fine;
}

START_TEST(algebra_holds)
{
    ck_assert_uint_eq(prop_run("algebra", algebra, 150, 10), 0);
}
END_TEST

// libfa has functions of the same names, so it is loaded and not linked.
struct oracle {
    int (*compile)(const char *, size_t, void **);
    void *(*concat)(void *, void *), *(*either)(void *, void *), *(*minus)(void *, void *);
    void *(*both)(void *, void *), *(*iterate)(void *, int, int);
    int (*contains)(void *, void *), (*example)(void *, char **, size_t *);
    void (*release)(void *);
};

static bool oracle_load(struct oracle *oracle)
{
    void *library = dlopen("libfa.so.1", RTLD_NOW | RTLD_LOCAL);
    if (!library)
        return false;
    const struct {
        const char *name;
        void *place;
    } functions[] = {
        { "fa_compile", &oracle->compile },   { "fa_concat", &oracle->concat },
        { "fa_union", &oracle->either },      { "fa_minus", &oracle->minus },
        { "fa_intersect", &oracle->both },    { "fa_iter", &oracle->iterate },
        { "fa_contains", &oracle->contains }, { "fa_example", &oracle->example },
        { "fa_free", &oracle->release },
    };
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
        void *symbol = dlsym(library, functions[i].name);
        if (!symbol)
            return false;
        memcpy(functions[i].place, &symbol, sizeof symbol);
    }
    return true;
}

// The same random expression in both; what libfa gives is released by the caller.
static void *build_both(struct prop_random *random, const struct oracle *oracle, struct fa_space *s,
                        uint32_t size, const struct fa **ours)
{
    static const char *const pieces[] = { "a", "b", "ab", "aba", "" };
    if (size <= 1) {
        const char *piece = pieces[prop_below(random, 5)];
        void *theirs = NULL;
        oracle->compile(piece, strlen(piece), &theirs);
        *ours = fa_literal(s, str_from(piece));
        return theirs;
    }
    const struct fa *a, *b;
    void *left = build_both(random, oracle, s, size / 2, &a), *result = NULL;
    void *right = build_both(random, oracle, s, size - size / 2, &b);
    switch (prop_below(random, 6)) {
    case 0:
        *ours = fa_repeat(s, a, 0, FA_FOREVER);
        result = oracle->iterate(left, 0, -1);
        break;
    case 1:
        *ours = fa_repeat(s, a, 1, 3);
        result = oracle->iterate(left, 1, 3);
        break;
    case 2:
        *ours = fa_intersect(s, a, b);
        result = oracle->both(left, right);
        break;
    case 3:
        *ours = fa_subtract(s, a, b);
        result = oracle->minus(left, right);
        break;
    case 4:
        *ours = fa_union(s, a, b);
        result = oracle->either(left, right);
        break;
    default:
        *ours = fa_concat(s, a, b);
        result = oracle->concat(left, right);
        break;
    }
    oracle->release(left);
    oracle->release(right);
    return result;
}

static int against_libfa(struct prop_random *random, uint32_t size)
{
    struct oracle oracle;
    if (!oracle_load(&oracle))
        return true;
    struct arena *arena = arena_new();
    struct fa_space *s = fa_space_new(arena, &limits_default);
    const struct fa *ours[2];
    void *theirs[2];
    size = size > 8 ? 8 : size;
    for (int i = 0; i < 2; i++)
        theirs[i] = build_both(random, &oracle, s, size, &ours[i]);
    bool fine = true;
    if (theirs[0] && theirs[1]) {
        fine = (oracle.contains(theirs[0], theirs[1]) == 1) == fa_is_subset(s, ours[0], ours[1]);
        char *example = NULL;
        size_t length = 0;
        oracle.example(theirs[0], &example, &length);
        fine = fine && (example == NULL) == fa_is_none(ours[0]);
        fine = fine && (!example || fa_accepts(ours[0], (Str){ example, length }));
        free(example);
    }
    for (int i = 0; i < 2; i++)
        oracle.release(theirs[i]);
    arena_free(arena);
    return fine;
}

START_TEST(libfa_agrees)
{
    ck_assert_uint_eq(prop_run("libfa", against_libfa, 1000, 100), 0);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = { algebra_holds, libfa_agrees };
    return check_main(check_suite("fa_prop", tests, sizeof tests / sizeof *tests));
}
