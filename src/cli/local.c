#include "cli/local.h"

#include "base/buf.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool failed(struct arena *arena, Str *reason)
{
    *reason = str_copy(arena, str_from(strerror(errno)));
    return false;
}

static bool read_all(struct arena *arena, int fd, size_t max, Str *out, Str *reason)
{
    enum { STEP = 65536 };
    struct buf buf = { .arena = arena };
    char *step = ARENA_ARRAY(arena, char, STEP);
    for (;;) {
        ssize_t got = read(fd, step, STEP);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return failed(arena, reason);
        if (got == 0)
            break;
        if (buf.len + (size_t)got > max) {
            *reason = str_format(arena, "it is larger than %zu bytes", max);
            return false;
        }
        buf_add(&buf, (Str){ step, (size_t)got });
    }
    *out = buf.len ? buf_str(&buf) : STR("");
    return true;
}

bool local_read(struct arena *arena, Str path, size_t max, Str *out, Str *reason)
{
    if (str_is(path, "-"))
        return read_all(arena, STDIN_FILENO, max, out, reason);
    int fd = open(str_terminated(arena, path), O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return failed(arena, reason);
    bool good = read_all(arena, fd, max, out, reason);
    close(fd);
    return good;
}

static bool write_all(int fd, Str content)
{
    while (content.len) {
        ssize_t put = write(fd, content.ptr, content.len);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return false;
        content = str_slice(content, (size_t)put, content.len);
    }
    return true;
}

static bool write_directly(struct arena *arena, const char *path, Str content, Str *reason)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return failed(arena, reason);
    bool good = write_all(fd, content);
    if (!good)
        (void)failed(arena, reason);
    if (close(fd) != 0 && good)
        return failed(arena, reason);
    return good;
}

bool local_write(struct arena *arena, Str path, Str content, Str *reason)
{
    const char *name = str_terminated(arena, path);
    struct stat info;
    bool there = stat(name, &info) == 0;
    if (there && S_ISDIR(info.st_mode)) {
        *reason = STR("it is a folder");
        return false;
    }
    if (there && !S_ISREG(info.st_mode))
        return write_directly(arena, name, content, reason);

    char *temporary = ARENA_ARRAY(arena, char, path.len + sizeof ".XXXXXX");
    memcpy(temporary, name, path.len);
    memcpy(temporary + path.len, ".XXXXXX", sizeof ".XXXXXX");
    int fd = mkostemp(temporary, O_CLOEXEC);
    if (fd < 0)
        return failed(arena, reason);
    mode_t mask = umask(0);
    (void)umask(mask);
    bool good =
        write_all(fd, content) && fchmod(fd, there ? info.st_mode & 0777 : 0666 & ~mask) == 0;
    good = close(fd) == 0 && good;
    if (good && rename(temporary, name) == 0)
        return true;
    (void)failed(arena, reason);
    (void)unlink(temporary);
    return false;
}

bool local_exists(struct arena *arena, Str path)
{
    struct stat info;
    return stat(str_terminated(arena, path), &info) == 0;
}

bool local_is_folder(struct arena *arena, Str path)
{
    struct stat info;
    return stat(str_terminated(arena, path), &info) == 0 && S_ISDIR(info.st_mode);
}

bool local_real(struct arena *arena, Str path, Str *out)
{
    char real[PATH_MAX];
    if (!realpath(str_terminated(arena, path), real))
        return false;
    *out = str_copy(arena, str_from(real));
    return true;
}

bool local_below(Str folder, Str path, Str *out)
{
    Str rest = path;
    if (!folder.len || !str_eat(&rest, folder))
        return false;
    bool root = folder.ptr[folder.len - 1] == '/';
    if (rest.len && !root && !str_eat(&rest, STR("/")))
        return false;
    *out = rest;
    return true;
}
