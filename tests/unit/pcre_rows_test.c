// Every construct of the expressions that nginx reads, one row each: held against an equal
// expression without it, against words, and both against PCRE2 itself.

#include "fa/pcre.h"

#include "unit/check_main.h"

static const struct row {
    const char *construct, *pattern;
    unsigned flags;
    const char *same, *members, *others;
} rows[] = {
#include "unit/pcre_rows.h"
};

static void check_word(const struct row *row, struct arena *arena, const struct fa *language,
                       Str word, bool member)
{
    ck_assert_msg(fa_accepts(language, word) == member, "%s: \"%.*s\"", row->construct,
                  STR_ARG(word));
    ck_assert_msg(regex_match(arena, str_from(row->pattern), row->flags, word, NULL, 0) == member,
                  "%s: PCRE2 says %d to \"%.*s\"", row->construct, !member, STR_ARG(word));
}

START_TEST(constructs)
{
    const struct row *row = &rows[_i];
    struct arena *arena = arena_new();
    struct fa_space *space = fa_space_new(arena, &limits_default);
    struct regex_result result =
        regex_compile(space, str_from(row->pattern), REGEX_PCRE2, row->flags);
    ck_assert_msg(result.status == REGEX_OK, "%s: status %d, %s", row->construct,
                  (int)result.status, result.why ? result.why : "");
    if (*row->same) {
        struct regex_result same = regex_compile(space, str_from(row->same), REGEX_PCRE2, 0);
        ck_assert_int_eq(same.status, REGEX_OK);
        Str less = { 0 }, more = { 0 };
        fa_shortest(arena, fa_subtract(space, same.language, result.language), NULL, &less);
        fa_shortest(arena, fa_subtract(space, result.language, same.language), NULL, &more);
        ck_assert_msg(result.language == same.language,
                      "%s: not the same as /%s/: without \"%.*s\", with \"%.*s\"", row->construct,
                      row->same, STR_ARG(less), STR_ARG(more));
    }
    for (int side = 0; side < 2; side++) {
        Str words = str_from(side ? row->others : row->members), word;
        while (words.len) {
            if (!str_cut(words, STR(" "), &word, &words)) {
                word = words;
                words.len = 0;
            }
            word.len = str_is(word, "~") ? 0 : word.len;
            check_word(row, arena, result.language, word, side == 0);
        }
    }
    // The first members of the language, as PCRE2 sees them.
    enum { FIRST = 40 };
    Str words[FIRST];
    size_t count = fa_enumerate(arena, result.language, words, FIRST);
    for (size_t i = 0; i < count; i++)
        check_word(row, arena, result.language, words[i], true);
    count = fa_enumerate(arena, fa_complement(space, result.language), words, FIRST);
    for (size_t i = 0; i < count; i++)
        check_word(row, arena, result.language, words[i], false);
    arena_free(arena);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("pcre_rows");
    TCase *all = tcase_create("constructs");
    tcase_add_loop_test(all, constructs, 0, (int)(sizeof rows / sizeof *rows));
    suite_add_tcase(suite, all);
    return check_main(suite);
}
