// Answers the lines of languages (see languages.c) with PCRE2: with and without its optimisations,
// and where it contradicts itself it has no answer.

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PLAIN = PCRE2_NO_AUTO_POSSESS | PCRE2_NO_START_OPTIMIZE | PCRE2_NO_DOTSTAR_ANCHOR };

// In place; gives the length.
static size_t from_hex(char *text)
{
    if (strcmp(text, "-") == 0)
        return 0;
    size_t length = strlen(text) / 2;
    for (size_t i = 0; i < length; i++) {
        char digits[3] = { text[2 * i], text[2 * i + 1], 0 };
        text[i] = (char)strtoul(digits, NULL, 16);
    }
    return length;
}

static uint32_t options_of(unsigned flags)
{
    return (flags & 1 ? PCRE2_CASELESS : 0) | (flags & 2 ? PCRE2_ENDANCHORED : 0) |
           (flags & 6 ? PCRE2_ANCHORED : 0) | (flags & 8 ? PCRE2_DOLLAR_ENDONLY : 0);
}

static char answer(const pcre2_code *code, const char *word, size_t length)
{
    pcre2_match_data *data = pcre2_match_data_create_from_pattern(code, NULL);
    int found = pcre2_match(code, (PCRE2_SPTR)word, length, 0, 0, data, NULL);
    pcre2_match_data_free(data);
    return found >= 0 ? '1' : found == PCRE2_ERROR_NOMATCH ? '0' : '?';
}

int main(void)
{
    char *line = NULL, *rest;
    size_t size = 0;
    while (getline(&line, &size, stdin) > 0) {
        (void)strtok_r(line, " \n", &rest);
        uint32_t options = options_of((unsigned)strtoul(strtok_r(NULL, " \n", &rest), NULL, 10));
        char *pattern = strtok_r(NULL, " \n", &rest);
        size_t length = from_hex(pattern), at;
        int error;
        pcre2_code *code = pcre2_compile((PCRE2_SPTR)pattern, length, options, &error, &at, NULL);
        pcre2_code *plain =
            pcre2_compile((PCRE2_SPTR)pattern, length, options | PLAIN, &error, &at, NULL);
        if (!code || !plain)
            putchar('!');
        for (char *word; code && plain && (word = strtok_r(NULL, " \n", &rest));) {
            size_t bytes = from_hex(word);
            char first = answer(code, word, bytes), second = answer(plain, word, bytes);
            putchar(first == second ? first : '?');
        }
        putchar('\n');
        pcre2_code_free(code);
        pcre2_code_free(plain);
    }
    free(line);
    return 0;
}
