// fuzz_whole: bytes as an nginx configuration, through every layer up to the verdict. Whatever it
// is: endpoints are disjoint and their cells cover them, nothing changes between it and itself, and
// a prediction is made without a crash.
#include "browser/access.h"
#include "dialect/dialect.h"
#include "diff/diff.h"
#include "rule/rule.h"

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static enum source_entry stat_it(struct source *source, Str path)
{
    (void)source;
    return str_is(path, "nginx.conf") ? SOURCE_FILE : SOURCE_NONE;
}

static void list_it(struct source *source, Str path, struct source_names *out)
{
    (void)path;
    *vec_push(source->arena, &out->list) =
        (struct source_name){ .name = STR("nginx.conf"), .entry = SOURCE_FILE };
}

static const struct kind *read_it(struct source *source, Str path, size_t max, Str *out)
{
    (void)max;
    if (!str_is(path, "nginx.conf"))
        return &source_missing;
    *out = *(const Str *)source->state;
    return NULL;
}

static const struct source_ops ops = { stat_it, list_it, read_it };

static void probe(struct model *model, struct policy *policy, const char *method,
                  const char *target, const char *origin)
{
    struct header headers[] = {
        { STR("Host"), STR("api.test") },
        { STR("Origin"), str_from(origin) },
        { STR("Access-Control-Request-Method"), STR("PUT") },
    };
    struct request request = {
        .method = str_from(method),
        .scheme = STR("http"),
        .host = STR("api.test"),
        .port = 80,
        .target = str_from(target),
        .headers = headers,
        .header_count = 3,
    };
    if (!request_normalise(model->arena, request.target, true, &request.path, &request.query))
        return;
    struct answer_lines answer;
    policy_answer(policy, NULL, &request, &answer);
    uint32_t serving = 0;
    for (uint32_t e = 0; e < policy->endpoint_count; e++) {
        const struct endpoint *endpoint = policy->endpoints[e];
        const struct var *open = NULL;
        if (!request_in_box(model->arena, &request, endpoint->box, &open) || open ||
            endpoint->box->inexact || endpoint->keeps_slashes)
            continue;
        uint32_t cells = 0;
        bool exact = true;
        for (uint32_t c = 0; c < endpoint->cell_count; c++) {
            exact = exact && !endpoint->cells[c].box->inexact;
            cells += request_in_box(model->arena, &request, endpoint->cells[c].box, &open);
        }
        assert(cells > 0);
        assert(cells == 1 || open || !exact);
        serving++;
    }
    assert(serving <= 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new();
    struct limits limits = limits_default;
    limits.fa_steps /= 16; // hostile inputs are many here
    limits.cells /= 16;
    struct run *run = run_new(arena, &limits);
    struct model *model = model_new(run);
    Str text = { (const char *)data, size };
    struct source *source = source_new(run, files_new(arena), &ops, STR("fuzz"), &text);
    struct dialect_options options = { 0 };
    struct dialect_result result = { 0 };
    Str path = STR("nginx.conf");
    (void)!dialect_load(model, source, &options, &path, 1, &result);
    static const char *const methods[] = { "GET", "OPTIONS", "PUT" };
    static const char *const targets[] = { "/", "/api/v1/x", "/a.txt?debug=1" };
    static const char *const origins[] = { "https://app.test", "https://evil.test", "null" };
    for (int i = 0; i < 27; i++)
        probe(model, result.policy, methods[i % 3], targets[i / 3 % 3], origins[i / 9]);
    struct diff diff = { 0 };
    diff_policies(origin_space_new(model), NULL, NULL, result.policy, result.policy, &diff);
    assert(diff.change_count == 0);
    assert(diff.relation == RELATION_EQUAL);
    arena_free(arena);
    return 0;
}
