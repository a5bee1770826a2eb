#include "cli/command.h"

#include "report/report.h"
#include "report/tell.h"

#include <stdlib.h>
#include <unistd.h>

static const struct command *command_find(Str name)
{
    for (uint32_t i = 0; i < command_count; i++)
        if (str_is(name, commands[i]->name))
            return commands[i];
    return NULL;
}

static void add_help(struct buf *out)
{
    buf_add_text(out, "corsgate says which websites gain or lose access to your APIs before a\n"
                      "change of CORS configuration is merged.\n"
                      "\n"
                      "Usage: corsgate COMMAND [OPTION...] [ARGUMENT...]\n"
                      "\n");
    for (uint32_t i = 0; i < command_count; i++)
        buf_addf(out, "  %-10s %s\n", commands[i]->name, commands[i]->what);
    buf_add_text(out, "\n`corsgate COMMAND --help` describes a command; --version says which "
                      "corsgate this is.\n"
                      "Exit status: 0 pass, 1 an error was found, 2 something is wrong with "
                      "usage or input,\n"
                      "3 a review is needed.\n");
}

static void add_command_help(struct buf *out, const struct command *command)
{
    buf_addf(out, "corsgate %s: %s\n\nUsage: corsgate %s [OPTION...] %s\n\n%s\nOptions:\n",
             command->name, command->what, command->name, command->usage, command->help);
    options_help(out, command->user);
}

static bool takes_color(enum color color, int fd)
{
    const char *no = getenv("NO_COLOR");
    const char *term = getenv("TERM");
    switch (color) {
    case COLOR_ALWAYS:
        return true;
    case COLOR_NEVER:
        return false;
    case COLOR_AUTO:
        break;
    }
    return !(no && no[0]) && !(term && str_is(str_from(term), "dumb")) && isatty(fd);
}

static enum exit_status print(struct command_run *command, struct buf *out)
{
    bool good = command_write(command, (Str){ NULL, 0 }, buf_str(out));
    return good ? EXIT_STATUS_PASS : EXIT_STATUS_BROKEN;
}

static enum exit_status print_version(struct command_run *command)
{
    struct buf out = { .arena = command->run->arena };
    buf_add_text(&out, "corsgate " CORSGATE_VERSION "\n");
    return print(command, &out);
}

static enum exit_status unknown_command(struct command_run *command, Str name)
{
    const char **names = ARENA_ARRAY(command->run->arena, const char *, command_count);
    for (uint32_t i = 0; i < command_count; i++)
        names[i] = commands[i]->name;
    const char *near = options_suggest(name, names, command_count);
    if (name.len == 0 || name.ptr[0] == '-')
        command_fail(command,
                     "a command comes first, then its options; `corsgate --help` lists them");
    else
        command_fail(command,
                     near ? "there is no command %.*s; did you mean %s?"
                          : "there is no command %.*s; `corsgate --help` lists them",
                     STR_ARG(name), near);
    return EXIT_STATUS_BROKEN;
}

static uint32_t processors(void)
{
    long count = sysconf(_SC_NPROCESSORS_ONLN);
    return count > 0 && count < UINT16_MAX ? (uint32_t)count : 1;
}

static enum exit_status start(struct command_run *run, int argc, char **argv)
{
    struct arena *arena = run->run->arena;
    struct buf out = { .arena = arena };
    if (argc < 2) {
        add_help(&out);
        fwrite(out.ptr, 1, out.len, stderr);
        return EXIT_STATUS_BROKEN;
    }
    Str name = str_from(argv[1]);
    if (str_is(name, "--version"))
        return print_version(run);
    if (str_is(name, "--help") || str_is(name, "-h") || str_is(name, "help")) {
        const struct command *about = argc > 2 ? command_find(str_from(argv[2])) : NULL;
        if (about)
            add_command_help(&out, about);
        else
            add_help(&out);
        return print(run, &out);
    }
    const struct command *command = command_find(name);
    if (!command)
        return unknown_command(run, name);
    struct options options;
    Str complaint;
    if (!options_parse(arena, command->user, argv + 2, (uint32_t)argc - 2, &options, &complaint)) {
        command_fail(run, "%.*s", STR_ARG(complaint));
        fprintf(stderr, "Try `corsgate %s --help`.\n", command->name);
        return EXIT_STATUS_BROKEN;
    }
    run->options = &options;
    run->run->jobs = options.jobs ? options.jobs : processors();
    run->color_out = takes_color(options.color, STDOUT_FILENO);
    run->color_err = takes_color(options.color, STDERR_FILENO);
    if (options.version)
        return print_version(run);
    if (options.help) {
        add_command_help(&out, command);
        return print(run, &out);
    }
    return command->start(run);
}

int main(int argc, char **argv)
{
    struct arena *arena = arena_new();
    static const struct options none = { 0 };
    struct command_run command = {
        .run = run_new(arena, &limits_default),
        .options = &none,
        .started = command_clock(),
    };
    enum exit_status status = start(&command, argc, argv);
    repo_close(command.repo);
    arena_free(arena);
    if (fclose(stdout) != 0 && status != EXIT_STATUS_BROKEN) {
        fputs("corsgate: standard output cannot be written\n", stderr);
        status = EXIT_STATUS_BROKEN;
    }
    return (int)status;
}
