#include "cli/gate_write.h"

#include "base/jout.h"
#include "report/json_parts.h"
#include "report/markdown_parts.h"
#include "report/tell.h"

#include <stdlib.h>

enum { NAMES_SHOWN = 20, SHORT = 12 };

// ---- what both forms say

static bool has_approved(const struct gate_group *group, Str login)
{
    for (uint32_t i = 0; i < group->approvals.count; i++)
        if (str_equal(group->approvals.items[i]->review->login, login))
            return true;
    return false;
}

// Members who could still approve.
static uint32_t count_free(const struct gate_group *group)
{
    return group->members.count - group->approvals.count;
}

static uint32_t count_missing(const struct gate_group *group)
{
    return group->approvals.count < group->needed ? group->needed - group->approvals.count : 0;
}

static Str url_of(const struct gate_finding *finding)
{
    return finding->endpoint_count ? finding->endpoints[0].url : (Str){ NULL, 0 };
}

static Str summary(const struct gate_decision *decision, struct arena *arena)
{
    unsigned errors = decision->errors.count, items = decision->items.count, held = 0, alien = 0;
    for (uint32_t i = 0; i < decision->items.count; i++) {
        held += !decision->items.items[i].approved;
        alien += !decision->items.items[i].groups.count;
    }
    switch (decision->outcome) {
    case GATE_CLEAR:
        return STR("nothing needs a review");
    case GATE_PASSED:
        return str_format(arena, "%u finding%s approved", items, items == 1 ? " is" : "s are");
    case GATE_HELD:
        if (decision->blocked)
            return STR("an approver requests changes");
        if (alien)
            return str_format(arena, "the merge group shows %u finding%s that the head does not",
                              alien, alien == 1 ? "" : "s");
        return str_format(arena, "approvals are missing for %u finding%s", held,
                          held == 1 ? "" : "s");
    case GATE_FAILED:
        return str_format(arena, "%u error%s that no approval lifts", errors,
                          errors == 1 ? "" : "s");
    case GATE_UNKNOWN:
        break;
    }
    return decision->why;
}

// ---- text and Markdown, which say the same

struct tongue {
    struct buf *out;
    bool markdown; // what others wrote stands as code
};

static void begin(const struct tongue *tongue, const char *what)
{
    buf_addf(tongue->out, tongue->markdown ? "- %s: " : "  %-10s", what);
}

static void others(const struct tongue *tongue, Str text)
{
    (tongue->markdown ? markdown_code : tell_text)(tongue->out, text);
}

static void write_names(const struct tongue *tongue, const struct gate_group *group)
{
    uint32_t shown = 0, left = count_free(group);
    for (uint32_t i = 0; i < group->members.count && shown < NAMES_SHOWN; i++) {
        if (has_approved(group, group->members.items[i]))
            continue;
        buf_add_text(tongue->out, shown++ ? ", " : "");
        others(tongue, group->members.items[i]);
    }
    if (left > shown)
        buf_addf(tongue->out, " and %u more", (unsigned)(left - shown));
}

static void write_missing(const struct tongue *tongue, const struct gate_group *group)
{
    struct buf *out = tongue->out;
    unsigned missing = count_missing(group);
    if (!group->is_asked || !missing)
        return;
    begin(tongue, "missing");
    buf_addf(out, "%u approval%s", missing, missing == 1 ? "" : "s");
    if (group->url.len) {
        buf_add_text(out, " for ");
        others(tongue, group->url);
    }
    if (!group->approver_count) {
        buf_add_text(out, ": the configuration names no approvers, so nobody can approve\n");
        return;
    }
    buf_add_text(out, count_free(group) ? " of: " : ": there is nobody left who could approve");
    write_names(tongue, group);
    if (count_free(group) && count_free(group) < missing)
        buf_add_text(out, "; these are too few");
    buf_add_char(out, '\n');
}

static void write_voice(const struct tongue *tongue, const struct gate_voice *voice)
{
    const struct gate_review *review = voice->review;
    begin(tongue, "review");
    others(tongue, review->login.len ? review->login : STR("nobody"));
    buf_addf(tongue->out, ": %s", gate_state_name(review->state));
    if (review->commit.len)
        buf_addf(tongue->out, " of %.*s", SHORT, review->commit.ptr);
    buf_addf(tongue->out, " (%s)\n", gate_fate_text(voice->fate));
}

static void write_needs(const struct gate_decision *decision, const struct gate_item *item,
                        struct buf *out)
{
    if (!item->groups.count && decision->outcome != GATE_UNKNOWN)
        buf_add_text(out, "to be seen at the head, too: only the merge group shows it");
    for (uint32_t i = 0; i < item->groups.count; i++) {
        const struct gate_group *group = &decision->groups[item->groups.items[i]];
        buf_addf(out, "%s%u of ", i ? ", " : "", (unsigned)group->needed);
        if (!group->approver_count)
            buf_add_text(out, "nobody");
        for (uint32_t a = 0; a < group->approver_count && a < NAMES_SHOWN; a++) {
            buf_add_text(out, a ? " " : "");
            markdown_code(out, group->approvers[a]);
        }
        if (group->approver_count > NAMES_SHOWN)
            buf_add_text(out, " ...");
    }
}

static int compare_voices(const void *a, const void *b)
{
    const struct gate_voice *x = *(const struct gate_voice *const *)a;
    const struct gate_voice *y = *(const struct gate_voice *const *)b;
    return str_compare(x->review->login, y->review->login);
}

struct voices {
    VEC(const struct gate_voice *) list;
};

// Who approved a finding: the members of its groups, each once.
static struct voices approvers_of(struct arena *arena, const struct gate_decision *decision,
                                  const struct gate_item *item)
{
    struct voices out = { 0 };
    uint32_t kept = 0;
    for (uint32_t i = 0; i < item->groups.count; i++) {
        const struct gate_group *group = &decision->groups[item->groups.items[i]];
        for (uint32_t a = 0; a < group->approvals.count; a++)
            *vec_push(arena, &out.list) = group->approvals.items[a];
    }
    if (out.list.count)
        qsort(out.list.items, out.list.count, sizeof *out.list.items, compare_voices);
    for (uint32_t i = 0; i < out.list.count; i++)
        if (!i || out.list.items[i] != out.list.items[kept - 1])
            out.list.items[kept++] = out.list.items[i];
    out.list.count = kept;
    return out;
}

static void write_row(const struct gate_report *report, const struct gate_item *item,
                      struct buf *out)
{
    const struct gate_finding *finding = item->finding;
    struct voices voices = approvers_of(out->arena, report->decision, item);
    buf_add_text(out, "| ");
    markdown_code(out, finding->rule);
    buf_add_char(out, ' ');
    markdown_code(out, finding->message);
    buf_add_text(out, " | ");
    write_needs(report->decision, item, out);
    buf_add_text(out, " | ");
    for (uint32_t i = 0; i < voices.list.count; i++) {
        const struct gate_review *review = voices.list.items[i]->review;
        buf_add_text(out, i ? ", " : "");
        markdown_code(out, review->login);
        buf_addf(out, " at `%.*s`", SHORT, review->commit.ptr);
    }
    buf_addf(out, "%s | %s |\n", voices.list.count ? "" : "nobody",
             item->approved ? "approved" : "held");
}

static void write_lines(const struct gate_report *report, const struct tongue *tongue)
{
    const struct gate_decision *decision = report->decision;
    struct buf *out = tongue->out;
    begin(tongue, "head");
    buf_addf(out, "%.*s", STR_ARG(report->pull->head));
    if (report->pull->number)
        buf_addf(out, " of pull request %u", (unsigned)report->pull->number);
    buf_add_text(out, " by ");
    others(tongue, report->pull->author);
    buf_add_char(out, '\n');
    for (uint32_t i = 0; i < decision->errors.count; i++) {
        begin(tongue, "error");
        others(tongue, decision->errors.items[i]->message);
        buf_add_text(out, " [");
        others(tongue, decision->errors.items[i]->rule);
        buf_add_text(out, "]\n");
    }
    for (uint32_t i = 0; i < decision->group_count; i++)
        write_missing(tongue, &decision->groups[i]);
    for (uint32_t i = 0; i < decision->voices.count; i++)
        write_voice(tongue, &decision->voices.items[i]);
    if (!decision->items.count)
        return;
    buf_add_text(out, "\n| finding | needs | approved by | |\n| --- | --- | --- | --- |\n");
    for (uint32_t i = 0; i < decision->items.count; i++)
        write_row(report, &decision->items.items[i], out);
}

static const char *word_of(enum gate_outcome outcome)
{
    static const char *const words[] = {
        [GATE_CLEAR] = "PASS",  [GATE_PASSED] = "PASS",     [GATE_HELD] = "HELD",
        [GATE_FAILED] = "FAIL", [GATE_UNKNOWN] = "UNKNOWN",
    };
    return words[outcome];
}

void gate_write_text(const struct gate_report *report, struct buf *out)
{
    const struct tongue tongue = { out, false };
    buf_addf(out, "%s: ", word_of(report->decision->outcome));
    tell_text(out, summary(report->decision, out->arena));
    buf_add_char(out, '\n');
    write_lines(report, &tongue);
}

void gate_write_markdown(const struct gate_report *report, struct buf *out)
{
    const struct tongue tongue = { out, true };
    buf_addf(out, "## corsgate gate: %s\n\n", word_of(report->decision->outcome));
    markdown_text(out, summary(report->decision, out->arena));
    buf_add_text(out, ".\n\n");
    write_lines(report, &tongue);
}

// ---- JSON

static void text_or_null(struct jout *out, const char *key, Str text)
{
    jout_key(out, key);
    if (text.len)
        jout_str(out, text);
    else
        jout_null(out);
}

static void texts(struct jout *out, const char *key, const Str *items, uint32_t count)
{
    jout_key(out, key);
    jout_array(out);
    for (uint32_t i = 0; i < count; i++)
        jout_str(out, items[i]);
    jout_array_end(out);
}

static void begin_finding(struct jout *out, const struct gate_finding *finding)
{
    jout_line(out);
    jout_object(out);
    jout_key(out, "rule");
    jout_str(out, finding->rule);
    jout_key(out, "level");
    jout_text(out, level_name(finding->level));
    jout_key(out, "message");
    jout_str(out, finding->message);
    jout_key(out, "fingerprint");
    jout_str(out, finding->fingerprint);
    text_or_null(out, "url", url_of(finding));
}

static void write_review(struct jout *out, const struct gate_voice *voice)
{
    const struct gate_review *review = voice->review;
    jout_object(out);
    text_or_null(out, "login", review->login);
    text_or_null(out, "commit", review->commit);
    jout_key(out, "submitted_at");
    jout_str(out, review->submitted);
    jout_key(out, "review");
    jout_str(out, review->id);
    jout_key(out, "state");
    jout_text(out, gate_state_name(review->state));
    jout_key(out, "counts");
    jout_bool(out, voice->fate == GATE_COUNTS || voice->fate == GATE_CARRIED ||
                       voice->fate == GATE_BLOCKS);
    jout_key(out, "why");
    jout_text(out, gate_fate_text(voice->fate));
    jout_object_end(out);
}

static void end_list(struct jout *out, uint32_t count)
{
    if (count)
        jout_line(out);
    jout_array_end(out);
}

static void write_item(struct jout *out, const struct gate_decision *decision,
                       const struct gate_item *item)
{
    struct voices voices = approvers_of(out->buf->arena, decision, item);
    begin_finding(out, item->finding);
    jout_key(out, "approved");
    jout_bool(out, item->approved);
    jout_key(out, "groups");
    jout_array(out);
    for (uint32_t i = 0; i < item->groups.count; i++)
        jout_number(out, item->groups.items[i]);
    jout_array_end(out);
    jout_key(out, "approvals");
    jout_array(out);
    for (uint32_t i = 0; i < voices.list.count; i++)
        write_review(out, voices.list.items[i]);
    jout_array_end(out);
    jout_object_end(out);
}

static void write_group(struct jout *out, const struct gate_group *group)
{
    jout_line(out);
    jout_object(out);
    text_or_null(out, "url", group->url);
    texts(out, "approvers", group->approvers, group->approver_count);
    jout_key(out, "needed");
    jout_number(out, group->needed);
    jout_key(out, "asked");
    jout_bool(out, group->is_asked);
    jout_key(out, "given");
    jout_number(out, group->approvals.count);
    jout_key(out, "approved");
    jout_bool(out, group->approved);
    jout_key(out, "missing");
    jout_array(out);
    for (uint32_t i = 0; i < group->members.count && !group->approved; i++)
        if (!has_approved(group, group->members.items[i]))
            jout_str(out, group->members.items[i]);
    jout_array_end(out);
    jout_object_end(out);
}

static void write_head(struct jout *out, const struct gate_report *report)
{
    jout_key(out, "schema");
    jout_number(out, 1);
    json_parts_tool(out);
    jout_key(out, "decision");
    jout_text(out, gate_outcome_name(report->decision->outcome));
    jout_key(out, "summary");
    jout_str(out, summary(report->decision, out->buf->arena));
    jout_key(out, "pull_request");
    if (report->pull->number)
        jout_number(out, report->pull->number);
    else
        jout_null(out);
    jout_key(out, "head");
    jout_str(out, report->pull->head);
    jout_key(out, "author");
    jout_str(out, report->pull->author);
    text_or_null(out, "config", report->config);
    jout_key(out, "stale");
    jout_text(out, report->input->policy->same_findings ? "same-findings" : "strict");
    jout_line(out);
}

void gate_write_json(const struct gate_report *report, struct buf *buf)
{
    const struct gate_decision *decision = report->decision;
    struct jout out = { .buf = buf };
    jout_object(&out);
    write_head(&out, report);
    jout_key(&out, "errors");
    jout_array(&out);
    for (uint32_t i = 0; i < decision->errors.count; i++) {
        begin_finding(&out, decision->errors.items[i]);
        jout_object_end(&out);
    }
    end_list(&out, decision->errors.count);
    jout_line(&out);
    jout_key(&out, "findings");
    jout_array(&out);
    for (uint32_t i = 0; i < decision->items.count; i++)
        write_item(&out, decision, &decision->items.items[i]);
    end_list(&out, decision->items.count);
    jout_line(&out);
    jout_key(&out, "groups");
    jout_array(&out);
    for (uint32_t i = 0; i < decision->group_count; i++)
        write_group(&out, &decision->groups[i]);
    end_list(&out, decision->group_count);
    jout_line(&out);
    jout_key(&out, "reviews");
    jout_array(&out);
    for (uint32_t i = 0; i < decision->voices.count; i++) {
        jout_line(&out);
        write_review(&out, &decision->voices.items[i]);
    }
    end_list(&out, decision->voices.count);
    jout_object_end(&out);
    buf_add_char(buf, '\n');
}
