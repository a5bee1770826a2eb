#include "base/jout.h"
#include "report/plain.h"

#include <stddef.h>

// A Code Quality report. GitLab looks at these keys only, and takes entries with the same
// fingerprint for one.

static const char *severity(const struct report *report, const struct finding *finding)
{
    if (finding->level == LEVEL_ERROR)
        return "critical";
    if (finding->level == LEVEL_WARNING)
        return "major";
    return plain_needs_review(report, finding) ? "minor" : "info";
}

static void write_location(struct jout *out, const struct spot *spot)
{
    uint32_t line = spot->line ? spot->line : 1;
    jout_key(out, "location");
    jout_object(out);
    jout_key(out, "path");
    jout_str(out, spot->path);
    jout_key(out, "lines");
    jout_object(out);
    jout_key(out, "begin");
    jout_number(out, line);
    jout_key(out, "end");
    jout_number(out, line);
    jout_object_end(out);
    jout_object_end(out);
}

static void write_finding(struct jout *out, const struct report *report, struct spots *spots,
                          struct map *seen, const struct finding *finding)
{
    struct buf words = { .arena = out->buf->arena };
    struct spot spot = spot_of(spots, finding->span);
    plain_summary(&words, report, finding);
    jout_line(out);
    jout_object(out);
    jout_key(out, "description");
    jout_str(out, buf_str(&words));
    jout_key(out, "check_name");
    jout_str(out, finding->rule->id);
    jout_key(out, "fingerprint");
    jout_str(out, report_mark(out->buf->arena, seen, finding));
    jout_key(out, "severity");
    jout_text(out, severity(report, finding));
    write_location(out, &spot);
    jout_object_end(out);
}

static void write(const struct report *report, enum report_look look, struct buf *buf)
{
    (void)look;
    struct jout out = { .buf = buf };
    struct map seen = { 0 };
    struct spots *spots = spots_new(buf->arena, report);
    jout_array(&out);
    for (uint32_t i = 0; i < report->findings->count; i++)
        if (!report->findings->items[i].suppressed)
            write_finding(&out, report, spots, &seen, &report->findings->items[i]);
    if (out.more)
        jout_line(&out);
    jout_array_end(&out);
    buf_add_char(buf, '\n');
}

const struct reporter reporter_gitlab = {
    .name = "gitlab",
    .what = "a Code Quality report of GitLab",
    .write = write,
};
