#include "base/hash.h"
#include "cli/findings.h"
#include "diff/diff.h"

#include "cli/local.h"

static bool named_versions(struct command_run *command, Str *old, Str *new)
{
    const struct options *options = command->options;
    uint32_t before = options->separated;
    if (before < 2) {
        command_fail(command, "diff compares two versions, each a file or a folder: "
                              "corsgate diff OLD NEW [PATH...]");
        return false;
    }
    *old = options->arguments.items[0];
    *new = options->arguments.items[1];
    for (int i = 0; i < 2; i++) {
        Str name = options->arguments.items[i];
        if (str_is(name, "-") || local_exists(command->run->arena, name))
            continue;
        command_fail(command,
                     "there is no file or folder %.*s to compare; a git revision has to be written "
                     "out first: git worktree add FOLDER REVISION",
                     STR_ARG(name));
        return false;
    }
    return true;
}

// Paths that neither version has are mistakes.
static bool paths_exist(struct command_run *command, const struct version *old,
                        const struct version *new)
{
    for (uint32_t i = 0; i < old->path_count; i++) {
        const Str *paths = old->paths;
        if (source_stat(old->source, paths[i]) != SOURCE_NONE ||
            source_stat(new->source, paths[i]) != SOURCE_NONE)
            continue;
        command_fail(command, "neither version has a file or folder %.*s", STR_ARG(paths[i]));
        return false;
    }
    return true;
}

// The arguments behind OLD and NEW, without "." and "..".
static bool clean_paths(struct command_run *command, struct version *version)
{
    const struct options *options = command->options;
    uint32_t count = options->arguments.count - 2;
    Str *paths = ARENA_ARRAY(command->run->arena, Str, count + 1);
    version->paths = paths;
    version->path_count = count;
    for (uint32_t i = 0; i < count; i++) {
        Str argument = options->arguments.items[i + 2];
        if (!source_join(version->source, (Str){ NULL, 0 }, argument, &paths[i])) {
            command_fail(command, "%.*s leads out of the versions that are compared",
                         STR_ARG(argument));
            return false;
        }
    }
    return true;
}

// Whether a file of the version has a complaint that keeps nginx and its like from loading it.
static bool is_broken_file(const struct version *version, uint32_t file)
{
    for (uint32_t i = 0; i < version->diag_count; i++)
        if (version->diags[i].span.file == file && version->diags[i].kind->level == LEVEL_ERROR)
            return true;
    return false;
}

// What nobody could load did not answer as it reads: the endpoints of broken files are unknown, and
// all of them where what is broken has none of its own.
static void forget_broken(struct workspace *workspace, struct version *version)
{
    struct model *model = workspace->model;
    struct policy *policy = version->result.policy;
    static const char reason[] = "the old version of this could not be read";
    bool own = false;
    for (uint32_t i = 0; i < policy->endpoint_count; i++)
        own |= is_broken_file(version, policy->endpoints[i]->span.file);
    for (uint32_t i = 0; i < policy->endpoint_count; i++) {
        const struct endpoint *endpoint = policy->endpoints[i];
        if (own && !is_broken_file(version, endpoint->span.file))
            continue;
        struct response *response = ARENA_NEW(model->arena, struct response);
        response->answer = ANSWER_UNKNOWN;
        response->reason = str_from(reason);
        response->identity = hash_str(HASH_SEED, response->reason);
        response->span = endpoint->span;
        struct cell *cell = ARENA_NEW(model->arena, struct cell);
        *cell = (struct cell){ endpoint->box, response };
        struct endpoint *forgotten = ARENA_NEW(model->arena, struct endpoint);
        *forgotten = *endpoint;
        forgotten->cells = cell;
        forgotten->cell_count = 1;
        forgotten->hash = 0;
        policy->endpoints[i] = forgotten;
    }
}

static struct rule_diags diags_of(const struct version *version)
{
    return (struct rule_diags){ version->diags, version->diag_count };
}

static enum exit_status compare(struct workspace *workspace, const struct version *old,
                                const struct version *new, struct report *report)
{
    struct command_run *command = workspace->command;
    bool broken = version_is_broken(workspace, new, old);
    struct diff diff = { 0 };
    struct findings findings = { 0 };
    // Trust and levels of the old version: the change under review does not judge itself.
    const struct rule_settings settings = {
        .levels = old->config.levels.items,
        .level_count = old->config.levels.count,
        .trusted = old->config.trusted,
        .old_upstreams = &old->config.upstreams,
        .new_upstreams = &new->config.upstreams,
    };
    diff_policies(workspace->space, &old->config.upstreams, &new->config.upstreams,
                  old->result.policy, new->result.policy, &diff);
    rule_evaluate_diff(workspace->space, &settings, &diff, diags_of(old), diags_of(new), &findings);
    report->files = workspace->files;
    report->new_file = new->first_file;
    report->diff = &diff;
    report->policy = new->result.policy;
    report->findings = &findings;
    struct verdict_settings verdict = findings_settings(command, broken);
    return findings_report(workspace, report, &verdict);
}

static enum exit_status start(struct command_run *command)
{
    Str old_name, new_name;
    if (!findings_formats_known(command) || !named_versions(command, &old_name, &new_name))
        return EXIT_STATUS_BROKEN;
    struct workspace workspace = workspace_new(command);
    struct version old, new;
    if (!version_open(&workspace, old_name, &old) ||
        !version_configure(&workspace, &old, BROKEN_CONFIG_IGNORED) || !clean_paths(command, &old))
        return EXIT_STATUS_BROKEN;
    version_load(&workspace, &old, NULL);
    if (!version_open(&workspace, new_name, &new) ||
        !version_configure(&workspace, &new, BROKEN_CONFIG_FAILS) || !clean_paths(command, &new) ||
        !paths_exist(command, &old, &new))
        return EXIT_STATUS_BROKEN;
    // What nobody could load in the old version is the same as nothing.
    bool old_broken = version_is_broken(&workspace, &old, NULL);
    version_load(&workspace, &new, old_broken ? NULL : &old);
    bool old_empty = version_is_empty(&old), new_empty = version_is_empty(&new);
    if (old_empty && new_empty)
        return version_fail_empty(&workspace, command->options->arguments.items, 2);
    if (old_empty || new_empty)
        command_remark(command, "there is no configuration in the %s version, %.*s",
                       old_empty ? "old" : "new", STR_ARG(old_empty ? old_name : new_name));

    if (version_is_broken(&workspace, &old, &new))
        forget_broken(&workspace, &old);
    struct arena *arena = command->run->arena;
    struct report report = {
        .old = old_name,
        .new = new_name,
        .old_prefix = findings_prefix(arena, &old, old_name),
        .new_prefix = findings_prefix(arena, &new, new_name),
    };
    return compare(&workspace, &old, &new, &report);
}

const struct command command_diff = {
    .name = "diff",
    .user = USED_BY_DIFF,
    .usage = "OLD NEW [--] [PATH...]",
    .what = "who gains and who loses access between two versions",
    .help =
        "OLD and NEW are two versions of the same configuration, each a file or a folder.\n"
        "In a folder, every file that corsgate recognises is read; PATHs, relative to both\n"
        "versions, restrict that. Trusted origins and rule levels come from the configuration\n"
        "file of OLD, so that a change cannot judge itself.\n"
        "\n"
        "Exit status: 0 nothing to hold back, 1 an error, 3 a review is needed, 2 bad usage or\n"
        "input that cannot be read.\n",
    .start = start,
};
