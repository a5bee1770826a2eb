#include "report/json_parts.h"

#include <stddef.h>

static Str hash_text(struct arena *arena, uint64_t hash)
{
    return str_format(arena, "%016llx", (unsigned long long)hash);
}

static void write_change(struct jout *out, struct files *files, const struct change *change)
{
    jout_line(out);
    jout_object(out);
    jout_key(out, "id");
    jout_str(out, hash_text(out->buf->arena, change->id));
    jout_key(out, "direction");
    jout_text(out, direction_name(change->direction));
    jout_key(out, "certainty");
    jout_text(out, certainty_name(change->certainty));
    json_parts_capability(out, change->capability);
    jout_key(out, "endpoint");
    json_parts_region(out, change->region);
    jout_key(out, "origins");
    json_parts_origins(out, &change->origins);
    jout_key(out, "condition");
    if (change->condition.len)
        jout_str(out, change->condition);
    else
        jout_null(out);
    jout_key(out, "old");
    json_parts_place(out, files, change->old_span);
    jout_key(out, "new");
    json_parts_place(out, files, change->new_span);
    jout_object_end(out);
}

static void write_finding(struct jout *out, struct files *files, const struct finding *finding)
{
    struct place end = { 0 };
    if (finding->span.file)
        end = files_place(files, finding->span.file, finding->span.end);
    jout_line(out);
    jout_object(out);
    jout_key(out, "rule");
    jout_str(out, finding->rule->id);
    jout_key(out, "name");
    jout_str(out, finding->rule->name);
    jout_key(out, "level");
    jout_text(out, level_name(finding->level));
    jout_key(out, "review");
    jout_bool(out, finding->review);
    jout_key(out, "message");
    jout_str(out, finding->message);
    jout_key(out, "witness");
    if (finding->witness.len)
        jout_str(out, finding->witness);
    else
        jout_null(out);
    json_parts_place_keys(out, files, finding->span);
    jout_key(out, "end_line");
    if (finding->span.file)
        jout_number(out, end.line);
    else
        jout_null(out);
    jout_key(out, "end_column");
    if (finding->span.file)
        jout_number(out, end.column);
    else
        jout_null(out);
    jout_key(out, "endpoint");
    if (finding->region)
        json_parts_region(out, finding->region);
    else if (finding->endpoint)
        json_parts_endpoint(out, finding->endpoint);
    else
        jout_null(out);
    if (finding->endpoint_count > 1) {
        jout_key(out, "endpoints");
        jout_array(out);
        for (uint32_t i = 0; i < finding->endpoint_count; i++)
            json_parts_endpoint(out, finding->endpoints[i]);
        jout_array_end(out);
    }
    jout_key(out, "fingerprint");
    jout_str(out, hash_text(out->buf->arena, finding->fingerprint));
    jout_key(out, "suppressed");
    if (finding->suppressed)
        jout_str(out, finding->suppressed_by);
    else
        jout_null(out);
    jout_object_end(out);
}

static void write_comparison(struct jout *out, const struct report *report)
{
    const struct diff *diff = report->diff;
    jout_key(out, "relation");
    jout_text(out, relation_name(diff->relation));
    jout_line(out);
    jout_key(out, "changes");
    jout_array(out);
    for (uint32_t i = 0; i < diff->change_count; i++)
        write_change(out, report->files, &diff->changes[i]);
    if (diff->change_count)
        jout_line(out);
    jout_array_end(out);
}

static void write_stats(struct jout *out, const struct report *report)
{
    jout_key(out, "stats");
    jout_object(out);
    jout_key(out, "files");
    jout_number(out, report->policy->files);
    jout_key(out, "endpoints");
    jout_number(out, report_endpoints(report));
    jout_key(out, "unknown");
    jout_number(out, report_unknowns(out->buf->arena, report->policy).count);
    jout_key(out, "milliseconds");
    jout_number(out, report->milliseconds);
    jout_object_end(out);
}

static void write_revert(struct jout *out, const struct report_revert *revert)
{
    jout_key(out, "revert");
    jout_object(out);
    jout_key(out, "commit");
    jout_str(out, revert->commit);
    jout_key(out, "date");
    jout_str(out, revert->date);
    jout_key(out, "subject");
    jout_str(out, revert->subject);
    jout_object_end(out);
}

static void write(const struct report *report, enum report_look look, struct buf *buf)
{
    (void)look;
    struct jout out = { .buf = buf };
    jout_object(&out);
    jout_key(&out, "schema");
    jout_number(&out, 1);
    json_parts_tool(&out);
    if (report->diff) {
        jout_key(&out, "old");
        jout_str(&out, report->old);
        jout_key(&out, "new");
        jout_str(&out, report->new);
    }
    jout_key(&out, "verdict");
    jout_text(&out, verdict_name(report->verdict));
    if (report->broken) {
        jout_key(&out, "broken");
        jout_bool(&out, true);
    }
    if (report->revert)
        write_revert(&out, report->revert);
    if (report->diff)
        write_comparison(&out, report);
    jout_line(&out);
    jout_key(&out, "findings");
    jout_array(&out);
    for (uint32_t i = 0; i < report->findings->count; i++)
        write_finding(&out, report->files, &report->findings->items[i]);
    if (report->findings->count)
        jout_line(&out);
    jout_array_end(&out);
    jout_line(&out);
    json_parts_unknown(&out, report->files, report->policy);
    jout_line(&out);
    write_stats(&out, report);
    jout_object_end(&out);
    buf_add_char(buf, '\n');
}

const struct reporter reporter_json = {
    .name = "json",
    .what = "everything, for programs (docs/schema/)",
    .write = write,
};
