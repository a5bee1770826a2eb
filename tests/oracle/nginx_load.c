// nginx_load FILE...: says of each file whether nginx would load it, by reading, including and
// checking alone, as mutate.py compares it with nginx itself. Prints "ok FILE" or "no FILE: the
// first reason".
#include "base/diag.h"
#include "dialect/nginx/load.h"
#include "source/files.h"

#include <stdio.h>
#include <string.h>

// For nginx, an unknown directive or a missing file is an error; corsgate only warns of it.
static const struct diag *objection(const struct run *run)
{
    for (uint32_t i = 0; i < run->diags.count; i++)
        if (run->diags.items[i].kind->level >= LEVEL_WARNING)
            return &run->diags.items[i];
    return NULL;
}

static void judge(const char *path)
{
    struct arena *arena = arena_new();
    struct run *run = run_new(arena, &limits_default);
    struct files *files = files_new(arena);
    struct source *source;
    const struct loaded *loaded;
    bool good = source_open(run, files, str_from(path), &source);
    if (good) {
        struct nginx_loader *loader = nginx_loader_new(run, source);
        good = nginx_load(loader, source->only, &loaded) && nginx_validate(loader, loaded) &&
               loaded->wrap == WRAP_NONE;
    }
    const struct diag *diag = objection(run);
    if (good && !diag) {
        printf("ok %s\n", path);
    } else {
        struct place place = { 0, 0 };
        if (diag)
            place = files_place(files, diag->span.file, diag->span.begin);
        printf("no %s:%u:%u: %.*s\n", path, place.line, place.column,
               STR_ARG(diag ? diag->message : STR("a fragment")));
    }
    arena_free(arena);
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        judge(argv[i]);
    return 0;
}
