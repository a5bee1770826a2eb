// What libfa needs to tell two lists of origins apart: libfa OLD NEW, one origin a line.
#include <fa.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// The file as one expression: each line a word, dots escaped, with "|" between them.
static char *read_words(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return NULL;
    char *text = NULL, line[512];
    size_t used = 0, capacity = 0;
    while (fgets(line, sizeof line, file)) {
        line[strcspn(line, "\n")] = '\0';
        if (capacity - used < 2 * sizeof line) {
            capacity = 2 * capacity + 4 * sizeof line;
            char *more = realloc(text, capacity);
            if (!more)
                break;
            text = more;
        }
        if (used)
            text[used++] = '|';
        for (const char *c = line; *c; c++) {
            if (*c == '.')
                text[used++] = '\\';
            text[used++] = *c;
        }
    }
    fclose(file);
    *size = used;
    return text;
}

static bool compile(const char *path, struct fa **out)
{
    size_t size = 0;
    char *text = read_words(path, &size);
    bool good = text && fa_compile(text, size, out) == REG_NOERROR && fa_minimize(*out) == 0;
    free(text);
    return good;
}

// Prints one word that `a` has and `b` has not.
static bool show_missing(struct fa *a, struct fa *b)
{
    struct fa *only = fa_minus(a, b);
    char *example = NULL;
    size_t size = 0;
    bool good = only && fa_example(only, &example, &size) == 0;
    if (good && example)
        printf("%.*s\n", (int)size, example);
    free(example);
    fa_free(only);
    return good;
}

int main(int argc, char **argv)
{
    struct fa *old = NULL, *new = NULL;
    bool good = argc == 3 && compile(argv[1], &old) && compile(argv[2], &new) &&
                show_missing(old, new) && show_missing(new, old);
    fa_free(old);
    fa_free(new);
    if (!good)
        fprintf(stderr, "libfa: cannot tell the lists apart\n");
    return good ? 0 : 1;
}
