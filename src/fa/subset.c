#include "fa/draft.h"

#include "base/hash.h"

#include <stdlib.h>
#include <string.h>

// The subset construction behind concat, repeat, reverse and fold_case. A state of the result is a
// set of items. An item is a state of the pool; with the bit FIRST, it is a state of the first part
// of a concatenation, and where that accepts, the second part begins.
#define FIRST UINT32_C(0x80000000)

struct set {
    uint32_t begin, count; // its items
};

struct subset {
    struct draft *draft;
    enum pool_operation operation;
    uint32_t entry;           // item added where an item of the first part accepts
    struct pool_reach *reach; // for reverse: the states of the argument,
    uint32_t *row;            // where the edges into each begin, and those edges
    struct pool_edge *into;
    uint32_t root;
    struct table index; // hash of a set: the number of the set begun last with it
    VEC(struct set) sets;
    VEC(uint32_t) items;
    VEC(struct pool_edge) edges; // of all items of the set at hand; may overlap
    VEC(uint32_t) members;       // of a set under construction
};

static int by_number(const void *left, const void *right)
{
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    return (a > b) - (a < b);
}

// Turns s->members into a target: a state of the pool or a set.
static uint32_t close_set(struct subset *s)
{
    struct fa_space *space = s->draft->space;
    uint32_t *list = s->members.items, given = s->members.count, count = 0;
    bool enter = false, all = false;
    for (uint32_t i = 0; i < given; i++) {
        enter = enter || (list[i] & FIRST && pool_state(space, list[i] & ~FIRST)->accept);
        all = all ||
              (list[i] == POOL_ALL && s->operation != POOL_REVERSE && s->operation != POOL_FOLD);
    }
    if (all)
        return POOL_ALL;
    if (enter) {
        *vec_push(s->draft->scratch, &s->members) = s->entry;
        list = s->members.items;
        given++;
    }
    if (given > 1)
        qsort(list, given, sizeof *list, by_number);
    for (uint32_t i = 0; i < given; i++)
        if ((list[i] & ~FIRST) != POOL_NONE && (count == 0 || list[count - 1] != list[i]))
            list[count++] = list[i];
    draft_spend(s->draft, given);
    if (count == 0)
        return POOL_NONE;
    if (count == 1 && !(list[0] & FIRST) && s->operation == POOL_CONCAT)
        return list[0];

    uint64_t hash = hash_bytes(HASH_SEED, list, count * sizeof *list);
    uint32_t next = s->sets.count, found = table_get(&s->index, hash);
    if (found != TABLE_ABSENT) {
        struct set *known = &s->sets.items[found];
        if (known->count == count &&
            memcmp(s->items.items + known->begin, list, count * sizeof *list) == 0)
            return found | DRAFT_LOCAL;
    }
    table_add(s->draft->scratch, &s->index, hash, next); // of two with one hash, the first is known
    *vec_push(s->draft->scratch, &s->sets) =
        (struct set){ .begin = s->items.count, .count = count };
    for (uint32_t i = 0; i < count; i++)
        *vec_push(s->draft->scratch, &s->items) = list[i];
    return next | DRAFT_LOCAL;
}

static bool accepts(const struct subset *s, struct set set)
{
    for (uint32_t i = 0; i < set.count; i++) {
        uint32_t item = s->items.items[set.begin + i];
        bool ends = pool_state(s->draft->space, item & ~FIRST)->accept;
        if (s->operation == POOL_REVERSE)
            ends = item == s->root;
        else if (s->operation == POOL_CONCAT && item & FIRST)
            ends = false;
        if (ends)
            return true;
    }
    return false;
}

static void add_edge(struct subset *s, int lo, int hi, uint32_t target)
{
    if (lo <= hi)
        *vec_push(s->draft->scratch, &s->edges) =
            (struct pool_edge){ target, (uint8_t)lo, (uint8_t)hi, 0 };
}

static int at_most(int a, int b)
{
    return a < b ? a : b;
}

static int at_least(int a, int b)
{
    return a > b ? a : b;
}

static void gather(struct subset *s, uint32_t item)
{
    if (s->operation == POOL_REVERSE) {
        uint32_t at = table_get(&s->reach->index, item);
        for (uint32_t i = s->row[at]; i < s->row[at + 1]; i++)
            add_edge(s, s->into[i].lo, s->into[i].hi, s->into[i].target);
        return;
    }
    const struct pool_state *state = pool_state(s->draft->space, item & ~FIRST);
    const struct pool_edge *edges = pool_edges(s->draft->space, state);
    for (uint32_t i = 0; i < state->count; i++) {
        uint32_t target = edges[i].target | (item & FIRST);
        if (s->operation != POOL_FOLD) {
            add_edge(s, edges[i].lo, edges[i].hi, target);
            continue;
        }
        int lo = edges[i].lo, hi = edges[i].hi;
        add_edge(s, lo, at_most(hi, 'A' - 1), target);
        add_edge(s, at_least(lo, 'A') + 'a' - 'A', at_most(hi, 'Z') + 'a' - 'A', target);
        add_edge(s, at_least(lo, 'Z' + 1), hi, target);
    }
}

static void expand(struct subset *s, uint32_t number)
{
    struct set set = s->sets.items[number];
    draft_begin(s->draft, accepts(s, set));
    s->edges.count = 0;
    for (uint32_t i = 0; i < set.count; i++)
        gather(s, s->items.items[set.begin + i]);
    bool cut[UINT8_MAX + 2] = { false };
    for (uint32_t i = 0; i < s->edges.count; i++) {
        cut[s->edges.items[i].lo] = true;
        cut[s->edges.items[i].hi + 1] = true;
    }
    for (int lo = 0; lo <= UINT8_MAX && !s->draft->over;) {
        int hi = lo;
        while (hi < UINT8_MAX && !cut[hi + 1])
            hi++;
        s->members.count = 0;
        for (uint32_t i = 0; i < s->edges.count; i++)
            if (s->edges.items[i].lo <= lo && hi <= s->edges.items[i].hi)
                *vec_push(s->draft->scratch, &s->members) = s->edges.items[i].target;
        draft_spend(s->draft, s->edges.count / 8 + 1);
        if (s->members.count)
            draft_edge(s->draft, (uint8_t)lo, (uint8_t)hi, close_set(s));
        lo = hi + 1;
    }
}

// The automaton that begins with the items in s->members.
static uint32_t run(struct subset *s)
{
    uint32_t root = close_set(s);
    for (uint32_t i = 0; i < s->sets.count && !s->draft->over; i++)
        expand(s, i);
    return draft_finish(s->draft, root);
}

static uint32_t build_sequence(struct fa_space *space, enum pool_operation operation, uint32_t a,
                               uint32_t b)
{
    struct arena *scratch = arena_new();
    struct draft draft = draft_new(space, scratch);
    struct subset s = { .draft = &draft, .operation = operation };
    bool first = operation == POOL_CONCAT || operation == POOL_STAR;
    s.entry = operation == POOL_CONCAT ? b : a | FIRST;
    *vec_push(scratch, &s.members) = first ? a | FIRST : a;
    uint32_t result = run(&s);
    arena_free(scratch);
    return result;
}

static uint32_t build_reverse(struct fa_space *space, uint32_t a)
{
    struct arena *scratch = arena_new();
    struct draft draft = draft_new(space, scratch);
    struct pool_reach reach;
    pool_reach(scratch, space, a, &reach);
    struct subset s = { .draft = &draft, .operation = POOL_REVERSE, .reach = &reach, .root = a };
    uint32_t *row = ARENA_ARRAY(scratch, uint32_t, reach.list.count + 2), total = 0;
    for (uint32_t i = 0; i < reach.list.count; i++) {
        const struct pool_state *state = pool_state(space, reach.list.items[i]);
        const struct pool_edge *edges = pool_edges(space, state);
        total += state->count;
        for (uint32_t k = 0; k < state->count; k++)
            row[table_get(&reach.index, edges[k].target) + 2]++;
        if (state->accept)
            *vec_push(scratch, &s.members) = reach.list.items[i];
    }
    for (uint32_t i = 2; i < reach.list.count + 2; i++)
        row[i] += row[i - 1];
    s.into = ARENA_ARRAY(scratch, struct pool_edge, total);
    for (uint32_t i = 0; i < reach.list.count; i++) {
        const struct pool_state *state = pool_state(space, reach.list.items[i]);
        const struct pool_edge *edges = pool_edges(space, state);
        for (uint32_t k = 0; k < state->count; k++)
            s.into[row[table_get(&reach.index, edges[k].target) + 1]++] =
                (struct pool_edge){ reach.list.items[i], edges[k].lo, edges[k].hi, 0 };
    }
    s.row = row;
    draft_spend(&draft, total);
    uint32_t result = run(&s);
    arena_free(scratch);
    return result;
}

// What begins with a word of `a`, which is finite: no sets of states come of that.
static uint32_t build_beginning(struct fa_space *space, uint32_t a)
{
    struct arena *scratch = arena_new();
    struct pool_reach reach;
    pool_reach(scratch, space, a, &reach);
    uint32_t count = reach.list.count;
    uint32_t *order = ARENA_ARRAY(scratch, uint32_t, count);
    uint32_t *made = ARENA_ARRAY(scratch, uint32_t, count); // as reach.list
    memcpy(order, reach.list.items, count * sizeof *order);
    qsort(order, count, sizeof *order, by_number);
    uint32_t result = POOL_NONE;
    for (uint32_t i = 0; i < count; i++) { // without cycles, edges lead to smaller numbers
        const struct pool_state *state = pool_state(space, order[i]);
        const struct pool_edge *edges = pool_edges(space, state);
        struct pool_edge out[UINT8_MAX + 1];
        uint32_t total = 0;
        for (uint32_t k = 0; k < state->count && !state->accept; k++) {
            struct pool_edge edge = edges[k];
            edge.target = made[table_get(&reach.index, edge.target)];
            total = pool_append(out, total, edge);
        }
        result = state->accept ? POOL_ALL : pool_intern(space, false, out, total);
        made[table_get(&reach.index, order[i])] = result;
    }
    space->spent += count;
    arena_free(scratch);
    return result;
}

static bool is_beginning(const struct fa_space *space, enum pool_operation operation, uint32_t a,
                         uint32_t b)
{
    return operation == POOL_CONCAT && b == POOL_ALL &&
           !(pool_state(space, a)->flags & POOL_INFINITE);
}

// Looks the operation up, or computes and notes it.
static const struct fa *remember(struct fa_space *space, enum pool_operation operation, uint32_t a,
                                 uint32_t b)
{
    uint64_t key = (uint64_t)a << 32 | b;
    uint32_t noted = table_get(&space->memo[operation], key);
    if (noted == TABLE_ABSENT) {
        uint32_t result = operation == POOL_REVERSE ? build_reverse(space, a)
                          : is_beginning(space, operation, a, b)
                              ? build_beginning(space, a)
                              : build_sequence(space, operation, a, b);
        noted = table_add(space->arena, &space->memo[operation], key,
                          result == POOL_UNKNOWN ? POOL_LOST : result);
    }
    return pool_wrap(space, noted == POOL_LOST ? POOL_UNKNOWN : noted);
}

static bool is_empty_word(const struct fa *a)
{
    const struct pool_state *state = pool_state(a->space, a->state);
    return state->accept && state->count == 0;
}

const struct fa *fa_concat(struct fa_space *space, const struct fa *a, const struct fa *b)
{
    if (!a || !b)
        return NULL;
    if (is_empty_word(a) || b->state == POOL_NONE)
        return b;
    if (is_empty_word(b) || a->state == POOL_NONE)
        return a;
    return remember(space, POOL_CONCAT, a->state, b->state);
}

// a repeated exactly `count` times.
static const struct fa *power(struct fa_space *space, const struct fa *a, uint32_t count)
{
    const struct fa *result = fa_empty(space);
    for (; a && result && count; count >>= 1) {
        if (count & 1)
            result = fa_concat(space, a, result);
        if (count > 1)
            a = fa_concat(space, a, a);
    }
    return a ? result : NULL;
}

const struct fa *fa_repeat(struct fa_space *space, const struct fa *a, uint32_t min, uint32_t max)
{
    if (!a || max < min)
        return a ? fa_none(space) : NULL;
    if (a->state == POOL_NONE)
        return min ? a : fa_empty(space);
    if (is_empty_word(a))
        return a;
    const struct fa *needed = power(space, a, min);
    const struct fa *more;
    if (max == FA_FOREVER)
        more = fa_union(space, fa_empty(space), remember(space, POOL_STAR, a->state, 0));
    else
        more = power(space, fa_union(space, a, fa_empty(space)), max - min);
    return fa_concat(space, needed, more);
}

const struct fa *fa_reverse(struct fa_space *space, const struct fa *a)
{
    return a ? remember(space, POOL_REVERSE, a->state, 0) : NULL;
}

const struct fa *fa_fold_case(struct fa_space *space, const struct fa *a)
{
    return a ? remember(space, POOL_FOLD, a->state, 0) : NULL;
}
