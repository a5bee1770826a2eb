// Any bytes as JSON: the tree stays inside the text and the limits, spans nest, and what is JSON
// reads the same when something behind it makes it none; its tokens stand where the grammar has
// them.

#include "json_tokens.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct data *node, Span within)
{
    if (node->span.begin > node->span.end || node->span.begin < within.begin ||
        node->span.end > within.end)
        abort();
    (void)data_kind_text(node);
    for (uint32_t i = 0; i < node->count; i++) {
        const struct data_entry *entry = &node->entries[i];
        if ((node->kind == DATA_MAP) != (entry->key != NULL))
            abort();
        if (entry->key)
            check(entry->key, node->span);
        check(entry->value, node->span);
    }
}

static bool is_same(const struct data *a, const struct data *b)
{
    if (!a || !b)
        return a == b;
    if (a->kind != b->kind || a->plain != b->plain || a->count != b->count ||
        a->weight != b->weight || a->span.begin != b->span.begin || a->span.end != b->span.end ||
        !str_equal(a->text, b->text))
        return false;
    for (uint32_t i = 0; i < a->count; i++)
        if (!is_same(a->entries[i].key, b->entries[i].key) ||
            !is_same(a->entries[i].value, b->entries[i].value))
            return false;
    return true;
}

static void check_diags(const struct run *run, size_t size)
{
    for (uint32_t i = 0; i < run->diags.count; i++) {
        Span span = run->diags.items[i].span;
        if (span.begin > span.end || span.end > size)
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 4096)
        return 0;
    struct arena *arena = arena_new();
    struct run *run = run_new(arena, &limits_default);
    Str text = { (const char *)data, size };
    Span at = { 1, 0, (uint32_t)size };
    const struct data *tree, *again;
    bool good = read_json(run, at, text, &tree);
    if (good != (run->diags.count == 0) || (good && !tree))
        abort();
    check_diags(run, size);
    if (tree)
        check(tree, at);
    if (good) {
        Str longer = str_concat(arena, text, STR("\n//"));
        if (read_json(run, at, longer, &again) || !is_same(tree, again))
            abort();
        if (!json_tokens_agree(text, tree))
            abort();
    }
    arena_free(arena);
    return 0;
}
