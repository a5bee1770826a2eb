// fuzz_documents: bytes as a YAML or JSON document, through every dialect that reads them, up to
// the changes. Whatever it is: the cells of an endpoint are disjoint and cover it, nothing changes
// between it and itself, and a prediction is made without a crash. What begins with "{" or "[" is
// JSON, with "/" a _headers file, everything else YAML.
#include "browser/access.h"
#include "dialect/dialect.h"
#include "diff/diff.h"

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct text {
    Str name, text;
};

static enum source_entry stat_it(struct source *source, Str path)
{
    const struct text *text = source->state;
    return path.len == 0 ? SOURCE_FOLDER : str_equal(path, text->name) ? SOURCE_FILE : SOURCE_NONE;
}

static void list_it(struct source *source, Str path, struct source_names *out)
{
    const struct text *text = source->state;
    if (path.len == 0)
        *vec_push(source->arena, &out->list) =
            (struct source_name){ .name = text->name, .entry = SOURCE_FILE };
}

static const struct kind *read_it(struct source *source, Str path, size_t max, Str *out)
{
    const struct text *text = source->state;
    (void)max;
    if (!str_equal(path, text->name))
        return &source_missing;
    *out = text->text;
    return NULL;
}

static const struct source_ops ops = { stat_it, list_it, read_it };

// The example of an endpoint, asked as a page of that origin does.
static void probe(struct model *model, struct policy *policy, const struct endpoint *endpoint,
                  const char *method, const char *origin)
{
    struct header headers[] = {
        { STR("Host"), STR("") },
        { STR("Origin"), str_from(origin) },
        { STR("Access-Control-Request-Method"), STR("PUT") },
    };
    struct request request = { .method = str_from(method), .headers = headers, .header_count = 3 };
    struct answer_lines answer;
    const struct var *open = NULL;
    if (!request_set_url(model->arena, &request, endpoint->url) ||
        !request_normalise(model->arena, request.target, !endpoint->keeps_slashes, &request.path,
                           &request.query))
        return;
    headers[0].value = request.authority;
    policy_answer(policy, NULL, &request, &answer);
    if (!request_in_box(model->arena, &request, endpoint->box, &open) || open ||
        endpoint->box->inexact)
        return;
    uint32_t cells = 0;
    bool exact = true;
    for (uint32_t c = 0; c < endpoint->cell_count; c++) {
        exact = exact && !endpoint->cells[c].box->inexact;
        cells += request_in_box(model->arena, &request, endpoint->cells[c].box, &open);
    }
    assert(cells > 0);
    assert(cells == 1 || open || !exact);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const methods[] = { "GET", "OPTIONS", "PUT" };
    static const char *const origins[] = { "https://app.test", "https://evil.test", "null" };
    struct arena *arena = arena_new();
    struct limits limits = limits_default;
    limits.fa_steps /= 16; // hostile inputs are many here
    limits.cells /= 16;
    struct run *run = run_new(arena, &limits);
    struct model *model = model_new(run);
    bool is_json = size && (data[0] == '{' || data[0] == '[');
    bool is_headers = size && data[0] == '/';
    struct text text = { is_json      ? STR("a.json")
                         : is_headers ? STR("_headers")
                                      : STR("a.yaml"),
                         { (const char *)data, size } };
    struct source *source = source_new(run, files_new(arena), &ops, STR("fuzz"), &text);
    struct dialect_options options = { 0 };
    struct dialect_result result = { 0 };
    (void)!dialect_load(model, source, &options, NULL, 0, &result);
    for (uint32_t e = 0; e < result.policy->endpoint_count && e < 8; e++)
        for (int i = 0; i < 9; i++)
            probe(model, result.policy, result.policy->endpoints[e], methods[i % 3],
                  origins[i / 3]);
    struct diff diff = { 0 };
    diff_policies(origin_space_new(model), NULL, NULL, result.policy, result.policy, &diff);
    assert(diff.change_count == 0);
    assert(diff.relation == RELATION_EQUAL);
    arena_free(arena);
    return 0;
}
