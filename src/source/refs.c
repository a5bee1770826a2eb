#include "source/refs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PACKED_MAX = 1 << 20, UP_MAX = 256 };

static bool exists(struct arena *arena, Str folder, const char *rest, mode_t *mode)
{
    struct stat info;
    Str path = str_format(arena, "%.*s%s", STR_ARG(folder), rest);
    if (lstat(str_terminated(arena, path), &info) != 0)
        return false;
    *mode = info.st_mode;
    return true;
}

static bool is_hex(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

// An abbreviated commit, what `git describe` prints, or an expression over revisions.
static bool looks_like_one(Str name)
{
    size_t hex = 0;
    for (size_t i = 0; i < name.len; i++) {
        if (strchr("~^:@{}", name.ptr[i]))
            return true;
        hex += is_hex(name.ptr[i]);
    }
    if (name.len >= 4 && hex == name.len)
        return true;
    for (size_t i = 0; i + 3 <= name.len; i++)
        if (name.ptr[i] == '-' && name.ptr[i + 1] == 'g' && is_hex(name.ptr[i + 2]))
            return true;
    return false;
}

// Whether packed-refs has a line that ends with the name; true when it is too large to look.
static bool is_packed(struct arena *arena, Str git, Str name)
{
    FILE *file = fopen(str_terminated(arena, str_concat(arena, git, STR("/packed-refs"))), "rb");
    if (!file)
        return false;
    char *text = malloc(PACKED_MAX + 1);
    size_t length = text ? fread(text, 1, PACKED_MAX + 1, file) : PACKED_MAX + 1;
    bool found = length > PACKED_MAX;
    Str rest = { text, found ? 0 : length }, line;
    while (rest.len && !found) {
        if (!str_cut(rest, STR("\n"), &line, &rest)) {
            line = rest;
            rest = STR("");
        }
        found = str_ends(line, name);
    }
    free(text);
    (void)fclose(file);
    return found;
}

static bool knows(struct arena *arena, Str git, Str name)
{
    static const char *const places[] = { "/", "/refs/", "/refs/tags/", "/refs/heads/",
                                          "/refs/remotes/" };
    mode_t mode;
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        Str place = str_concat(arena, str_from(places[i]), name);
        if (exists(arena, git, str_terminated(arena, place), &mode))
            return true;
    }
    return is_packed(arena, git, name);
}

bool refs_may_name(struct arena *arena, Str name)
{
    static const char *const variables[] = { "GIT_DIR", "GIT_COMMON_DIR", "GIT_NAMESPACE",
                                             "GIT_CEILING_DIRECTORIES" };
    char here[4096];
    mode_t mode;
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++)
        if (getenv(variables[i]))
            return true;
    if (name.len == 0 || looks_like_one(name) || !getcwd(here, sizeof here))
        return true;
    Str folder = str_from(here);
    for (int up = 0; up < UP_MAX; up++) {
        // A bare repository has these itself; a file .git leads to another place.
        if (exists(arena, folder, "/HEAD", &mode) && exists(arena, folder, "/objects", &mode))
            return true;
        if (exists(arena, folder, "/.git", &mode)) {
            Str git = str_concat(arena, folder, STR("/.git"));
            return !S_ISDIR(mode) || exists(arena, git, "/reftable", &mode) ||
                   knows(arena, git, name);
        }
        while (folder.len && folder.ptr[folder.len - 1] != '/')
            folder.len--;
        if (!folder.len)
            return false;
        folder.len--;
    }
    return true;
}
