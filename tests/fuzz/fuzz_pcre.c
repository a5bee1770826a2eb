// fuzz_pcre: an expression and a subject, compiled in every dialect; with PCRE2's, its matcher must
// agree, about the match and about what the last group holds. The input is a byte of options, the
// expression, a zero byte, the subject.

#include "fa/pcre.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fail(const char *what, Str pattern)
{
    fprintf(stderr, "%s: /%.*s/\n", what, STR_ARG(pattern));
    abort();
}

struct opinion {
    int matches; // 1, 0, or -1 when it gives up
    bool whole;  // the group holds the subject
};

static struct opinion ask(Str pattern, uint32_t options, uint32_t group, Str subject)
{
    enum { MATCH_LIMIT = 100000 };
    struct opinion result = { .matches = -1 };
    int error;
    PCRE2_SIZE offset;
    pcre2_match_context *context = pcre2_match_context_create(NULL);
    pcre2_set_match_limit(context, MATCH_LIMIT);
    pcre2_code *code =
        pcre2_compile((PCRE2_SPTR)pattern.ptr, pattern.len, options, &error, &offset, NULL);
    pcre2_match_data *match = code ? pcre2_match_data_create_from_pattern(code, NULL) : NULL;
    if (match) {
        int found = pcre2_match(code, (PCRE2_SPTR)subject.ptr, subject.len, 0, 0, match, context);
        const PCRE2_SIZE *ends = pcre2_get_ovector_pointer(match);
        result.matches = found >= 0 ? 1 : found == PCRE2_ERROR_NOMATCH ? 0 : -1;
        bool set = found > (int)group && ends[2 * group] != PCRE2_UNSET;
        result.whole =
            set ? ends[2 * group] == 0 && ends[2 * group + 1] == subject.len : subject.len == 0;
    }
    pcre2_match_data_free(match);
    pcre2_code_free(code);
    pcre2_match_context_free(context);
    return result;
}

// With and without its optimisations; where it contradicts itself, it has no opinion.
static struct opinion opinion(Str pattern, uint32_t options, uint32_t group, Str subject)
{
    struct opinion a = ask(pattern, options, group, subject);
    struct opinion b =
        ask(pattern,
            options | PCRE2_NO_AUTO_POSSESS | PCRE2_NO_START_OPTIMIZE | PCRE2_NO_DOTSTAR_ANCHOR,
            group, subject);
    if (a.matches != b.matches || (a.matches == 1 && a.whole != b.whole))
        a.matches = -1;
    return a;
}

static uint32_t options_of(unsigned flags)
{
    uint32_t options = flags & REGEX_CASELESS ? PCRE2_CASELESS : 0;
    options |= flags & (REGEX_FULL | REGEX_ANCHORED) ? PCRE2_ANCHORED : 0;
    options |= flags & REGEX_FULL ? PCRE2_ENDANCHORED : 0;
    return options | (flags & REGEX_DOLLAR_STRICT ? PCRE2_DOLLAR_ENDONLY : 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    // A copy, so that no pointer is NULL.
    char *copy = malloc(size);
    if (!copy)
        return 0;
    memcpy(copy, data, size);
    unsigned flags = (unsigned char)copy[0] & 0x0f;
    enum regex_dialect dialect = (enum regex_dialect)(((unsigned char)copy[0] >> 4) % 6);
    Str pattern, subject, input = { copy + 1, size - 1 };
    if (!str_cut(input, (Str){ "", 1 }, &pattern, &subject)) {
        pattern = input;
        subject = (Str){ copy, 0 };
    }
    struct arena *arena = arena_new();
    struct limits limits = limits_default;
    limits.fa_states = 2000;
    limits.fa_steps = 1000000;
    struct fa_space *space = fa_space_new(arena, &limits);
    struct regex_result result = regex_compile(space, pattern, dialect, flags);
    if ((result.status == REGEX_OK) != (result.language != NULL))
        fail("status and language", pattern);
    if (result.language) {
        bool matches = fa_accepts(result.language, subject);
        uint32_t group = regex_group_count(result.regex);
        struct opinion theirs = { .matches = -1 };
        if (dialect == REGEX_PCRE2)
            theirs = opinion(pattern, options_of(flags), group, subject);
        if (theirs.matches >= 0 && theirs.matches != matches)
            fail("PCRE2 disagrees", pattern);
        const struct fa *yes, *no;
        regex_group_whole(space, result.regex, group, &yes, &no);
        if (yes && no && (fa_accepts(yes, subject) || fa_accepts(no, subject)) != matches)
            fail("a group takes part in what does not match", pattern);
        if (yes && no && theirs.matches == 1 && !fa_accepts(theirs.whole ? yes : no, subject))
            fail("PCRE2 disagrees about the last group", pattern);
    }
    arena_free(arena);
    free(copy);
    return 0;
}
