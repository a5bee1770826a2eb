#include "cli/revert.h"

#include "diff/diff.h"

enum { ANCESTORS = 50 };
// Each ancestor that is held against the new version is read and interpreted whole: of so many
// endpoints altogether, and three ancestors in any case.
enum { ENDPOINTS = 2500, LEAST = 3 };

// Whether an approval of the old access says nothing about a finding: the gate itself, or what a
// team has written down.
static bool is_about_access(const struct finding *finding)
{
    Str id = finding->rule->id;
    return str_starts(id, STR("CG1")) || str_starts(id, STR("CG2")) || str_starts(id, STR("CG3")) ||
           str_is(id, "CG905");
}

static bool needs_review(const struct finding *finding)
{
    return finding->review && !finding->suppressed;
}

static bool is_worth_while(const struct findings *findings)
{
    for (uint32_t i = 0; i < findings->count; i++)
        if (needs_review(&findings->items[i]) && is_about_access(&findings->items[i]))
            return true;
    return false;
}

// Whether somebody gains of whom nobody knows who they are. What was right then may be known to be
// wrong by now: that is looked at again.
static bool opens_up(const struct diff *diff)
{
    for (uint32_t i = 0; i < diff->change_count; i++) {
        const struct change *change = &diff->changes[i];
        const struct origins *origins = &change->origins;
        if (change->direction == DIRECTION_GAINED &&
            (origins->kind == ORIGINS_UNBOUNDED || origins->kind == ORIGINS_ANY ||
             origins->has_null || origins->has_app || origins->has_shared))
            return true;
    }
    return false;
}

// Whether the whole new version differs from an ancestor in nothing that matters.
static bool answers_as(const struct revert_asked *asked, const struct version *ancestor,
                       const struct version *whole)
{
    struct diff diff = { 0 };
    struct findings findings = { 0 };
    struct rule_settings settings = *asked->settings;
    settings.old_upstreams = &ancestor->config.upstreams;
    const struct rule_diags old = { ancestor->diags, ancestor->diag_count };
    const struct rule_diags new = { whole->diags, whole->diag_count };
    diff_policies(asked->workspace->space, &ancestor->config.upstreams, &whole->config.upstreams,
                  ancestor->result.policy, whole->result.policy, &diff);
    if (diff.change_count || diff.unknown)
        return false;
    rule_evaluate_diff(asked->workspace->space, &settings, &diff, old, new, &findings);
    for (uint32_t i = 0; i < findings.count; i++)
        if (findings.items[i].review)
            return false;
    return true;
}

static bool load_ancestor(const struct revert_asked *asked, const struct repo_commit *commit,
                          struct version *out)
{
    struct workspace *workspace = asked->workspace;
    const struct revision revision = { .label = commit->id, .tree = commit->tree };
    if (!version_open_revision(workspace, &revision, out) ||
        !version_configure(workspace, out, BROKEN_CONFIG_IGNORED))
        return false;
    version_restrict(workspace, out, asked->paths, asked->path_count);
    version_load(workspace, out, NULL);
    version_compose(workspace, out);
    return !version_is_empty(out) && out->complete && !version_is_broken(workspace, out, NULL);
}

// The new version, with what was left out of it for being equal to the old one.
static bool load_whole(const struct revert_asked *asked, struct version *out)
{
    *out = *asked->new;
    out->result = (struct dialect_result){ 0 };
    version_load(asked->workspace, out, NULL);
    version_compose(asked->workspace, out);
    return out->complete && !version_is_broken(asked->workspace, out, NULL);
}

static void accept(const struct repo_commit *commit, struct arena *arena, struct findings *findings,
                   struct report *report)
{
    struct report_revert *revert = ARENA_NEW(arena, struct report_revert);
    *revert = (struct report_revert){ commit->id, commit->date, commit->subject };
    report->revert = revert;
    for (uint32_t i = 0; i < findings->count; i++)
        if (is_about_access(&findings->items[i]))
            findings->items[i].review = false;
}

void revert_look(const struct revert_asked *asked, struct findings *findings, struct report *report)
{
    struct workspace *workspace = asked->workspace;
    struct repo *repo = workspace->command->repo;
    struct repo_commit commit;
    if (asked->old_side->kind != SIDE_REVISION ||
        version_judge(asked->old)->approvals.always_review || !is_worth_while(findings) ||
        opens_up(asked->diff) || !repo_commit_get(repo, asked->old_side->revision.commit, &commit))
        return;
    struct version whole = { 0 }, ancestor;
    uint32_t left = LEAST + ENDPOINTS / (asked->diff->compared + 1);
    for (uint32_t i = 0; i < ANCESTORS && commit.parent.len; i++) {
        Str newer = commit.tree;
        if (!repo_commit_get(repo, commit.parent, &commit))
            return;
        if (repo_reads_same(repo, newer, commit.tree)) // which was none, or is the old version
            continue;
        if (left-- == 0 || (!whole.source && !load_whole(asked, &whole)))
            return;
        if (load_ancestor(asked, &commit, &ancestor) && answers_as(asked, &ancestor, &whole)) {
            accept(&commit, workspace->command->run->arena, findings, report);
            return;
        }
    }
}
