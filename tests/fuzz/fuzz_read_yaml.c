// Any bytes as YAML: the tree stays inside the text and the limits, and spans nest.

#include "syntax/read_yaml.h"

#include <stdlib.h>

// Every byte of every scalar at the top has a place in the text.
static void check_places(struct arena *arena, Str text, const struct data_list *documents)
{
    for (uint32_t i = 0; i < documents->count; i++) {
        const struct data *root = documents->items[i];
        for (uint32_t k = 0; k < root->count; k++) {
            const struct data *value = root->entries[k].value;
            if (value->kind != DATA_SCALAR)
                continue;
            const uint32_t *places = yaml_places(arena, text, value);
            for (size_t b = 0; b <= value->text.len; b++)
                if (places[b] > text.len)
                    abort();
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct data *node, size_t size, uint32_t depth)
{
    if (node->span.begin > node->span.end || node->span.end > size || depth > 1000)
        abort();
    (void)data_kind_text(node);
    for (uint32_t i = 0; i < node->count && depth < 8; i++) {
        if ((node->kind == DATA_MAP) != (node->entries[i].key != NULL))
            abort();
        if (node->entries[i].key)
            check(node->entries[i].key, size, depth + 1);
        check(node->entries[i].value, size, depth + 1);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 4096)
        return 0;
    struct arena *arena = arena_new();
    struct run *run = run_new(arena, &limits_default);
    struct data_list documents = { 0 };
    bool good = read_yaml(run, 1, (Str){ (const char *)data, size }, &documents);
    if (good != (run->diags.count == 0))
        abort();
    for (uint32_t i = 0; i < run->diags.count; i++)
        if (run->diags.items[i].span.begin > run->diags.items[i].span.end ||
            run->diags.items[i].span.end > size)
            abort();
    for (uint32_t i = 0; i < documents.count; i++)
        if (documents.items[i]->weight < 10000)
            check(documents.items[i], size, 0);
    struct data_list templates = { 0 };
    bool rendered = read_yaml_template(run, 1, (Str){ (const char *)data, size }, &templates);
    for (uint32_t i = 0; i < templates.count; i++)
        if (templates.items[i]->weight < 10000)
            check(data_merge(arena, templates.items[i], 20), size, 0);
    if (rendered)
        check_places(arena, (Str){ (const char *)data, size }, &documents);
    arena_free(arena);
    return 0;
}
