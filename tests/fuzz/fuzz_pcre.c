// fuzz_pcre: an expression and a subject, compiled in every dialect; with PCRE2's, its matcher must
// agree. The input is a byte of options, the expression, a zero byte, the subject.

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

// Whether PCRE2 matches: 1, 0, or -1 when it gives up or contradicts itself with and without its
// optimisations.
static int opinion(Str pattern, uint32_t options, Str subject)
{
    enum { MATCH_LIMIT = 100000 };
    int results[2] = { -1, -1 };
    pcre2_match_context *context = pcre2_match_context_create(NULL);
    pcre2_set_match_limit(context, MATCH_LIMIT);
    for (int i = 0; i < 2; i++) {
        int error;
        PCRE2_SIZE offset;
        uint32_t plain =
            i ? PCRE2_NO_AUTO_POSSESS | PCRE2_NO_START_OPTIMIZE | PCRE2_NO_DOTSTAR_ANCHOR : 0;
        pcre2_code *code = pcre2_compile((PCRE2_SPTR)pattern.ptr, pattern.len, options | plain,
                                         &error, &offset, NULL);
        pcre2_match_data *match = code ? pcre2_match_data_create_from_pattern(code, NULL) : NULL;
        if (match) {
            int found =
                pcre2_match(code, (PCRE2_SPTR)subject.ptr, subject.len, 0, 0, match, context);
            results[i] = found >= 0 ? 1 : found == PCRE2_ERROR_NOMATCH ? 0 : -1;
        }
        pcre2_match_data_free(match);
        pcre2_code_free(code);
    }
    pcre2_match_context_free(context);
    return results[0] == results[1] ? results[0] : -1;
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
        uint32_t options = flags & REGEX_CASELESS ? PCRE2_CASELESS : 0;
        if (dialect == REGEX_PCRE2 && (flags & ~(unsigned)REGEX_CASELESS) == 0) {
            int theirs = opinion(pattern, options, subject);
            if (theirs >= 0 && theirs != matches)
                fail("PCRE2 disagrees", pattern);
        }
        const struct fa *yes, *no;
        regex_group_whole(space, result.regex, regex_group_count(result.regex), &yes, &no);
        if (yes && no && (fa_accepts(yes, subject) || fa_accepts(no, subject)) != matches)
            fail("a group takes part in what does not match", pattern);
    }
    arena_free(arena);
    free(copy);
    return 0;
}
