#include "base/hash.h"
#include "cli/settle.h"
#include "cli/sides.h"
#include "cli/revert.h"
#include "diff/diff.h"
#include "diff/hidden.h"
#include "review/acknowledge.h"
#include "source/git.h"

// Paths that neither version has are mistakes.
static bool paths_exist(struct command_run *command, const Str *paths, uint32_t count,
                        const struct version *old, const struct version *new)
{
    for (uint32_t i = 0; i < count; i++) {
        if (source_stat(old->source, paths[i]) != SOURCE_NONE ||
            source_stat(new->source, paths[i]) != SOURCE_NONE)
            continue;
        command_fail(command, "neither version has a file or folder %.*s", STR_ARG(paths[i]));
        return false;
    }
    return true;
}

// The arguments behind OLD and NEW, from the top of the versions: without "." and "..". In a
// repository they are written from the current folder, else from the roots of the versions.
static bool clean_paths(struct command_run *command, const struct sides *sides, Str **out)
{
    struct arena *arena = command->run->arena;
    const struct source nowhere = { .arena = arena };
    bool git = side_is_git(&sides->old) && side_is_git(&sides->new);
    Str *paths = ARENA_ARRAY(arena, Str, sides->path_count + 1);
    for (uint32_t i = 0; i < sides->path_count; i++) {
        Str path = sides->paths[i];
        bool inside = git ? sides_path(command->repo, path, &paths[i])
                          : (!path.len || path.ptr[0] != '/') &&
                                source_join(&nowhere, STR(""), path, &paths[i]);
        if (!inside) {
            command_fail(command, "%.*s leads out of the versions that are compared",
                         STR_ARG(path));
            return false;
        }
    }
    *out = paths;
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

// What was not read for its size could have allowed anything: nobody knows what is lost.
static bool reached_limit(const struct version *version)
{
    for (uint32_t i = 0; i < version->diag_count && !version->complete; i++)
        if (version->diags[i].kind->level == LEVEL_ERROR &&
            str_is(str_from(version->diags[i].kind->id), "CG903"))
            return true;
    return false;
}

// What people fill the acknowledgements from.
static bool write_acknowledged(struct command_run *command, const struct findings *findings)
{
    Str path = command->options->write_acknowledged;
    struct buf out = { .arena = command->run->arena };
    if (!path.len)
        return true;
    acknowledge_write(command->run->arena, findings, &out);
    return command_write(command, path, buf_str(&out));
}

static enum exit_status compare(struct workspace *workspace, const struct version *old,
                                const struct version *new, struct revert_asked *asked,
                                struct report *report)
{
    struct command_run *command = workspace->command;
    bool broken = version_is_broken(workspace, new, old);
    if (reached_limit(old)) {
        broken = true;
        version_complain(workspace, old);
    }
    struct diff diff = { 0 };
    struct findings findings = { 0 };
    const struct rule_settings settings = settle_rules(workspace, old, new);
    diff_policies(workspace->space, &old->config.upstreams, &new->config.upstreams,
                  old->result.policy, new->result.policy, &diff);
    diff_hidden(workspace->space, &old->config.upstreams, &new->config.upstreams, &diff,
                new->result.policy);
    rule_evaluate_diff(workspace->space, &settings, &diff, diags_of(old), diags_of(new), &findings);
    report->files = workspace->files;
    report->new_file = new->first_file;
    report->diff = &diff;
    report->policy = new->result.policy;
    report->old_upstreams = &old->config.upstreams;
    report->new_upstreams = &new->config.upstreams;
    if (!settle_findings(workspace, old, new, &settings, &findings, report))
        return EXIT_STATUS_BROKEN;
    asked->diff = &diff;
    asked->settings = &settings;
    if (!broken)
        revert_look(asked, &findings, report);
    if (!write_acknowledged(command, &findings))
        return EXIT_STATUS_BROKEN;
    struct verdict_settings verdict = findings_settings(command, broken);
    return findings_report(workspace, report, &verdict);
}

// The names that some paths have in one version where the other one has them under another name.
// Those of the old version when `is_old`.
static const Str *follow_renames(struct workspace *workspace, const struct sides *sides,
                                 const Str *paths, uint32_t count, struct source *source,
                                 bool is_old)
{
    struct command_run *command = workspace->command;
    const struct repo_new new = {
        .kind = sides->new.kind == SIDE_REVISION ? REPO_NEW_TREE
                : sides->new.kind == SIDE_INDEX  ? REPO_NEW_INDEX
                                                 : REPO_NEW_WORKTREE,
        .tree = sides->new.revision.tree,
    };
    Str *names = ARENA_ARRAY(command->run->arena, Str, count + 1);
    for (uint32_t i = 0; i < count; i++) {
        names[i] = paths[i];
        if (sides->old.kind != SIDE_REVISION || !side_is_git(&sides->new) ||
            source_stat(source, paths[i]) != SOURCE_NONE ||
            !repo_renamed(command->repo, sides->old.revision.tree, &new, paths[i], !is_old,
                          &names[i]))
            continue;
        command_remark(command, "%.*s is %.*s in the %s version", STR_ARG(paths[i]),
                       STR_ARG(names[i]), is_old ? "old" : "new");
    }
    return names;
}

static bool open_side(struct workspace *workspace, const struct sides *sides, bool is_old,
                      const Str *paths, uint32_t count, struct version *out)
{
    const struct side *side = is_old ? &sides->old : &sides->new;
    bool good = true;
    switch (side->kind) {
    case SIDE_PATH:
        good = version_open(workspace, side->label, out);
        break;
    case SIDE_REVISION:
        good = version_open_revision(workspace, &side->revision, out);
        break;
    case SIDE_INDEX:
        good = version_open_index(workspace, out);
        break;
    case SIDE_WORKTREE:
        version_open_worktree(workspace, paths, count, out);
        break;
    }
    if (good)
        version_restrict(workspace, out,
                         follow_renames(workspace, sides, paths, count, out->source, is_old),
                         count);
    return good;
}

// What stands before a path of that side where people read it. Files of the new version can be
// opened at that path; those of a revision can be given to `git show`.
static Str prefix_of(const struct command_run *command, const struct version *version,
                     const struct side *side, bool is_old)
{
    struct buf out = { .arena = command->run->arena };
    if (side->kind == SIDE_PATH)
        return findings_prefix(command->run->arena, version, side->label);
    if (is_old && side->kind == SIDE_REVISION && !version->source->only.len) {
        enum { SHORT = 12 }; // of an id, which git takes as well
        bool whole = str_equal(side->label, side->revision.commit);
        buf_add(&out, whole ? str_slice(side->label, 0, SHORT) : side->label);
        buf_add_char(&out, ':');
        return buf_str(&out);
    }
    Str below = command->repo->below, part;
    while (below.len) {
        if (!str_cut(below, STR("/"), &part, &below))
            below = STR("");
        buf_add_text(&out, "../");
    }
    return buf_str(&out);
}

// Nothing in either version: a mistake where versions were named, and the usual thing for a hook.
static enum exit_status both_empty(struct workspace *workspace, const struct sides *sides)
{
    struct command_run *command = workspace->command;
    const Str names[] = { sides->old.label, sides->new.label };
    if (!command->options->staged && !command->options->pre_push)
        return version_fail_empty(workspace, names, 2);
    command_remark(command, "there is no configuration that corsgate recognises: nothing to "
                            "compare");
    return EXIT_STATUS_PASS;
}

// Whose configuration judges, where that is not the old version. False when there is no such
// revision, which is said.
static bool find_judge(struct workspace *workspace, struct version *old)
{
    struct command_run *command = workspace->command;
    struct side side;
    if (!command->options->judge.len)
        return true;
    struct version *judge = ARENA_NEW(command->run->arena, struct version);
    if (!sides_revision(command, command->options->judge, &side) ||
        !version_open_revision(workspace, &side.revision, judge) ||
        !version_configure(workspace, judge, BROKEN_CONFIG_IGNORED))
        return false;
    old->judge = &judge->config;
    return true;
}

static enum exit_status compare_sides(struct command_run *command, const struct sides *sides)
{
    struct workspace workspace = workspace_new(command);
    struct version old, new;
    Str *paths;
    if (!clean_paths(command, sides, &paths) ||
        !open_side(&workspace, sides, true, paths, sides->path_count, &old) ||
        !version_configure(&workspace, &old, BROKEN_CONFIG_IGNORED) ||
        !find_judge(&workspace, &old))
        return EXIT_STATUS_BROKEN;
    version_load(&workspace, &old, NULL);
    if (!open_side(&workspace, sides, false, paths, sides->path_count, &new) ||
        !version_configure(&workspace, &new, BROKEN_CONFIG_FAILS) ||
        !paths_exist(command, paths, sides->path_count, &old, &new))
        return EXIT_STATUS_BROKEN;
    // What nobody could load in the old version is the same as nothing.
    bool old_broken = version_is_broken(&workspace, &old, NULL);
    // Expectations are asked about everything, whether or not it changed.
    bool whole = old.config.expectations.count || new.config.expectations.count;
    version_load(&workspace, &new, old_broken || whole ? NULL : &old);
    version_compose(&workspace, &old);
    version_compose(&workspace, &new);
    version_remark_notes(&workspace, &old, NULL);
    version_remark_notes(&workspace, &new, &old);
    bool old_empty = version_is_empty(&old), new_empty = version_is_empty(&new);
    if (old_empty && new_empty)
        return both_empty(&workspace, sides);
    if (old_empty || new_empty)
        command_remark(command, "there is no configuration in the %s version, %.*s",
                       old_empty ? "old" : "new",
                       STR_ARG(old_empty ? sides->old.label : sides->new.label));

    if (version_is_broken(&workspace, &old, &new))
        forget_broken(&workspace, &old);
    struct report report = {
        .old = sides->old.label,
        .new = sides->new.label,
        .old_prefix = prefix_of(command, &old, &sides->old, true),
        .new_prefix = prefix_of(command, &new, &sides->new, false),
        .old_is_rooted = sides->old.kind != SIDE_PATH,
        .new_is_rooted = sides->new.kind != SIDE_PATH,
    };
    struct revert_asked asked = {
        .workspace = &workspace,
        .old_side = &sides->old,
        .paths = paths,
        .path_count = sides->path_count,
        .old = &old,
        .new = &new,
    };
    return compare(&workspace, &old, &new, &asked, &report);
}

// 2 beats 1 beats 3 beats 0.
static enum exit_status worse(enum exit_status a, enum exit_status b)
{
    static const int rank[] = {
        [EXIT_STATUS_PASS] = 0,
        [EXIT_STATUS_REVIEW] = 1,
        [EXIT_STATUS_FAIL] = 2,
        [EXIT_STATUS_BROKEN] = 3,
    };
    return rank[a] > rank[b] ? a : b;
}

// Several comparisons would overwrite one another's file, or be no JSON any more.
static bool reports_can_repeat(struct command_run *command)
{
    for (uint32_t i = 0; i < command->options->outputs.count; i++) {
        const struct output *output = &command->options->outputs.items[i];
        if (!output->path.len && str_is(output->format, "text"))
            continue;
        command_fail(command, "several commits are pushed, and only the format text on standard "
                              "output can hold several reports");
        return false;
    }
    return true;
}

static enum exit_status start(struct command_run *command)
{
    struct sides_list sides = { 0 };
    enum exit_status status = EXIT_STATUS_PASS;
    if (!sides_find(command, &sides) || (sides.list.count > 1 && !reports_can_repeat(command)))
        return EXIT_STATUS_BROKEN;
    for (uint32_t i = 0; i < sides.list.count; i++) {
        const struct sides *one = &sides.list.items[i];
        if (sides.list.count > 1)
            command_remark(command, "comparing %.*s with %.*s", STR_ARG(one->old.label),
                           STR_ARG(one->new.label));
        status = worse(status, compare_sides(command, one));
    }
    return status;
}

const struct command command_diff = {
    .name = "diff",
    .user = USED_BY_DIFF,
    .usage = "[OLD [NEW]] [--] [PATH...]",
    .arguments = ARGUMENTS_VERSIONS,
    .what = "who gains and who loses access between two versions",
    .help =
        "OLD and NEW are two versions of the same configuration, each a git revision, a file or\n"
        "a folder. Without NEW, OLD is compared with the working tree; without OLD, the commit\n"
        "where HEAD left the default branch is. A..B compares two revisions, A...B compares B\n"
        "with the commit where it left A. REVISION:PATH is one file or folder of a revision.\n"
        "What is both a revision and a path is an error: write ./PATH, or REVISION --.\n"
        "\n"
        "Every file that corsgate recognises is read (what git ignores is not); PATHs restrict\n"
        "that. In a repository, a path behind a revision is such a PATH; two paths are two\n"
        "versions. Trusted origins and rule levels come from the configuration file of OLD, so\n"
        "that a change cannot judge itself; --judge names a revision that may be newer than where\n"
        "a branch began.\n"
        "\n"
        "Exit status: 0 nothing to hold back, 1 an error, 3 a review is needed, 2 bad usage or\n"
        "input that cannot be read.\n",
    .start = start,
};
