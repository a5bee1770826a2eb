#include "cli/settle.h"

// The findings of now, for later runs to leave out.
static bool write_baseline(struct workspace *workspace, const struct findings *findings)
{
    struct command_run *command = workspace->command;
    struct buf out = { .arena = command->run->arena };
    if (!command->options->write_baseline.len)
        return true;
    baseline_write(command->run->arena, workspace->files, findings, &out);
    return command_write(command, command->options->write_baseline, buf_str(&out));
}

static enum exit_status judge(struct workspace *workspace, const struct version *version,
                              struct report *report)
{
    struct findings findings = { 0 };
    const struct rule_settings settings = settle_rules(workspace, NULL, version);
    const struct rule_diags diags = { version->diags, version->diag_count };
    rule_evaluate_check(workspace->space, &settings, version->result.policy, diags, &findings);
    report->files = workspace->files;
    report->policy = version->result.policy;
    report->new_upstreams = &version->config.upstreams;
    if (!settle_findings(workspace, NULL, version, &settings, &findings, report) ||
        !write_baseline(workspace, &findings))
        return EXIT_STATUS_BROKEN;
    struct verdict_settings verdict =
        findings_settings(workspace->command, version_is_broken(workspace, version, NULL));
    verdict.review_fails = false; // a review is about a change
    return findings_report(workspace, report, &verdict);
}

static enum exit_status start(struct command_run *command)
{
    struct workspace workspace = workspace_new(command);
    struct version version;
    if (!version_open_paths(&workspace, command->options->arguments.items,
                            command->options->arguments.count, &version) ||
        !version_configure(&workspace, &version, BROKEN_CONFIG_FAILS))
        return EXIT_STATUS_BROKEN;
    version_load(&workspace, &version, NULL);
    version_compose(&workspace, &version);
    version_remark_notes(&workspace, &version, NULL);
    if (version_is_empty(&version))
        return version_fail_empty(&workspace, command->options->arguments.items,
                                  command->options->arguments.count);
    struct report report = { .new_file = version.first_file };
    if (command->options->arguments.count == 1 && !version.path_count)
        report.new_prefix =
            findings_prefix(command->run->arena, &version, command->options->arguments.items[0]);
    return judge(&workspace, &version, &report);
}

const struct command command_check = {
    .name = "check",
    .user = USED_BY_CHECK,
    .usage = "[PATH...]",
    .arguments = ARGUMENTS_PATHS,
    .what = "findings in one version",
    .help = "PATHs are files or folders; without one, the current folder is read. In a folder,\n"
            "every file that corsgate recognises is read.\n"
            "\n"
            "Exit status: 0 nothing that has to be fixed, 1 an error, 2 bad usage or input that\n"
            "cannot be read.\n",
    .start = start,
};
