#include "report/html_parts.h"
#include "report/tell.h"

#include <stddef.h>

static void add_headline(struct buf *out, const struct report *report)
{
    struct report_headline headline = report_headline(out->arena, report);
    const struct verdict_counts *counts = &report->counts;
    buf_addf(out, "<p><span class=\"v %s\">%s</span> ", headline.word, headline.word);
    html_text(out, headline.what);
    buf_add_text(out, "</p>\n<p class=\"dim\">");
    if (report->diff) {
        buf_add_text(out, "<code>");
        html_text(out, report->old);
        buf_add_text(out, "</code> → <code>");
        html_text(out, report->new);
        buf_add_text(out, "</code> · ");
    }
    buf_addf(out, "%u error%s · %u warning%s · %u note%s · %u endpoint%s %s · %u unknown",
             counts->errors, counts->errors == 1 ? "" : "s", counts->warnings,
             counts->warnings == 1 ? "" : "s", counts->notes, counts->notes == 1 ? "" : "s",
             report_endpoints(report), report_endpoints(report) == 1 ? "" : "s",
             report->diff ? "compared" : "read", report_unknowns(out->arena, report->policy).count);
    if (counts->suppressed)
        buf_addf(out, " · %u suppressed", counts->suppressed);
    buf_add_text(out, "</p>\n");
}

// A paragraph that the rule's file breaks into lines.
static void add_prose(struct buf *out, Str text)
{
    Str rest = str_trim(text), line;
    for (bool more = true; more;) {
        more = str_cut(rest, STR("\n"), &line, &rest);
        html_text(out, more ? line : rest);
        buf_add_text(out, more ? " " : "");
    }
}

static void add_detail(struct buf *out, const char *name, Str text)
{
    if (!text.len)
        return;
    buf_addf(out, "<dt>%s</dt><dd>", name);
    add_prose(out, text);
    buf_add_text(out, "</dd>");
}

// Several lines, each made harmless by itself.
static void add_pre(struct buf *out, Str text)
{
    Str rest = text, line;
    buf_add_text(out, "<pre>");
    for (bool more = true; more;) {
        more = str_cut(rest, STR("\n"), &line, &rest);
        html_text(out, more ? line : rest);
        buf_add_char(out, '\n');
    }
    buf_add_text(out, "</pre>");
}

static void add_line(struct buf *out, const struct report *report, Span span)
{
    enum { SHOWN = 400 };
    if (!span.file || !files_get(report->files, span.file)->text.len)
        return;
    struct place place = files_place(report->files, span.file, span.begin);
    Str line = str_trim(files_line(report->files, span.file, place.line));
    add_pre(out, str_slice(line, 0, line.len < SHOWN ? line.len : SHOWN));
}

static void add_finding(struct buf *out, const struct report *report, const struct finding *finding)
{
    buf_addf(out,
             "<section class=\"c\" tabindex=\"-1\"><div class=\"t\"><h3><span class=\"v %s\">%s"
             "</span>",
             level_name(finding->level), level_name(finding->level));
    html_text(out, finding->message);
    buf_add_text(out, "</h3><p class=\"dim\"><code>");
    html_text(out, finding->rule->id);
    buf_add_char(out, ' ');
    html_text(out, finding->rule->name);
    buf_addf(out, "</code>%s%s · <code>", finding->review ? " · needs a review" : "",
             finding->suppressed ? " · suppressed" : "");
    html_place(out, report, finding->span);
    buf_add_text(out, "</code></p>");
    add_line(out, report, finding->span);
    buf_add_text(out, "<dl>");
    add_detail(out, "witness", finding->witness);
    add_detail(out, "condition", finding->condition);
    add_detail(out, "why", finding->rule->why);
    buf_add_text(out, "<dt>fix</dt><dd>");
    add_prose(out, finding->rule->fix);
    Str product = finding_fix_for(finding);
    if (product.len)
        add_pre(out, product);
    buf_add_text(out, "</dd>");
    add_detail(out, "suppressed by", finding->suppressed ? finding->suppressed_by : STR(""));
    buf_add_text(out, "</dl></div></section>\n");
}

static void add_changes(struct buf *out, const struct report *report)
{
    const struct diff *diff = report->diff;
    uint32_t shown = 0, left = 0;
    if (diff->change_count)
        buf_add_text(out, "<h2>Who gains and who loses access</h2>\n");
    for (uint32_t at = 0; at < diff->change_count;) {
        struct matrix_endpoint endpoint;
        const struct region *region = diff->changes[at].region;
        if (shown < REPORT_ENDPOINTS) {
            matrix_of_region(out->arena, report, &at, &endpoint);
            html_endpoint(out, report, &endpoint);
            shown++;
            continue;
        }
        while (at < diff->change_count && diff->changes[at].region == region)
            at++;
        left++;
    }
    html_more(out, left);
}

static void write(const struct report *report, enum report_look look, struct buf *out)
{
    (void)look;
    html_begin(out, report->diff ? "Who gains and who loses access" : "What has to be fixed");
    add_headline(out, report);
    html_toolbar(out, report->diff);
    if (report->diff)
        add_changes(out, report);
    if (report->findings->count)
        buf_addf(out, "<h2>%u finding%s</h2>\n", report->findings->count,
                 report->findings->count == 1 ? "" : "s");
    for (uint32_t i = 0; i < report->findings->count; i++)
        add_finding(out, report, &report->findings->items[i]);
    if (!report->diff)
        html_policy(out, report);
    html_unknowns(out, report);
    html_end(out);
}

const struct reporter reporter_html = {
    .name = "html",
    .what = "one page for a browser, which needs nothing else",
    .write = write,
};
