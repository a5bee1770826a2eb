#include "report/report.h"

#include <stddef.h>
#include <stdlib.h>

const struct reporter *const reporters[] = { &reporter_text, &reporter_json, &reporter_sarif,
                                             &reporter_github };
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
