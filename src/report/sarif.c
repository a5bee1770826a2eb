#include "report/json_parts.h"
#include "report/sarif_rule.h"
#include "report/spot.h"
#include "report/tell.h"

#include <stddef.h>

// SARIF 2.1.0 as GitHub's code scanning takes it; it refuses logs with more results than these.
enum { RESULTS_MOST = 25000 };

struct sarif {
    struct jout out;
    const struct report *report;
    struct spots *spots;
    VEC(const struct rule *) rules; // those that found something
    struct map seen;                // for report_mark
};

static struct arena *arena_of(const struct sarif *sarif)
{
    return sarif->out.buf->arena;
}

static uint32_t result_count(const struct report *report)
{
    return report->findings->count < RESULTS_MOST ? report->findings->count : RESULTS_MOST;
}

static uint32_t rule_index(const struct sarif *sarif, const struct rule *rule)
{
    uint32_t at = 0;
    while (at < sarif->rules.count && sarif->rules.items[at] != rule)
        at++;
    return at;
}

static void collect_rules(struct sarif *sarif)
{
    for (uint32_t i = 0; i < result_count(sarif->report); i++) {
        const struct rule *rule = sarif->report->findings->items[i].rule;
        if (rule_index(sarif, rule) == sarif->rules.count)
            *vec_push(arena_of(sarif), &sarif->rules) = rule;
    }
}

// --- places ---

// Percent-encoded but for what has no meaning in a URI and '/'.
static Str uri_of(struct arena *arena, Str path)
{
    struct buf out = { .arena = arena };
    if (str_starts(path, STR("/")))
        buf_add_text(&out, "file://");
    for (size_t i = 0; i < path.len; i++) {
        char c = path.ptr[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                     c == '-' || c == '.' || c == '_' || c == '~' || c == '/';
        if (plain)
            buf_add_char(&out, c);
        else
            buf_addf(&out, "%%%02X", (unsigned)(unsigned char)c);
    }
    return buf_str(&out);
}

static void write_number(struct jout *out, const char *key, uint32_t number)
{
    if (!number)
        return;
    jout_key(out, key);
    jout_number(out, number);
}

static void write_physical(struct sarif *sarif, const struct spot *spot)
{
    struct jout *out = &sarif->out;
    jout_key(out, "physicalLocation");
    jout_object(out);
    jout_key(out, "artifactLocation");
    jout_object(out);
    jout_key(out, "uri");
    jout_str(out, uri_of(arena_of(sarif), spot->path));
    jout_object_end(out);
    jout_key(out, "region");
    jout_object(out);
    write_number(out, "startLine", spot->line);
    write_number(out, "startColumn", spot->column);
    write_number(out, "endColumn", spot->end_column);
    jout_object_end(out);
    jout_object_end(out);
}

// Text in which the brackets of a link are only brackets (SARIF 2.1.0, 3.11.6).
static void add_words(struct buf *out, Str text)
{
    struct buf told = { .arena = out->arena };
    tell_text(&told, text);
    for (size_t i = 0; i < told.len; i++) {
        char c = told.ptr[i];
        if (c == '[' || c == ']' || c == '\\')
            buf_add_char(out, '\\');
        buf_add_char(out, c);
    }
}

static void write_message(struct jout *out, Str text)
{
    jout_key(out, "message");
    jout_object(out);
    jout_key(out, "text");
    jout_str(out, text);
    jout_object_end(out);
}

static void write_related(struct sarif *sarif, const struct spot *before)
{
    struct jout *out = &sarif->out;
    jout_key(out, "relatedLocations");
    jout_array(out);
    jout_object(out);
    jout_key(out, "id");
    jout_number(out, 1);
    write_message(out, STR("before, in the old version"));
    write_physical(sarif, before);
    jout_object_end(out);
    jout_array_end(out);
}

static Str url_of(const struct finding *finding)
{
    if (finding->region)
        return finding->region->url;
    return finding->endpoint ? finding->endpoint->url : (Str){ NULL, 0 };
}

static void write_locations(struct sarif *sarif, const struct finding *finding)
{
    struct jout *out = &sarif->out;
    struct spot spot = spot_of(sarif->spots, finding->span);
    Str url = url_of(finding);
    jout_key(out, "locations");
    jout_array(out);
    jout_object(out);
    if (spot.line)
        write_physical(sarif, &spot);
    if (url.len) {
        jout_key(out, "logicalLocations");
        jout_array(out);
        jout_object(out);
        jout_key(out, "fullyQualifiedName");
        jout_str(out, url);
        jout_key(out, "kind");
        jout_text(out, "resource");
        jout_object_end(out);
        jout_array_end(out);
    }
    jout_object_end(out);
    jout_array_end(out);
}

// --- results ---

static Str words_of(struct sarif *sarif, const struct finding *finding, const struct spot *before)
{
    struct buf out = { .arena = arena_of(sarif) };
    add_words(&out, finding->message);
    buf_add_text(&out, ".");
    if (finding->witness.len) {
        buf_add_text(&out, " Witness: ");
        add_words(&out, finding->witness);
        buf_add_text(&out, ".");
    }
    if (finding->condition.len) {
        buf_add_text(&out, " Condition: ");
        add_words(&out, finding->condition);
        buf_add_text(&out, ".");
    }
    if (finding->reach > 1)
        buf_addf(&out, " It reaches %u endpoints.", finding->reach);
    if (before) {
        buf_add_text(&out, " Before: [");
        add_words(&out, before->path);
        buf_addf(&out, ":%u](1).", before->line);
    }
    if (finding->review && !finding->suppressed && sarif->report->diff)
        buf_add_text(&out, " A senior engineer has to approve this.");
    return buf_str(&out);
}

static Str hash_text(struct arena *arena, uint64_t hash)
{
    return str_format(arena, "%016llx", (unsigned long long)hash);
}

// primaryLocationLineHash is the one that GitHub looks at: alerts stay the same when lines move.
static void write_fingerprints(struct sarif *sarif, const struct finding *finding)
{
    struct jout *out = &sarif->out;
    Str hash = hash_text(arena_of(sarif), finding->fingerprint);
    jout_key(out, "partialFingerprints");
    jout_object(out);
    jout_key(out, "primaryLocationLineHash");
    jout_str(out, report_mark(arena_of(sarif), &sarif->seen, finding));
    jout_key(out, "corsgate/v1");
    jout_str(out, hash);
    jout_object_end(out);
}

static void write_suppressions(struct jout *out, const struct finding *finding)
{
    jout_key(out, "suppressions"); // an empty list says that there is none
    jout_array(out);
    if (finding->suppressed) {
        jout_object(out);
        jout_key(out, "kind");
        jout_text(out, finding->suppressed_in_source ? "inSource" : "external");
        jout_key(out, "status");
        jout_text(out, "accepted");
        jout_key(out, "justification");
        jout_str(out, finding->suppressed_by);
        jout_object_end(out);
    }
    jout_array_end(out);
}

static void write_result(struct sarif *sarif, const struct finding *finding)
{
    struct jout *out = &sarif->out;
    struct spot before;
    bool moved = spot_before(sarif->spots, finding, &before);
    jout_line(out);
    jout_object(out);
    jout_key(out, "ruleId");
    jout_str(out, finding->rule->id);
    jout_key(out, "ruleIndex");
    jout_number(out, rule_index(sarif, finding->rule));
    jout_key(out, "level");
    jout_text(out, sarif_level(finding->level));
    if (sarif->report->diff) {
        jout_key(out, "baselineState");
        jout_text(out, "new");
    }
    write_message(out, words_of(sarif, finding, moved ? &before : NULL));
    write_locations(sarif, finding);
    if (moved)
        write_related(sarif, &before);
    write_fingerprints(sarif, finding);
    write_suppressions(out, finding);
    jout_key(out, "properties");
    jout_object(out);
    jout_key(out, "review");
    jout_bool(out, finding->review);
    jout_object_end(out);
    jout_object_end(out);
}

// --- the run ---

static void write_driver(struct sarif *sarif)
{
    struct jout *out = &sarif->out;
    jout_key(out, "tool");
    jout_object(out);
    jout_key(out, "driver");
    jout_object(out);
    jout_key(out, "name");
    jout_text(out, "corsgate");
    jout_key(out, "semanticVersion");
    jout_text(out, CORSGATE_VERSION);
    jout_key(out, "rules");
    jout_array(out);
    for (uint32_t i = 0; i < sarif->rules.count; i++) {
        jout_line(out);
        sarif_rule_write(out, sarif->rules.items[i]);
    }
    jout_array_end(out);
    jout_object_end(out);
    jout_object_end(out);
}

static void write_notification(struct sarif *sarif, const char *level, Str text, Span span)
{
    struct jout *out = &sarif->out;
    struct spot spot = spot_of(sarif->spots, span);
    jout_line(out);
    jout_object(out);
    jout_key(out, "level");
    jout_text(out, level);
    write_message(out, text);
    if (spot.line) {
        jout_key(out, "locations");
        jout_array(out);
        jout_object(out);
        write_physical(sarif, &spot);
        jout_object_end(out);
        jout_array_end(out);
    }
    jout_object_end(out);
}

// What is not known, and what found no place among the results.
static void write_notifications(struct sarif *sarif)
{
    const struct report *report = sarif->report;
    struct report_unknowns unknowns = report_unknowns(arena_of(sarif), report->policy);
    jout_key(&sarif->out, "toolExecutionNotifications");
    jout_array(&sarif->out);
    if (report->findings->count > RESULTS_MOST)
        write_notification(sarif, "warning",
                           str_format(arena_of(sarif), "%u more findings are left out",
                                      report->findings->count - RESULTS_MOST),
                           (Span){ 0 });
    for (uint32_t i = 0; i < unknowns.count; i++) {
        struct buf words = { .arena = arena_of(sarif) };
        buf_add_text(&words, "not known: ");
        add_words(&words, unknowns.items[i]->reason);
        write_notification(sarif, "note", buf_str(&words), unknowns.items[i]->span);
    }
    jout_array_end(&sarif->out);
}

static void write_invocation(struct sarif *sarif)
{
    struct jout *out = &sarif->out;
    jout_key(out, "automationDetails");
    jout_object(out);
    jout_key(out, "id");
    jout_text(out, sarif->report->diff ? "corsgate/diff/" : "corsgate/check/");
    jout_object_end(out);
    jout_key(out, "columnKind");
    jout_text(out, "unicodeCodePoints");
    jout_line(out);
    jout_key(out, "invocations");
    jout_array(out);
    jout_object(out);
    jout_key(out, "executionSuccessful");
    jout_bool(out, !sarif->report->broken);
    write_notifications(sarif);
    jout_object_end(out);
    jout_array_end(out);
}

static void write(const struct report *report, enum report_look look, struct buf *buf)
{
    (void)look;
    struct sarif sarif = { .out = { .buf = buf },
                           .report = report,
                           .spots = spots_new(buf->arena, report) };
    struct jout *out = &sarif.out;
    collect_rules(&sarif);
    jout_object(out);
    jout_key(out, "$schema");
    jout_text(out, "https://json.schemastore.org/sarif-2.1.0.json");
    jout_key(out, "version");
    jout_text(out, "2.1.0");
    jout_key(out, "runs");
    jout_array(out);
    jout_object(out);
    write_driver(&sarif);
    jout_line(out);
    write_invocation(&sarif);
    jout_line(out);
    jout_key(out, "results");
    jout_array(out);
    for (uint32_t i = 0; i < result_count(report); i++)
        write_result(&sarif, &report->findings->items[i]);
    jout_line(out);
    jout_array_end(out);
    jout_object_end(out);
    jout_array_end(out);
    jout_object_end(out);
    buf_add_char(buf, '\n');
}

const struct reporter reporter_sarif = {
    .name = "sarif",
    .what = "SARIF 2.1.0, for code scanning",
    .write = write,
};
