// Languages of expressions against PCRE2 itself: generated patterns and those of cors_patterns.txt,
// words at random and out of the automaton (members, and members with a byte changed).

#include "base/buf.h"
#include "fa/pcre.h"

#include "prop/prop.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <string.h>

#include "unit/check_main.h"

enum { PATTERN_MAX = 400, WORD_MAX = 80 };

struct tally {
    uint64_t patterns, pairs, matched, captures, certain;
    uint64_t contradictions; // PCRE2 with and without its optimisations
    uint64_t status[REGEX_TOO_LARGE + 1];
};

struct text {
    char bytes[PATTERN_MAX * 2];
    size_t len;
};

static void put(struct text *text, const char *piece)
{
    size_t len = strlen(piece);
    if (text->len + len < sizeof text->bytes) {
        memcpy(text->bytes + text->len, piece, len);
        text->len += len;
    }
}

static const char *pick(struct prop_random *random, const char *const *list, uint32_t count)
{
    return list[prop_below(random, count)];
}
#define PICK(random, list) pick((random), (list), sizeof(list) / sizeof *(list))

static void put_item(struct prop_random *random, struct text *text, uint32_t size);

static void put_choice(struct prop_random *random, struct text *text, uint32_t size)
{
    uint32_t branches = prop_below(random, 4) ? 1 : 2 + prop_below(random, 2);
    for (uint32_t b = 0; b < branches; b++) {
        if (b)
            put(text, "|");
        uint32_t items = prop_below(random, size < 6 ? size + 1 : 6);
        for (uint32_t i = 0; i < items; i++)
            put_item(random, text, size / items);
    }
}

static void put_group(struct prop_random *random, struct text *text, uint32_t size)
{
    static const char *const opening[] = {
        "(",    "(",       "(",     "(?:",     "(?:",       "(?>",     "(?=",  "(?!",
        "(?=",  "(?|",     "(?i:",  "(?s:",    "(?-i:",     "(?x:",    "(?m:", "(?^:",
        "(?U:", "(?(?=a)", "(?i)(", "(?:(?s)", "(*atomic:", "(?(?!b)",
    };
    // Those with which most patterns are invalid are rarer.
    static const char *const fussy[] = {
        "(?<=", "(?<!", "(?<n>", "(?'k'", "(?(1)", "(?(?<!b)", "()(?(1)",
    };
    if (prop_below(random, 12) == 0) {
        put(text, PICK(random, fussy));
        put_choice(random, text, prop_below(random, 2) ? 1 : size - 1);
        put(text, ")");
        return;
    }
    put(text, PICK(random, opening));
    put_choice(random, text, size - 1);
    put(text, ")");
}

static void put_class(struct prop_random *random, struct text *text)
{
    static const char *const members[] = {
        "a",     "b",   "c",   "A",        "a-c",           "b-z",        ".",         "-",
        "\\d",   "\\w", "\\s", "\\W",      "[:alpha:]",     "[:^digit:]", "[:upper:]", "\\n",
        "\\x62", "^",   "\\]", "\\Qa-\\E", "\\x{41}-\\x43", "]",
    };
    put(text, prop_below(random, 3) ? "[" : "[^");
    for (uint32_t n = 1 + prop_below(random, 3); n > 0; n--)
        put(text, PICK(random, members));
    put(text, "]");
}

static void put_item(struct prop_random *random, struct text *text, uint32_t size)
{
    static const char *const atoms[] = {
        "a",   "a",   "b",   "b",     "c",   "ab",  "A",   ".",   ".",   "\\.", "^",  "$",
        "\\b", "\\B", "\\A", "\\z",   "\\Z", "\\n", "\\w", "\\W", "\\s", "\\d", "-",  "\\h",
        "\\N", "\\v", "\\G", "\\x61", "\n",  " ",   "b",   "a",   "c",   "a",   "bc", "..",
    };
    static const char *const rare[] = {
        "\\K", "\\Q.a\\E", "\\141", "(?#x)", "(?1)", "(?&n)", "\\1", "\\H",  "(?R)", "\\C", "(?i)",
        "\\E", "\\pL",     "\\R",   "\\012", "(*F)", "\\e",   "{",   "{,2}", "\\V",  "()",  "a(?1)",
    };
    static const char *const quantifiers[] = {
        "*",  "+",   "?",     "*?",     "+?",   "??",     "*+",  "++",
        "?+", "{2}", "{1,2}", "{0,2}?", "{1,}", "{2,3}+", "{0}",
    };
    uint32_t kind = size > 1 ? prop_below(random, 10) : prop_below(random, 6);
    if (kind < 5 && prop_below(random, 25) == 0)
        put(text, PICK(random, rare));
    else if (kind < 5)
        put(text, PICK(random, atoms));
    else if (kind < 6)
        put_class(random, text);
    else
        put_group(random, text, size);
    if (prop_below(random, 3) == 0)
        put(text, PICK(random, quantifiers));
}

static Str random_word(struct prop_random *random, struct arena *arena)
{
    static const char alphabet[] = "aaabbbccABC.-\n\r x0_";
    size_t len = prop_below(random, 9);
    char *word = ARENA_ARRAY(arena, char, len + 1);
    for (size_t i = 0; i < len; i++)
        word[i] = alphabet[prop_below(random, sizeof alphabet - 1)];
    return (Str){ word, len };
}

// A walk through the language: a member most of the time.
static Str guided_word(struct prop_random *random, struct arena *arena, struct fa_space *space,
                       const struct fa *language)
{
    struct buf buf = { .arena = arena };
    const struct fa *rest = language;
    while (buf.len < WORD_MAX && !fa_is_none(rest)) {
        if (fa_accepts(rest, STR("")) && prop_below(random, 3) == 0)
            break;
        uint8_t taste[UINT8_MAX + 1];
        for (int i = 0; i <= UINT8_MAX; i++)
            taste[i] = (uint8_t)prop_next(random);
        Str word;
        if (prop_below(random, 4)) {
            if (!fa_shortest(arena, rest, taste, &word) || word.len == 0)
                break;
            word = str_slice(word, 0, 1 + prop_below(random, (uint32_t)word.len));
        } else {
            word = random_word(random, arena);
            word.len = word.len > 1;
        }
        const struct fa *next = fa_after(space, rest, word);
        if (fa_is_none(next) && prop_below(random, 8))
            continue;
        buf_add(&buf, word);
        rest = next;
    }
    return buf_str(&buf);
}

static Str changed_word(struct prop_random *random, struct arena *arena, Str word)
{
    char *copy = ARENA_ARRAY(arena, char, word.len + 2);
    if (word.len)
        memcpy(copy, word.ptr, word.len);
    size_t at = prop_below(random, (uint32_t)word.len + 1);
    static const char bytes[] = "abcA.-/:xe0\n";
    char byte = bytes[prop_below(random, sizeof bytes - 1)];
    switch (prop_below(random, 3)) {
    case 0: // another byte
        if (at < word.len)
            copy[at] = byte;
        return (Str){ copy, word.len };
    case 1: // one more
        memmove(copy + at + 1, copy + at, word.len - at);
        copy[at] = byte;
        return (Str){ copy, word.len + 1 };
    default: // one less
        if (at == word.len)
            return (Str){ copy, word.len };
        memmove(copy + at, copy + at + 1, word.len - at - 1);
        return (Str){ copy, word.len - 1 };
    }
}

struct subject {
    Str pattern;
    struct fa_space *space;
    const struct regex *regex;
    const struct fa *language, *words, *holds, *holds_not, *whole, *whole_not;
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
        int again = pcre2_match(s->plain, (PCRE2_SPTR)word.ptr, word.len, 0, 0, s->data, NULL);
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
    };
    for (int i = 0; i < 2; i++) {
        if (!answers[i].yes || !answers[i].no)
            continue;
        tally->captures++;
        bool yes = fa_accepts(answers[i].yes, word), no = fa_accepts(answers[i].no, word);
        tally->certain += yes != no;
        if (!matches ? yes || no : answers[i].is ? !yes : !no) {
            show(s->pattern, word);
            printf("group %u holds \"%.*s\" (%d)\n", s->group, STR_ARG(held), i);
            return false;
        }
    }
    return true;
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
    int error;
    PCRE2_SIZE offset;
    s.code = pcre2_compile((PCRE2_SPTR)pattern.ptr, pattern.len,
                           flags & REGEX_CASELESS ? PCRE2_CASELESS : 0, &error, &offset, NULL);
    s.plain = pcre2_compile((PCRE2_SPTR)pattern.ptr, pattern.len,
                            (flags & REGEX_CASELESS ? PCRE2_CASELESS : 0) | PCRE2_NO_AUTO_POSSESS |
                                PCRE2_NO_START_OPTIMIZE | PCRE2_NO_DOTSTAR_ANCHOR,
                            &error, &offset, NULL);
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
        for (uint32_t i = 0; i < words && fine; i++) {
            struct arena_mark mark = arena_mark(arena);
            (void)mark;
            Str word;
            if (i % 3 == 0) {
                word = random_word(random, arena);
            } else {
                word = guided_word(random, arena, space, s.language);
                if (i % 3 == 2)
                    word = changed_word(random, arena, word);
            }
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
    struct text text = { .len = 0 };
    struct tally tally = { 0 };
    put_choice(random, &text, size);
    unsigned flags = prop_below(random, 4) ? 0 : REGEX_CASELESS;
    bool fine = check_pattern(random, (Str){ text.bytes, text.len }, flags, WORDS, &tally);
    if (prop_environment("PROP_REPORT", 0))
        printf(
            "pairs %llu patterns 1 status%s%s%s captures %llu certain %llu contradictions %llu\n",
            (unsigned long long)tally.pairs, tally.status[REGEX_INVALID] ? " invalid" : "",
            tally.status[REGEX_IRREGULAR] ? " irregular" : "",
            tally.status[REGEX_TOO_LARGE] ? " large" : "", (unsigned long long)tally.captures,
            (unsigned long long)tally.certain, (unsigned long long)tally.contradictions);
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
