#include "cli/settle.h"

#include "base/hash.h"
#include "cli/expect.h"
#include "cli/local.h"
#include "cli/weakened.h"
#include "review/acknowledge.h"
#include "review/date.h"

#include <stdlib.h>
#include <time.h>

static bool has_rule(const struct rule *rules, uint32_t count, Str id)
{
    for (uint32_t i = 0; i < count; i++)
        if (str_equal_nocase(rules[i].id, id))
            return true;
    return false;
}

static const struct rule *join_rules(struct arena *arena, const struct config *judge,
                                     const struct config *new, uint32_t *count)
{
    struct rule *out = ARENA_ARRAY(arena, struct rule, judge->custom.count + new->custom.count + 1);
    *count = 0;
    for (uint32_t i = 0; i < judge->custom.count; i++)
        out[(*count)++] = judge->custom.items[i];
    for (uint32_t i = 0; judge != new &&i < new->custom.count; i++)
        if (!has_rule(out, *count, new->custom.items[i].id))
            out[(*count)++] = new->custom.items[i];
    return out;
}

struct rule_settings settle_rules(struct workspace *workspace, const struct version *old,
                                  const struct version *new)
{
    const struct config *judge = version_judge(old ? old : new);
    struct rule_settings out = {
        .levels = judge->levels.items,
        .level_count = judge->levels.count,
        .trusted = judge->trusted,
        .old_upstreams = old ? &old->config.upstreams : &new->config.upstreams,
        .new_upstreams = &new->config.upstreams,
    };
    out.custom = join_rules(workspace->command->run->arena, judge, &new->config, &out.custom_count);
    return out;
}

// Today in UTC; SOURCE_DATE_EPOCH (reproducible-builds.org) overrides the clock.
static uint32_t today(void)
{
    const char *epoch = getenv("SOURCE_DATE_EPOCH");
    uint64_t seconds = 0;
    bool given = epoch && *epoch;
    for (const char *at = epoch; given && *at; at++) {
        given = *at >= '0' && *at <= '9' && seconds < UINT64_C(1) << 40;
        seconds = seconds * 10 + (uint64_t)(*at - '0');
    }
    return date_of(given ? seconds : (uint64_t)time(NULL));
}

static bool read_baseline(struct workspace *workspace, struct baseline *out)
{
    struct command_run *command = workspace->command;
    struct run *run = command->run;
    Str path = command->options->baseline, text, reason;
    uint32_t before = run->diags.count;
    if (!local_read(run->arena, path, run->limits->file_bytes, &text, &reason)) {
        command_fail(command, "%.*s cannot be read: %.*s", STR_ARG(path), STR_ARG(reason));
        return false;
    }
    if (baseline_read(run, files_add(workspace->files, path, text), text, out))
        return true;
    version_complain_since(workspace, before);
    return false;
}

static void evaluate_expectations(struct workspace *workspace, const struct version *old,
                                  const struct version *new, const struct rule_settings *settings,
                                  struct findings *findings, struct report *report)
{
    struct expectation_results *results =
        ARENA_NEW(workspace->command->run->arena, struct expectation_results);
    expect_all(workspace, old, new, results);
    rule_evaluate_expectations(workspace->space, settings, results, findings);
    report->expectations = results;
}

// The acknowledgements of a version; none where the file is not there.
static bool read_acknowledgements(struct run *run, const struct version *version, Str path,
                                  struct acknowledgements *out)
{
    uint32_t file;
    *out = (struct acknowledgements){ 0 };
    if (source_stat(version->source, path) == SOURCE_NONE)
        return true;
    return source_read(run, version->source, path, (Span){ 0 }, &file) &&
           acknowledge_read(run, file, files_get(version->source->files, file)->text, out);
}

// Marks what the owners of the file approve that the judging configuration names. False when the
// new version's cannot be read, which is said.
static bool acknowledge(struct workspace *workspace, const struct version *old,
                        const struct version *new, const struct rule_settings *settings,
                        struct findings *findings)
{
    struct run *run = workspace->command->run;
    struct run *quiet = run_new(run->arena, run->limits);
    Str path = version_judge(old)->approvals.acknowledge;
    struct acknowledgements list, before;
    struct remarks remarks = { 0 };
    uint32_t already = run->diags.count;
    if (!path.len)
        return true;
    if (!read_acknowledgements(run, new, path, &list)) {
        version_complain_since(workspace, already);
        return false;
    }
    // What was wrong before the change is nothing that it repeats.
    if (!read_acknowledgements(quiet, old, path, &before))
        before = (struct acknowledgements){ 0 };
    acknowledge_subtract(run->arena, &list, &before);
    acknowledge_apply(run->arena, &list, findings);
    for (uint32_t i = 0; i < list.count; i++)
        if (!list.items[i].used)
            *vec_push(run->arena, &remarks) = (struct remark){
                .rule = "CG907",
                .span = list.items[i].span,
                .message = STR("this acknowledgement is about nothing that needs a review here"),
                .identity =
                    hash_u64(hash_str(HASH_SEED, STR("acknowledged")), list.items[i].fingerprint),
            };
    rule_evaluate_remarks(workspace->space, settings, remarks.items, remarks.count, findings);
    return true;
}

bool settle_findings(struct workspace *workspace, const struct version *old,
                     const struct version *new, const struct rule_settings *settings,
                     struct findings *findings, struct report *report)
{
    struct arena *arena = workspace->command->run->arena;
    const struct config *judge = version_judge(old ? old : new);
    struct comments old_comments = { 0 }, new_comments = { 0 };
    struct baseline baseline = { .count = 0 };
    uint32_t *used = ARENA_ARRAY(arena, uint32_t, judge->waivers.count + 1);
    struct acceptance acceptance = {
        .model = workspace->model,
        .files = workspace->files,
        .comments = &new_comments,
        .waivers = judge->waivers.items,
        .waiver_count = judge->waivers.count,
        .today = today(),
        .is_change = old != NULL,
    };
    uint32_t end = workspace->files->list.count + 1;
    if (workspace->command->options->baseline.len) {
        if (!read_baseline(workspace, &baseline))
            return false;
        acceptance.baseline = &baseline;
    }
    evaluate_expectations(workspace, old, new, settings, findings, report);
    comments_read(arena, workspace->files, new->first_file, end, settings, acceptance.today,
                  &new_comments);
    if (old)
        comments_read(arena, workspace->files, old->first_file, new->first_file, settings,
                      acceptance.today, &old_comments);
    acceptance.before = &old_comments;
    suppress_apply(&acceptance, findings, used);
    struct remarks remarks = { 0 };
    suppress_remarks(&acceptance, used, &remarks);
    const struct weakened weakened = { workspace->model, old ? &old->config : NULL, &new->config,
                                       &old_comments, &new_comments };
    if (old)
        weakened_find(&weakened, &remarks);
    rule_evaluate_remarks(workspace->space, settings, remarks.items, remarks.count, findings);
    report->findings = findings;
    return !old || acknowledge(workspace, old, new, settings, findings);
}
