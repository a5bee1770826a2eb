// map: which result a value gets (reference/nginx.md 2.9).
#include "base/hash.h"
#include "dialect/nginx/machine.h"

#include <stdlib.h>
#include <string.h>

// One way out of a map, in the order in which nginx tries them.
struct map_case {
    const struct fa *words;        // of exact keys and wildcards
    const struct pattern *pattern; // or a regular expression
    const struct template *result;
    bool lower; // every key stands for itself: the result is the value in lower case
};

struct group { // exact keys with one result
    const struct template *result;
    bool lower; // keys that stand for themselves
    struct {
        Str *items;
        uint32_t count, capacity;
    } keys;
};

static bool same_template(const struct template *a, const struct template *b)
{
    if (a->count != b->count)
        return false;
    for (uint32_t i = 0; i < a->count; i++) {
        const struct template_part *x = &a->parts[i], *y = &b->parts[i];
        if (!str_equal(x->text, y->text) || !str_equal(x->variable, y->variable) ||
            x->group != y->group)
            return false;
    }
    return true;
}

static uint64_t hash_template(const struct template *value)
{
    uint64_t hash = HASH_SEED;
    for (uint32_t i = 0; i < value->count; i++)
        hash = hash_u64(hash_str(hash_str(hash, value->parts[i].text), value->parts[i].variable),
                        value->parts[i].group);
    return hash;
}

static bool is_lower(Str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] >= 'A' && s.ptr[i] <= 'Z')
            return false;
    return true;
}

struct groups {
    struct arena *scratch;
    struct group **items;
    uint32_t count, capacity;
    struct map by_result;
};

static struct group *group_get(struct groups *groups, const struct template *result, bool lower)
{
    struct arena *arena = groups->scratch;
    uint64_t hash = lower ? 1 : hash_template(result);
    uint32_t at = 0;
    for (struct group *known; (known = map_next(&groups->by_result, hash, &at));)
        if (known->lower == lower && (lower || same_template(known->result, result)))
            return known;
    struct group *group = ARENA_NEW(arena, struct group);
    group->result = result;
    group->lower = lower;
    *vec_push(arena, groups) = group;
    map_add(arena, &groups->by_result, hash, group);
    return group;
}

static void add_case(struct computed *map, struct map_case one)
{
    map->cases[map->case_count++] = one;
}

// The texts that a wildcard of a map with "hostnames" matches: labels before (or behind) it, one
// final dot aside.
static const struct fa *wildcard_words(struct machine *machine, Str key)
{
    struct fa_space *fa = machine->model->fa;
    const struct fa *dot = fa_union(fa, fa_empty(fa), fa_literal(fa, STR(".")));
    const struct fa *some = fa_subtract(fa, fa_all(fa), fa_empty(fa));
    const struct fa *out;
    if (str_starts(key, STR("*."))) {
        out = fa_concat(fa, some, fa_literal_nocase(fa, str_slice(key, 1, key.len)));
    } else if (str_starts(key, STR("."))) {
        const struct fa *below = fa_concat(fa, some, fa_literal_nocase(fa, key));
        out = fa_union(fa, below, fa_literal_nocase(fa, str_slice(key, 1, key.len)));
    } else { // www.*
        Str stem = str_slice(key, 0, key.len - 1);
        return fa_concat(fa, fa_literal_nocase(fa, stem), some);
    }
    return fa_concat(fa, out, dot);
}

static bool is_leading(Str key)
{
    return str_starts(key, STR("*.")) || str_starts(key, STR("."));
}

static bool is_wildcard(const struct map_entry *entry)
{
    return entry->hostname && !entry->pattern &&
           (is_leading(entry->key) || str_ends(entry->key, STR(".*")));
}

static int compare_wildcards(const void *a, const void *b)
{
    const struct map_entry *x = *(const struct map_entry *const *)a;
    const struct map_entry *y = *(const struct map_entry *const *)b;
    int order = is_leading(y->key) - is_leading(x->key);
    return order ? order : (x->key.len < y->key.len) - (x->key.len > y->key.len);
}

// The cases of the exact keys: one for each different result, so that a long list is one language.
static void add_exact(struct machine *machine, struct computed *map)
{
    struct groups groups = { .scratch = arena_new() };
    uint32_t own = 0; // keys that stand for themselves
    for (uint32_t i = 0; i < map->entries.count; i++) {
        Str text;
        const struct map_entry *entry = &map->entries.items[i];
        bool exact = !entry->pattern && !is_wildcard(entry);
        own += exact && template_is_text(&entry->result, &text) && text.len &&
               str_equal(text, entry->key) && is_lower(text);
    }
    for (uint32_t i = 0; i < map->entries.count; i++) {
        struct map_entry *entry = &map->entries.items[i];
        if (entry->pattern || is_wildcard(entry))
            continue;
        Str text;
        bool lower = own > 1 && template_is_text(&entry->result, &text) && text.len &&
                     str_equal(text, entry->key) && is_lower(text);
        struct group *group = group_get(&groups, &entry->result, lower);
        Str key = entry->key;
        *vec_push(groups.scratch, &group->keys) = key;
        if (entry->hostname) // the value's final dot is not looked at
            *vec_push(groups.scratch, &group->keys) = str_concat(groups.scratch, key, STR("."));
    }
    uint32_t others = 0;
    for (uint32_t i = 0; i < map->entries.count; i++)
        others += map->entries.items[i].pattern || is_wildcard(&map->entries.items[i]);
    map->cases = ARENA_ARRAY(machine->model->arena, struct map_case, groups.count + others + 1);
    for (uint32_t i = 0; i < groups.count; i++) {
        const struct group *group = groups.items[i];
        add_case(map, (struct map_case){
                          .words = fa_literals_nocase(machine->model->fa, group->keys.items,
                                                      group->keys.count),
                          .result = group->result,
                          .lower = group->lower,
                      });
    }
    arena_free(groups.scratch);
}

static void prepare_cases(struct machine *machine, struct computed *map)
{
    add_exact(machine, map);
    struct arena *scratch = arena_new();
    struct map_entry **wildcards = ARENA_ARRAY(scratch, struct map_entry *, map->entries.count + 1);
    size_t count = 0;
    for (uint32_t i = 0; i < map->entries.count; i++)
        if (is_wildcard(&map->entries.items[i]))
            wildcards[count++] = &map->entries.items[i];
    qsort(wildcards, count, sizeof(*wildcards), compare_wildcards);
    for (size_t i = 0; i < count; i++)
        add_case(map, (struct map_case){ .words = wildcard_words(machine, wildcards[i]->key),
                                         .result = &wildcards[i]->result });
    arena_free(scratch);
    for (uint32_t i = 0; i < map->entries.count; i++)
        if (map->entries.items[i].pattern)
            add_case(map, (struct map_case){ .pattern = map->entries.items[i].pattern,
                                             .result = &map->entries.items[i].result });
}

static void bind_result(struct machine *machine, const struct state *state,
                        const struct computed *map, const struct template *result, uint32_t depth,
                        struct states *out)
{
    struct evaluations results = { 0 };
    evaluate_deep(machine, state, result, depth, &results);
    for (uint32_t i = 0; i < results.count; i++) {
        struct state *next = vec_push(machine->scratch, out);
        *next = results.items[i].state;
        bind(machine, next, map->name, results.items[i].value, true);
    }
}

// The value in lower case, for keys that stand for themselves. False when the value is more than a
// variable or a text.
static bool bind_lower(struct machine *machine, const struct state *state,
                       const struct computed *map, const struct value *value, struct states *out)
{
    struct model *model = machine->model;
    Str text;
    const struct value *lower;
    if (value_is_text(value, &text))
        lower = value_text(model, str_lower(model->arena, text));
    else if (value->count == 1 && value->parts[0].kind == PART_VAR)
        lower = value_lower(model, value->parts[0].var);
    else
        return false;
    struct state *next = vec_push(machine->scratch, out);
    *next = *state;
    bind(machine, next, map->name, lower, true);
    return true;
}

static void evaluate_one(struct machine *machine, const struct state *state,
                         const struct value *value, const struct computed *map, uint32_t depth,
                         struct states *out)
{
    struct model *model = machine->model;
    struct states rest = { 0 };
    *vec_push(machine->scratch, &rest) = *state;
    for (uint32_t c = 0; c < map->case_count && rest.count; c++) {
        const struct map_case *one = &map->cases[c];
        struct states hit = { 0 }, missed = { 0 };
        for (uint32_t i = 0; i < rest.count; i++) {
            if (!one->pattern) {
                split_language(machine, &rest.items[i], value, one->words, &hit, &missed);
                continue;
            }
            struct states some = { 0 }; // regular expressions are not tried on ""
            split_language(machine, &rest.items[i], value, fa_empty(model->fa), &missed, &some);
            for (uint32_t k = 0; k < some.count; k++)
                split_pattern(machine, &some.items[k], value, one->pattern, &hit, &missed);
        }
        for (uint32_t i = 0; i < hit.count; i++)
            if (!one->lower || !bind_lower(machine, &hit.items[i], map, value, out))
                bind_result(machine, &hit.items[i], map, one->result, depth, out);
        rest = missed;
        states_join(machine, &rest);
    }
    for (uint32_t i = 0; i < rest.count; i++)
        bind_result(machine, &rest.items[i], map, &map->default_result, depth, out);
}

void evaluate_map(struct machine *machine, const struct state *state, const struct computed *map,
                  uint32_t depth, struct states *out)
{
    if (!map->cases) { // made once, on first use; the rest of the map is constant
        for (uint32_t i = 0; i < machine->config->computed.count; i++)
            if (machine->config->computed.items[i] == map)
                prepare_cases(machine, machine->config->computed.items[i]);
    }
    struct evaluations sources = { 0 };
    evaluate_deep(machine, state, &map->source, depth, &sources);
    struct states found = { 0 };
    for (uint32_t i = 0; i < sources.count; i++)
        evaluate_one(machine, &sources.items[i].state, sources.items[i].value, map, depth, &found);
    states_join(machine, &found);
    for (uint32_t i = 0; i < found.count; i++)
        *vec_push(machine->scratch, out) = found.items[i];
}
