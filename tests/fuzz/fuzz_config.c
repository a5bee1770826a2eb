// Any bytes as .corsgate.yml, as a file with suppressions, as a baseline and as acknowledgements:
// what is wrong is said at a place inside the text, and what is right is whole.

#include "cli/config.h"
#include "review/acknowledge.h"
#include "review/baseline.h"
#include "review/comments.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_span(Span span, size_t size)
{
    if (span.begin > span.end || span.end > size)
        abort();
}

static void check_config(const struct config *config, size_t size)
{
    for (uint32_t i = 0; i < config->expectations.count; i++) {
        const struct expectation *expectation = &config->expectations.items[i];
        check_span(expectation->span, size);
        if (!expectation->pages || !expectation->urls.places || !expectation->method.len)
            abort();
    }
    for (uint32_t i = 0; i < config->waivers.count; i++) {
        const struct waiver *waiver = &config->waivers.items[i];
        check_span(waiver->span, size);
        if (!waiver->endpoint.places || !waiver->reason.len || !waiver->rule.len)
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 4096)
        return 0;
    struct arena *arena = arena_new();
    struct run *run = run_new(arena, &limits_default);
    struct files *files = files_new(arena);
    struct model *model = model_new(run);
    struct config config;
    struct comments comments = { 0 };
    struct baseline baseline;
    const struct rule_settings settings = { 0 };
    Str text = { (const char *)data, size };
    uint32_t file = files_add(files, STR(".corsgate.yml"), text);
    bool good = config_parse(run, files, file, model, origin_space_of(model), &config);
    if (good != (run->diags.count == 0))
        abort();
    check_config(&config, size);
    comments_read(arena, files, file, file + 1, &settings, 20270131, &comments);
    for (uint32_t i = 0; i < comments.count; i++) {
        const struct comment *comment = &comments.items[i];
        check_span(comment->span, size);
        if (!comment->flaw.len && (!comment->rule_count || !comment->reason.len || !comment->line))
            abort();
        if (comment->line > files_line_count(files, file))
            abort();
    }
    uint32_t before = run->diags.count;
    good = baseline_read(run, file, text, &baseline);
    if (good != (run->diags.count == before))
        abort();
    struct acknowledgements acknowledgements;
    before = run->diags.count;
    good = acknowledge_read(run, file, text, &acknowledgements);
    if (good != (run->diags.count == before))
        abort();
    for (uint32_t i = 0; i < acknowledgements.count; i++)
        check_span(acknowledgements.items[i].span, size);
    for (uint32_t i = 0; i < run->diags.count; i++)
        check_span(run->diags.items[i].span, size);
    arena_free(arena);
    return 0;
}
