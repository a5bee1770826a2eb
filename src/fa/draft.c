#include "fa/draft.h"

#include "base/hash.h"

#include <string.h>

struct draft draft_new(struct fa_space *space, struct arena *scratch)
{
    struct draft draft = { .space = space, .scratch = scratch, .left = pool_budget(space) };
    (void)vec_push(scratch, &draft.edges); // so that there is a place to point to
    draft.edges.count = 0;
    return draft;
}

static struct pool_budget *budget(struct draft *draft)
{
    return draft->space->shared ? draft->space->shared : &draft->left;
}

bool draft_spend(struct draft *draft, uint64_t steps)
{
    struct pool_budget *left = budget(draft);
    draft->space->spent += steps;
    if (left->steps < steps)
        draft->over = true;
    else
        left->steps -= steps;
    return !draft->over;
}

bool draft_count(struct draft *draft)
{
    enum { STEPS = 8 }; // a state costs more than a step
    draft_spend(draft, STEPS);
    struct pool_budget *left = budget(draft);
    if (left->states == 0)
        draft->over = true;
    else
        left->states--;
    return !draft->over;
}

void draft_begin(struct draft *draft, bool accept)
{
    draft_count(draft);
    *vec_push(draft->scratch, &draft->states) =
        (struct draft_state){ .edges = draft->edges.count, .accept = accept };
}

void draft_edge(struct draft *draft, uint8_t lo, uint8_t hi, uint32_t target)
{
    if (target == POOL_NONE)
        return;
    struct draft_state *state = &draft->states.items[draft->states.count - 1];
    if (state->count) {
        struct pool_edge *last = &draft->edges.items[draft->edges.count - 1];
        if (last->target == target && last->hi + 1 == lo) {
            last->hi = hi;
            return;
        }
    }
    *vec_push(draft->scratch, &draft->edges) =
        (struct pool_edge){ .target = target, .lo = lo, .hi = hi };
    state->count++;
}

// Finishing goes through the strongly connected components, those that are reached first. A state
// without a cycle is looked up by its edges. The states of a component with cycles are either those
// of a component that it leads to, or are refined into classes and looked up by a hash that depends
// only on the language.
struct finish {
    struct draft *draft;
    uint32_t *order, *low; // of Tarjan's algorithm; order 0 is not visited
    uint32_t *done;        // state of the pool, POOL_UNKNOWN before
    uint32_t *place;       // in the component at hand
    VEC(uint32_t) stack;   // visited, component not complete
    uint32_t *members;     // of the component at hand
    uint32_t size;
    uint64_t *hash, *next; // by place
    uint32_t *class_of, *image;
};

enum { INSIDE_SALT = 3, ACCEPT_SALT = 4, REJECT_SALT = 5 };

static const struct pool_edge *edges_of(const struct finish *f, uint32_t state, uint32_t *count)
{
    *count = f->draft->states.items[state].count;
    return *count ? &f->draft->edges.items[f->draft->states.items[state].edges] : NULL;
}

// The target as a state of the pool, POOL_UNKNOWN when it is in the component at hand.
static uint32_t outside(const struct finish *f, uint32_t target)
{
    return target & DRAFT_LOCAL ? f->done[target & ~DRAFT_LOCAL] : target;
}

static uint32_t finish_single(struct finish *f, uint32_t state)
{
    struct pool_edge joined[UINT8_MAX + 1];
    uint32_t count, total = 0;
    const struct pool_edge *edges = edges_of(f, state, &count);
    for (uint32_t i = 0; i < count; i++) {
        struct pool_edge edge = { outside(f, edges[i].target), edges[i].lo, edges[i].hi, 0 };
        if (edge.target != POOL_NONE)
            total = pool_append(joined, total, edge);
    }
    return pool_intern(f->draft->space, f->draft->states.items[state].accept, joined, total);
}

static bool is_dead(const struct finish *f)
{
    for (uint32_t m = 0; m < f->size; m++) {
        uint32_t count;
        const struct pool_edge *edges = edges_of(f, f->members[m], &count);
        if (f->draft->states.items[f->members[m]].accept)
            return false;
        for (uint32_t i = 0; i < count; i++) {
            uint32_t target = outside(f, edges[i].target);
            if (target != POOL_UNKNOWN && target != POOL_NONE)
                return false;
        }
    }
    return true;
}

// Whether the component is that of the pool's state `state` when its first member `from` is that
// state; then image[] tells for every member which state it is.
static bool unify(struct finish *f, uint32_t from, uint32_t state)
{
    const struct fa_space *space = f->draft->space;
    struct arena_mark mark = arena_mark(f->draft->scratch);
    uint32_t *todo = ARENA_ARRAY(f->draft->scratch, uint32_t, f->size);
    uint32_t waiting = 0;
    bool same = true;
    for (uint32_t m = 0; m < f->size; m++)
        f->image[m] = POOL_UNKNOWN;
    f->image[f->place[from]] = state;
    todo[waiting++] = from;
    while (same && waiting) {
        uint32_t member = todo[--waiting], count, at = 0;
        const struct pool_state *other = pool_state(space, f->image[f->place[member]]);
        const struct pool_edge *edges = edges_of(f, member, &count);
        same = other->accept == f->draft->states.items[member].accept &&
               draft_spend(f->draft, count + 1);
        const struct pool_edge *theirs = pool_edges(space, other);
        int byte = 0; // all below agrees
        for (uint32_t i = 0; same && i < count; i++) {
            uint32_t target = outside(f, edges[i].target);
            if (target == POOL_NONE)
                continue;
            if (edges[i].lo > byte)
                same = at == other->count || theirs[at].lo >= edges[i].lo;
            byte = edges[i].lo;
            while (same && byte <= edges[i].hi) {
                if (at == other->count || theirs[at].lo > byte) {
                    same = false;
                    break;
                }
                uint32_t *image = NULL;
                if (target == POOL_UNKNOWN)
                    image = &f->image[f->place[edges[i].target & ~DRAFT_LOCAL]];
                if (image && *image == POOL_UNKNOWN) {
                    *image = theirs[at].target;
                    todo[waiting++] = edges[i].target & ~DRAFT_LOCAL;
                }
                same = theirs[at].target == (image ? *image : target);
                if (theirs[at].hi <= edges[i].hi)
                    byte = theirs[at++].hi + 1;
                else
                    byte = edges[i].hi + 1;
            }
        }
        same = same && at == other->count;
    }
    arena_rewind(f->draft->scratch, mark);
    return same;
}

// A component that is equal to one that it leads to.
static bool finish_folded(struct finish *f)
{
    const struct fa_space *space = f->draft->space;
    uint32_t tried = POOL_UNKNOWN;
    for (uint32_t m = 0; m < f->size; m++) {
        uint32_t count;
        const struct pool_edge *edges = edges_of(f, f->members[m], &count);
        for (uint32_t i = 0; i < count; i++) {
            uint32_t target = outside(f, edges[i].target);
            if (target == POOL_UNKNOWN || !(pool_state(space, target)->flags & POOL_CYCLIC))
                continue;
            struct pool_component component = pool_component(space, target);
            if (component.first == tried)
                continue;
            tried = component.first;
            for (uint32_t s = 0; s < component.count && !f->draft->over; s++) {
                draft_spend(f->draft, 1);
                if (pool_step(space, component.first + s, edges[i].lo) == target &&
                    unify(f, f->members[m], component.first + s))
                    return true;
            }
        }
    }
    return false;
}

// One round: the hash of every member from those of the members that it leads to.
static void refine_round(struct finish *f)
{
    for (uint32_t m = 0; m < f->size; m++) {
        uint32_t count;
        const struct pool_edge *edges = edges_of(f, f->members[m], &count);
        uint64_t hash = f->hash[m], run = 0;
        int lo = -1, hi = -1; // the run of bytes with one target
        for (uint32_t i = 0; i < count; i++) {
            uint32_t target = outside(f, edges[i].target);
            if (target == POOL_NONE)
                continue;
            uint64_t to =
                target == POOL_UNKNOWN
                    ? hash_u64(INSIDE_SALT, f->hash[f->place[edges[i].target & ~DRAFT_LOCAL]])
                    : pool_state(f->draft->space, target)->hash;
            if (lo >= 0 && to == run && hi + 1 == edges[i].lo) {
                hi = edges[i].hi;
                continue;
            }
            if (lo >= 0)
                hash = hash_u64(hash + ((uint64_t)(lo | hi << 8) << 32), run);
            run = to;
            lo = edges[i].lo;
            hi = edges[i].hi;
        }
        if (lo >= 0)
            hash = hash_u64(hash + ((uint64_t)(lo | hi << 8) << 32), run);
        f->next[m] = hash;
        draft_spend(f->draft, count + 1);
    }
    uint64_t *swap = f->hash;
    f->hash = f->next;
    f->next = swap;
}

// Numbers the classes by first appearance; gives their number.
static uint32_t classify(struct finish *f)
{
    struct arena_mark mark = arena_mark(f->draft->scratch);
    struct table seen = { 0 };
    uint32_t classes = 0;
    for (uint32_t m = 0; m < f->size; m++) {
        f->class_of[m] = table_add(f->draft->scratch, &seen, f->hash[m], classes);
        classes += f->class_of[m] == classes;
    }
    arena_rewind(f->draft->scratch, mark);
    return classes;
}

// The edges of a member with targets in the pool, where class c is state base + c, or found[c].
static uint32_t class_edges(const struct finish *f, uint32_t member, const uint32_t *found,
                            uint32_t base, struct pool_edge *out)
{
    uint32_t count, total = 0;
    const struct pool_edge *edges = edges_of(f, member, &count);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t target = outside(f, edges[i].target);
        if (target == POOL_NONE)
            continue;
        if (target == POOL_UNKNOWN) {
            uint32_t c = f->class_of[f->place[edges[i].target & ~DRAFT_LOCAL]];
            target = found ? found[c] : base + c;
        }
        total = pool_append(out, total, (struct pool_edge){ target, edges[i].lo, edges[i].hi, 0 });
    }
    return total;
}

static bool is_known(const struct finish *f, uint32_t classes, const uint32_t *first,
                     const uint32_t *found)
{
    const struct fa_space *space = f->draft->space;
    for (uint32_t c = 0; c < classes; c++)
        if (found[c] == TABLE_ABSENT)
            return false;
    for (uint32_t c = 0; c < classes; c++) {
        struct pool_edge edges[UINT8_MAX + 1];
        const struct pool_state *state = pool_state(space, found[c]);
        uint32_t count = class_edges(f, f->members[first[c]], found, 0, edges);
        if (state->accept != f->draft->states.items[f->members[first[c]]].accept ||
            state->count != count ||
            (count && memcmp(pool_edges(space, state), edges, count * sizeof *edges) != 0))
            return false;
    }
    return true;
}

// So far, the hash of a member tells it from the others of its component: it covers the words up to
// some length. Together with the hashes of all classes it determines the language.
static void mark_component(struct finish *f, uint32_t classes, const uint32_t *first)
{
    uint64_t sum = classes;
    for (uint32_t c = 0; c < classes; c++)
        sum += hash_u64(HASH_SEED, f->hash[first[c]]);
    for (uint32_t m = 0; m < f->size; m++)
        f->hash[m] = hash_u64(sum, f->hash[m]);
}

static void finish_refined(struct finish *f)
{
    struct fa_space *space = f->draft->space;
    for (uint32_t m = 0; m < f->size; m++)
        f->hash[m] = hash_u64(
            HASH_SEED, f->draft->states.items[f->members[m]].accept ? ACCEPT_SALT : REJECT_SALT);
    uint32_t classes = classify(f), before;
    do {
        before = classes;
        refine_round(f);
        classes = classify(f);
    } while (classes > before && !f->draft->over);
    if (f->draft->over)
        return;

    uint32_t *first = ARENA_ARRAY(f->draft->scratch, uint32_t, classes);
    uint32_t *found = ARENA_ARRAY(f->draft->scratch, uint32_t, classes);
    for (uint32_t m = f->size; m-- > 0;)
        first[f->class_of[m]] = m;
    mark_component(f, classes, first);
    for (uint32_t c = 0; c < classes; c++)
        found[c] = table_get(&space->cycles, f->hash[first[c]]);
    struct pool_edge edges[UINT8_MAX + 1];
    if (classes == 1 && f->draft->states.items[f->members[0]].accept) {
        uint32_t count = class_edges(f, f->members[0], NULL, 0, edges);
        if (count == 1 && edges[0].target == 0 && edges[0].lo == 0 && edges[0].hi == UINT8_MAX) {
            for (uint32_t m = 0; m < f->size; m++)
                f->image[m] = POOL_ALL;
            return;
        }
    }
    if (!is_known(f, classes, first, found)) {
        uint32_t base = space->states;
        for (uint32_t c = 0; c < classes; c++) {
            uint32_t count = class_edges(f, f->members[first[c]], NULL, base, edges);
            found[c] = pool_add(space, f->draft->states.items[f->members[first[c]]].accept, edges,
                                count, f->hash[first[c]], POOL_CYCLIC | POOL_INFINITE);
            table_add(space->arena, &space->cycles, f->hash[first[c]], found[c]);
        }
        for (uint32_t c = 0; c < classes; c++)
            pool_index(space, found[c]);
        *vec_push(space->arena, &space->components) = (struct pool_component){ base, classes };
    }
    for (uint32_t m = 0; m < f->size; m++)
        f->image[m] = found[f->class_of[m]];
}

static void finish_cyclic(struct finish *f)
{
    struct arena_mark mark = arena_mark(f->draft->scratch);
    f->hash = ARENA_ARRAY(f->draft->scratch, uint64_t, f->size);
    f->next = ARENA_ARRAY(f->draft->scratch, uint64_t, f->size);
    f->class_of = ARENA_ARRAY(f->draft->scratch, uint32_t, f->size);
    f->image = ARENA_ARRAY(f->draft->scratch, uint32_t, f->size);
    for (uint32_t m = 0; m < f->size; m++)
        f->place[f->members[m]] = m;
    if (!is_dead(f) && !finish_folded(f)) // image is all POOL_NONE for a dead one
        finish_refined(f);
    for (uint32_t m = 0; m < f->size; m++)
        f->done[f->members[m]] = f->image[m];
    arena_rewind(f->draft->scratch, mark);
}

static void finish_component(struct finish *f, uint32_t root)
{
    f->size = 0;
    while (f->stack.items[f->stack.count - f->size - 1] != root)
        f->size++;
    f->size++;
    f->stack.count -= f->size;
    f->members = f->stack.items + f->stack.count;

    bool loops = f->size > 1;
    uint32_t count;
    const struct pool_edge *edges = edges_of(f, root, &count);
    for (uint32_t i = 0; i < count && !loops; i++)
        loops = edges[i].target == (root | DRAFT_LOCAL);
    if (loops)
        finish_cyclic(f);
    else
        f->done[root] = finish_single(f, root);
}

uint32_t draft_finish(struct draft *draft, uint32_t root)
{
    if (draft->over) // perhaps before the first state
        return POOL_UNKNOWN;
    if (!(root & DRAFT_LOCAL))
        return root;
    uint32_t count = draft->states.count;
    struct finish f = { .draft = draft };
    f.order = ARENA_ARRAY(draft->scratch, uint32_t, count);
    f.low = ARENA_ARRAY(draft->scratch, uint32_t, count);
    f.done = ARENA_ARRAY(draft->scratch, uint32_t, count);
    f.place = ARENA_ARRAY(draft->scratch, uint32_t, count);
    memset(f.done, 0xff, count * sizeof *f.done);
    struct visit {
        uint32_t state, edge;
    } *visits = ARENA_ARRAY(draft->scratch, struct visit, count);
    f.stack.items = ARENA_ARRAY(draft->scratch, uint32_t, count);
    f.stack.capacity = count;

    uint32_t depth = 0, clock = 0;
    root &= ~DRAFT_LOCAL;
    visits[depth++] = (struct visit){ root, 0 };
    while (depth && !draft->over) {
        struct visit *top = &visits[depth - 1];
        uint32_t state = top->state, edge_count;
        const struct pool_edge *edges = edges_of(&f, state, &edge_count);
        if (f.order[state] == 0) {
            f.order[state] = f.low[state] = ++clock;
            f.stack.items[f.stack.count++] = state;
        }
        uint32_t child = POOL_UNKNOWN;
        for (; top->edge < edge_count; top->edge++) {
            uint32_t target = edges[top->edge].target;
            if (!(target & DRAFT_LOCAL))
                continue;
            target &= ~DRAFT_LOCAL;
            if (f.order[target] == 0) {
                child = target;
                break;
            }
            if (f.done[target] == POOL_UNKNOWN && f.low[target] < f.low[state])
                f.low[state] = f.low[target];
        }
        if (child != POOL_UNKNOWN) {
            visits[depth++] = (struct visit){ child, 0 };
            continue;
        }
        if (f.low[state] == f.order[state])
            finish_component(&f, state);
        depth--;
    }
    return draft->over ? POOL_UNKNOWN : f.done[root];
}
