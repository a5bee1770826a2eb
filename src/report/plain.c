#include "report/plain.h"

#include "report/tell.h"

bool plain_needs_review(const struct report *report, const struct finding *finding)
{
    return finding->review && !finding->suppressed && report->diff;
}

void plain_title(struct buf *out, const struct report *report, const struct finding *finding)
{
    tell_text(out, finding->rule->id);
    buf_add_char(out, ' ');
    tell_text(out, finding->rule->name);
    if (plain_needs_review(report, finding))
        buf_add_text(out, " (needs a review)");
}

void plain_summary(struct buf *out, const struct report *report, const struct finding *finding)
{
    tell_text(out, finding->message);
    if (finding->witness.len && !str_contains(finding->message, finding->witness)) {
        buf_add_text(out, "; witness: ");
        tell_text(out, finding->witness);
    }
    if (plain_needs_review(report, finding))
        buf_add_text(out, " (needs a review)");
}

static void add_remark(struct buf *out, const char *label, Str remark)
{
    if (!remark.len)
        return;
    buf_addf(out, "\n%s: ", label);
    tell_text(out, remark);
}

static void add_lines(struct buf *out, Str lines)
{
    Str rest = str_trim(lines), line;
    for (bool more = rest.len > 0; more;) {
        more = str_cut(rest, STR("\n"), &line, &rest);
        buf_add_char(out, '\n');
        tell_text(out, more ? line : rest);
    }
}

void plain_finding(struct buf *out, struct spots *spots, const struct finding *finding)
{
    struct spot before;
    Str product = finding_fix_for(finding);
    tell_text(out, finding->message);
    add_remark(out, "witness", finding->witness);
    add_remark(out, "condition", finding->condition);
    if (spot_before(spots, finding, &before)) {
        buf_add_text(out, "\nbefore: ");
        tell_text(out, before.path);
        buf_addf(out, ":%u", before.line);
    }
    if (finding->reach > 1)
        buf_addf(out, "\nreaches %u endpoints", finding->reach);
    if (finding->rule->fix.len)
        buf_add_text(out, "\n\nfix:");
    add_lines(out, finding->rule->fix);
    if (product.len)
        buf_add_char(out, '\n');
    add_lines(out, product);
}
