#include "report/report.h"

#include <stddef.h>
#include <stdlib.h>

const struct reporter *const reporters[] = {
    &reporter_text,  &reporter_json,   &reporter_markdown, &reporter_html,
    &reporter_sarif, &reporter_github, &reporter_gitlab,   &reporter_junit,
};
const uint32_t reporter_count = sizeof reporters / sizeof *reporters;

const struct reporter *reporter_find(Str name)
{
    for (uint32_t i = 0; i < reporter_count; i++)
        if (str_is(name, reporters[i]->name))
            return reporters[i];
    return NULL;
}

uint32_t report_endpoints(const struct report *report)
{
    return report->diff ? report->diff->compared : report->policy->endpoint_count;
}

Str report_prefix(const struct report *report, Span span)
{
    return span.file >= report->new_file ? report->new_prefix : report->old_prefix;
}

Str report_proof(struct arena *arena, const struct report *report)
{
    uint32_t endpoints = report_endpoints(report);
    return str_format(arena, "no website gains or loses access: %u endpoint%s compared, %u unknown",
                      endpoints, endpoints == 1 ? "" : "s",
                      report_unknowns(arena, report->policy).count);
}

struct report_headline report_headline(struct arena *arena, const struct report *report)
{
    bool diff = report->diff;
    if (report->broken)
        return (struct report_headline){
            "BROKEN", STR("not everything could be read, so nobody knows what this does")
        };
    if (report->verdict == VERDICT_FAIL)
        return (struct report_headline){ "FAIL",
                                         diff ? STR("this change must not be merged as it is")
                                              : STR("this must be fixed") };
    if (report->verdict == VERDICT_REVIEW)
        return (struct report_headline){
            "REVIEW", STR("a senior engineer has to approve this change before it is merged")
        };
    if (diff && report->diff->change_count == 0)
        return (struct report_headline){ "PASS", report_proof(arena, report) };
    if (diff && report->review_note && report->counts.review)
        return (struct report_headline){
            "PASS", STR("nothing stops this here; before it is merged, a senior engineer has to "
                        "approve it")
        };
    return (struct report_headline){ "PASS", diff ? STR("nothing in this change has to be held")
                                                  : STR("nothing that has to be fixed") };
}

static int by_place(const void *a, const void *b)
{
    const struct unknown *x = *(const struct unknown *const *)a;
    const struct unknown *y = *(const struct unknown *const *)b;
    if (x->span.file != y->span.file)
        return x->span.file < y->span.file ? -1 : 1;
    if (x->span.begin != y->span.begin)
        return x->span.begin < y->span.begin ? -1 : 1;
    return str_compare(x->reason, y->reason);
}

struct report_unknowns report_unknowns(struct arena *arena, const struct policy *policy)
{
    uint32_t count = policy->unknown_count, kept = 0;
    const struct unknown **items = ARENA_ARRAY(arena, const struct unknown *, count);
    for (uint32_t i = 0; i < count; i++)
        items[i] = &policy->unknowns[i];
    if (count)
        qsort(items, count, sizeof *items, by_place);
    for (uint32_t i = 0; i < count; i++)
        if (kept == 0 || by_place(&items[kept - 1], &items[i]) != 0)
            items[kept++] = items[i];
    return (struct report_unknowns){ items, kept };
}

Str report_mark(struct arena *arena, struct map *seen, const struct finding *finding)
{
    uint32_t at = 0, *count = map_next(seen, finding->fingerprint, &at);
    if (!count) {
        count = ARENA_NEW(arena, uint32_t);
        map_add(arena, seen, finding->fingerprint, count);
    }
    ++*count;
    return str_format(arena, "%016llx:%u", (unsigned long long)finding->fingerprint, *count);
}
