#include "fa/pcre.h"

#include "base/buf.h"
#include "unit/check_main.h"

#include <string.h>

// Subjects are given as text with ' ' between them; "~" stands for the empty subject.
struct row {
    const char *pattern;
    unsigned flags;
    const char *members, *others;
};

static void check_words(const struct row *row, enum regex_dialect dialect)
{
    struct arena *arena = arena_new();
    struct fa_space *space = fa_space_new(arena, &limits_default);
    struct regex_result result = regex_compile(space, str_from(row->pattern), dialect, row->flags);
    ck_assert_msg(result.status == REGEX_OK, "/%s/: status %d, %s", row->pattern,
                  (int)result.status, result.why ? result.why : "");
    for (int side = 0; side < 2; side++) {
        Str words = str_from(side ? row->others : row->members), word;
        while (words.len) {
            if (!str_cut(words, STR(" "), &word, &words)) {
                word = words;
                words.len = 0;
            }
            if (str_is(word, "~"))
                word.len = 0;
            ck_assert_msg(fa_accepts(result.language, word) == (side == 0), "/%s/ and \"%.*s\"",
                          row->pattern, STR_ARG(word));
        }
    }
    arena_free(arena);
}

START_TEST(languages)
{
    static const struct row rows[] = {
        { "", 0, "~ a", "" },
        { "b", 0, "b abc", "~ a" },
        { "^https://app\\.test$", 0, "https://app.test https://app.test\n",
          "https://appxtest xhttps://app.test https://app.test/ https://app.test\n\n" },
        { "^https://app\\.test$", REGEX_DOLLAR_STRICT, "https://app.test", "https://app.test\n" },
        { "^a|b$", 0, "a ax b xb", "~ xax bx" },
        { "a$b", 0, "", "a ab a\nb" },
        { "a|b", REGEX_FULL, "a b", "ab xa b\n" },
        { "a|ab", REGEX_FULL, "a ab", "abb" },
        { "a", REGEX_ANCHORED, "a ab", "ba" },
        { "aB", REGEX_CASELESS, "ab AB xAbx", "a" },
        { "(?i:a)b", 0, "Ab ab", "AB aB" },
        { "(a(?i)b|c)d", 0, "abd aBd Cd", "Abd aBD" },
        { "(?-i:a)b", REGEX_CASELESS, "aB", "AB" },
        { "[[:upper:]]", REGEX_CASELESS, "a A", "1" },
        { "^[^[:upper:]]$", REGEX_CASELESS, "1", "a A" },
        { "^[]a-c-]+$", 0, "]-b", "d" },
        { "^[^]]$", 0, "[", "]" },
        { "^[\\]\\w.-]+$", 0, "].a_0-", "/" },
        { "^[a\\Q]-\\E]$", 0, "a ] -", "\\ Q" },
        { "^.{2,3}$", 0, "ab abc", "a abcd a\nb" },
        { "^a{,}$", 0, "a{,}", "a aa ~" },
        { "^a{x,2}$", 0, "a{x,2}", "a aa ~" },
        { "^a{2,}?b??$", 0, "aa aaab", "a ab" },
        { "(?s)^a.b$", 0, "a\nb", "ab" },
        { "(?m)^b$", 0, "a\nb b\na b", "ab" },
        { "(?m)^", 0, "~ a a\n", "" },
        { "^a++b", 0, "aab", "aa" },
        { "^a*+a", 0, "", "a aaa" },
        { "^(?>a|ab)c", 0, "ac", "abc" },
        { "^(?>ab|a)c", 0, "ac abc", "abbc" },
        { "^(?>a*?)b", 0, "b", "ab" },
        { "^(?>(|b)*c)d", 0, "cd bcd bbcd", "bd" },
        { "^(?>(?>a+)|ab)b", 0, "ab aab", "b" },
        { "^(?:a|ab)++c", 0, "ac aac", "abc" },
        { "^(?>a(?=b)|ab)b$", 0, "ab", "abb b" },
        { "a(?=b)", 0, "ab", "a ac" },
        { "a(?!b)", 0, "a ac abac", "ab" },
        { "^(?=.*b)(?!.*c)a", 0, "ab axb", "a abc" },
        { "(?<=a)b", 0, "ab", "b cb" },
        { "(?<!a|bc)d", 0, "d cd", "ad bcd" },
        { "(?<=^|,)a", 0, "a x,a", "xa" },
        { "\\bb\\b", 0, "b a.b", "ab ba" },
        { "\\Bb", 0, "ab", "b .b" },
        { "[[:<:]]b", 0, "b .b", "ab" },
        { "b[[:>:]]", 0, "b ab", "ba .b_" },
        { "a[[:>:]]?b", 0, "", "ab a.b" }, // \b stays
        { "^a[[:>:]]?.", 0, "a.", "ab" },
        { "\\Aa\\z", 0, "a", "a\n ba" },
        { "\\Ga\\Z", 0, "a a\n", "ba" },
        { "^\\R$", 0, "\r\n \n \v", "a" },
        { "^\\h\\N\\H$", 0, "\tab", "aab" },
        { "^\\x61\\x{62}\\143\\o{144}$", 0, "abcd", "abc" },
        { "^\\cA\\e\\a\\t$", 0, "\x01\x1b\x07\t", "A" },
        { "^\\Qa.b\\E+$", 0, "a.b a.bb", "axb" },
        { "(?x) ^ a # comment\n b $", 0, "ab", "a" },
        { "^a(?#b)c$", 0, "ac", "abc" },
        { "^(a)?(?(1)b|c)$", 0, "ab c", "b ac" },
        { "^(?<n>a)?(?(<n>)b)$", 0, "ab ~", "b a" },
        { "^(?(?=a)a|bc)$", 0, "a bc", "b" },
        { "^(?(DEFINE)(?<d>[0-9]+))(?&d)\\.(?&d)$", 0, "1.23", "1. .1" },
        { "^(a|b)(?1)\\g<1>$", 0, "aab bab", "ab abc" },
        { "^(?|(a)|(b))c$", 0, "ac bc", "c" },
        { "(*FAIL)|a", 0, "a", "~" },
        { "^\\d+\\D\\w\\W\\s\\S$", 0, "1a_.\tx", "12345" },
        { "^\\p{Lu}$", 0, "A", "a 1" },
        { "^a{0}b$", 0, "b", "ab" },
        { "^(a\\Kb)$", 0, "ab", "b" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        check_words(&rows[i], REGEX_PCRE2);
}
END_TEST

START_TEST(dialects)
{
    static const struct {
        enum regex_dialect dialect;
        struct row row;
    } rows[] = {
        { REGEX_RE2, { "^a.b$", 0, "axb", "axb\n a\nb" } },
        { REGEX_RE2, { "(?P<n>a)\\z", REGEX_FULL, "a", "b" } },
        { REGEX_RE2, { "^\\s$", 0, "\t", "\v" } },
        { REGEX_GO, { "(?i)a(?-i)b", 0, "Ab", "AB" } },
        { REGEX_GO, { "(?U)a+b", 0, "ab", "b" } },
        { REGEX_JAVA, { "^a++b$", 0, "aab aab\n aab\r\n", "aa aab\n\n" } },
        { REGEX_JAVA, { "^.$", 0, "a", "\r" } },
        { REGEX_JAVA, { "(?<n>a)(?!b)", 0, "ac", "ab" } },
        { REGEX_ECMASCRIPT, { "^a$", 0, "a", "a\n" } },
        { REGEX_ECMASCRIPT, { "^[^]$", 0, "a \n", "ab" } },
        { REGEX_ECMASCRIPT, { "^\\u0061\\/\\-$", 0, "a/-", "b" } },
        { REGEX_ECMASCRIPT, { "[]", 0, "", "a ~" } },
        { REGEX_LUA,
          { "^https://[%w-]+%.test$", 0, "https://a-b.test", "https://a.testx https://.test" } },
        { REGEX_LUA, { "a-b", 0, "b aab", "a" } },
        { REGEX_LUA, { "%a%d?$", 0, "a1 xa", "1 a12" } },
        { REGEX_LUA, { "[^%s]", 0, "a", "\t" } },
        { REGEX_LUA, { "%f[%a]b", 0, "b 1b", "ab" } },
        { REGEX_LUA, { "a$b", 0, "a$b", "a" } },
        // What the engines themselves taught.
        { REGEX_RE2, { "^\\141\\012$", 0, "a\n", "141" } },
        { REGEX_RE2, { "^[!-[:upper:]]+$", 0, "A]", "a" } }, // ! to [, and a ] behind
        { REGEX_RE2, { "^a?(?s)?b", 0, "b ab", "aab" } },    // the repetition is that of a?
        { REGEX_RE2, { "(?m)b$\n^$", 0, "b\n ab\n", "b" } }, // a line begins at the very end
        { REGEX_RE2, { "^\\_{,2}$", 0, "_{,2}", "_ __" } },
        { REGEX_RE2, { "(?P<n>a)(?P<n>b)", 0, "ab", "a" } },
        { REGEX_RE2, { "^[[:^digit:][:punct:]]$", 0, "a .", "1" } },
        { REGEX_RE2, { "(?i)^[^[:upper:]]$", 0, "1", "a A" } },
        { REGEX_GO, { "^\\Qa.b\\E+$", 0, "a.b a.bb", "axb" } },
        { REGEX_GO, { "^\\Qa+", 0, "a+", "aa" } }, // no end
        { REGEX_GO, { "^[\\d-z]$", 0, "1 - z", "y" } },
        { REGEX_JAVA, { "^\\0141\\cA$", 0, "a\x01", "141" } },
        { REGEX_JAVA, { "^a\\r$\\n?", 0, "a\r", "a\r\n a" } },       // no $ inside \r\n
        { REGEX_JAVA, { "^(?:a|ab){2}+c", 0, "aac", "abac aabc" } }, // no iteration is tried again
        { REGEX_JAVA, { "^(?:a+){2}+b", 0, "", "aab aaab" } },
        { REGEX_JAVA, { "^\\R\\n$", 0, "\n\n \r\n", "\n" } }, // \R gives its \n back
        { REGEX_JAVA, { "^a\\Z", 0, "a a\n a\r\n a\r", "a\n\n" } },
        { REGEX_JAVA, { "(?x) a b # c", 0, "ab", "a" } },
        { REGEX_JAVA, { "(?x)^a+ +a", 0, "", "aa" } },    // possessive
        { REGEX_JAVA, { "^\\0600$", 0, "00", "\\x80" } }, // not more than 0377
        { REGEX_JAVA, { "^[\\Q.-\\E]$", 0, ". -", "Q" } },
        { REGEX_JAVA, { "^(?i:[^a])$", 0, "b", "a A" } },
        { REGEX_ECMASCRIPT, { "^[\\w-a-c]$", 0, "z - c a", "+" } },
        { REGEX_ECMASCRIPT, { "^[+-\\d,]$", 0, "+ - , 7", "." } },
        { REGEX_ECMASCRIPT, { "^\\x6$", 0, "x6", "6" } },
        { REGEX_ECMASCRIPT, { "^\\e\\a\\Q$", 0, "eaQ", "\\e" } },
        { REGEX_ECMASCRIPT, { "^a{,2}$", 0, "a{,2}", "a aa" } },
        { REGEX_ECMASCRIPT, { "^(?=a)*b", 0, "b", "a" } },
        { REGEX_ECMASCRIPT, { "^(?:^)*b", 0, "b", "a" } },
        { REGEX_ECMASCRIPT, { "(?<=a+)b", 0, "ab aab", "b" } }, // of any length
        { REGEX_ECMASCRIPT, { "^.$", 0, "a", "\r \n" } },
        { REGEX_LUA, { "^[+^-%]]+$", 0, "+] ]", "^ a - %" } }, // an empty range, then ]
        { REGEX_LUA, { "^[a%]]$", 0, "a ]", "% b" } },
        { REGEX_LUA, { "^%z*a", 0, "a", "za" } },
        { REGEX_LUA, { "^[]]$", 0, "]", "[" } },
        { REGEX_LUA, { "^[z-]a$", 0, "za -a", "a z" } },
        { REGEX_LUA, { "^[^]]$", 0, "[", "]" } },
        { REGEX_LUA, { "^[%a-z]+$", 0, "a- z-", "1" } }, // %a, - and z
        { REGEX_LUA, { "^a|b$", 0, "a|b", "a b" } },
        { REGEX_LUA, { "^a{2}$", 0, "a{2}", "aa" } },
        { REGEX_LUA, { "^(a)-b$", 0, "a-b", "b aab" } }, // no repetition of groups
        { REGEX_LUA, { "a^b$", 0, "a^b", "ab" } },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        check_words(&rows[i].row, rows[i].dialect);
}
END_TEST

START_TEST(verdicts)
{
    static const struct {
        const char *pattern;
        enum regex_dialect dialect;
        enum regex_status status;
    } rows[] = {
        { "(", REGEX_PCRE2, REGEX_INVALID },
        { "a**", REGEX_PCRE2, REGEX_INVALID },
        { "[\\w-.]", REGEX_PCRE2, REGEX_INVALID },
        { "[z-a]", REGEX_PCRE2, REGEX_INVALID },
        { "a{2,1}", REGEX_PCRE2, REGEX_INVALID },
        { "\\m", REGEX_PCRE2, REGEX_INVALID },
        { "\\u0061", REGEX_PCRE2, REGEX_INVALID },
        { "(?<n>a)(?<n>b)", REGEX_PCRE2, REGEX_INVALID },
        { "(?<=a+)b", REGEX_PCRE2, REGEX_INVALID },
        { "a{,2}", REGEX_PCRE2, REGEX_IRREGULAR }, // by its version, as are the next
        { "a{ 1}", REGEX_PCRE2, REGEX_IRREGULAR },
        { "a{1 , 2}", REGEX_PCRE2, REGEX_IRREGULAR },
        { "(a)\\1", REGEX_PCRE2, REGEX_IRREGULAR },
        { "(?<n>a)\\k<n>", REGEX_PCRE2, REGEX_IRREGULAR },
        { "(a(?R)?b)", REGEX_PCRE2, REGEX_IRREGULAR },
        { "(a(?1)?b)", REGEX_PCRE2, REGEX_IRREGULAR },
        { "(*UTF8)a", REGEX_PCRE2, REGEX_IRREGULAR },
        { "a(*COMMIT)b", REGEX_PCRE2, REGEX_IRREGULAR },
        { "(?<=a\\b)b", REGEX_PCRE2, REGEX_IRREGULAR },
        { "(?=a)", REGEX_RE2, REGEX_INVALID },
        { "a++", REGEX_GO, REGEX_INVALID },
        { "(a)\\1", REGEX_RE2, REGEX_INVALID },
        { "a{1001}", REGEX_RE2, REGEX_INVALID },
        { "(?<=a)b>", REGEX_RE2, REGEX_INVALID },
        { "(?:(?:(?:){1000}){1000}){1000}", REGEX_ECMASCRIPT, REGEX_TOO_LARGE },
        { "(?:(?:(?:){1000}){1000}){1000}", REGEX_GO, REGEX_INVALID },
        { "\\", REGEX_GO, REGEX_INVALID },
        { "(?>a)", REGEX_ECMASCRIPT, REGEX_INVALID },
        // What the engines themselves taught.
        { "\\e", REGEX_RE2, REGEX_INVALID },
        { "\\cA", REGEX_GO, REGEX_INVALID },
        { "a\\E", REGEX_GO, REGEX_INVALID },
        { "\\1", REGEX_GO, REGEX_INVALID },
        { "{2}a", REGEX_RE2, REGEX_INVALID },
        { "(?s)?a", REGEX_RE2, REGEX_INVALID },
        { "[a-\\d]", REGEX_RE2, REGEX_INVALID },
        { "[\\Qa]", REGEX_GO, REGEX_INVALID },
        { "[\\b]", REGEX_GO, REGEX_INVALID },
        { "(a{100}){11}", REGEX_RE2, REGEX_INVALID },
        { "a{2}{3}", REGEX_RE2, REGEX_INVALID },
        { "(?>a)", REGEX_RE2, REGEX_INVALID },
        { "[\\p{L}]", REGEX_GO, REGEX_IRREGULAR },
        { "^*a", REGEX_ECMASCRIPT, REGEX_INVALID },
        { "\\b+a", REGEX_ECMASCRIPT, REGEX_INVALID },
        { "(?<=a)?b", REGEX_ECMASCRIPT, REGEX_INVALID },
        { "{2}", REGEX_ECMASCRIPT, REGEX_INVALID },
        { "a{2,1}", REGEX_ECMASCRIPT, REGEX_INVALID },
        { "\\012", REGEX_ECMASCRIPT, REGEX_IRREGULAR }, // octal, or not
        { "a{,2}", REGEX_JAVA, REGEX_INVALID },
        { "{a", REGEX_JAVA, REGEX_INVALID },
        { "\\09", REGEX_JAVA, REGEX_INVALID },
        { "\\E", REGEX_JAVA, REGEX_INVALID },
        { "\\x{}", REGEX_JAVA, REGEX_INVALID },
        { "(?<n>a)(?<n>b)", REGEX_JAVA, REGEX_INVALID },
        { "(?<=a+)b", REGEX_JAVA, REGEX_IRREGULAR }, // sometimes refused
        { "(?m)^a", REGEX_JAVA, REGEX_IRREGULAR },
        { "(?x)( ?:a)", REGEX_JAVA, REGEX_IRREGULAR },  // a group, for Java
        { "(?:a?|b){2}", REGEX_JAVA, REGEX_IRREGULAR }, // an empty iteration is the last
        { "(?<=(?:a?b){2})c", REGEX_JAVA, REGEX_IRREGULAR },
        { "(?:a|^b){0}c", REGEX_PCRE2, REGEX_IRREGULAR }, // PCRE2 takes it for anchored
        { "[a&&b]", REGEX_JAVA, REGEX_IRREGULAR },
        { "(a)\\1", REGEX_JAVA, REGEX_IRREGULAR },
        { "%1", REGEX_LUA, REGEX_INVALID },
        { "(a)%1", REGEX_LUA, REGEX_IRREGULAR },
        { "%b()", REGEX_LUA, REGEX_IRREGULAR },
        { "[a", REGEX_LUA, REGEX_INVALID },
        { "a%", REGEX_LUA, REGEX_INVALID },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct arena *arena = arena_new();
        struct fa_space *space = fa_space_new(arena, &limits_default);
        struct regex_result result =
            regex_compile(space, str_from(rows[i].pattern), rows[i].dialect, 0);
        ck_assert_msg(result.status == rows[i].status, "/%s/: status %d, %s", rows[i].pattern,
                      (int)result.status, result.why ? result.why : "");
        ck_assert_msg(result.why && *result.why, "/%s/ says no reason", rows[i].pattern);
        ck_assert(!result.language);
        arena_free(arena);
    }
}
END_TEST

START_TEST(names_of_groups)
{
    struct arena *arena = arena_new();
    struct fa_space *space = fa_space_new(arena, &limits_default);
    static const char *const patterns[] = { "(a)(?<host>b)(?:c)(?P<port>d)(?'x'e)",
                                            "(a)(?<host>b)(?:\\1)(?P<port>d)(?'x'e)" };
    for (int i = 0; i < 2; i++) {
        struct regex_result result = regex_compile(space, str_from(patterns[i]), REGEX_PCRE2, 0);
        ck_assert_int_eq(result.status, i ? REGEX_IRREGULAR : REGEX_OK);
        uint32_t number = 0;
        ck_assert_uint_eq(regex_group_count(result.regex), 4);
        ck_assert(regex_group_find(result.regex, STR("port"), &number));
        ck_assert_uint_eq(number, 3);
        ck_assert(!regex_group_find(result.regex, STR("por"), &number));
        ck_assert(str_is(regex_group_name(result.regex, 2), "host"));
        ck_assert_uint_eq(regex_group_name(result.regex, 1).len, 0);
    }
    arena_free(arena);
}
END_TEST

// What a group holds, for subjects made of one letter each time: "y" the word asked for, "n"
// another word, "-" no match.
START_TEST(captures)
{
    static const struct {
        const char *pattern;
        uint32_t group;
        const char *word, *holds, *holds_not, *whole;
    } rows[] = {
        { "^(a|ab)(c|bcd)?$", 1, "a", "a abcd ac", "ab abc", "a ab" },
        { "(a+)", 1, "a", "a ba abaa", "aa baa", "a aa" },
        { "(a+)$", 1, "a", "a ba", "aa baa", "a aa" },
        { "(.*)", 1, "", "~", "a ab", "~ a ab" },
        { "(.*?)", 1, "", "~ a ab", "", "~" },
        { "^(?:(a)|b)*$", 1, "a", "a ab ba", "~ b bb", "~ a" },
        { "^(?:(a|b))*$", 1, "b", "b ab", "~ a ba", "~ a b" },
        { "^(a)?b", 1, "a", "ab", "b", "" },
        { "^(https://.*\\.test)$", 1, "https://a.test", "https://a.test", "https://b.test",
          "https://a.test https://b.test" },
        { "(https://.*\\.test)", 1, "https://a.test", "https://a.test xhttps://a.testx",
          "https://b.test", "https://a.test" },
        { "^(?>(a|ab))c?", 1, "a", "a ab", "", "a" },
        { "a+", 0, "a", "a ba", "aa", "a aa" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct arena *arena = arena_new();
        struct fa_space *space = fa_space_new(arena, &limits_default);
        struct regex_result result =
            regex_compile(space, str_from(rows[i].pattern), REGEX_PCRE2, 0);
        ck_assert_int_eq(result.status, REGEX_OK);
        const struct fa *yes, *no, *whole, *part;
        regex_group_split(space, result.regex, rows[i].group,
                          fa_literal(space, str_from(rows[i].word)), &yes, &no);
        regex_group_whole(space, result.regex, rows[i].group, &whole, &part);
        ck_assert(yes && no && whole && part);
        // The order of choices decides, so nothing is left open, and every match is in one of them.
        ck_assert(fa_is_disjoint(space, yes, no) && fa_is_disjoint(space, whole, part));
        ck_assert(fa_union(space, yes, no) == result.language);
        ck_assert(fa_union(space, whole, part) == result.language);
        const struct {
            const struct fa *set;
            const char *words;
        } sides[] = { { yes, rows[i].holds }, { no, rows[i].holds_not }, { whole, rows[i].whole } };
        for (int side = 0; side < 3; side++) {
            Str words = str_from(sides[side].words), word;
            while (words.len) {
                if (!str_cut(words, STR(" "), &word, &words)) {
                    word = words;
                    words.len = 0;
                }
                word.len = str_is(word, "~") ? 0 : word.len;
                bool matches = fa_accepts(result.language, word);
                ck_assert_msg(fa_accepts(sides[side].set, word) == matches, "/%s/ %d and \"%.*s\"",
                              rows[i].pattern, side, STR_ARG(word));
            }
        }
        arena_free(arena);
    }
}
END_TEST

START_TEST(captures_that_are_not_known)
{
    struct arena *arena = arena_new();
    struct fa_space *space = fa_space_new(arena, &limits_default);
    const struct fa *yes, *no;
    struct regex_result look = regex_compile(space, STR("(?=(a+))a"), REGEX_PCRE2, 0);
    regex_group_whole(space, look.regex, 1, &yes, &no);
    ck_assert(!yes && !no);
    struct regex_result reset = regex_compile(space, STR("a\\K(b)"), REGEX_PCRE2, 0);
    regex_group_whole(space, reset.regex, 0, &yes, &no);
    ck_assert(!yes && !no);
    regex_group_whole(space, reset.regex, 1, &yes, &no);
    ck_assert(fa_is_none(yes) && no == reset.language);
    regex_group_whole(space, reset.regex, 2, &yes, &no);
    ck_assert(!yes && !no);
    arena_free(arena);
}
END_TEST

START_TEST(matching_itself)
{
    struct arena *arena = arena_new();
    Str groups[3];
    ck_assert(regex_match(arena, STR("(a)|(b)"), 0, STR("xb"), groups, 3));
    ck_assert(str_is(groups[0], "b") && groups[1].len == 0 && str_is(groups[2], "b"));
    ck_assert(!regex_match(arena, STR("a"), REGEX_FULL, STR("ab"), groups, 1));
    ck_assert(!regex_match(arena, STR("a"), REGEX_ANCHORED, STR("ba"), groups, 1));
    ck_assert(regex_match(arena, STR("A"), REGEX_CASELESS, STR("a"), NULL, 0));
    ck_assert(!regex_match(arena, STR("("), 0, STR("("), groups, 1));
    ck_assert(regex_match(arena, (Str){ 0 }, 0, (Str){ 0 }, groups, 1));
    arena_free(arena);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = { languages,       dialects, verdicts,
                                   names_of_groups, captures, captures_that_are_not_known,
                                   matching_itself };
    return check_main(check_suite("pcre", tests, sizeof tests / sizeof *tests));
}
