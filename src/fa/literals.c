#include "fa/draft.h"

#include <stdlib.h>
#include <string.h>

// The minimal acyclic automaton of a sorted list, word by word: what the next word does not share
// with the last one is final and goes into the pool, from the end backwards.

// Sorting by the first eight bytes behind the common prefix settles nearly all comparisons.
struct entry {
    uint64_t key;
    Str word; // without the common prefix
};

static int compare(const void *left, const void *right)
{
    const struct entry *a = left, *b = right;
    if (a->key != b->key)
        return a->key < b->key ? -1 : 1;
    return str_compare(a->word, b->word);
}

static uint64_t key_of(Str word)
{
    uint64_t key = 0;
    for (size_t i = 0; i < sizeof key; i++)
        key = key << 8 | (i < word.len ? (unsigned char)word.ptr[i] : 0);
    return key;
}

static size_t common(Str a, Str b)
{
    size_t n = 0, limit = a.len < b.len ? a.len : b.len;
    while (n < limit && a.ptr[n] == b.ptr[n])
        n++;
    return n;
}

// The states along the last word that are not final. Their edges lie behind one another on one
// stack; the last edge of each has no target yet.
struct open {
    uint32_t edges;
    bool accept;
};
struct builder {
    struct fa_space *space;
    struct arena *scratch;
    bool nocase; // letters, which are small, stand for both cases
    VEC(struct open) open;
    VEC(struct pool_edge) edges;
};

static uint32_t intern(struct builder *b, bool accept, const struct pool_edge *edges,
                       uint32_t count)
{
    enum { SHIFT = 'a' - 'A' };
    struct pool_edge both[UINT8_MAX + 1];
    uint32_t total = 0, i = 0;
    if (!b->nocase)
        return pool_intern(b->space, accept, edges, count);
    for (; i < count && edges[i].hi < 'A'; i++)
        total = pool_append(both, total, edges[i]);
    for (uint32_t k = i; k < count; k++) {
        int lo = edges[k].lo < 'a' ? 'a' : edges[k].lo, hi = edges[k].hi > 'z' ? 'z' : edges[k].hi;
        if (lo <= hi)
            total = pool_append(both, total,
                                (struct pool_edge){ edges[k].target, (uint8_t)(lo - SHIFT),
                                                    (uint8_t)(hi - SHIFT), 0 });
    }
    for (; i < count; i++)
        total = pool_append(both, total, edges[i]);
    return pool_intern(b->space, accept, both, total);
}

// Makes all open states from `depth` on final.
static void close_from(struct builder *b, size_t depth)
{
    while (b->open.count > depth) {
        struct open top = b->open.items[--b->open.count];
        uint32_t state =
            intern(b, top.accept, b->edges.items + top.edges, b->edges.count - top.edges);
        b->edges.count = top.edges;
        struct pool_edge last = b->edges.items[b->edges.count - 1];
        last.target = state;
        uint32_t first = b->open.items[b->open.count - 1].edges;
        b->edges.count =
            first + pool_append(b->edges.items + first, b->edges.count - 1 - first, last);
    }
}

static void add_word(struct builder *b, Str last, Str word)
{
    size_t shared = common(last, word);
    close_from(b, shared + 1);
    for (size_t i = shared; i < word.len; i++) {
        uint8_t byte = (uint8_t)word.ptr[i];
        *vec_push(b->scratch, &b->edges) = (struct pool_edge){ .lo = byte, .hi = byte };
        *vec_push(b->scratch, &b->open) = (struct open){ .edges = b->edges.count };
    }
    b->open.items[word.len].accept = true;
}

static uint32_t prepend(struct builder *b, Str prefix, uint32_t state)
{
    for (size_t i = prefix.len; i-- > 0 && state != POOL_NONE;) {
        uint8_t byte = (uint8_t)prefix.ptr[i];
        struct pool_edge edge = { state, byte, byte, 0 };
        state = intern(b, false, &edge, 1);
    }
    return state;
}

static bool over_limit(struct fa_space *space, size_t bytes)
{
    // The list is as large as its file at most; only numbers that do not fit are refused.
    if (bytes < DRAFT_LOCAL / 2 - space->states)
        return false;
    space->exhausted = true;
    return true;
}

static const struct fa *one(struct fa_space *space, Str word, bool nocase)
{
    if (over_limit(space, word.len))
        return NULL;
    struct builder builder = { .space = space, .nocase = nocase };
    return pool_wrap(space, prepend(&builder, word, pool_intern(space, true, NULL, 0)));
}

static const struct fa *many(struct fa_space *space, const Str *words, size_t count, bool nocase)
{
    if (count == 0)
        return fa_none(space);
    size_t bytes = 0, prefix = words[0].len;
    for (size_t i = 0; i < count; i++) {
        bytes += words[i].len;
        size_t n = common(words[0], words[i]);
        prefix = n < prefix ? n : prefix;
    }
    if (over_limit(space, bytes))
        return NULL;
    space->words += bytes;

    struct arena *scratch = arena_new();
    struct entry *sorted = ARENA_ARRAY(scratch, struct entry, count);
    bool in_order = true;
    for (size_t i = 0; i < count; i++) {
        Str word = str_slice(words[i], prefix, words[i].len);
        sorted[i] = (struct entry){ key_of(word), word };
        in_order = in_order && (i == 0 || compare(&sorted[i - 1], &sorted[i]) <= 0);
    }
    if (!in_order)
        qsort(sorted, count, sizeof *sorted, compare);

    struct builder builder = { .space = space, .scratch = scratch, .nocase = nocase };
    (void)vec_push(scratch, &builder.edges); // so that there is a place to point to
    builder.edges.count = 0;
    *vec_push(scratch, &builder.open) = (struct open){ 0 };
    for (size_t i = 0; i < count; i++)
        add_word(&builder, i ? sorted[i - 1].word : (Str){ 0 }, sorted[i].word);
    close_from(&builder, 1);
    uint32_t state =
        intern(&builder, builder.open.items[0].accept, builder.edges.items, builder.edges.count);
    arena_free(scratch);
    return pool_wrap(space, prepend(&builder, str_slice(words[0], 0, prefix), state));
}

const struct fa *fa_literal(struct fa_space *space, Str word)
{
    return one(space, word, false);
}

const struct fa *fa_literals(struct fa_space *space, const Str *words, size_t count)
{
    return many(space, words, count, false);
}

const struct fa *fa_literal_nocase(struct fa_space *space, Str word)
{
    struct arena *scratch = arena_new();
    const struct fa *result = one(space, str_lower(scratch, word), true);
    arena_free(scratch);
    return result;
}

const struct fa *fa_literals_nocase(struct fa_space *space, const Str *words, size_t count)
{
    struct arena *scratch = arena_new();
    Str *lower = ARENA_ARRAY(scratch, Str, count);
    for (size_t i = 0; i < count; i++)
        lower[i] = str_lower(scratch, words[i]);
    const struct fa *result = many(space, lower, count, true);
    arena_free(scratch);
    return result;
}
