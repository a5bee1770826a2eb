#include "report/show.h"

#include "cli/version.h"

static enum exit_status start(struct command_run *command)
{
    const struct options *options = command->options;
    struct workspace workspace = workspace_new(command);
    struct version version;
    if (!version_open_paths(&workspace, options->arguments.items, options->arguments.count,
                            &version) ||
        !version_configure(&workspace, &version, BROKEN_CONFIG_FAILS))
        return EXIT_STATUS_BROKEN;
    version_load(&workspace, &version, NULL);
    if (command->options->stack)
        version_compose(&workspace, &version);
    version_remark_notes(&workspace, &version, NULL);
    if (version_is_empty(&version))
        return version_fail_empty(&workspace, options->arguments.items, options->arguments.count);
    version_complain(&workspace, &version);
    struct show show = {
        .files = workspace.files,
        .space = workspace.space,
        .upstreams = &version.config.upstreams,
        .result = &version.result,
        .explain = options->explain,
        .milliseconds = command_milliseconds(command),
    };
    for (uint32_t i = 0; i < options->outputs.count; i++) {
        const struct output *output = &options->outputs.items[i];
        bool paint = command_paints(command, output->path);
        struct buf out = { .arena = command->run->arena };
        show_format_find(output->format)->write(&show, paint ? LOOK_COLOR : LOOK_PLAIN, &out);
        if (!command_write(command, output->path, buf_str(&out)))
            return EXIT_STATUS_BROKEN;
    }
    bool broken = version_is_broken(&workspace, &version, NULL);
    return broken ? EXIT_STATUS_BROKEN : EXIT_STATUS_PASS;
}

const struct command command_show = {
    .name = "show",
    .user = USED_BY_SHOW,
    .usage = "[PATH...]",
    .arguments = ARGUMENTS_PATHS,
    .what = "the policy as read: endpoint by endpoint, who may do what",
    .help = "PATHs are files or folders; without one, the current folder is read.\n"
            "\n"
            "Exit status: 0, or 2 for bad usage or input that cannot be read.\n",
    .start = start,
};
