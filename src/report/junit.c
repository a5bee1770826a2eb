#include "base/hash.h"
#include "report/plain.h"
#include "report/tell.h"

#include <stddef.h>

// Test results as JUnit's Ant task writes them, which has no norm; what is written here is what the
// readers of the platforms have in common. Findings are one suite, expectations another.

enum outcome { OUTCOME_PASSED, OUTCOME_FAILED, OUTCOME_BROKEN, OUTCOME_SKIPPED };
enum { OUTCOMES = OUTCOME_SKIPPED + 1 };

struct test {
    Str class_name, name;
    Span span; // or file 0
    enum outcome outcome;
    Str type;            // of what failed
    Str summary, detail; // why it did, or was skipped; passed: detail only, or neither
};

struct suite {
    const char *name;
    VEC(struct test) tests;
    uint32_t counts[OUTCOMES];
};

struct junit {
    struct arena *arena;
    const struct report *report;
    struct spots *spots;
    struct suite findings, expectations;
};

// --- text ---

// Text out of tell_text: what XML cannot hold has been spelt out.
static void add_xml(struct buf *out, Str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '&') {
            buf_add_text(out, "&amp;");
        } else if (c == '<') {
            buf_add_text(out, "&lt;");
        } else if (c == '>') {
            buf_add_text(out, "&gt;");
        } else if (c == '"') {
            buf_add_text(out, "&quot;");
        } else {
            buf_add_char(out, c);
        }
    }
}

static void add_attribute(struct buf *out, const char *name, Str text)
{
    struct buf told = { .arena = out->arena };
    tell_text(&told, text);
    buf_addf(out, " %s=\"", name);
    add_xml(out, buf_str(&told));
    buf_add_char(out, '"');
}

// --- what becomes of findings ---

static bool fails(const struct report *report, const struct finding *finding)
{
    bool by_level = report->fail_on != LEVEL_OFF && finding->level >= report->fail_on;
    return by_level || (plain_needs_review(report, finding) && !report->review_note);
}

// As far as it decides the exit status.
static enum outcome outcome_of(const struct report *report, const struct finding *finding)
{
    if (finding->suppressed)
        return OUTCOME_SKIPPED;
    if (report->broken && finding->rule->subject == SUBJECT_DIAG && finding->level == LEVEL_ERROR)
        return OUTCOME_BROKEN;
    return fails(report, finding) ? OUTCOME_FAILED : OUTCOME_PASSED;
}

static void weigh(struct junit *junit, const struct finding *finding, struct test *test)
{
    struct buf detail = { .arena = junit->arena }, summary = { .arena = junit->arena };
    test->outcome = outcome_of(junit->report, finding);
    test->type = finding->rule->id;
    plain_summary(&summary, junit->report, finding);
    plain_finding(&detail, junit->spots, finding);
    test->summary = finding->suppressed ? finding->suppressed_by : buf_str(&summary);
    test->detail = buf_str(&detail);
}

static void add_test(struct junit *junit, struct suite *suite, struct test test)
{
    *vec_push(junit->arena, &suite->tests) = test;
    suite->counts[test.outcome]++;
}

static void add_finding(struct junit *junit, const struct finding *finding)
{
    struct buf class_name = { .arena = junit->arena };
    buf_add_text(&class_name, "corsgate.");
    buf_add(&class_name, finding->rule->id);
    struct test test = { .class_name = buf_str(&class_name),
                         .name = finding->message,
                         .span = finding->span };
    weigh(junit, finding, &test);
    add_test(junit, &junit->findings, test);
}

// --- expectations ---

// The finding about each expectation, or NULL.
static const struct finding **findings_by_expectation(struct junit *junit, bool *is_told)
{
    const struct expectation_results *results = junit->report->expectations;
    const struct findings *findings = junit->report->findings;
    struct map places = { 0 }; // of uint32_t, numbers of expectations, by where they are written
    const struct finding **out = ARENA_ARRAY(junit->arena, const struct finding *, results->count);
    for (uint32_t i = 0; i < results->count; i++) {
        uint32_t *number = ARENA_NEW(junit->arena, uint32_t);
        Span span = results->items[i].expectation->span;
        *number = i;
        map_add(junit->arena, &places, hash_u64(hash_u64(HASH_SEED, span.file), span.begin),
                number);
    }
    for (uint32_t i = 0; i < findings->count; i++) {
        const struct finding *finding = &findings->items[i];
        Span span = finding->span;
        uint32_t at = 0, *number;
        if (finding->rule->subject != SUBJECT_EXPECTATION)
            continue;
        uint64_t hash = hash_u64(hash_u64(HASH_SEED, span.file), span.begin);
        while (!is_told[i] && (number = map_next(&places, hash, &at))) {
            Span other = results->items[*number].expectation->span;
            if (out[*number] || span.file != other.file || span.begin != other.begin)
                continue;
            out[*number] = finding;
            is_told[i] = true;
        }
    }
    return out;
}

static void add_expectation(struct junit *junit, const struct expectation_result *result,
                            const struct finding *finding)
{
    struct test test = {
        .class_name = STR("corsgate.expect"),
        .name = str_format(junit->arena, "%.*s: %s", STR_ARG(result->expectation->text),
                           result->expectation->allowed ? "allowed" : "blocked"),
        .span = result->expectation->span,
    };
    if (finding) {
        weigh(junit, finding, &test);
        if (test.outcome == OUTCOME_PASSED)
            test.outcome = OUTCOME_SKIPPED; // it does not fail the run, and it is not met
    } else if (result->state != EXPECTATION_MET) {
        test.outcome = OUTCOME_SKIPPED; // no rule minds it
        test.summary = str_format(junit->arena, "%s: %.*s", expectation_state_name(result->state),
                                  STR_ARG(result->why));
    }
    add_test(junit, &junit->expectations, test);
}

// --- all tests ---

static void add_all(struct junit *junit)
{
    const struct report *report = junit->report;
    bool *is_told = ARENA_ARRAY(junit->arena, bool, report->findings->count);
    if (report->expectations) {
        const struct finding **by = findings_by_expectation(junit, is_told);
        for (uint32_t i = 0; i < report->expectations->count; i++)
            add_expectation(junit, &report->expectations->items[i], by[i]);
    }
    for (uint32_t i = 0; i < report->findings->count; i++)
        if (!is_told[i])
            add_finding(junit, &report->findings->items[i]);
    // A run that could not read everything must not look like one that passed, whatever rules say.
    if (report->broken && !junit->findings.counts[OUTCOME_BROKEN])
        add_test(junit, &junit->findings,
                 (struct test){ .class_name = STR("corsgate"),
                                .name = STR("everything can be read"),
                                .outcome = OUTCOME_BROKEN,
                                .type = STR("input"),
                                .summary = STR("not everything could be read") });
    // Readers take a report without tests for a mistake.
    if (!junit->findings.tests.count)
        add_test(junit, &junit->findings,
                 (struct test){ .class_name = STR("corsgate"), .name = STR("no findings") });
}

// --- XML ---

static void write_verdict(struct buf *out, const struct test *test)
{
    static const char *const elements[] = { "system-out", "failure", "error", "skipped" };
    const char *element = elements[test->outcome];
    buf_addf(out, "      <%s", element);
    if (test->outcome != OUTCOME_PASSED)
        add_attribute(out, "message", test->summary);
    if (test->outcome == OUTCOME_FAILED || test->outcome == OUTCOME_BROKEN)
        add_attribute(out, "type", test->type);
    if (!test->detail.len || test->outcome == OUTCOME_SKIPPED) {
        buf_add_text(out, "/>\n");
        return;
    }
    buf_add_char(out, '>');
    add_xml(out, test->detail);
    buf_addf(out, "</%s>\n", element);
}

static void write_test(struct junit *junit, const struct test *test, struct buf *out)
{
    struct spot spot = spot_of(junit->spots, test->span);
    buf_add_text(out, "    <testcase");
    add_attribute(out, "classname", test->class_name);
    add_attribute(out, "name", test->name);
    if (spot.line) {
        add_attribute(out, "file", spot.path);
        buf_addf(out, " line=\"%u\"", spot.line);
    }
    if (test->outcome == OUTCOME_PASSED && !test->detail.len) {
        buf_add_text(out, "/>\n");
        return;
    }
    buf_add_text(out, ">\n");
    write_verdict(out, test);
    buf_add_text(out, "    </testcase>\n");
}

static void write_counts(struct buf *out, const struct suite *a, const struct suite *b)
{
    uint32_t tests = a->tests.count + (b ? b->tests.count : 0), counts[OUTCOMES];
    for (size_t i = 0; i < OUTCOMES; i++)
        counts[i] = a->counts[i] + (b ? b->counts[i] : 0);
    buf_addf(out, " tests=\"%u\" failures=\"%u\" errors=\"%u\" skipped=\"%u\">\n", tests,
             counts[OUTCOME_FAILED], counts[OUTCOME_BROKEN], counts[OUTCOME_SKIPPED]);
}

static void write_suite(struct junit *junit, const struct suite *suite, struct buf *out)
{
    buf_addf(out, "  <testsuite name=\"%s\"", suite->name);
    write_counts(out, suite, NULL);
    for (uint32_t i = 0; i < suite->tests.count; i++)
        write_test(junit, &suite->tests.items[i], out);
    buf_add_text(out, "  </testsuite>\n");
}

static void write(const struct report *report, enum report_look look, struct buf *out)
{
    (void)look;
    struct junit junit = { .arena = out->arena,
                           .report = report,
                           .spots = spots_new(out->arena, report),
                           .findings = { .name = "corsgate.findings" },
                           .expectations = { .name = "corsgate.expectations" } };
    add_all(&junit);
    buf_add_text(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"corsgate\"");
    write_counts(out, &junit.findings, &junit.expectations);
    write_suite(&junit, &junit.findings, out);
    if (junit.expectations.tests.count)
        write_suite(&junit, &junit.expectations, out);
    buf_add_text(out, "</testsuites>\n");
}

const struct reporter reporter_junit = {
    .name = "junit",
    .what = "test results as JUnit XML: findings and expectations",
    .write = write,
};
