// languages: questions for other engines. Prints a line for each expression:
//
//     answer flags expression word word …
//
// with texts in hexadecimal ("-" when empty). `answer` is ours: "!" for an expression that the
// product refuses, "?" for one that is unknown, otherwise 1 or 0 for each word. The words of
// expressions without a language are random. Only ASCII: elsewhere the other engines read
// characters and not bytes.
//
//     languages DIALECT FIRST COUNT [FILE]   generated expressions FIRST…, or those of FILE

#include "base/str.h"
#include "prop/patterns.h"

#include <stdio.h>
#include <string.h>

enum { WORDS = 40, ASCII_END = 0x80 };

static const struct dialect {
    const char *name;
    enum regex_dialect dialect;
    unsigned flags; // some of which are set
} dialects[] = {
    { "pcre2", REGEX_PCRE2, 15 },
    { "re2", REGEX_RE2, REGEX_FULL | REGEX_CASELESS },
    { "go", REGEX_GO, REGEX_FULL | REGEX_CASELESS },
    { "java", REGEX_JAVA, REGEX_FULL | REGEX_CASELESS },
    { "ecmascript", REGEX_ECMASCRIPT, REGEX_CASELESS },
    { "lua", REGEX_LUA, 0 },
};

static void print_hex(Str text)
{
    printf(text.len ? " " : " -");
    for (size_t i = 0; i < text.len; i++)
        printf("%02x", (unsigned char)text.ptr[i]);
}

static bool is_askable(enum regex_dialect dialect, Str word)
{
    for (size_t i = 0; i < word.len; i++)
        if ((unsigned char)word.ptr[i] >= ASCII_END || (dialect == REGEX_LUA && !word.ptr[i]))
            return false;
    return true;
}

static void ask(struct prop_random *random, enum regex_dialect dialect, unsigned flags, Str pattern)
{
    struct arena *arena = arena_new();
    struct fa_space *space = fa_space_new(arena, &limits_default);
    struct regex_result result = regex_compile(space, pattern, dialect, flags);
    Str words[WORDS];
    uint32_t count = 0;
    for (uint32_t turn = 0; turn < 2 * WORDS && count < WORDS; turn++) {
        Str word = result.language ? word_next(random, arena, space, result.language, turn)
                                   : word_random(random, arena);
        if (is_askable(dialect, word))
            words[count++] = word;
    }
    if (!result.language)
        printf(result.status == REGEX_INVALID ? "!" : "?");
    for (uint32_t i = 0; result.language && i < count; i++)
        printf("%d", fa_accepts(result.language, words[i]));
    printf(" %u", flags);
    print_hex(pattern);
    for (uint32_t i = 0; i < count; i++)
        print_hex(words[i]);
    printf("\n");
    arena_free(arena);
}

static struct prop_random random_of(uint64_t number)
{
    return (struct prop_random){ number * UINT64_C(0xd1342543de82ef95) + 1 };
}

static int ask_file(const struct dialect *dialect, uint64_t rounds, const char *path)
{
    char line[PATTERN_MAX];
    FILE *file = fopen(path, "r");
    if (!file) {
        perror(path);
        return 2;
    }
    for (uint64_t number = 0; fgets(line, sizeof line, file); number++) {
        Str pattern = str_trim(str_from(line));
        if (pattern.len == 0 || pattern.ptr[0] == '#')
            continue;
        unsigned flags = str_eat(&pattern, STR("~* ")) ? REGEX_CASELESS : 0;
        for (uint64_t round = 0; round < rounds; round++) {
            struct prop_random random = random_of(number << 32 | round);
            ask(&random, dialect->dialect, flags & dialect->flags, pattern);
        }
    }
    fclose(file);
    return 0;
}

int main(int argc, char **argv)
{
    enum { USUAL = 4, WITH_FILE = 5, SIZES = 30 };
    const struct dialect *dialect = NULL;
    for (size_t i = 0; argc > 1 && i < sizeof dialects / sizeof *dialects; i++)
        if (strcmp(dialects[i].name, argv[1]) == 0)
            dialect = &dialects[i];
    if (!dialect || (argc != USUAL && argc != WITH_FILE)) {
        fprintf(stderr, "usage: languages DIALECT FIRST COUNT [FILE]\n");
        return 2;
    }
    uint64_t first = strtoull(argv[2], NULL, 10), count = strtoull(argv[3], NULL, 10);
    if (argc == WITH_FILE)
        return ask_file(dialect, count, argv[4]);
    for (uint64_t number = first; number < first + count; number++) {
        struct prop_random random = random_of(number);
        struct arena *arena = arena_new();
        uint32_t size = 1 + prop_below(&random, SIZES);
        Str pattern = pattern_random(&random, arena, dialect->dialect, size);
        unsigned flags = prop_below(&random, 2) ? 0 : prop_next(&random) & dialect->flags;
        ask(&random, dialect->dialect, flags, pattern);
        arena_free(arena);
    }
    return 0;
}
