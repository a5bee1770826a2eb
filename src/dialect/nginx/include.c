#include "dialect/nginx/include.h"

#include <string.h>

// Files that come with nginx's packages and set nothing that a browser can see.
static const char *const harmless[] = {
    "mime.types",  "fastcgi_params", "fastcgi.conf", "proxy_params", "uwsgi_params",
    "scgi_params", "koi-utf",        "koi-win",      "win-utf",
};

static bool is_harmless(Str name)
{
    Str base = source_base(name);
    for (size_t i = 0; i < sizeof harmless / sizeof *harmless; i++)
        if (str_is(base, harmless[i]))
            return true;
    // The packages' lists of load_module statements.
    return str_ends(name, STR("modules-enabled/*.conf")) ||
           str_is(name, "/usr/share/nginx/modules/*.conf");
}

// The folder part of a pattern that is no pattern yet: "conf.d" of "conf.d/*.conf".
static Str fixed_folder(Str pattern)
{
    Str folder = source_folder(pattern);
    while (source_is_glob(folder))
        folder = source_folder(folder);
    return folder;
}

// Looks for a clean path or pattern. `certain` says that nothing else could be meant, so that a
// pattern need not match anything, nor its folder exist.
static enum include_found look(struct run *run, struct source *source, Str path, bool certain,
                               Span at, struct source_paths *out)
{
    if (source_is_glob(path)) {
        Str folder = fixed_folder(path);
        enum source_entry entry = folder.len ? source_stat(source, folder) : SOURCE_FOLDER;
        if (entry == SOURCE_OUTSIDE)
            return INCLUDE_OUTSIDE;
        if (!certain && (entry != SOURCE_FOLDER || !folder.len))
            return INCLUDE_MISSING;
        return source_glob(run, source, path, at, out) ? INCLUDE_FOUND : INCLUDE_LIMIT;
    }
    switch (source_stat(source, path)) {
    case SOURCE_OUTSIDE:
        return INCLUDE_OUTSIDE;
    case SOURCE_NONE:
        return INCLUDE_MISSING;
    case SOURCE_FOLDER:
    case SOURCE_OTHER: // an error, which reading it will give
        if (!certain)
            return INCLUDE_MISSING;
        break;
    case SOURCE_FILE:
        break;
    }
    *vec_push(source->arena, &out->list) = path;
    return INCLUDE_FOUND;
}

// Looks below `folder` and each folder above it, up to the root.
static enum include_found look_upwards(struct run *run, struct source *source, Str folder, Str name,
                                       Span at, struct source_paths *out)
{
    for (;; folder = source_folder(folder)) {
        Str path;
        if (source_join(source, folder, name, &path)) {
            enum include_found found = look(run, source, path, false, at, out);
            if (found != INCLUDE_MISSING)
                return found;
        }
        if (folder.len == 0)
            return INCLUDE_MISSING;
    }
}

static enum include_found find_tail(struct run *run, struct source *source, Str folder, Str name,
                                    Span at, struct source_paths *out)
{
    while (name.len) {
        Str head;
        if (!str_cut(name, STR("/"), &head, &name))
            break;
        if (name.len == 0 || name.ptr[0] == '/')
            continue;
        if (!memchr(name.ptr, '/', name.len) && source_is_glob(name))
            break; // "*.conf" alone would be everything
        enum include_found found = look_upwards(run, source, folder, name, at, out);
        if (found != INCLUDE_MISSING)
            return found;
    }
    return INCLUDE_OUTSIDE;
}

enum include_found include_find(struct run *run, struct source *source, Str folder, bool upwards,
                                Str name, Span at, struct source_paths *out)
{
    Str path;
    bool inside = source_join(source, folder, name, &path);
    enum include_found found = inside ? INCLUDE_MISSING : INCLUDE_OUTSIDE;
    bool absolute = name.len && name.ptr[0] == '/';
    if (inside)
        found = look(run, source, path, !absolute && !upwards, at, out);
    if (found == INCLUDE_MISSING && upwards && !absolute)
        found = look_upwards(run, source, folder, name, at, out);
    if (absolute && (!inside || found == INCLUDE_MISSING))
        found = find_tail(run, source, folder, name, at, out);
    bool lost = found == INCLUDE_MISSING || found == INCLUDE_OUTSIDE;
    return lost && is_harmless(name) ? INCLUDE_HARMLESS : found;
}
