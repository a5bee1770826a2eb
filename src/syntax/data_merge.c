// Merge keys, "<<", as readers of YAML 1.1 take them: what the maps named there say counts where
// the map itself does not say it; of several, the first.
#include "base/vec.h"
#include "syntax/data.h"

struct entries {
    struct data_entry *items;
    uint32_t count, capacity;
};

static bool is_merge(const struct data_entry *entry)
{
    return entry->key && entry->key->kind == DATA_SCALAR && entry->key->plain &&
           str_is(entry->key->text, "<<");
}

static bool has_merge(const struct data *data, uint32_t depth)
{
    for (uint32_t i = 0; i < data->count; i++)
        if (is_merge(&data->entries[i]) || (depth && has_merge(data->entries[i].value, depth - 1)))
            return true;
    return false;
}

// data_find takes the last entry of a key: what counts less stands before it.
static void add_map(struct arena *arena, struct entries *out, const struct data *map,
                    uint32_t depth)
{
    const struct data *merged = data_merge(arena, map, depth);
    for (uint32_t i = 0; merged->kind == DATA_MAP && i < merged->count; i++)
        *vec_push(arena, out) = merged->entries[i];
}

const struct data *data_merge(struct arena *arena, const struct data *data, uint32_t depth)
{
    if (data->kind == DATA_SCALAR || !depth || !has_merge(data, depth))
        return data;
    struct entries out = { 0 };
    for (uint32_t i = 0; i < data->count; i++) {
        const struct data_entry *entry = &data->entries[i];
        if (!is_merge(entry))
            continue;
        const struct data *value = entry->value;
        for (uint32_t k = value->kind == DATA_LIST ? value->count : 0; k > 0; k--)
            add_map(arena, &out, value->entries[k - 1].value, depth - 1);
        if (value->kind == DATA_MAP)
            add_map(arena, &out, value, depth - 1);
    }
    for (uint32_t i = 0; i < data->count; i++) {
        struct data_entry entry = data->entries[i];
        entry.value = data_merge(arena, entry.value, depth - 1);
        if (!is_merge(&entry))
            *vec_push(arena, &out) = entry;
    }
    struct data *copy = ARENA_NEW(arena, struct data);
    *copy = *data;
    copy->entries = out.items;
    copy->count = out.count;
    return copy;
}
