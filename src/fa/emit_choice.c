#include "fa/emit.h"

#include <stdlib.h>

// Alternatives whose order does not matter share their beginnings, so that a long list of words
// costs a path in a tree and not a thread for each word.
struct branch {
    const struct tree *const *items;
    uint32_t count;
};

static uint32_t leading(const struct branch *branch, uint32_t at)
{
    if (at >= branch->count || branch->items[at]->kind != TREE_SET)
        return UINT32_MAX;
    return branch->items[at]->number;
}

static int by_sets(const void *left, const void *right)
{
    const struct branch *a = left, *b = right;
    for (uint32_t i = 0;; i++) {
        uint32_t x = leading(a, i), y = leading(b, i);
        if (x != y)
            return x < y ? -1 : 1;
        if (x == UINT32_MAX)
            return 0;
    }
}

static uint32_t emit_rest(struct emit *e, const struct branch *branch, uint32_t from, uint32_t to,
                          uint32_t next)
{
    for (uint32_t i = to; i-- > from;)
        next = emit_tree(e, branch->items[i], next);
    return next;
}

// The sorted branches, which agree up to `at`.
static uint32_t emit_branches(struct emit *e, const struct branch *branches, uint32_t count,
                              uint32_t at, uint32_t next)
{
    uint32_t entry = POOL_UNKNOWN;
    for (uint32_t i = 0, end; i < count; i = end) {
        uint32_t set = leading(&branches[i], at), way;
        for (end = i + 1; end < count && set != UINT32_MAX && leading(&branches[end], at) == set;)
            end++;
        if (end == i + 1) {
            way = emit_rest(e, &branches[i], at, branches[i].count, next);
        } else {
            uint32_t shared = at + 1;
            while (leading(&branches[i], shared) != UINT32_MAX &&
                   leading(&branches[i], shared) == leading(&branches[end - 1], shared))
                shared++;
            way = emit_branches(e, branches + i, end - i, shared, next);
            way = emit_rest(e, &branches[i], at, shared, way);
        }
        entry = entry == POOL_UNKNOWN ? way : emit_split(e, entry, way);
        if (e->program->verdict.status != REGEX_OK)
            break;
    }
    return entry;
}

uint32_t emit_choice(struct emit *e, const struct tree *tree, uint32_t next)
{
    enum { WORTHWHILE = 3 };
    if (e->atomic || tree->count < WORTHWHILE) {
        uint32_t entry = emit_tree(e, tree->items[tree->count - 1], next);
        for (uint32_t i = tree->count - 1; i-- > 0 && e->program->verdict.status == REGEX_OK;)
            entry = emit_split(e, emit_tree(e, tree->items[i], next), entry);
        return entry;
    }
    struct branch *branches = ARENA_ARRAY(e->scratch, struct branch, tree->count);
    for (uint32_t i = 0; i < tree->count; i++) {
        const struct tree *item = tree->items[i];
        bool sequence = item->kind == TREE_SEQUENCE;
        branches[i].items = sequence ? (const struct tree *const *)item->items
                                     : (const struct tree *const *)&tree->items[i];
        branches[i].count = sequence ? item->count : item->kind != TREE_EMPTY;
    }
    qsort(branches, tree->count, sizeof *branches, by_sets);
    return emit_branches(e, branches, tree->count, 0, next);
}
