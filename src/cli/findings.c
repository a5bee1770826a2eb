#include "cli/findings.h"

struct verdict_settings findings_settings(const struct command_run *command, bool broken)
{
    return (struct verdict_settings){
        .fail_on = command->options->fail_on,
        .review_fails = !command->options->review_note,
        .broken = broken,
    };
}

enum exit_status findings_report(struct workspace *workspace, struct report *report,
                                 const struct verdict_settings *settings)
{
    struct command_run *command = workspace->command;
    report->counts = verdict_count(report->findings);
    report->verdict = verdict_of(report->findings, settings);
    report->broken = settings->broken;
    report->fail_on = settings->fail_on;
    report->space = workspace->space;
    report->review_note = !settings->review_fails;
    report->milliseconds = command_milliseconds(command);
    for (uint32_t i = 0; i < command->options->outputs.count; i++) {
        const struct output *output = &command->options->outputs.items[i];
        bool paint = command_paints(command, output->path);
        struct buf out = { .arena = command->run->arena };
        reporter_find(output->format)->write(report, paint ? LOOK_COLOR : LOOK_PLAIN, &out);
        if (!command_write(command, output->path, buf_str(&out)))
            return EXIT_STATUS_BROKEN;
    }
    return verdict_exit(report->findings, settings);
}

Str findings_prefix(struct arena *arena, const struct version *version, Str argument)
{
    Str folder = version->source->only.len ? source_folder(argument) : argument;
    if (!folder.len || str_is(folder, ".") || str_is(folder, "./") || str_is(argument, "-"))
        return (Str){ NULL, 0 };
    return str_ends(folder, STR("/")) ? folder : str_concat(arena, folder, STR("/"));
}
