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
    bool lower;    // every key stands for itself: the result is the value in lower case
    bool patterns; // `words` are of regular expressions whose groups nobody reads
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

// One final dot of the value is not looked at.
static const struct fa *with_dot(struct fa_space *fa, const struct fa *words)
{
    return fa_concat(fa, words, fa_union(fa, fa_empty(fa), fa_literal(fa, STR("."))));
}

// The texts that www.* matches in a map with "hostnames".
static const struct fa *trailing_words(struct machine *machine, Str key)
{
    struct fa_space *fa = machine->model->fa;
    const struct fa *some = fa_subtract(fa, fa_all(fa), fa_empty(fa));
    return fa_concat(fa, fa_literal_nocase(fa, str_slice(key, 0, key.len - 1)), some);
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

// ---- wildcards: *.shop.example, .shop.example

// nginx takes the longest one that fits. Only where one ends in another does that matter, so all
// those of one result that do not have to wait for one of another result become one case.
struct wildcard {
    const struct map_entry *entry;
    Str suffix;     // ".shop.example", in lower case
    uint32_t level; // wildcards of other results that come first, one behind the other
};

static int compare_wildcards(const void *a, const void *b)
{
    const struct wildcard *x = a, *y = b;
    if (x->suffix.len != y->suffix.len)
        return (x->suffix.len < y->suffix.len) - (x->suffix.len > y->suffix.len);
    return (x->entry > y->entry) - (x->entry < y->entry);
}

// The ones whose texts this one's may be, too, come behind it if their results differ.
static void push_back(const struct map *by_suffix, const struct wildcard *wildcard, Str suffix)
{
    struct wildcard *other;
    uint32_t at = 0;
    while ((other = map_next(by_suffix, hash_str(HASH_SEED, suffix), &at))) {
        if (!str_equal(other->suffix, suffix) || other <= wildcard)
            continue;
        bool differs = !same_template(&other->entry->result, &wildcard->entry->result);
        if (other->level < wildcard->level + differs)
            other->level = wildcard->level + differs;
    }
}

static void find_levels(struct arena *scratch, struct wildcard *list, uint32_t count)
{
    struct map by_suffix = { 0 };
    for (uint32_t i = 0; i < count; i++)
        map_add(scratch, &by_suffix, hash_str(HASH_SEED, list[i].suffix), &list[i]);
    for (uint32_t i = 0; i < count; i++) // the longest first
        for (size_t k = 0; k < list[i].suffix.len; k++)
            if (list[i].suffix.ptr[k] == '.')
                push_back(&by_suffix, &list[i], str_slice(list[i].suffix, k, list[i].suffix.len));
}

// The texts that wildcards of one result match: some label before the suffix, and the suffix
// itself without its dot where it is written so.
static const struct fa *leading_words(struct machine *machine, struct arena *scratch,
                                      const struct wildcard *list, uint32_t count)
{
    struct fa_space *fa = machine->model->fa;
    Str *suffixes = ARENA_ARRAY(scratch, Str, count), *bare = ARENA_ARRAY(scratch, Str, count);
    uint32_t bare_count = 0;
    for (uint32_t i = 0; i < count; i++) {
        suffixes[i] = list[i].suffix;
        if (list[i].entry->key.ptr[0] == '.')
            bare[bare_count++] = str_slice(suffixes[i], 1, suffixes[i].len);
    }
    const struct fa *some = fa_subtract(fa, fa_all(fa), fa_empty(fa));
    const struct fa *below = fa_concat(fa, some, fa_literals_nocase(fa, suffixes, count));
    return with_dot(fa, fa_union(fa, below, fa_literals_nocase(fa, bare, bare_count)));
}

struct same_result { // of one level
    const struct template *result;
    uint32_t level;
    struct {
        struct wildcard *items;
        uint32_t count, capacity;
    } list;
};

static struct same_result *result_get(struct arena *scratch, struct map *known,
                                      const struct wildcard *wildcard, bool *is_new)
{
    const struct template *result = &wildcard->entry->result;
    uint64_t hash = hash_u64(hash_template(result), wildcard->level);
    uint32_t at = 0;
    for (struct same_result *same; (same = map_next(known, hash, &at));)
        if (same->level == wildcard->level && same_template(same->result, result))
            return same;
    struct same_result *same = ARENA_NEW(scratch, struct same_result);
    same->result = result;
    same->level = wildcard->level;
    map_add(scratch, known, hash, same);
    *is_new = true;
    return same;
}

static int compare_results(const void *a, const void *b)
{
    const struct same_result *x = *(struct same_result *const *)a;
    const struct same_result *y = *(struct same_result *const *)b;
    if (x->level != y->level)
        return (x->level > y->level) - (x->level < y->level);
    return (x->list.items[0].entry > y->list.items[0].entry) -
           (x->list.items[0].entry < y->list.items[0].entry);
}

static void add_leading(struct machine *machine, struct computed *map)
{
    struct arena *scratch = arena_new();
    struct wildcard *list = ARENA_ARRAY(scratch, struct wildcard, map->entries.count + 1);
    uint32_t count = 0, different = 0;
    for (uint32_t i = 0; i < map->entries.count; i++) {
        const struct map_entry *entry = &map->entries.items[i];
        if (!is_wildcard(entry) || !is_leading(entry->key))
            continue;
        Str suffix = str_slice(entry->key, entry->key.ptr[0] == '*', entry->key.len);
        list[count++] = (struct wildcard){ entry, str_lower(scratch, suffix), 0 };
    }
    if (count)
        qsort(list, count, sizeof *list, compare_wildcards);
    find_levels(scratch, list, count);
    struct map known = { 0 };
    struct same_result **results = ARENA_ARRAY(scratch, struct same_result *, count + 1);
    for (uint32_t i = 0; i < count; i++) {
        bool is_new = false;
        struct same_result *same = result_get(scratch, &known, &list[i], &is_new);
        if (is_new)
            results[different++] = same;
        *vec_push(scratch, &same->list) = list[i];
    }
    if (different)
        qsort(results, different, sizeof(*results), compare_results);
    for (uint32_t i = 0; i < different; i++)
        add_case(map,
                 (struct map_case){ .words = leading_words(machine, scratch, results[i]->list.items,
                                                           results[i]->list.count),
                                    .result = results[i]->result });
    arena_free(scratch);
}

static int compare_trailing(const void *a, const void *b)
{
    const struct map_entry *x = *(const struct map_entry *const *)a;
    const struct map_entry *y = *(const struct map_entry *const *)b;
    if (x->key.len != y->key.len)
        return (x->key.len < y->key.len) - (x->key.len > y->key.len);
    return (x > y) - (x < y);
}

static void add_trailing(struct machine *machine, struct computed *map)
{
    struct arena *scratch = arena_new();
    struct map_entry **list = ARENA_ARRAY(scratch, struct map_entry *, map->entries.count + 1);
    size_t count = 0;
    for (uint32_t i = 0; i < map->entries.count; i++)
        if (is_wildcard(&map->entries.items[i]) && !is_leading(map->entries.items[i].key))
            list[count++] = &map->entries.items[i];
    if (count)
        qsort(list, count, sizeof(*list), compare_trailing);
    for (size_t i = 0; i < count; i++)
        add_case(map, (struct map_case){ .words = trailing_words(machine, list[i]->key),
                                         .result = &list[i]->result });
    arena_free(scratch);
}

// ---- regular expressions

// Whether it makes no difference which pattern of several with one result has matched.
static bool is_anonymous(const struct machine *machine, const struct map_entry *entry)
{
    const struct regex_result *result = &entry->pattern->result;
    if (!result->language || !result->regex)
        return false;
    uint32_t groups = regex_group_count(result->regex);
    for (uint32_t g = 1; g <= groups; g++)
        if (regex_group_name(result->regex, g).len)
            return false;
    return groups == 0 || !machine->config->reads_groups;
}

// In pairs, and the pairs in pairs: no language is looked at more often than there are doublings.
static const struct fa *union_of(struct fa_space *fa, const struct fa **list, uint32_t count)
{
    for (; count > 1; count = (count + 1) / 2)
        for (uint32_t i = 0; i < count; i += 2)
            list[i / 2] = i + 1 < count ? fa_union(fa, list[i], list[i + 1]) : list[i];
    return list[0];
}

// As many patterns in a row as may become one case.
static uint32_t row_of_patterns(struct machine *machine, const struct computed *map, uint32_t first)
{
    const struct map_entry *entries = map->entries.items;
    uint32_t end = first;
    for (; end < map->entries.count; end++) {
        if (!entries[end].pattern)
            continue; // tried before, wherever it stands
        if (!is_anonymous(machine, &entries[end]) ||
            !same_template(&entries[first].result, &entries[end].result))
            break;
    }
    return end;
}

static void add_patterns(struct machine *machine, struct computed *map)
{
    struct fa_space *fa = machine->model->fa;
    struct arena *scratch = arena_new();
    const struct fa **list = ARENA_ARRAY(scratch, const struct fa *, map->entries.count + 1);
    for (uint32_t i = 0; i < map->entries.count;) {
        const struct map_entry *entry = &map->entries.items[i];
        if (!entry->pattern) {
            i++;
            continue;
        }
        uint32_t end = row_of_patterns(machine, map, i), count = 0;
        for (uint32_t k = i; k < end; k++)
            if (map->entries.items[k].pattern)
                list[count++] = map->entries.items[k].pattern->result.language;
        const struct fa *words = count > 1 ? union_of(fa, list, count) : NULL;
        if (words) { // regular expressions are not tried on ""
            add_case(map, (struct map_case){ .words = fa_subtract(fa, words, fa_empty(fa)),
                                             .result = &entry->result,
                                             .patterns = true });
            i = end;
            continue;
        }
        add_case(map, (struct map_case){ .pattern = entry->pattern, .result = &entry->result });
        i++;
    }
    arena_free(scratch);
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
    add_leading(machine, map);
    add_trailing(machine, map);
    add_patterns(machine, map);
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
        if (!machine_can_afford(machine))
            return;
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
        for (uint32_t i = 0; one->patterns && i < hit.count; i++) {
            hit.items[i].matched = NULL;
            hit.items[i].subject = value;
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

// Makes the cases, once: the rest of the map is constant.
static void prepare(struct machine *machine, const struct computed *map)
{
    uint64_t before = fa_space_spent(machine->model->fa);
    for (uint32_t i = 0; i < machine->config->computed.count; i++) {
        struct computed *own = machine->config->computed.items[i];
        for (uint32_t k = 0; own == map && k < own->entries.count; k++)
            own->bytes += own->entries.items[k].key.len;
        if (own == map)
            prepare_cases(machine, own);
    }
    // No endpoint pays for what all share.
    machine->fa_spent += fa_space_spent(machine->model->fa) - before;
}

void evaluate_map(struct machine *machine, const struct state *state, const struct computed *map,
                  uint32_t depth, struct states *out)
{
    enum { STEPS_A_BYTE = 256 };
    if (!map->cases)
        prepare(machine, map);
    if (machine->allowance < map->bytes * STEPS_A_BYTE)
        machine->allowance = map->bytes * STEPS_A_BYTE;
    struct evaluations sources = { 0 };
    evaluate_deep(machine, state, &map->source, depth, &sources);
    struct states found = { 0 };
    for (uint32_t i = 0; i < sources.count; i++)
        evaluate_one(machine, &sources.items[i].state, sources.items[i].value, map, depth, &found);
    states_join(machine, &found);
    for (uint32_t i = 0; i < found.count; i++)
        *vec_push(machine->scratch, out) = found.items[i];
}
