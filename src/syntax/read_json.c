#include "syntax/read_json.h"

#include <jansson.h>

#include <stddef.h>

const struct kind json_malformed = { "CG901", LEVEL_ERROR, "this is not valid JSON" };

static struct data *convert(struct run *run, Span at, json_t *json, uint32_t depth);

static const struct data_entry *convert_map(struct run *run, Span at, json_t *json, uint32_t depth,
                                            uint32_t *count)
{
    struct data_entry *entries = ARENA_ARRAY(run->arena, struct data_entry, json_object_size(json));
    const char *key;
    size_t key_len;
    json_t *value;
    json_object_keylen_foreach(json, key, key_len, value)
    {
        struct data *name = ARENA_NEW(run->arena, struct data);
        name->span = at;
        name->text = str_copy(run->arena, (Str){ key, key_len });
        name->weight = 1;
        struct data *item = convert(run, at, value, depth);
        if (!item)
            return NULL;
        entries[(*count)++] = (struct data_entry){ name, item };
    }
    return entries;
}

static const struct data_entry *convert_list(struct run *run, Span at, json_t *json, uint32_t depth,
                                             uint32_t *count)
{
    size_t size = json_array_size(json);
    struct data_entry *entries = ARENA_ARRAY(run->arena, struct data_entry, size);
    for (size_t i = 0; i < size; i++) {
        struct data *item = convert(run, at, json_array_get(json, i), depth);
        if (!item)
            return NULL;
        entries[(*count)++] = (struct data_entry){ NULL, item };
    }
    return entries;
}

static Str scalar_text(struct arena *arena, const json_t *json)
{
    switch (json_typeof(json)) {
    case JSON_STRING:
        return str_copy(arena, (Str){ json_string_value(json), json_string_length(json) });
    case JSON_INTEGER:
        return str_format(arena, "%" JSON_INTEGER_FORMAT, json_integer_value(json));
    case JSON_REAL:
        return str_format(arena, "%.17g", json_real_value(json));
    case JSON_TRUE:
        return STR("true");
    case JSON_FALSE:
        return STR("false");
    case JSON_NULL:
    case JSON_OBJECT:
    case JSON_ARRAY:
        break;
    }
    return STR("null");
}

// The tree, or NULL when it is too deep. Recursion ends at the limit.
static struct data *convert(struct run *run, Span at, json_t *json, uint32_t depth)
{
    if (depth > run->limits->nesting) {
        diagf(run, &json_malformed, at, "it is nested more than %u deep", run->limits->nesting);
        return NULL;
    }
    struct data *node = ARENA_NEW(run->arena, struct data);
    node->span = at;
    node->weight = 1;
    if (json_is_object(json)) {
        node->kind = DATA_MAP;
        node->entries = convert_map(run, at, json, depth + 1, &node->count);
    } else if (json_is_array(json)) {
        node->kind = DATA_LIST;
        node->entries = convert_list(run, at, json, depth + 1, &node->count);
    } else {
        node->plain = !json_is_string(json);
        node->text = scalar_text(run->arena, json);
        return node;
    }
    for (uint32_t i = 0; node->entries && i < node->count; i++)
        node->weight += node->entries[i].value->weight;
    return node->entries ? node : NULL;
}

bool read_json(struct run *run, Span at, Str text, const struct data **out)
{
    json_error_t error;
    size_t flags = JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | JSON_ALLOW_NUL;
    json_t *json = json_loadb(text.ptr ? text.ptr : "", text.len, flags, &error);
    if (!json)
        return diagf(run, &json_malformed, at, "%s", error.text);
    struct data *tree = convert(run, at, json, 1);
    json_decref(json);
    if (!tree)
        return false;
    *out = tree;
    return true;
}
