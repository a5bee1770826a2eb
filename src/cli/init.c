#include "cli/local.h"
#include "cli/starter.h"

#include <sys/stat.h>

// Where the file belongs: in the folder that is named, else at the top of the repository, because
// there it is looked for in revisions, else here.
static bool find_folder(struct command_run *command, Str *out)
{
    const struct options *options = command->options;
    Str reason, here, below;
    if (options->arguments.count > 1) {
        command_fail(command, "init takes one folder");
        return false;
    }
    if (options->arguments.count == 1) {
        *out = options->arguments.items[0];
        if (local_is_folder(command->run->arena, *out))
            return true;
        command_fail(command, "there is no folder %.*s", STR_ARG(out->len ? *out : STR("\"\"")));
        return false;
    }
    *out = STR(".");
    const struct repo *repo = command_repository(command, &reason);
    if (repo && local_real(command->run->arena, STR("."), &here) &&
        local_below(repo->top, here, &below) && below.len)
        *out = repo->top;
    return true;
}

// Also a link that leads nowhere is there.
static bool is_there(struct arena *arena, Str path)
{
    struct stat info;
    return lstat(str_terminated(arena, path), &info) == 0;
}

static bool open_folder(struct workspace *workspace, Str folder, struct version *out)
{
    struct command_run *command = workspace->command;
    if (!command->options->arguments.count && command->repo && !str_is(folder, ".")) {
        version_open_worktree(workspace, NULL, 0, out);
        return true;
    }
    return version_open_paths(workspace, command->options->arguments.items,
                              command->options->arguments.count, out);
}

static void say_what_was_found(struct command_run *command, Str path, const struct starter *starter)
{
    struct buf text = { .arena = command->run->arena };
    for (uint32_t i = 0; i < starter->layers.count; i++)
        buf_addf(&text, "%s%s (%u)", i ? ", " : "", starter->layers.items[i].name,
                 starter->layers.items[i].files);
    if (starter->layers.count)
        command_remark(command,
                       "%.*s is written; read: %.*s; %u endpoint%s, %s%u origin%s named one by one",
                       STR_ARG(path), STR_ARG(buf_str(&text)), starter->endpoints,
                       starter->endpoints == 1 ? "" : "s", starter->has_more ? "more than " : "",
                       starter->found.count, starter->found.count == 1 ? "" : "s");
    else
        command_remark(command,
                       "%.*s is written; there is no configuration here that corsgate "
                       "recognises",
                       STR_ARG(path));
}

static enum exit_status start(struct command_run *command)
{
    struct workspace workspace = workspace_new(command);
    struct arena *arena = command->run->arena;
    struct version version;
    struct starter starter;
    struct buf out = { .arena = arena };
    Str folder, path = STR(".corsgate.yml"), reason;
    if (!find_folder(command, &folder))
        return EXIT_STATUS_BROKEN;
    if (!str_is(folder, "."))
        path = str_format(arena, "%.*s/.corsgate.yml", STR_ARG(folder));
    bool prints = command->options->print;
    if (!prints && !command->options->force && is_there(arena, path))
        return command_fail(command,
                            "%.*s is there already; --force replaces it, --print shows "
                            "what would be written",
                            STR_ARG(path));
    if (!open_folder(&workspace, folder, &version))
        return EXIT_STATUS_BROKEN;
    version_load(&workspace, &version, NULL);
    if (!version_is_empty(&version))
        version_complain(&workspace, &version);
    starter_gather(&workspace, &version, &starter);
    starter_write(&starter, &out);
    if (prints)
        return command_write(command, (Str){ NULL, 0 }, buf_str(&out)) ? EXIT_STATUS_PASS
                                                                       : EXIT_STATUS_BROKEN;
    if (!local_write(arena, path, buf_str(&out), &reason))
        return command_fail(command, "%.*s cannot be written: %.*s", STR_ARG(path),
                            STR_ARG(reason));
    say_what_was_found(command, path, &starter);
    return EXIT_STATUS_PASS;
}

const struct command command_init = {
    .name = "init",
    .user = USED_BY_INIT,
    .usage = "[FOLDER]",
    .arguments = ARGUMENTS_PATHS,
    .what = "write a first .corsgate.yml from what is there",
    .help = "Reads FOLDER as `corsgate show` does and writes FOLDER/.corsgate.yml: every key with\n"
            "what it is for, as comments where only people know the value, with proposals from\n"
            "the configuration. Without FOLDER it is the top of the git repository, or the\n"
            "current folder. A file that is there already stays.\n"
            "\n"
            "Exit status: 0, also if some of the configuration cannot be read, which is said; 2\n"
            "for bad usage, or if the file cannot be written.\n",
    .start = start,
};
