#include "source/source.h"

#include "base/hash.h"
#include "source/disk.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct kind source_missing = { "CG901", LEVEL_ERROR, "there is no such file or folder" };
const struct kind source_unreadable = { "CG901", LEVEL_ERROR, "cannot be read" };
const struct kind source_not_a_file = { "CG901", LEVEL_ERROR, "is not a file that can be read" };
const struct kind source_binary = { "CG901", LEVEL_ERROR, "is not text: it holds NUL bytes" };
const struct kind source_outside_root = { "CG904", LEVEL_ERROR,
                                          "leads out of the folder that is being read" };
const struct kind source_too_large = { "CG903", LEVEL_ERROR, "too much to read" };
const struct kind source_lfs = {
    "CG901", LEVEL_ERROR, "is kept in Git LFS and only its pointer is here (run git lfs pull)"
};

enum { PATH_BYTES = 4096 }; // what the system can open

// A file that somebody asked for.
struct entry {
    Str path;
    uint32_t number;
    const struct kind *failed;
};

struct source *source_new(struct run *run, struct files *files, const struct source_ops *ops,
                          Str label, void *state)
{
    struct source *source = ARENA_NEW(run->arena, struct source);
    source->ops = ops;
    source->arena = run->arena;
    source->files = files;
    source->limits = run->limits;
    source->label = label;
    source->state = state;
    return source;
}

void source_note(struct source *source, const char *format, ...)
{
    char text[1024];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    Str note = str_from(text);
    for (uint32_t i = 0; i < source->notes.list.count; i++)
        if (str_equal(source->notes.list.items[i], note))
            return;
    *vec_push(source->arena, &source->notes.list) = str_copy(source->arena, note);
}

// A place to report what is wrong with a path that the user named.
static bool refuse(struct run *run, struct files *files, Str path, const struct kind *kind)
{
    return diag(run, kind, files_whole(files_add(files, path, STR(""))));
}

bool source_open(struct run *run, struct files *files, Str path, struct source **out)
{
    path = str_copy(run->arena, path);
    if (str_is(path, "-")) {
        *out = source_new(run, files, &source_input, path, NULL);
        (*out)->only = path;
        return true;
    }
    const char *name = str_terminated(run->arena, path);
    enum source_entry entry = disk_stat(name);
    if (strlen(name) != path.len || entry == SOURCE_NONE)
        return refuse(run, files, path, &source_missing);
    if (entry == SOURCE_OTHER)
        return refuse(run, files, path, &source_not_a_file);

    Str root = path, only = STR("");
    if (entry == SOURCE_FILE) {
        only = source_base(path);
        root = source_folder(path);
        if (root.len == 0)
            root = path.ptr[0] == '/' ? STR("/") : STR(".");
    }
    char *real = realpath(str_terminated(run->arena, root), NULL);
    if (!real)
        return refuse(run, files, path, &source_unreadable);
    *out = source_new(run, files, &source_disk, path, NULL);
    (*out)->root = str_copy(run->arena, str_from(real));
    (*out)->only = only;
    free(real);
    if ((*out)->root.len == 1) // of "/" itself
        (*out)->root.len = 0;
    return true;
}

Str source_folder(Str path)
{
    while (path.len && path.ptr[path.len - 1] != '/')
        path.len--;
    while (path.len && path.ptr[path.len - 1] == '/')
        path.len--;
    return path;
}

Str source_base(Str path)
{
    size_t begin = path.len;
    while (begin && path.ptr[begin - 1] != '/')
        begin--;
    return str_slice(path, begin, path.len);
}

// Appends the components of `path` to the clean path in `to`, which has room. False when ".."
// climbs above the root.
static bool append(char *to, size_t *len, Str path)
{
    for (size_t at = 0; at < path.len;) {
        const char *slash = memchr(path.ptr + at, '/', path.len - at);
        size_t end = slash ? (size_t)(slash - path.ptr) : path.len;
        Str part = str_slice(path, at, end);
        at = end + 1;
        if (part.len == 0 || str_is(part, "."))
            continue;
        if (str_is(part, "..")) {
            if (*len == 0)
                return false;
            *len = source_folder((Str){ to, *len }).len;
            continue;
        }
        if (*len)
            to[(*len)++] = '/';
        memcpy(to + *len, part.ptr, part.len);
        *len += part.len;
    }
    return true;
}

bool source_join(const struct source *source, Str folder, Str path, Str *out)
{
    if (path.len && path.ptr[0] == '/') {
        if (!str_starts(path, source->root))
            return false;
        path = str_slice(path, source->root.len, path.len);
        if (path.len && path.ptr[0] != '/')
            return false;
        folder = STR("");
    }
    char *to = ARENA_ARRAY(source->arena, char, folder.len + path.len + 2);
    size_t len = 0;
    if (!append(to, &len, folder) || !append(to, &len, path))
        return false;
    *out = (Str){ to, len };
    return true;
}

enum source_entry source_stat(struct source *source, Str path)
{
    return source->ops->stat(source, path);
}

static int by_name(const void *a, const void *b)
{
    return str_compare(((const struct source_name *)a)->name,
                       ((const struct source_name *)b)->name);
}

void source_list(struct source *source, Str folder, struct source_names *out)
{
    source->ops->list(source, folder, out);
    if (out->list.count)
        qsort(out->list.items, out->list.count, sizeof *out->list.items, by_name);
}

static int by_bytes(const void *a, const void *b)
{
    return str_compare(*(const Str *)a, *(const Str *)b);
}

void source_sort(struct source_paths *paths)
{
    if (paths->list.count)
        qsort(paths->list.items, paths->list.count, sizeof *paths->list.items, by_bytes);
}

Str source_under(struct arena *arena, Str folder, Str name)
{
    if (!folder.len)
        return name;
    char *path = ARENA_ARRAY(arena, char, folder.len + 1 + name.len);
    memcpy(path, folder.ptr, folder.len);
    path[folder.len] = '/';
    if (name.len)
        memcpy(path + folder.len + 1, name.ptr, name.len);
    return (Str){ path, folder.len + 1 + name.len };
}

static bool walk(struct run *run, struct source *source, Str folder, struct source_paths *out)
{
    struct source_paths folders = { 0 };
    *vec_push(source->arena, &folders.list) = folder;
    uint32_t seen = 0; // folders; a repository can hold one below itself many times over
    while (folders.list.count) {
        Str at = folders.list.items[--folders.list.count];
        struct source_names names = { 0 };
        if (at.len > PATH_BYTES) {
            out->list.count = 0;
            return diagf(run, &source_too_large, (Span){ 0 }, "a path is longer than %d bytes",
                         PATH_BYTES);
        }
        seen++;
        source->ops->list(source, at, &names);
        for (uint32_t i = 0; i < names.list.count; i++) {
            struct source_name name = names.list.items[i];
            Str path = source_under(source->arena, at, name.name);
            if (name.is_skipped)
                continue;
            if (name.entry == SOURCE_FILE)
                *vec_push(source->arena, &out->list) = path;
            else if (name.entry == SOURCE_FOLDER && !name.is_link && !str_is(name.name, ".git"))
                *vec_push(source->arena, &folders.list) = path;
        }
        if (out->list.count + folders.list.count + seen > run->limits->files) {
            out->list.count = 0; // a part of them says nothing
            return diagf(run, &source_too_large, (Span){ 0 }, "more than %u files",
                         run->limits->files);
        }
    }
    source_sort(out);
    return true;
}

bool source_walk(struct run *run, struct source *source, Str folder, struct source_paths *out)
{
    struct source_paths found = { 0 };
    if (folder.len == 0 && source->is_walked)
        found = source->all;
    else if (!walk(run, source, folder, &found))
        return false;
    if (folder.len == 0) {
        source->all = found;
        source->is_walked = true;
    }
    for (uint32_t i = 0; i < found.list.count; i++)
        *vec_push(source->arena, &out->list) = found.list.items[i];
    return true;
}

// Reads and judges a file that was not asked for before.
static const struct kind *read_new(struct source *source, Str path, Str *text)
{
    const struct limits *limits = source->limits;
    if (source->count >= limits->files || source->bytes >= limits->total_bytes)
        return &source_too_large;
    size_t left = limits->total_bytes - source->bytes;
    size_t max = limits->file_bytes < left ? limits->file_bytes : left;
    if (max >= UINT32_MAX)
        max = UINT32_MAX - 1; // offsets have 32 bits
    const struct kind *failed = source->ops->read(source, path, max, text);
    if (failed)
        return failed;
    source->count++;
    source->bytes += text->len;
    if (text->len && memchr(text->ptr, '\0', text->len))
        return &source_binary;
    if (str_starts(*text, STR("version https://git-lfs.github.com/spec/v1\n")))
        return &source_lfs;
    return NULL;
}

bool source_read(struct run *run, struct source *source, Str path, Span at, uint32_t *number)
{
    uint64_t hash = hash_str(HASH_SEED, path);
    struct entry *entry;
    for (uint32_t i = 0; (entry = map_next(&source->numbers, hash, &i));)
        if (str_equal(entry->path, path))
            break;
    if (!entry) {
        entry = ARENA_NEW(source->arena, struct entry);
        entry->path = str_copy(source->arena, path);
        Str text = STR("");
        entry->failed = read_new(source, entry->path, &text);
        entry->number = files_add(source->files, entry->path, entry->failed ? STR("") : text);
        map_add(source->arena, &source->numbers, hash, entry);
    }
    if (!entry->failed) {
        *number = entry->number;
        return true;
    }
    if (at.file)
        return diagf(run, entry->failed, at, "%.*s", STR_ARG(path));
    return diag(run, entry->failed, files_whole(entry->number));
}
