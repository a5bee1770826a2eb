// Languages of expressions against PCRE2 itself: generated patterns and those of cors_patterns.txt,
// words at random and out of the automaton (members, and members with a byte changed). Flags are
// those that products set: caseless (nginx's ~*), anchored at the start (Kong), the whole subject,
// and $ at the very end only. PROP_REPORT=1 prints what was compared, trial by trial.

#include "prop/patterns.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <string.h>

#include "unit/check_main.h"

struct tally {
    uint64_t patterns, pairs, matched, captures, certain;
    uint64_t contradictions; // PCRE2 with and without its optimisations
    uint64_t status[REGEX_TOO_LARGE + 1];
};

struct subject {
    Str pattern;
    struct fa_space *space;
    const struct regex *regex;
    const struct fa *language, *words, *holds, *holds_not, *whole, *whole_not;
    const struct fa *between, *between_not; // of `before`, the group and `behind`
    Str before, behind;
    pcre2_code *code, *plain; // the second without optimisations
    pcre2_match_data *data;
    uint32_t group;
};

static void show(Str pattern, Str word)
{
    printf("/%.*s/ and", STR_ARG(pattern));
    for (size_t i = 0; i < word.len; i++)
        printf(word.ptr[i] > ' ' && word.ptr[i] < 0x7f ? " %c" : " \\x%02x",
               (unsigned char)word.ptr[i]);
    printf(": ");
}

static bool agrees(const struct subject *s, Str word, struct tally *tally)
{
    int found =
        pcre2_match(s->code, (PCRE2_SPTR)(word.ptr ? word.ptr : ""), word.len, 0, 0, s->data, NULL);
    if (found < PCRE2_ERROR_NOMATCH)
        return true; // it gave up
    bool matches = found >= 0;
    if (fa_accepts(s->language, word) != matches) {
        // PCRE2 10.42 has optimisations that lose matches, such as /(?=b)a{0}b/ and "b".
        int again = pcre2_match(s->plain, (PCRE2_SPTR)(word.ptr ? word.ptr : ""), word.len, 0, 0,
                                s->data, NULL);
        if (again < PCRE2_ERROR_NOMATCH || (again >= 0) != matches) {
            tally->contradictions++;
            return true;
        }
    }
    tally->pairs++;
    tally->matched += matches;
    if (fa_accepts(s->language, word) != matches) {
        show(s->pattern, word);
        printf("PCRE2 says %d\n", matches);
        return false;
    }
    Str held = { 0 };
    const PCRE2_SIZE *ends = pcre2_get_ovector_pointer(s->data);
    if (matches && found > (int)s->group && ends[2 * s->group] != PCRE2_UNSET)
        held = str_slice(word, ends[2 * s->group], ends[2 * s->group + 1]);
    const struct {
        const struct fa *yes, *no;
        bool is;
    } answers[] = {
        { s->holds, s->holds_not, fa_accepts(s->words, held) },
        { s->whole, s->whole_not, str_equal(word, held) },
        { s->between, s->between_not,
          word.len == s->before.len + held.len + s->behind.len && str_starts(word, s->before) &&
              str_ends(word, s->behind) &&
              str_equal(str_slice(word, s->before.len, s->before.len + held.len), held) },
    };
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        if (!answers[i].yes || !answers[i].no)
            continue;
        tally->captures++;
        bool yes = fa_accepts(answers[i].yes, word), no = fa_accepts(answers[i].no, word);
        tally->certain += yes != no;
        if (!matches ? yes || no : answers[i].is ? !yes : !no) {
            show(s->pattern, word);
            printf("group %u holds \"%.*s\" (%d)\n", s->group, STR_ARG(held), (int)i);
            return false;
        }
    }
    return true;
}

static uint32_t options_of(unsigned flags)
{
    uint32_t options = flags & REGEX_CASELESS ? PCRE2_CASELESS : 0;
    options |= flags & (REGEX_FULL | REGEX_ANCHORED) ? PCRE2_ANCHORED : 0;
    options |= flags & REGEX_FULL ? PCRE2_ENDANCHORED : 0;
    return options | (flags & REGEX_DOLLAR_STRICT ? PCRE2_DOLLAR_ENDONLY : 0);
}

static pcre2_code *compiled(Str pattern, uint32_t options)
{
    int error;
    PCRE2_SIZE offset;
    return pcre2_compile((PCRE2_SPTR)(pattern.ptr ? pattern.ptr : ""), pattern.len, options, &error,
                         &offset, NULL);
}

static bool check_pattern(struct prop_random *random, Str pattern, unsigned flags, uint32_t words,
                          struct tally *tally)
{
    struct arena *arena = arena_new();
    struct limits limits = limits_default;
    limits.fa_states = 5000;
    limits.fa_steps = 2000000;
    struct fa_space *space = fa_space_new(arena, &limits);
    struct subject s = { .pattern = pattern, .space = space };
    s.code = compiled(pattern, options_of(flags));
    s.plain = compiled(pattern, options_of(flags) | PCRE2_NO_AUTO_POSSESS |
                                    PCRE2_NO_START_OPTIMIZE | PCRE2_NO_DOTSTAR_ANCHOR);
    struct regex_result result = regex_compile(space, pattern, REGEX_PCRE2, flags);
    tally->patterns++;
    tally->status[result.status]++;
    bool fine = (s.code == NULL) == (result.status == REGEX_INVALID);
    if (!fine)
        printf("/%.*s/ is%s valid\n", STR_ARG(pattern), s.code ? "" : " not");
    if (s.code && result.status == REGEX_OK) {
        s.data = pcre2_match_data_create_from_pattern(s.code, NULL);
        s.language = result.language;
        s.regex = result.regex;
        s.group = prop_below(random, regex_group_count(result.regex) + 1);
        s.words = fa_literals(space, (Str[]){ STR("a"), STR("ab"), STR("b") }, 3);
        if (prop_below(random, 2))
            s.words = fa_repeat(space, fa_bytes(space, (uint64_t[4]){ 0, UINT64_C(3) << 33, 0, 0 }),
                                1, FA_FOREVER);
        regex_group_split(space, s.regex, s.group, s.words, &s.holds, &s.holds_not);
        regex_group_whole(space, s.regex, s.group, &s.whole, &s.whole_not);
        static const Str around[] = { { "", 0 }, { "a", 1 }, { "b", 1 }, { "ab", 2 } };
        s.before = around[prop_below(random, 4)];
        s.behind = around[prop_below(random, 4)];
        regex_group_between(space, s.regex, s.group, s.before, s.behind, &s.between,
                            &s.between_not);
        for (uint32_t i = 0; i < words && fine; i++) {
            Str word = word_next(random, arena, space, s.language, i);
            fine = agrees(&s, word, tally);
        }
        pcre2_match_data_free(s.data);
    }
    pcre2_code_free(s.code);
    pcre2_code_free(s.plain);
    arena_free(arena);
    return fine;
}

static void report(const char *name, const struct tally *t)
{
    printf("%s: %llu patterns (%llu invalid, %llu irregular, %llu too large), %llu pairs, %llu "
           "matching, %llu captures compared, %llu of them certain\n",
           name, (unsigned long long)t->patterns, (unsigned long long)t->status[REGEX_INVALID],
           (unsigned long long)t->status[REGEX_IRREGULAR],
           (unsigned long long)t->status[REGEX_TOO_LARGE], (unsigned long long)t->pairs,
           (unsigned long long)t->matched, (unsigned long long)t->captures,
           (unsigned long long)t->certain);
}

static int generated(struct prop_random *random, uint32_t size)
{
    enum { WORDS = 60 };
    struct arena *arena = arena_new();
    struct tally tally = { 0 };
    Str pattern = pattern_random(random, arena, REGEX_PCRE2, size);
    unsigned flags = prop_below(random, 2) ? 0 : prop_below(random, 16);
    bool fine = check_pattern(random, pattern, flags, WORDS, &tally);
    if (prop_environment("PROP_REPORT", 0))
        printf(
            "pairs %llu patterns 1 status%s%s%s captures %llu certain %llu contradictions %llu\n",
            (unsigned long long)tally.pairs, tally.status[REGEX_INVALID] ? " invalid" : "",
            tally.status[REGEX_IRREGULAR] ? " irregular" : "",
            tally.status[REGEX_TOO_LARGE] ? " large" : "", (unsigned long long)tally.captures,
            (unsigned long long)tally.certain, (unsigned long long)tally.contradictions);
    arena_free(arena);
    return fine;
}

START_TEST(generated_patterns)
{
    ck_assert_uint_eq(prop_run("generated", generated, 2000, 100), 0);
}
END_TEST

START_TEST(patterns_of_the_field)
{
    FILE *file = fopen("prop/cors_patterns.txt", "r");
    ck_assert_msg(file != NULL, "prop/cors_patterns.txt is missing");
    char line[PATTERN_MAX];
    struct tally tally = { 0 };
    uint64_t failed = 0, words = prop_environment("PROP_WORDS", 100);
    struct prop_random random = { 1 };
    while (fgets(line, sizeof line, file)) {
        Str pattern = str_trim(str_from(line));
        if (pattern.len == 0 || pattern.ptr[0] == '#')
            continue;
        unsigned flags = str_eat(&pattern, STR("~* ")) ? REGEX_CASELESS : 0;
        failed += !check_pattern(&random, pattern, flags, (uint32_t)words, &tally);
    }
    fclose(file);
    report("field", &tally);
    ck_assert_uint_eq(failed, 0);
    ck_assert_uint_ge(tally.patterns, 150);
    ck_assert_uint_eq(tally.status[REGEX_INVALID] + tally.status[REGEX_TOO_LARGE], 0);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = { generated_patterns, patterns_of_the_field };
    return check_main(check_suite("pcre_prop", tests, sizeof tests / sizeof *tests));
}
