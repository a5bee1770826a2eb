#include "source/disk.h"

#include "base/hash.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum source_entry disk_stat(const char *path)
{
    struct stat info;
    if (stat(path, &info) != 0)
        return SOURCE_NONE;
    if (S_ISREG(info.st_mode))
        return SOURCE_FILE;
    return S_ISDIR(info.st_mode) ? SOURCE_FOLDER : SOURCE_OTHER;
}

static const char *full(const struct source *source, Str path)
{
    Str joined = str_format(source->arena, "%.*s/%.*s", STR_ARG(source->root), STR_ARG(path));
    return str_terminated(source->arena, joined);
}

// What a path leads to once every link is followed, and that as an absolute path.
static enum source_entry resolve(const struct source *source, Str path, const char **out)
{
    if (path.len && memchr(path.ptr, '\0', path.len))
        return SOURCE_NONE;
    char *real = realpath(full(source, path), NULL);
    if (!real)
        return errno == EACCES ? SOURCE_OTHER : SOURCE_NONE;
    Str target = str_copy(source->arena, str_from(real));
    free(real);
    bool inside = str_starts(target, source->root) &&
                  (target.len == source->root.len || target.ptr[source->root.len] == '/');
    if (!inside)
        return SOURCE_OUTSIDE;
    *out = str_terminated(source->arena, target);
    return disk_stat(*out);
}

static enum source_entry stat_below(struct source *source, Str path)
{
    const char *target;
    return resolve(source, path, &target);
}

// Whether a folder is inside the root, which is asked for every file in it and so remembered.
static bool folder_is_inside(struct source *source, Str folder)
{
    uint64_t hash = hash_str(HASH_SEED, folder);
    Str *known;
    for (uint32_t i = 0; (known = map_next(&source->folders, hash, &i));)
        if (str_equal(*known, folder))
            return true;
    if (stat_below(source, folder) != SOURCE_FOLDER)
        return false;
    known = ARENA_NEW(source->arena, Str);
    *known = str_copy(source->arena, folder);
    map_add(source->arena, &source->folders, hash, known);
    return true;
}

static enum source_entry entry_of(struct source *source, Str folder, const struct dirent *entry)
{
    switch (entry->d_type) {
    case DT_REG:
        return SOURCE_FILE;
    case DT_DIR:
        return SOURCE_FOLDER;
    case DT_LNK:
    case DT_UNKNOWN:
        return stat_below(source, source_under(source->arena, folder, str_from(entry->d_name)));
    default:
        return SOURCE_OTHER;
    }
}

static void list(struct source *source, Str path, struct source_names *out)
{
    if (!folder_is_inside(source, path))
        return;
    DIR *folder = opendir(full(source, path));
    if (!folder)
        return;
    for (struct dirent *entry; (entry = readdir(folder));) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        struct source_name name = { .entry = entry_of(source, path, entry) };
        // A link to a folder is followed where it is named, never while walking: it may be a
        // circle.
        name.is_link = entry->d_type == DT_LNK;
        name.name = str_copy(source->arena, str_from(entry->d_name));
        *vec_push(source->arena, &out->list) = name;
    }
    closedir(folder);
}

static const struct kind *read_all(int fd, struct arena *arena, size_t guess, size_t max, Str *out)
{
    size_t capacity = guess + 1, len = 0; // one more, so that the end shows in the same read
    char *text = arena_alloc(arena, capacity, 1);
    for (;;) {
        ssize_t count = read(fd, text + len, capacity - len);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return &source_unreadable;
        if (count == 0)
            break;
        len += (size_t)count;
        if (len > max)
            return &source_too_large;
        if (len == capacity) {
            text = arena_grow(arena, text, capacity, capacity * 2, 1);
            capacity *= 2;
        }
    }
    *out = (Str){ text, len };
    return NULL;
}

static const struct kind *read_open(int fd, struct arena *arena, size_t max, Str *out)
{
    struct stat info;
    if (fstat(fd, &info) != 0)
        return &source_unreadable;
    if (!S_ISREG(info.st_mode))
        return &source_not_a_file;
    if ((uintmax_t)info.st_size > max)
        return &source_too_large;
    return read_all(fd, arena, (size_t)info.st_size, max, out);
}

// Opens without following a link in the last component; a link is resolved first and must stay
// inside.
static int open_inside(struct source *source, Str path, const struct kind **why)
{
    static const int flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY;
    int fd = -1;
    errno = ELOOP;
    if (folder_is_inside(source, source_folder(path)))
        fd = open(full(source, path), flags);
    if (fd >= 0 || errno == EACCES) {
        *why = &source_unreadable;
        return fd;
    }
    const char *target;
    switch (resolve(source, path, &target)) {
    case SOURCE_FILE:
        *why = &source_unreadable;
        return open(target, flags);
    case SOURCE_NONE:
        *why = &source_missing;
        return -1;
    case SOURCE_OUTSIDE:
        *why = &source_outside_root;
        return -1;
    case SOURCE_FOLDER:
    case SOURCE_OTHER:
        break;
    }
    *why = &source_not_a_file;
    return -1;
}

static const struct kind *read_file(struct source *source, Str path, size_t max, Str *out)
{
    const struct kind *why;
    int fd = open_inside(source, path, &why);
    if (fd < 0)
        return why;
    why = read_open(fd, source->arena, max, out);
    close(fd);
    return why;
}

const struct source_ops source_disk = { .stat = stat_below, .list = list, .read = read_file };

static enum source_entry input_stat(struct source *source, Str path)
{
    (void)source;
    if (path.len == 0)
        return SOURCE_FOLDER;
    return str_is(path, "-") ? SOURCE_FILE : SOURCE_NONE;
}

static void input_list(struct source *source, Str path, struct source_names *out)
{
    if (path.len == 0)
        *vec_push(source->arena, &out->list) =
            (struct source_name){ .name = STR("-"), .entry = SOURCE_FILE };
}

static const struct kind *input_read(struct source *source, Str path, size_t max, Str *out)
{
    if (!str_is(path, "-"))
        return &source_missing;
    return read_all(STDIN_FILENO, source->arena, 65536, max, out);
}

const struct source_ops source_input = { .stat = input_stat,
                                         .list = input_list,
                                         .read = input_read };
