#include "report/report.h"
#include "report/tell.h"

#include <stddef.h>

struct text {
    struct teller teller;
    struct buf *out;
    const struct report *report;
    VEC(const char *) told; // the fixes that have been told
};

// --- who gains, who loses ---

// Changes of one direction and certainty by which the same origins get or lose the same things.
struct group {
    const struct change *first;
    VEC(struct capability) capabilities;
    VEC(Str) urls;
    uint32_t endpoints;
};
struct groups {
    VEC(struct group) list;
};

static bool same_origins(const struct change *a, const struct change *b)
{
    return a->direction == b->direction && a->certainty == b->certainty &&
           a->origins.set == b->origins.set && str_equal(a->condition, b->condition);
}

// The changes of each region and set of origins, as one group with all its capabilities.
static void group_regions(struct arena *arena, const struct diff *diff, struct groups *out)
{
    uint32_t from = 0; // the first group of the region at hand
    for (uint32_t i = 0; i < diff->change_count; i++) {
        const struct change *change = &diff->changes[i];
        if (i > 0 && change->region != diff->changes[i - 1].region)
            from = out->list.count;
        uint32_t at = from;
        while (at < out->list.count && !same_origins(out->list.items[at].first, change))
            at++;
        struct group *group =
            at < out->list.count ? &out->list.items[at] : vec_push(arena, &out->list);
        if (!group->first) {
            group->first = change;
            group->endpoints = change->region->merged ? change->region->merged : 1;
            *vec_push(arena, &group->urls) = change->region->url;
        }
        *vec_push(arena, &group->capabilities) = change->capability;
    }
}

static bool same_capabilities(const struct group *a, const struct group *b)
{
    if (a->capabilities.count != b->capabilities.count)
        return false;
    for (uint32_t i = 0; i < a->capabilities.count; i++)
        if (!capability_equal(a->capabilities.items[i], b->capabilities.items[i]))
            return false;
    return true;
}

// Groups of several regions that say the same become one. Those beyond a number stay apart: nobody
// reads so many, and comparing all of them takes time.
static void join_groups(struct arena *arena, struct groups *groups)
{
    enum { COMPARED = 64 };
    uint32_t kept = 0;
    for (uint32_t i = 0; i < groups->list.count; i++) {
        struct group *group = &groups->list.items[i], *same = NULL;
        for (uint32_t j = 0; j < kept && j < COMPARED && !same; j++) {
            struct group *other = &groups->list.items[j];
            if (same_origins(group->first, other->first) && same_capabilities(group, other))
                same = other;
        }
        if (!same) {
            groups->list.items[kept++] = *group;
            continue;
        }
        same->endpoints += group->endpoints;
        *vec_push(arena, &same->urls) = group->urls.items[0];
    }
    groups->list.count = kept;
}

static void write_urls(struct text *text, const struct group *group)
{
    enum { URLS = 2 };
    uint32_t shown = group->urls.count < URLS ? group->urls.count : URLS;
    for (uint32_t i = 0; i < shown; i++) {
        buf_add_text(text->out, i ? ", " : "");
        tell_text(text->out, group->urls.items[i]);
    }
    if (group->endpoints > shown)
        buf_addf(text->out, " and %u more endpoint%s", group->endpoints - shown,
                 group->endpoints - shown == 1 ? "" : "s");
}

static void write_group(struct text *text, const struct group *group)
{
    const struct change *change = group->first;
    bool gained = change->direction == DIRECTION_GAINED;
    bool possible = change->certainty == CERTAINTY_POSSIBLE;
    tell_paint(&text->teller, gained ? PAINT_RED : PAINT_YELLOW);
    buf_addf(text->out, "  %s",
             possible ? gained ? "may gain" : "may lose"
             : gained ? "gains"
                      : "loses");
    tell_unpaint(&text->teller);
    buf_add_text(text->out, possible ? "  " : "     ");
    // All but the few who had it before, or keep it: still every website, to those who read this.
    struct origins shown = change->origins;
    const struct origins *all = gained ? &change->after : &change->before;
    if (shown.kind == ORIGINS_UNBOUNDED && all->kind == ORIGINS_ANY)
        shown.kind = ORIGINS_ANY;
    tell_paint(&text->teller, PAINT_BOLD);
    tell_origins(text->out, &shown);
    tell_unpaint(&text->teller);
    buf_add_text(text->out, ":\n            ");
    tell_capabilities(text->out, group->capabilities.items, group->capabilities.count);
    buf_add_text(text->out, "\n            on ");
    write_urls(text, group);
    if (change->condition.len) {
        buf_add_text(text->out, "\n            condition: ");
        tell_text(text->out, change->condition);
    }
    buf_add_char(text->out, '\n');
}

static void write_changes(struct text *text)
{
    enum { SHOWN = 10 }; // of each direction
    struct groups groups = { 0 };
    group_regions(text->out->arena, text->report->diff, &groups);
    join_groups(text->out->arena, &groups);
    static const enum direction directions[] = { DIRECTION_GAINED, DIRECTION_LOST };
    for (size_t d = 0; d < sizeof directions / sizeof *directions; d++) {
        uint32_t count = 0;
        for (uint32_t i = 0; i < groups.list.count; i++) {
            const struct group *group = &groups.list.items[i];
            if (group->first->direction == directions[d] && count++ < SHOWN)
                write_group(text, group);
        }
        if (count > SHOWN)
            buf_addf(text->out, "  and %u more that %s: --format json has all\n", count - SHOWN,
                     directions[d] == DIRECTION_GAINED ? "gain" : "lose");
    }
}

// --- the verdict ---

static const char *plural(uint32_t count)
{
    return count == 1 ? "" : "s";
}

static void write_counts(struct text *text)
{
    const struct verdict_counts *counts = &text->report->counts;
    const struct {
        uint32_t count;
        const char *one;
    } parts[] = {
        { counts->errors, "error" },
        { counts->warnings, "warning" },
        { counts->notes, "note" },
    };
    bool any = false;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (!parts[i].count)
            continue;
        buf_addf(text->out, "%s%u %s%s", any ? ", " : "", parts[i].count, parts[i].one,
                 plural(parts[i].count));
        any = true;
    }
    if (!any)
        buf_add_text(text->out, "no findings");
    if (counts->review)
        buf_addf(text->out, "; %u need%s a review", counts->review, counts->review == 1 ? "s" : "");
    if (counts->suppressed)
        buf_addf(text->out, "; %u suppressed", counts->suppressed);
}

static bool is_unchanged(const struct report *report)
{
    return report->diff && report->diff->change_count == 0;
}

static void write_verdict(struct text *text)
{
    const struct report *report = text->report;
    struct report_headline headline = report_headline(text->out->arena, report);
    enum paint paint = report->broken || report->verdict == VERDICT_FAIL ? PAINT_RED
                       : report->verdict == VERDICT_REVIEW               ? PAINT_YELLOW
                                                                         : PAINT_GREEN;
    tell_paint(&text->teller, paint);
    buf_add_text(text->out, headline.word);
    tell_unpaint(&text->teller);
    buf_add_text(text->out, ": ");
    buf_add(text->out, headline.what);
    buf_add_char(text->out, '\n');
    if (report->revert) {
        buf_addf(text->out, "  verified revert: it answers as %.*s did (",
                 STR_ARG(str_slice(report->revert->commit, 0, 12)));
        tell_text(text->out, report->revert->subject);
        buf_add_text(text->out, "), so access needs no new review\n");
    }
    if (!report->broken && is_unchanged(report) && report->verdict != VERDICT_PASS) {
        buf_add_text(text->out, "  ");
        buf_add(text->out, report_proof(text->out->arena, report));
        buf_add_char(text->out, '\n');
    }
}

// --- findings ---

static bool same_place(const struct report *report, Span a, Span b)
{
    const struct file *x = files_get(report->files, a.file), *y = files_get(report->files, b.file);
    struct place p = files_place(report->files, a.file, a.begin);
    struct place q = files_place(report->files, b.file, b.begin);
    return x == y && p.line == q.line && p.column == q.column;
}

// Whether there is a fix that has not been told yet.
static bool is_news(struct text *text, Str fix)
{
    if (!fix.len)
        return false;
    for (uint32_t i = 0; i < text->told.count; i++)
        if (text->told.items[i] == fix.ptr)
            return false;
    *vec_push(text->out->arena, &text->told) = fix.ptr;
    return true;
}

static void write_remark(struct text *text, const char *label, Str remark)
{
    buf_addf(text->out, "%6s | %s: ", "", label);
    tell_text(text->out, remark);
    buf_add_char(text->out, '\n');
}

// The lines of a text, the first behind a label and the others below it.
static void write_lines(struct text *text, const char *label, const char *indent, Str lines)
{
    Str rest = lines, line;
    for (bool more = rest.len > 0; more; label = indent) {
        more = str_cut(rest, STR("\n"), &line, &rest);
        Str shown = more ? line : rest;
        buf_addf(text->out, "%6s |%s%s", "", shown.len ? " " : "", shown.len ? label : "");
        tell_text(text->out, shown);
        buf_add_char(text->out, '\n');
    }
}

static void write_level(struct text *text, const struct finding *finding)
{
    static const enum paint paints[] = { PAINT_NONE, PAINT_BLUE, PAINT_YELLOW, PAINT_RED };
    tell_paint(&text->teller, paints[finding->level]);
    buf_add_text(text->out, level_name(finding->level));
    tell_unpaint(&text->teller);
}

static void write_finding(struct text *text, uint32_t at)
{
    const struct report *report = text->report;
    const struct finding *finding = &report->findings->items[at];
    tell_paint(&text->teller, PAINT_BOLD);
    tell_place(&text->teller, report_prefix(report, finding->span), finding->span);
    tell_unpaint(&text->teller);
    buf_add_text(text->out, finding->span.file ? ": " : "");
    write_level(text, finding);
    buf_add_text(text->out, ": ");
    tell_text(text->out, finding->message);
    buf_add_text(text->out, " [");
    tell_text(text->out, finding->rule->id);
    buf_add_text(text->out, finding->review ? ", review]\n" : "]\n");
    tell_line(&text->teller, finding->span);
    if (finding->witness.len)
        write_remark(text, "witness", finding->witness);
    if (finding->condition.len)
        write_remark(text, "condition", finding->condition);
    if (finding->old_span.file && !same_place(report, finding->span, finding->old_span)) {
        buf_addf(text->out, "%6s | before: ", "");
        tell_place(&text->teller, report->old_prefix, finding->old_span);
        buf_add_char(text->out, '\n');
    }
    if (finding->reach > 1)
        buf_addf(text->out, "%6s | reaches %u endpoints\n", "", finding->reach);
    Str fix = finding->rule->fix, product = finding_fix_for(finding);
    if (is_news(text, fix))
        write_lines(text, "fix: ", "     ", fix);
    if (is_news(text, product)) {
        buf_addf(text->out, "%6s |\n", "");
        write_lines(text, "         ", "         ", product);
    }
    buf_add_char(text->out, '\n');
}

static void write_summary(struct text *text)
{
    const struct report *report = text->report;
    uint32_t endpoints = report_endpoints(report);
    struct report_unknowns unknowns = report_unknowns(text->out->arena, report->policy);
    write_counts(text);
    buf_addf(text->out, "; %u endpoint%s %s, %u unknown\n", endpoints, plural(endpoints),
             report->diff ? "compared" : "read", unknowns.count);
}

static void write(const struct report *report, enum report_look look, struct buf *out)
{
    struct text text = {
        .teller = { .out = out, .files = report->files, .color = look == LOOK_COLOR },
        .out = out,
        .report = report,
    };
    write_verdict(&text);
    if (report->diff)
        write_changes(&text);
    uint32_t shown = 0;
    for (uint32_t i = 0; i < report->findings->count; i++) {
        if (report->findings->items[i].suppressed)
            continue;
        buf_add_text(out, shown++ ? "" : "\n");
        write_finding(&text, i);
    }
    if (shown || report->counts.suppressed || !is_unchanged(report))
        write_summary(&text);
}

const struct reporter reporter_text = {
    .name = "text",
    .what = "for people",
    .write = write,
};
