#include "fa/draft.h"

#include <string.h>

// A pair of states (p, q), one of each argument. A pair whose outcome is known without looking
// further is a state of the pool, or POOL_UNKNOWN.
static uint32_t outcome(enum pool_operation operation, uint32_t p, uint32_t q)
{
    if (operation == POOL_UNION) {
        if (p == q || q == POOL_NONE || p == POOL_ALL)
            return p;
        return p == POOL_NONE || q == POOL_ALL ? q : POOL_UNKNOWN;
    }
    if (operation == POOL_INTERSECT) {
        if (p == q || p == POOL_NONE || q == POOL_ALL)
            return p;
        return q == POOL_NONE || p == POOL_ALL ? q : POOL_UNKNOWN;
    }
    if (p == q || p == POOL_NONE || q == POOL_ALL)
        return POOL_NONE;
    return q == POOL_NONE ? p : POOL_UNKNOWN;
}

static bool accepts(enum pool_operation operation, bool p, bool q)
{
    if (operation == POOL_UNION)
        return p || q;
    return operation == POOL_INTERSECT ? p && q : p && !q;
}

static uint64_t pair(enum pool_operation operation, uint32_t p, uint32_t q)
{
    bool swap = operation != POOL_SUBTRACT && p > q;
    return swap ? (uint64_t)q << 32 | p : (uint64_t)p << 32 | q;
}

// Walks the edges of two states side by side: calls of the shape "bytes lo..hi lead to p and q".
struct merge {
    const struct pool_edge *p, *p_end, *q, *q_end;
    int byte;
};
struct merged {
    uint8_t lo, hi;
    uint32_t p, q; // POOL_NONE for no edge
};

static struct merge merge_begin(const struct fa_space *space, uint32_t p, uint32_t q)
{
    const struct pool_state *left = pool_state(space, p), *right = pool_state(space, q);
    const struct pool_edge *l = pool_edges(space, left), *r = pool_edges(space, right);
    return (struct merge){ l, l + left->count, r, r + right->count, 0 };
}

static bool merge_next(struct merge *m, struct merged *out)
{
    if (m->p == m->p_end && m->q == m->q_end)
        return false;
    int start = UINT8_MAX;
    if (m->p != m->p_end)
        start = m->p->lo;
    if (m->q != m->q_end && m->q->lo < start)
        start = m->q->lo;
    if (start < m->byte)
        start = m->byte;
    bool in_p = m->p != m->p_end && m->p->lo <= start, in_q = m->q != m->q_end && m->q->lo <= start;
    int stop = UINT8_MAX;
    if (m->p != m->p_end)
        stop = in_p ? m->p->hi : m->p->lo - 1;
    if (m->q != m->q_end) {
        int limit = in_q ? m->q->hi : m->q->lo - 1;
        stop = limit < stop ? limit : stop;
    }
    *out = (struct merged){ (uint8_t)start, (uint8_t)stop, in_p ? m->p->target : POOL_NONE,
                            in_q ? m->q->target : POOL_NONE };
    m->byte = stop + 1;
    m->p += in_p && m->p->hi == stop;
    m->q += in_q && m->q->hi == stop;
    return true;
}

struct product {
    enum pool_operation operation;
    struct table index; // pair: its number
    VEC(uint64_t) pairs;
};

static uint32_t number(struct arena *scratch, struct product *product, uint32_t p, uint32_t q)
{
    uint64_t key = pair(product->operation, p, q);
    uint32_t next = product->pairs.count;
    uint32_t found = table_add(scratch, &product->index, key, next);
    if (found == next)
        *vec_push(scratch, &product->pairs) = key;
    return found;
}

// Where the first argument has no cycles, neither has the result: its states go into the pool one
// by one, from the ends of the words on, and parts of the argument that stay as they are are found
// without a look into the pool. (A union needs two such arguments.)
struct frame {
    uint32_t p, q, edges; // edges of the result so far, on a common stack
    struct merge merge;
    struct merged waiting; // for the frame above
};

struct descent {
    struct draft *draft;
    enum pool_operation operation;
    struct table known; // pair: state
    VEC(struct frame) frames;
    VEC(struct pool_edge) edges;
};

static void descend(struct descent *d, uint32_t p, uint32_t q)
{
    draft_count(d->draft);
    *vec_push(d->draft->scratch, &d->frames) =
        (struct frame){ p, q, d->edges.count, merge_begin(d->draft->space, p, q), { 0 } };
}

static void lead(struct descent *d, struct frame *frame, uint32_t target)
{
    if (target == POOL_NONE)
        return;
    struct pool_edge edge = { target, frame->waiting.lo, frame->waiting.hi, 0 };
    (void)vec_push(d->draft->scratch, &d->edges);
    uint32_t count = d->edges.count - 1 - frame->edges;
    d->edges.count = frame->edges + pool_append(d->edges.items + frame->edges, count, edge);
}

static uint32_t complete(const struct descent *d, const struct frame *frame)
{
    struct fa_space *space = d->draft->space;
    const struct pool_state *p = pool_state(space, frame->p), *q = pool_state(space, frame->q);
    const struct pool_edge *edges = d->edges.items + frame->edges;
    uint32_t count = d->edges.count - frame->edges;
    bool accept = accepts(d->operation, p->accept, q->accept);
    if (accept == p->accept && count == p->count &&
        (count == 0 || memcmp(edges, pool_edges(space, p), count * sizeof *edges) == 0))
        return frame->p;
    return pool_intern(space, accept, edges, count);
}

static uint32_t build_finite(struct fa_space *space, enum pool_operation operation, uint32_t a,
                             uint32_t b)
{
    struct arena *scratch = arena_new();
    struct draft draft = draft_new(space, scratch);
    struct descent d = { .draft = &draft, .operation = operation };
    uint32_t result = POOL_UNKNOWN;
    (void)vec_push(scratch, &d.edges); // so that there is a place to point to
    d.edges.count = 0;
    descend(&d, a, b);
    while (d.frames.count && !draft.over) {
        struct frame *top = &d.frames.items[d.frames.count - 1];
        uint32_t target = POOL_NONE;
        while (target != POOL_UNKNOWN && merge_next(&top->merge, &top->waiting)) {
            target = outcome(operation, top->waiting.p, top->waiting.q);
            if (target == POOL_UNKNOWN)
                target = table_get(&d.known, pair(operation, top->waiting.p, top->waiting.q));
            if (target != POOL_UNKNOWN)
                lead(&d, top, target);
            draft_spend(&draft, 2);
        }
        if (target == POOL_UNKNOWN) {
            descend(&d, top->waiting.p, top->waiting.q);
            continue;
        }
        result = complete(&d, top);
        table_add(scratch, &d.known, pair(operation, top->p, top->q), result);
        d.edges.count = top->edges;
        if (--d.frames.count)
            lead(&d, &d.frames.items[d.frames.count - 1], result);
    }
    arena_free(scratch);
    return draft.over ? POOL_UNKNOWN : result;
}

static bool is_finite(const struct fa_space *space, uint32_t state)
{
    return !(pool_state(space, state)->flags & POOL_INFINITE);
}

static uint32_t build(struct fa_space *space, enum pool_operation operation, uint32_t a, uint32_t b)
{
    uint32_t known = outcome(operation, a, b);
    if (known != POOL_UNKNOWN)
        return known;
    bool first = is_finite(space, a), second = is_finite(space, b);
    if (operation == POOL_INTERSECT && !first && second)
        return build_finite(space, operation, b, a);
    if (first && (operation != POOL_UNION || second))
        return build_finite(space, operation, a, b);
    struct arena *scratch = arena_new();
    struct draft draft = draft_new(space, scratch);
    struct product product = { .operation = operation };
    number(scratch, &product, a, b);
    for (uint32_t i = 0; i < product.pairs.count && !draft.over; i++) {
        uint32_t p = (uint32_t)(product.pairs.items[i] >> 32);
        uint32_t q = (uint32_t)product.pairs.items[i];
        draft_begin(&draft,
                    accepts(operation, pool_state(space, p)->accept, pool_state(space, q)->accept));
        struct merge merge = merge_begin(space, p, q);
        for (struct merged step; merge_next(&merge, &step);) {
            uint32_t target = outcome(operation, step.p, step.q);
            if (target == POOL_UNKNOWN)
                target = number(scratch, &product, step.p, step.q) | DRAFT_LOCAL;
            draft_edge(&draft, step.lo, step.hi, target);
            draft_spend(&draft, 2);
        }
    }
    uint32_t result = draft_finish(&draft, DRAFT_LOCAL);
    arena_free(scratch);
    return result;
}

static const struct fa *combine(struct fa_space *space, enum pool_operation operation,
                                const struct fa *a, const struct fa *b)
{
    if (!a || !b)
        return NULL;
    uint32_t result = outcome(operation, a->state, b->state);
    if (result != POOL_UNKNOWN)
        return pool_wrap(space, result);
    uint64_t key = pair(operation, a->state, b->state);
    struct table *memo = &space->memo[operation];
    // A result that is not known is noted as the number behind it, which is no state.
    uint32_t noted = table_get(memo, key);
    if (noted == TABLE_ABSENT) {
        result = build(space, operation, a->state, b->state);
        noted = table_add(space->arena, memo, key, result == POOL_UNKNOWN ? POOL_LOST : result);
    }
    return pool_wrap(space, noted == POOL_LOST ? POOL_UNKNOWN : noted);
}

const struct fa *fa_union(struct fa_space *space, const struct fa *a, const struct fa *b)
{
    return combine(space, POOL_UNION, a, b);
}

const struct fa *fa_intersect(struct fa_space *space, const struct fa *a, const struct fa *b)
{
    return combine(space, POOL_INTERSECT, a, b);
}

const struct fa *fa_subtract(struct fa_space *space, const struct fa *a, const struct fa *b)
{
    return combine(space, POOL_SUBTRACT, a, b);
}

const struct fa *fa_complement(struct fa_space *space, const struct fa *a)
{
    return combine(space, POOL_SUBTRACT, fa_all(space), a);
}

// Whether the operation gives the empty language; stops at the first word that it gives.
static bool gives_none(struct fa_space *space, enum pool_operation operation, const struct fa *a,
                       const struct fa *b)
{
    uint32_t known = outcome(operation, a->state, b->state);
    if (known != POOL_UNKNOWN)
        return known == POOL_NONE;
    uint64_t key = pair(operation, a->state, b->state);
    uint32_t noted = table_get(&space->memo[operation], key);
    if (noted != TABLE_ABSENT)
        return noted == POOL_NONE;
    enum pool_operation question = operation == POOL_SUBTRACT ? POOL_SUBSET : POOL_DISJOINT;
    noted = table_get(&space->memo[question], key);
    if (noted != TABLE_ABSENT)
        return noted;

    struct arena *scratch = arena_new();
    struct pool_budget left = pool_budget(space);
    struct product product = { .operation = operation };
    bool none = true;
    number(scratch, &product, a->state, b->state);
    for (uint32_t i = 0; i < product.pairs.count && none; i++) {
        uint32_t p = (uint32_t)(product.pairs.items[i] >> 32);
        uint32_t q = (uint32_t)product.pairs.items[i];
        none = !accepts(operation, pool_state(space, p)->accept, pool_state(space, q)->accept);
        struct merge merge = merge_begin(space, p, q);
        for (struct merged step; none && merge_next(&merge, &step);) {
            uint32_t target = outcome(operation, step.p, step.q);
            if (target == POOL_UNKNOWN)
                number(scratch, &product, step.p, step.q);
            else
                none = target == POOL_NONE;
            if (left.steps-- == 0 || product.pairs.count > left.states) {
                space->exhausted = true;
                none = false;
            }
        }
    }
    arena_free(scratch);
    table_add(space->arena, &space->memo[question], key, none);
    return none;
}

bool fa_is_subset(struct fa_space *space, const struct fa *a, const struct fa *b)
{
    return a && b && gives_none(space, POOL_SUBTRACT, a, b);
}

bool fa_is_disjoint(struct fa_space *space, const struct fa *a, const struct fa *b)
{
    return a && b && gives_none(space, POOL_INTERSECT, a, b);
}
