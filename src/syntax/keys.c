#include "syntax/keys.h"

#include "base/hash.h"
#include "base/map.h"

#include <stddef.h>

// Up to FEW a map is looked at pair by pair. After ENOUGH complaints nobody reads on, and each of
// them counts the lines before it.
enum { FEW = 8, ENOUGH = 20 };

static void complain(struct keys *keys, const struct data *key, const struct data *first)
{
    if (keys->told++ >= ENOUGH)
        return;
    if (!keys->text.len) {
        diagf(keys->run, keys->kind, key->span, "\"%.*s\"", STR_ARG(key->text));
        return;
    }
    Str before = str_slice(keys->text, 0, first->span.begin);
    uint32_t line = 1;
    for (size_t i = 0; i < before.len; i++)
        line += before.ptr[i] == '\n';
    diagf(keys->run, keys->kind, key->span, "\"%.*s\" stands in line %u already",
          STR_ARG(key->text), line);
}

static bool is_same(const struct data *a, const struct data *b)
{
    // Of keys that a template's conditions choose from, one is there.
    if (a->conditional || b->conditional || a->unrendered || b->unrendered)
        return false;
    return a->kind == DATA_SCALAR && b->kind == DATA_SCALAR && str_equal(a->text, b->text);
}

static bool check_few(struct keys *keys, const struct data_entry *entries, uint32_t count)
{
    bool good = true;
    for (uint32_t i = 1; i < count; i++)
        for (uint32_t j = 0; j < i; j++)
            if (is_same(entries[i].key, entries[j].key)) {
                complain(keys, entries[i].key, entries[j].key);
                good = false;
                break;
            }
    return good;
}

static bool check_many(struct keys *keys, const struct data_entry *entries, uint32_t count)
{
    bool good = true;
    struct arena *scratch = arena_new();
    const struct data **first = ARENA_ARRAY(scratch, const struct data *, count);
    struct map seen = { 0 };
    for (uint32_t i = 0; i < count; i++) {
        const struct data *key = entries[i].key, **other;
        uint64_t hash = hash_str(HASH_SEED, key->text);
        uint32_t at = 0;
        while ((other = map_next(&seen, hash, &at)) && !is_same(key, *other))
            ;
        if (other) {
            complain(keys, key, *other);
            good = false;
            continue;
        }
        first[i] = key;
        map_add(scratch, &seen, hash, &first[i]);
    }
    arena_free(scratch);
    return good;
}

bool keys_check(struct keys *keys, const struct data_entry *entries, uint32_t count)
{
    return count <= FEW ? check_few(keys, entries, count) : check_many(keys, entries, count);
}
