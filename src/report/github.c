#include "report/plain.h"
#include "report/tell.h"

#include <stddef.h>

// Workflow commands of GitHub Actions. A runner shows ten annotations of each kind for a step, and
// cuts a message at 4096 characters.
enum { SHOWN = 10, MESSAGE_MOST = 4000 };

// --- escaping ---

static void add_escaped(struct buf *out, Str text, bool is_property)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        // "##[" begins a command wherever it stands, and nothing in it can be escaped for good.
        bool legacy = c == '[' && i >= 2 && text.ptr[i - 1] == '#' && text.ptr[i - 2] == '#';
        if (legacy)
            buf_add_text(out, "\\x5b");
        else if (c == '%' || c == '\r' || c == '\n' || (is_property && (c == ':' || c == ',')))
            buf_addf(out, "%%%02X", (unsigned)(unsigned char)c);
        else
            buf_add_char(out, c);
    }
}

// Names with characters that would act on the log are no longer those of the files: better than
// that they act.
static void add_property(struct buf *out, const char *key, Str text)
{
    struct buf told = { .arena = out->arena };
    tell_text(&told, text);
    buf_addf(out, "%s=", key);
    add_escaped(out, buf_str(&told), true);
}

static Str cut(Str text, size_t most)
{
    if (text.len <= most)
        return text;
    while (most > 0 && ((unsigned char)text.ptr[most] & 0xC0) == 0x80)
        most--;
    return str_slice(text, 0, most);
}

// --- annotations ---

static const char *command_of(enum level level)
{
    return level == LEVEL_ERROR ? "error" : level == LEVEL_WARNING ? "warning" : "notice";
}

static void write_annotation(const struct report *report, struct spots *spots,
                             const struct finding *finding, struct buf *out)
{
    struct spot spot = spot_of(spots, finding->span);
    struct buf title = { .arena = out->arena }, message = { .arena = out->arena };
    buf_addf(out, "::%s ", command_of(finding->level));
    if (spot.line) {
        add_property(out, "file", spot.path);
        buf_addf(out, ",line=%u", spot.line);
        if (spot.column)
            buf_addf(out, ",col=%u", spot.column);
        if (spot.end_column)
            buf_addf(out, ",endLine=%u,endColumn=%u", spot.line, spot.end_column - 1);
        buf_add_char(out, ',');
    }
    plain_title(&title, report, finding);
    add_property(out, "title", buf_str(&title));
    buf_add_text(out, "::");
    plain_finding(&message, spots, finding);
    add_escaped(out, cut(buf_str(&message), MESSAGE_MOST), false);
    buf_add_char(out, '\n');
}

// 0 is the worst; RANKS for what does not count.
enum { RANKS = 4 };
static unsigned rank_of(const struct report *report, const struct finding *finding)
{
    if (finding->suppressed)
        return RANKS;
    if (finding->level == LEVEL_ERROR)
        return 0;
    if (plain_needs_review(report, finding))
        return 1;
    return finding->level == LEVEL_WARNING ? 2 : 3;
}

// The worst, in order; one notice fewer where the last one has to say that there are more.
static uint32_t write_worst(const struct report *report, uint32_t total, struct buf *out)
{
    struct spots *spots = spots_new(out->arena, report);
    const struct findings *findings = report->findings;
    uint32_t shown = 0, notices = total > SHOWN ? 1 : 0;
    for (unsigned rank = 0; rank < RANKS; rank++)
        for (uint32_t i = 0; i < findings->count && shown < SHOWN; i++) {
            const struct finding *finding = &findings->items[i];
            bool is_notice = finding->level == LEVEL_NOTE;
            if (rank_of(report, finding) != rank || (is_notice && notices == SHOWN))
                continue;
            notices += is_notice;
            shown++;
            write_annotation(report, spots, finding, out);
        }
    return shown;
}

// --- all of it ---

static void write(const struct report *report, enum report_look look, struct buf *out)
{
    (void)look;
    const struct verdict_counts *counts = &report->counts;
    uint32_t total = counts->errors + counts->warnings + counts->notes;
    uint32_t unknown = report_unknowns(out->arena, report->policy).count;
    uint32_t shown = write_worst(report, total, out);
    if (shown < total)
        buf_addf(out, "::notice title=corsgate::%u more findings are not shown here\n",
                 total - shown);
    // What follows is for the log of the step.
    buf_addf(out,
             "corsgate: %s: errors: %u, warnings: %u, notes: %u, suppressed: %u, to be reviewed: "
             "%u, endpoints: %u, unknown: %u\n",
             report->broken ? "broken" : verdict_name(report->verdict), counts->errors,
             counts->warnings, counts->notes, counts->suppressed, counts->review,
             report_endpoints(report), unknown);
}

const struct reporter reporter_github = {
    .name = "github",
    .what = "annotations, as workflow commands of GitHub Actions",
    .write = write,
};
