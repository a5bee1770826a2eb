// rule_pages FOLDER: writes the pages of the built-in rules, FOLDER/ID.md and FOLDER/README.md.

#include "report/rule_page.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static bool write_file(struct arena *arena, const char *folder, Str name, const struct buf *text)
{
    Str path = str_format(arena, "%s/%.*s.md", folder, STR_ARG(name));
    FILE *file = fopen(str_terminated(arena, path), "wb");
    bool good = file && fwrite(text->ptr, 1, text->len, file) == text->len;
    if (file && fclose(file) != 0)
        good = false;
    if (!good)
        fprintf(stderr, "%.*s: %s\n", STR_ARG(path), strerror(errno));
    return good;
}

int main(int argc, char **argv)
{
    if (argc != 2)
        return 2;
    struct arena *arena = arena_new();
    uint32_t count;
    const struct rule *rules = rule_all(&count);
    struct buf index = { .arena = arena };
    rule_page_index(&index);
    bool good = write_file(arena, argv[1], STR("README"), &index);
    for (uint32_t i = 0; i < count && good; i++) {
        struct buf page = { .arena = arena };
        rule_page_write(&page, &rules[i]);
        good = write_file(arena, argv[1], rules[i].id, &page);
    }
    arena_free(arena);
    return good ? 0 : 1;
}
