#include "syntax/json_tree.h"

#include "syntax/read_json.h"

#include <jansson.h>

#include <stddef.h>
#include <string.h>

static struct json_frame *top(struct json_tree *tree)
{
    return &tree->frames.items[tree->frames.count - 1];
}

static void push(struct json_tree *tree, struct data *node)
{
    *vec_push(tree->frames_arena, &tree->frames) =
        (struct json_frame){ .node = node, .entries = tree->entries.count };
}

static struct data *node_new(struct json_tree *tree, enum data_kind kind, uint32_t begin,
                             uint32_t end)
{
    struct data *node = ARENA_NEW(tree->run->arena, struct data);
    node->kind = kind;
    node->span = (Span){ tree->at.file, tree->at.begin + begin, tree->at.begin + end };
    node->weight = 1;
    return node;
}

// Where a value may stand now.
static bool is_awaited(const struct json_frame *frame)
{
    return frame->node->kind != DATA_MAP || (frame->key && frame->has_colon);
}

static void add(struct json_tree *tree, const struct data *value)
{
    struct json_frame *frame = top(tree);
    if (!is_awaited(frame))
        return; // only where the text is no JSON
    struct data_entry entry = { frame->key, value };
    *vec_push(tree->entries_arena, &tree->entries) = entry;
    frame->node->weight += value->weight;
    frame->key = NULL;
}

static void close_top(struct json_tree *tree, uint32_t end)
{
    struct json_frame *frame = top(tree);
    struct data *node = frame->node;
    node->count = tree->entries.count - frame->entries;
    node->span.end = tree->at.begin + end;
    if (node->count) {
        struct data_entry *entries = ARENA_ARRAY(tree->run->arena, struct data_entry, node->count);
        memcpy(entries, tree->entries.items + frame->entries, node->count * sizeof *entries);
        node->entries = entries;
    }
    if (node->kind == DATA_MAP)
        tree->good &= keys_check(&tree->keys, node->entries, node->count);
    tree->entries.count = frame->entries;
    tree->frames.count--;
    add(tree, node);
}

void json_tree_begin(struct json_tree *tree, struct run *run, Span at, Str text, bool loose)
{
    *tree = (struct json_tree){
        .run = run,
        .text = text,
        .at = at,
        .good = true,
        .loose = loose,
        .keys = { run, &json_duplicate_key, at.begin ? STR("") : text, 0 },
        .frames_arena = arena_new(),
        .entries_arena = arena_new(),
    };
    push(tree, node_new(tree, DATA_LIST, 0, 0));
}

const struct data *json_tree_end(struct json_tree *tree)
{
    while (tree->frames.count > 1)
        close_top(tree, (uint32_t)tree->text.len);
    const struct data *root = NULL;
    for (uint32_t i = 0; i < tree->entries.count; i++) {
        const struct data *value = tree->entries.items[i].value;
        if (!root || (root->kind == DATA_SCALAR && value->kind != DATA_SCALAR))
            root = value;
    }
    arena_free(tree->frames_arena);
    arena_free(tree->entries_arena);
    return root;
}

bool json_tree_open(struct json_tree *tree, enum data_kind kind, uint32_t begin)
{
    uint32_t most = tree->run->limits->nesting;
    struct data *node = node_new(tree, kind, begin, begin + 1);
    if (tree->frames.count > most) {
        tree->good = false;
        return diagf(tree->run, &json_too_large, node->span, "it is nested more than %u deep",
                     most);
    }
    push(tree, node);
    return true;
}

void json_tree_close(struct json_tree *tree, enum data_kind kind, uint32_t end)
{
    uint32_t open = tree->frames.count;
    while (open > 1 && tree->frames.items[open - 1].node->kind != kind)
        open--;
    while (open > 1 && tree->frames.count >= open)
        close_top(tree, end);
}

// The value of `raw` as jansson reads it; false when it is none.
static bool decode(struct json_tree *tree, Str raw, Str *out)
{
    json_error_t error;
    json_t *json = json_loadb(raw.ptr, raw.len, JSON_FLAGS, &error);
    if (!json)
        return false;
    *out =
        json_is_string(json)
            ? str_copy(tree->run->arena, (Str){ json_string_value(json), json_string_length(json) })
            : raw;
    json_decref(json);
    return true;
}

void json_tree_scalar(struct json_tree *tree, uint32_t begin, uint32_t end)
{
    struct json_frame *frame = top(tree);
    Str raw = str_slice(tree->text, begin, end);
    bool quoted = raw.len >= 2 && raw.ptr[0] == '"', is_key = !is_awaited(frame);
    Str text = quoted ? str_slice(raw, 1, raw.len - 1) : raw;
    // What is written without an escape in a JSON text stands there as it is.
    bool plain = !quoted || !memchr(text.ptr, '\\', text.len);
    if (is_key) {
        frame->key = NULL;
        frame->has_colon = false;
    }
    if ((is_key && !quoted) || ((!plain || tree->loose) && !decode(tree, raw, &text))) {
        frame->key = NULL;
        return;
    }
    struct data *node = node_new(tree, DATA_SCALAR, begin, end);
    node->plain = !quoted;
    node->text = text;
    if (is_key)
        frame->key = node;
    else
        add(tree, node);
}

void json_tree_colon(struct json_tree *tree)
{
    top(tree)->has_colon = true;
}

void json_tree_comma(struct json_tree *tree)
{
    top(tree)->key = NULL;
}
