#include "cli/gate_write.h"
#include "cli/local.h"
#include "cli/version.h"

struct gate {
    struct command_run *command;
    struct workspace workspace;
    struct gate_input input;
    struct gate_pull pull;
    struct config config;
};

typedef void gate_writer(const struct gate_report *report, struct buf *out);

static gate_writer *writer_of(Str format)
{
    if (str_is(format, "text"))
        return gate_write_text;
    if (str_is(format, "json"))
        return gate_write_json;
    return gate_write_markdown;
}

static bool options_make_sense(struct command_run *command)
{
    const struct options *options = command->options;
    if (options->arguments.count)
        command_fail(command, "gate takes no arguments, only options");
    else if (!options->result.len || !options->reviews.len || !options->event.len)
        command_fail(command, "gate needs --result, --reviews and --event");
    else
        return true;
    return false;
}

static bool read_file(struct gate *gate, Str path, uint32_t *file, Str *text)
{
    struct run *run = gate->command->run;
    Str reason;
    if (!local_read(run->arena, path, run->limits->file_bytes, text, &reason)) {
        command_fail(gate->command, "%.*s cannot be read: %.*s", STR_ARG(path), STR_ARG(reason));
        return false;
    }
    *file = files_add(gate->workspace.files, path, *text);
    return true;
}

static bool read_result(struct gate *gate, Str path, Str commit, struct gate_findings *out)
{
    struct run *run = gate->command->run;
    uint32_t file;
    Str text, label;
    Span at;
    if (!read_file(gate, path, &file, &text) ||
        !gate_read_result(run, file, text, out, &label, &at))
        return false;
    return gate_label_fits(label, commit) ||
           diagf(run, &gate_contradicts, at, "the result is of another commit than %.*s",
                 STR_ARG(commit));
}

// "SHA=FILE": the result at that commit.
static bool read_named(struct gate *gate, const char *name, Str option, struct gate_result *out)
{
    Str commit, path;
    if (!str_cut(option, STR("="), &commit, &path) || !path.len ||
        !gate_parse_commit(gate->command->run->arena, commit, &out->commit)) {
        command_fail(gate->command, "--%s: \"%.*s\" is not SHA=FILE with a whole commit id", name,
                     STR_ARG(option));
        return false;
    }
    return read_result(gate, path, out->commit, &out->findings);
}

static bool read_older(struct gate *gate, Str option)
{
    struct gate_results *older = &gate->input.older;
    struct gate_result result;
    if (!read_named(gate, "approved-result", option, &result))
        return false;
    for (uint32_t i = 0; i < older->count; i++)
        if (str_equal(older->items[i].commit, result.commit)) {
            command_fail(gate->command, "--approved-result: %.*s is given twice",
                         STR_ARG(result.commit));
            return false;
        }
    *vec_push(gate->command->run->arena, older) = result;
    return true;
}

static bool read_group(struct gate *gate)
{
    Str option = gate->command->options->group_result;
    struct gate_result result;
    if (!option.len)
        return true;
    if (!read_named(gate, "group-result", option, &result))
        return false;
    gate->input.group = result.findings;
    return true;
}

static bool read_config(struct gate *gate)
{
    struct command_run *command = gate->command;
    const struct workspace *workspace = &gate->workspace;
    Str path = command->options->config, here;
    if (!path.len && (!local_real(command->run->arena, STR("."), &here) ||
                      !config_find(command->run->arena, here, &path)))
        return true;
    return config_read(command->run, workspace->files, workspace->model, workspace->space, path,
                       &gate->config);
}

static bool read_all(struct gate *gate)
{
    const struct options *options = gate->command->options;
    struct run *run = gate->command->run;
    uint32_t file;
    Str text;
    if (!read_config(gate) || !read_file(gate, options->event, &file, &text) ||
        !gate_read_pull(run, file, text, &gate->pull) ||
        !read_result(gate, options->result, gate->pull.head, &gate->input.findings) ||
        !read_file(gate, options->reviews, &file, &text) ||
        !gate_read_reviews(run, file, text, &gate->pull, &gate->input.reviews))
        return false;
    if (options->teams.len && (!read_file(gate, options->teams, &file, &text) ||
                               !gate_read_teams(run, file, text, &gate->input.teams)))
        return false;
    for (uint32_t i = 0; i < options->approved_results.count; i++)
        if (!read_older(gate, options->approved_results.items[i]))
            return false;
    return read_group(gate);
}

static enum exit_status exit_of(struct gate *gate, const struct gate_decision *decision)
{
    switch (decision->outcome) {
    case GATE_CLEAR:
    case GATE_PASSED:
        return EXIT_STATUS_PASS;
    case GATE_HELD:
        return EXIT_STATUS_REVIEW;
    case GATE_FAILED:
        return EXIT_STATUS_FAIL;
    case GATE_UNKNOWN:
        break;
    }
    return command_fail(gate->command, "there is no decision: %.*s", STR_ARG(decision->why));
}

static enum exit_status start(struct command_run *command)
{
    struct gate gate = { .command = command };
    uint32_t before = command->run->diags.count;
    if (!options_make_sense(command))
        return EXIT_STATUS_BROKEN;
    gate.workspace = workspace_new(command);
    if (!read_all(&gate)) {
        version_complain_since(&gate.workspace, before);
        return EXIT_STATUS_BROKEN;
    }
    gate.input.head = gate.pull.head;
    gate.input.author = gate.pull.author;
    gate.input.policy = &gate.config.approvals;
    struct gate_decision decision;
    gate_decide(gate.workspace.model, &gate.input, &decision);
    const struct gate_report report = { &gate.input, &gate.pull, &decision, gate.config.path };
    for (uint32_t i = 0; i < command->options->outputs.count; i++) {
        const struct output *output = &command->options->outputs.items[i];
        struct buf out = { .arena = command->run->arena };
        writer_of(output->format)(&report, &out);
        if (!command_write(command, output->path, buf_str(&out)))
            return EXIT_STATUS_BROKEN;
    }
    return exit_of(&gate, &decision);
}

const struct command command_gate = {
    .name = "gate",
    .user = USED_BY_GATE,
    .usage = "--result FILE --reviews FILE --event FILE",
    .arguments = ARGUMENTS_NONE,
    .what = "decide the merge from a diff result and the pull request's reviews",
    .help =
        "Decides whether a pull request may be merged. --result is the JSON of diff, --reviews\n"
        "the list that GitHub's REST API gives (all pages in one list), --event a payload or\n"
        "the pull request object. Who may approve, and how many have to, says review: in the\n"
        "configuration, which must be the base version's. Nothing is fetched.\n"
        "\n"
        "The latest review of each login counts, for the head that it was given for; the\n"
        "author's and bots' never do. docs/merge-gate.md has the rule. --format json is the\n"
        "record: what needed a review, who approved it, at which commit.\n"
        "\n"
        "Exit status: 0 nothing to review, or approved; 1 an error that no approval lifts;\n"
        "3 held; 2 anything missing, malformed or contradictory.\n",
    .start = start,
};
