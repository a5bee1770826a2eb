// Which location serves a path (reference/nginx.md 2.3), as a partition of all paths.
#include "base/hash.h"
#include "base/map.h"
#include "dialect/nginx/machine.h"

#include <stdlib.h>
#include <string.h>

struct search {
    struct machine *machine;
    struct fa_space *fa;
    struct arena *arena;
    struct targets *out; // what is decided: exact matches and regular expressions
};

static void add(struct search *search, struct targets *list, const struct block *location,
                const struct fa *paths, bool slash)
{
    if (!fa_is_none(paths)) // NULL, too: a limit was reached
        *vec_push(search->arena, list) =
            (struct target){ .location = location, .paths = paths, .slash_redirect = slash };
}

static bool is_prefix(const struct block *location)
{
    return location->modifier == LOCATION_PREFIX || location->modifier == LOCATION_PREFIX_FINAL;
}

static int compare_paths(const void *a, const void *b)
{
    return str_compare((*(const struct block *const *)a)->path,
                       (*(const struct block *const *)b)->path);
}

// The prefix locations of a block, sorted by path, so that what extends a path stands behind it.
static const struct block **sorted_prefixes(struct search *search, const struct block *block,
                                            uint32_t *count)
{
    const struct block **list =
        ARENA_ARRAY(search->arena, const struct block *, block->locations.count + 1);
    *count = 0;
    for (uint32_t i = 0; i < block->locations.count; i++)
        if (is_prefix(block->locations.items[i]))
            list[(*count)++] = block->locations.items[i];
    qsort(list, *count, sizeof(*list), compare_paths);
    uint32_t kept = 0; // a second one of a path, which nginx refuses, gets nothing
    for (uint32_t i = 0; i < *count; i++)
        if (kept == 0 || !str_equal(list[kept - 1]->path, list[i]->path))
            list[kept++] = list[i];
    *count = kept;
    return list;
}

static const struct fa *starting_with(struct search *search, const Str *words, uint32_t count)
{
    return fa_concat(search->fa, fa_literals(search->fa, words, count), fa_all(search->fa));
}

// The location of exactly that path: "=" or a plain prefix.
static const struct block *same_location(const struct block *block, Str path)
{
    for (uint32_t i = 0; i < block->locations.count; i++) {
        const struct block *location = block->locations.items[i];
        if ((location->modifier == LOCATION_EXACT || is_prefix(location)) &&
            str_equal(location->path, path))
            return location;
    }
    return NULL;
}

// Remembers a path. False when it is known already: nginx refuses the second location of a path,
// and here it gets nothing.
static bool is_first(struct search *search, struct map *seen, const Str *path)
{
    uint64_t hash = hash_str(HASH_SEED, *path);
    uint32_t at = 0;
    for (const Str *known; (known = map_next(seen, hash, &at));)
        if (str_equal(*known, *path))
            return false;
    union {
        const Str *from;
        void *to;
    } kept = { path };
    map_add(search->arena, seen, hash, kept.to);
    return true;
}

static void search_in(struct search *search, const struct block *block, const struct fa *paths,
                      struct targets *deepest, uint32_t depth);

// The regular expressions of `block`, in file order, on what so far goes to `fallback`.
static void search_patterns(struct search *search, const struct block *block,
                            const struct target *fallback, struct targets *deepest, uint32_t depth)
{
    const struct fa *rest = fallback->paths;
    for (uint32_t i = 0; i < block->locations.count && !fa_is_none(rest); i++) {
        const struct block *location = block->locations.items[i];
        if (location->modifier != LOCATION_REGEX)
            continue;
        const struct fa *language = location->pattern->result.language;
        if (!language) { // from here on anything may serve these paths
            *vec_push(search->arena, search->out) = (struct target){ .location = fallback->location,
                                                                     .paths = rest,
                                                                     .unknown = location };
            return;
        }
        const struct fa *hit = fa_intersect(search->fa, rest, language);
        if (fa_is_none(hit))
            continue;
        struct targets inner = { 0 };
        search_in(search, location, hit, &inner, depth + 1);
        for (uint32_t k = 0; k < inner.count; k++)
            add(search, search->out, inner.items[k].location, inner.items[k].paths, false);
        rest = fa_subtract(search->fa, rest, language);
    }
    add(search, deepest, fallback->location, rest, false);
}

// One prefix location, for the paths that no longer prefix claims.
static void search_prefix(struct search *search, const struct block *block,
                          const struct block *location, const struct fa *paths,
                          struct targets *deepest, uint32_t depth)
{
    struct targets inner = { 0 };
    search_in(search, location, paths, &inner, depth + 1);
    for (uint32_t i = 0; i < inner.count; i++) {
        if (location->modifier == LOCATION_PREFIX_FINAL)
            add(search, deepest, inner.items[i].location, inner.items[i].paths, false);
        else
            search_patterns(search, block, &inner.items[i], deepest, depth);
    }
}

// Decides `paths` inside `block`: exact matches and regular expressions go to search->out, the rest
// to *deepest.
static void search_in(struct search *search, const struct block *block, const struct fa *paths,
                      struct targets *deepest, uint32_t depth)
{
    struct fa_space *fa = search->fa;
    if (block->locations.count == 0 || depth > search->machine->model->run->limits->nesting) {
        add(search, deepest, block, paths, false);
        return;
    }
    struct map exact = { 0 };
    uint32_t count = 0, exact_count = 0, direct_count = 0;
    const struct block **prefixes = sorted_prefixes(search, block, &count);
    Str *words = ARENA_ARRAY(search->arena, Str, block->locations.count + 1);
    for (uint32_t i = 0; i < block->locations.count; i++) {
        const struct block *location = block->locations.items[i];
        if (location->modifier != LOCATION_EXACT || !is_first(search, &exact, &location->path))
            continue;
        words[exact_count++] = location->path;
        add(search, search->out, location, fa_intersect(fa, paths, fa_literal(fa, location->path)),
            false);
    }
    const struct fa *rest = fa_subtract(fa, paths, fa_literals(fa, words, exact_count));
    for (uint32_t i = 0; i < count;
         i++) { // /a is redirected to /a/ when only that exists and passes on
        Str path = prefixes[i]->path;
        if (path.len < 2 || path.ptr[path.len - 1] != '/' ||
            (prefixes[i]->handler != HANDLER_UPSTREAM && !prefixes[i]->takes_bare))
            continue;
        Str bare = str_slice(path, 0, path.len - 1);
        if (same_location(block, bare))
            continue;
        const struct fa *one = fa_literal(fa, bare);
        add(search, search->out, prefixes[i], fa_intersect(fa, rest, one),
            !prefixes[i]->takes_bare);
        rest = fa_subtract(fa, rest, one);
    }
    for (uint32_t i = 0; i < count; i++) {
        Str path = prefixes[i]->path;
        const struct fa *mine = fa_intersect(fa, rest, starting_with(search, &path, 1));
        uint32_t longer = 0;
        for (uint32_t k = i + 1; k < count && str_starts(prefixes[k]->path, path); k++)
            if (prefixes[k]->path.len > path.len &&
                (longer == 0 || !str_starts(prefixes[k]->path, words[longer - 1])))
                words[longer++] = prefixes[k]->path;
        if (longer)
            mine = fa_subtract(fa, mine, starting_with(search, words, longer));
        if (!fa_is_none(mine))
            search_prefix(search, block, prefixes[i], mine, deepest, depth);
    }
    for (uint32_t i = 0; i < count; i++)
        if (direct_count == 0 || !str_starts(prefixes[i]->path, words[direct_count - 1]))
            words[direct_count++] = prefixes[i]->path;
    if (direct_count)
        rest = fa_subtract(fa, rest, starting_with(search, words, direct_count));
    if (!fa_is_none(rest)) {
        struct target fallback = { .location = block, .paths = rest };
        search_patterns(search, block, &fallback, deepest, depth);
    }
}

void targets_find(struct machine *machine, const struct block *server, struct targets *out)
{
    struct search search = { machine, machine->model->fa, machine->model->arena, out };
    struct targets deepest = { 0 };
    search_in(&search, server, fa_all(machine->model->fa), &deepest, 0);
    for (uint32_t i = 0; i < deepest.count; i++)
        *vec_push(machine->model->arena, out) = deepest.items[i];
}

const struct block *named_location(const struct block *server, Str name)
{
    for (uint32_t i = 0; i < server->locations.count; i++) {
        const struct block *location = server->locations.items[i];
        if (location->modifier == LOCATION_NAMED && str_equal(location->path, name))
            return location;
    }
    return NULL;
}
