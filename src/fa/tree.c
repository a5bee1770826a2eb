#include "fa/tree.h"

#include "base/hash.h"

struct tree *tree_new(struct regex *regex, enum tree_kind kind)
{
    struct tree *tree = ARENA_NEW(fa_space_arena(regex->space), struct tree);
    tree->kind = (uint8_t)kind;
    return tree;
}

struct tree *tree_set(struct regex *regex, struct charset set)
{
    struct arena *arena = fa_space_arena(regex->space);
    struct tree *tree = tree_new(regex, TREE_SET);
    uint64_t hash = hash_bytes(HASH_SEED, set.bits, sizeof set.bits);
    uint32_t next = regex->sets.count, found = table_get(&regex->set_index, hash);
    if (found == TABLE_ABSENT || !charset_equal(regex->sets.items[found], set)) {
        *vec_push(arena, &regex->sets) = set;
        table_add(arena, &regex->set_index, hash, next);
        found = next;
    }
    tree->number = found;
    return tree;
}

struct tree *tree_wrap(struct regex *regex, enum tree_kind kind, struct tree *item)
{
    struct tree *tree = tree_new(regex, kind);
    tree->items = ARENA_NEW(fa_space_arena(regex->space), struct tree *);
    tree->items[0] = item;
    tree->count = 1;
    return tree;
}
