// Any bytes as a recording, in both forms: there is a verdict with a reason, and what is blocked
// has a name and a fix.

#include "browser/fix.h"
#include "cli/har.h"
#include "syntax/read_json.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void judge(struct arena *arena, struct recorded *recorded)
{
    struct fetch fetch;
    struct notes notes = { 0 };
    recorded_judge(arena, recorded, &fetch, &notes);
    bool blocked = fetch.verdict == FETCH_BLOCKED;
    if (fetch.verdict == FETCH_UNKNOWN && !fetch.reason.len)
        abort();
    if (fetch.verdict != FETCH_UNKNOWN && fetch.result.allowed == blocked)
        abort();
    if (blocked && (!cors_error_name(fetch.result)[0] || !fix_of(arena, &fetch).len ||
                    !cors_explain(arena, &fetch.request, fetch.result).len))
        abort();
    for (uint32_t i = 0; i < notes.count; i++)
        if (!notes.items[i].text.len)
            abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    if (size > 16384)
        return 0;
    struct arena *arena = arena_new();
    struct run *run = run_new(arena, &limits_default);
    Str text = { (const char *)bytes, size };
    const struct reading reading = { run, { 1, 0, 1 }, "a recorded request" };
    const struct data *data = NULL;
    struct recorded recorded;
    struct har har;
    if (recorded_parse(&reading, text, &recorded))
        judge(arena, &recorded);
    else if (run->diags.count == 0)
        abort();
    if (read_json(run, reading.at, text, &data) && har_is(data)) {
        uint32_t before = run->diags.count;
        bool good = har_read(run, data, &har);
        if (good != (run->diags.count == before))
            abort();
        for (uint32_t i = 0; i < har.count; i++)
            judge(arena, &har.items[i].recorded);
    }
    arena_free(arena);
    return 0;
}
