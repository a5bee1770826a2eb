// Any bytes as YAML: the tree stays inside the text and the limits, and spans nest.

#include "syntax/read_yaml.h"

#include <stdlib.h>

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
    arena_free(arena);
    return 0;
}
