#include "report/markdown_parts.h"

#include <stddef.h>

static void add_finding(struct buf *out, const struct report *report, const struct finding *finding)
{
    buf_addf(out, "- **%s** %.*s%s ", level_name(finding->level), STR_ARG(finding->rule->id),
             finding->review ? " (review)" : "");
    markdown_place(out, report, finding->span);
    buf_add_text(out, finding->span.file ? ": " : "");
    markdown_text(out, finding->message);
    buf_add_char(out, '\n');
    if (finding->witness.len) {
        buf_add_text(out, "  - witness: ");
        markdown_code(out, finding->witness);
        buf_add_char(out, '\n');
    }
    if (finding->condition.len) {
        buf_add_text(out, "  - condition: ");
        markdown_text(out, finding->condition);
        buf_add_char(out, '\n');
    }
    buf_add_text(out, "  - fix: ");
    Str rest = str_trim(finding->rule->fix), line;
    for (bool more = true; more;) {
        more = str_cut(rest, STR("\n"), &line, &rest);
        markdown_text(out, str_trim(more ? line : rest));
        buf_add_char(out, more ? ' ' : '\n');
    }
}

static void write(const struct report *report, enum report_look look, struct buf *out)
{
    struct report_headline headline = report_headline(out->arena, report);
    uint32_t shown = 0;
    (void)look;
    buf_addf(out, "## corsgate: %s\n\n%.*s.\n\n", headline.word, STR_ARG(headline.what));
    for (uint32_t at = 0; report->diff && at < report->diff->change_count; shown++) {
        struct matrix_endpoint endpoint;
        if (shown == REPORT_ENDPOINTS) {
            buf_add_text(out, "There are more: `--format json` has all.\n\n");
            break;
        }
        matrix_of_region(out->arena, report, &at, &endpoint);
        markdown_endpoint(out, report, &endpoint);
    }
    shown = 0;
    for (uint32_t i = 0; i < report->findings->count; i++) {
        if (report->findings->items[i].suppressed)
            continue;
        buf_add_text(out, shown++ ? "" : "## Findings\n\n");
        add_finding(out, report, &report->findings->items[i]);
    }
    buf_add_text(out, shown ? "\n" : "");
    markdown_unknowns(out, report);
    buf_addf(out, "%u error%s, %u warning%s, %u note%s; %u endpoint%s %s\n", report->counts.errors,
             report->counts.errors == 1 ? "" : "s", report->counts.warnings,
             report->counts.warnings == 1 ? "" : "s", report->counts.notes,
             report->counts.notes == 1 ? "" : "s", report_endpoints(report),
             report_endpoints(report) == 1 ? "" : "s", report->diff ? "compared" : "read");
}

const struct reporter reporter_markdown = {
    .name = "markdown",
    .what = "for comments and summaries of pull requests",
    .write = write,
};
