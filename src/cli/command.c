#include "cli/command.h"

#include "cli/local.h"
#include "report/tell.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <time.h>

uint64_t command_clock(void)
{
    struct timespec now = { 0 };
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

uint64_t command_milliseconds(const struct command_run *command)
{
    return command_clock() - command->started;
}

struct repo *command_repository(struct command_run *command, Str *reason)
{
    if (!command->repo && !command->no_repo.len) {
        command->repo_found = repo_open(command->run->arena, &command->repo, &command->no_repo);
        if (command->repo_found == REPO_NONE)
            command->no_repo = STR("there is no git repository here");
    }
    *reason = command->no_repo;
    return command->repo;
}

static void say(struct command_run *command, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    struct arena *arena = command->run->arena;
    char *text = ARENA_ARRAY(arena, char, len > 0 ? len + 1 : 1);
    if (len > 0)
        vsnprintf(text, (size_t)len + 1, format, again);
    va_end(again);
    struct buf out = { .arena = arena };
    buf_add_text(&out, "corsgate: ");
    tell_text(&out, str_from(text));
    buf_add_char(&out, '\n');
    fwrite(out.ptr, 1, out.len, stderr);
}

enum exit_status command_fail(struct command_run *command, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say(command, format, args);
    va_end(args);
    return EXIT_STATUS_BROKEN;
}

void command_remark(struct command_run *command, const char *format, ...)
{
    if (command->options->quiet)
        return;
    va_list args;
    va_start(args, format);
    say(command, format, args);
    va_end(args);
}

bool command_write(struct command_run *command, Str path, Str text)
{
    Str reason;
    if (path.len && !str_is(path, "-")) {
        if (local_write(command->run->arena, path, text, &reason))
            return true;
        command_fail(command, "%.*s cannot be written: %.*s", STR_ARG(path), STR_ARG(reason));
        return false;
    }
    bool good = fwrite(text.ptr ? text.ptr : "", 1, text.len, stdout) == text.len;
    if (fflush(stdout) != 0 || !good) {
        command_fail(command, "standard output cannot be written: %s", strerror(errno));
        return false;
    }
    return true;
}

bool command_paints(const struct command_run *command, Str path)
{
    return !path.len && command->color_out;
}
