#include "fa/draft.h"
#include "fa/program.h"

#include "base/hash.h"

#include <stdlib.h>
#include <string.h>

// Determinises a program. A state of the result is what was read (as far as the contexts tell) and
// a set of threads.

// A thread: a node, a condition on the rest, what the group in question holds so far, and bits (the
// groups that have taken part, and the iterations that have read nothing yet).
struct thread {
    uint32_t node, rest, held, bits;
};

#define NODE_FINAL UINT32_MAX // the end was reached; `rest` is what may follow

// Values of `held`; an open group is HELD_OPEN with the state of what its word must still be.
enum { HELD_UNSET, HELD_YES, HELD_NO, HELD_WHOLE };
#define HELD_OPEN UINT32_C(0x80000000)
#define LOOP_BITS (~(uint32_t)0 << PROGRAM_BITS)

struct state {
    uint32_t first, count; // threads
    uint32_t before;       // number of the tuple of contexts
};

// Everything that runs within one another share.
struct machine {
    struct program *program;
    struct arena *scratch;
    enum run_question question;
    uint32_t group, words;
    uint32_t start;       // context that holds for the empty prefix
    uint32_t nothing;     // number of the tuple for "does not matter"
    const bool *cares;    // by node: a context is looked at from there on
    VEC(uint32_t) tuples; // states of the contexts, so many for each tuple
    struct table tuple_index;
    struct table reached; // hash of node, end, bits, tuple: what leads from there to the end
};

struct run {
    struct machine *machine;
    bool tracks; // this run answers a question about the group
    struct draft draft;
    uint32_t end; // node that is the end of this run
    VEC(struct state) states;
    VEC(struct thread) threads;
    struct table index; // hash of a state
    // The closure at hand.
    VEC(struct thread) todo, found;
    uint32_t *visited; // by node, for threads with nothing but a node: the stamp of the closure
    struct table seen; // hash of other threads and stamp
    uint32_t stamp;
    VEC(uint32_t) members; // threads by segment of bytes
};

static uint32_t reach(struct run *from, uint32_t node, uint32_t end, uint32_t before,
                      uint32_t bits);

static uint32_t contexts(const struct machine *m)
{
    return m->program->contexts.count;
}

static uint32_t tuple_number(struct machine *m, const uint32_t *tuple)
{
    uint32_t size = contexts(m), next = size ? m->tuples.count / size : 0;
    if (size == 0)
        return 0;
    uint64_t hash = hash_bytes(HASH_SEED, tuple, size * sizeof *tuple);
    uint32_t found = table_add(m->scratch, &m->tuple_index, hash, next);
    if (found == next)
        for (uint32_t i = 0; i < size; i++)
            *vec_push(m->scratch, &m->tuples) = tuple[i];
    return found;
}

static uint32_t tuple_item(const struct machine *m, uint32_t tuple, uint32_t context)
{
    return m->tuples.items[tuple * contexts(m) + context];
}

static bool holds(const struct machine *m, uint32_t tuple, uint32_t context)
{
    return pool_state(m->program->space, tuple_item(m, tuple, context))->accept;
}

static uint32_t tuple_step(struct machine *m, uint32_t tuple, uint8_t byte)
{
    struct arena_mark mark = arena_mark(m->scratch);
    uint32_t size = contexts(m), *next = ARENA_ARRAY(m->scratch, uint32_t, size + 1);
    bool same = true;
    for (uint32_t i = 0; i < size; i++) {
        next[i] = pool_step(m->program->space, tuple_item(m, tuple, i), byte);
        same = same && next[i] == tuple_item(m, tuple, i);
    }
    if (same) {
        arena_rewind(m->scratch, mark);
        return tuple;
    }
    return tuple_number(m, next);
}

// Operations on conditions; the limit counts for the whole run.
enum { OPERATION_STEPS = 50, RUN_STEPS = 100, NODES_A_STEP = 4 };

static uint32_t both(struct run *r, uint32_t a, uint32_t b)
{
    if (a == POOL_ALL)
        return b;
    struct fa_space *space = r->machine->program->space;
    const struct fa *result = fa_intersect(space, pool_wrap(space, a), pool_wrap(space, b));
    draft_spend(&r->draft, OPERATION_STEPS);
    r->draft.over = r->draft.over || !result;
    return result ? result->state : POOL_NONE;
}

static uint32_t without(struct run *r, uint32_t a, uint32_t b)
{
    struct fa_space *space = r->machine->program->space;
    const struct fa *result = fa_subtract(space, pool_wrap(space, a), pool_wrap(space, b));
    draft_spend(&r->draft, OPERATION_STEPS);
    r->draft.over = r->draft.over || !result;
    return result ? result->state : POOL_NONE;
}

static uint32_t either(struct run *r, uint32_t a, uint32_t b)
{
    struct fa_space *space = r->machine->program->space;
    const struct fa *result = fa_union(space, pool_wrap(space, a), pool_wrap(space, b));
    draft_spend(&r->draft, OPERATION_STEPS);
    r->draft.over = r->draft.over || !result;
    return result ? result->state : POOL_NONE;
}

static void push(struct run *r, struct thread thread, uint32_t node)
{
    thread.node = node;
    if (thread.rest != POOL_NONE)
        *vec_push(r->draft.scratch, &r->todo) = thread;
}

static bool is_new(struct run *r, const struct thread *t)
{
    if (t->node != NODE_FINAL && t->rest == POOL_ALL && t->held == HELD_UNSET && t->bits == 0) {
        bool fresh = r->visited[t->node] != r->stamp;
        r->visited[t->node] = r->stamp;
        return fresh;
    }
    uint64_t hash = hash_bytes(hash_u64(HASH_SEED, r->stamp), t, sizeof *t);
    uint32_t next = r->seen.used;
    return table_add(r->draft.scratch, &r->seen, hash, next) == next;
}

// The thread has come to the end of the run; drops it where the question is answered otherwise.
static void finish(struct run *r, struct thread t, uint32_t before)
{
    const struct machine *m = r->machine;
    const struct fa_space *space = m->program->space;
    if (r->tracks) {
        bool wanted = m->question == RUN_HOLDS || m->question == RUN_WHOLE;
        if (t.held == HELD_UNSET && (m->question == RUN_WHOLE || m->question == RUN_WHOLE_NOT)) {
            // An unset group holds the empty subject only.
            uint32_t empty = fa_empty(m->program->space)->state;
            if (!holds(m, before, m->start))
                t.held = HELD_NO;
            else
                t.rest = wanted ? both(r, t.rest, empty) : without(r, t.rest, empty);
        } else if (t.held == HELD_UNSET) {
            t.held = pool_state(space, m->words)->accept ? HELD_YES : HELD_NO;
        }
        if (t.rest == POOL_NONE || (t.held != HELD_UNSET && (t.held == HELD_YES) != wanted))
            return;
    }
    *vec_push(r->draft.scratch, &r->found) = (struct thread){ .node = NODE_FINAL, .rest = t.rest };
}

// Two ways: where choices are in order, the second is open only if the first does not get to the
// end of the atomic group.
static void choose(struct run *r, struct thread t, const struct program_node *node, uint32_t before)
{
    struct thread second = t;
    if (node->atomic && node->atomic != r->end)
        second.rest = without(r, second.rest, reach(r, node->next, node->atomic, before, t.bits));
    push(r, second, node->other);
    push(r, t, node->next);
}

static void again(struct run *r, struct thread t, const struct program_node *node, uint32_t before)
{
    if (node->bit != PROGRAM_NO_BIT && t.bits >> node->bit & 1) {
        t.bits &= ~(UINT32_C(1) << node->bit);
        push(r, t, node->negative ? node->next : node->other);
        return;
    }
    choose(r, t, node, before);
}

static void capture(struct run *r, struct thread t, const struct program_node *node,
                    uint32_t before)
{
    const struct machine *m = r->machine;
    if (node->op == OP_CLOSE && node->bit != PROGRAM_NO_BIT)
        t.bits |= UINT32_C(1) << node->bit;
    if (!r->tracks || node->value != m->group) {
        push(r, t, node->next);
        return;
    }
    bool whole = m->question == RUN_WHOLE || m->question == RUN_WHOLE_NOT;
    if (node->op == OP_OPEN) {
        t.held = HELD_OPEN | m->words;
        if (whole)
            t.held = holds(m, before, m->start) ? HELD_WHOLE : HELD_NO;
    } else if (t.held == HELD_WHOLE) {
        uint32_t empty = fa_empty(m->program->space)->state;
        struct thread shorter = t;
        shorter.held = HELD_NO;
        shorter.rest = without(r, t.rest, empty);
        push(r, shorter, node->next);
        t.held = HELD_YES;
        t.rest = both(r, t.rest, empty);
    } else if (t.held & HELD_OPEN) {
        bool member = pool_state(m->program->space, t.held & ~HELD_OPEN)->accept;
        t.held = member ? HELD_YES : HELD_NO;
    }
    push(r, t, node->next);
}

static void visit(struct run *r, struct thread t, uint32_t before)
{
    struct machine *m = r->machine;
    const struct program_node *node = &m->program->nodes.items[t.node];
    if (t.node == r->end) {
        finish(r, t, before);
        return;
    }
    switch ((enum program_op)node->op) {
    case OP_MATCH:
    case OP_FAIL:
        return;
    case OP_SET:
        *vec_push(r->draft.scratch, &r->found) = t;
        return;
    case OP_SPLIT:
        choose(r, t, node, before);
        return;
    case OP_AGAIN:
        again(r, t, node, before);
        return;
    case OP_BEGIN:
        t.bits |= UINT32_C(1) << node->bit;
        break;
    case OP_OPEN:
    case OP_CLOSE:
        capture(r, t, node, before);
        return;
    case OP_BEFORE:
        if (holds(m, before, node->value) == node->negative)
            return;
        break;
    case OP_AFTER:
        t.rest = both(r, t.rest, node->value);
        break;
    case OP_WORD:
        if (holds(m, before, node->value) == node->negative)
            t.rest = both(r, t.rest, m->program->next_word);
        else
            t.rest = without(r, t.rest, m->program->next_word);
        break;
    case OP_LOOK: {
        uint32_t ahead = reach(r, node->other, node->value, before, t.bits);
        t.rest = node->negative ? without(r, t.rest, ahead) : both(r, t.rest, ahead);
        break;
    }
    case OP_END:
        break;
    case OP_CONDITION:
        push(r, t, t.bits >> node->bit & 1 ? node->next : node->other);
        return;
    }
    push(r, t, node->next);
}

static int by_fields(const void *left, const void *right)
{
    const struct thread *a = left, *b = right;
    if (a->node != b->node)
        return a->node < b->node ? -1 : 1;
    if (a->held != b->held)
        return a->held < b->held ? -1 : 1;
    if (a->bits != b->bits)
        return a->bits < b->bits ? -1 : 1;
    return (a->rest > b->rest) - (a->rest < b->rest);
}

// Sorts the threads found and joins those that differ in their condition only.
static uint32_t normalise(struct run *r)
{
    struct thread *list = r->found.items;
    uint32_t count = 0;
    if (r->found.count > 1)
        qsort(list, r->found.count, sizeof *list, by_fields);
    for (uint32_t i = 0; i < r->found.count; i++) {
        struct thread *last = count ? &list[count - 1] : NULL;
        if (last && last->node == list[i].node && last->held == list[i].held &&
            last->bits == list[i].bits)
            last->rest = either(r, last->rest, list[i].rest);
        else
            list[count++] = list[i];
    }
    r->found.count = count;
    return count;
}

// From the threads in r->todo to a target for an edge.
static uint32_t close_over(struct run *r, uint32_t before)
{
    enum { STORING = 4 };
    struct machine *m = r->machine;
    r->found.count = 0;
    r->stamp++;
    while (r->todo.count && !r->draft.over) {
        struct thread t = r->todo.items[--r->todo.count];
        draft_spend(&r->draft, 1);
        if (!is_new(r, &t))
            continue;
        if (t.node == NODE_FINAL)
            *vec_push(r->draft.scratch, &r->found) = t;
        else
            visit(r, t, before);
    }
    uint32_t count = normalise(r);
    const struct thread *list = r->found.items;
    if (count == 0 || r->draft.over)
        return POOL_NONE;
    const struct thread *last = &list[count - 1]; // NODE_FINAL sorts last
    if (last->node == NODE_FINAL && (count == 1 || last->rest == POOL_ALL))
        return last->rest;
    bool cares = false;
    for (uint32_t i = 0; i < count && !cares; i++)
        cares = list[i].node != NODE_FINAL && m->cares[list[i].node];
    if (!cares)
        before = m->nothing;

    uint64_t hash = hash_bytes(hash_u64(HASH_SEED, before), list, count * sizeof *list);
    uint32_t next = r->states.count;
    uint32_t found = table_get(&r->index, hash);
    if (found != TABLE_ABSENT) {
        const struct state *known = &r->states.items[found];
        if (known->count == count && known->before == before &&
            memcmp(r->threads.items + known->first, list, count * sizeof *list) == 0)
            return found | DRAFT_LOCAL;
    }
    draft_spend(&r->draft, (uint64_t)count * STORING);
    table_add(r->draft.scratch, &r->index, hash, next);
    *vec_push(r->draft.scratch, &r->states) = (struct state){ r->threads.count, count, before };
    for (uint32_t i = 0; i < count; i++)
        *vec_push(r->draft.scratch, &r->threads) = list[i];
    return next | DRAFT_LOCAL;
}

// Where the bytes are cut into segments that all threads treat alike: a member is the first byte of
// a segment. Byte 0 begins one anyway.
static void cut(struct charset *cuts, int lo, int hi)
{
    charset_add(cuts, lo);
    if (hi < UINT8_MAX)
        charset_add(cuts, hi + 1);
}

static void cut_edges(const struct fa_space *space, uint32_t id, struct charset *cuts)
{
    const struct pool_state *state = pool_state(space, id);
    const struct pool_edge *edges = pool_edges(space, state);
    for (uint32_t k = 0; k < state->count; k++)
        cut(cuts, edges[k].lo, edges[k].hi);
}

static struct charset cut_bytes(const struct run *r, struct state state)
{
    const struct machine *m = r->machine;
    const struct fa_space *space = m->program->space;
    struct charset cuts = { { 0 } };
    for (uint32_t i = 0; i < contexts(m) && state.before != m->nothing; i++)
        cut_edges(space, tuple_item(m, state.before, i), &cuts);
    for (uint32_t i = 0; i < state.count; i++) {
        const struct thread *t = &r->threads.items[state.first + i];
        if (t->rest != POOL_ALL)
            cut_edges(space, t->rest, &cuts);
        if (t->held & HELD_OPEN)
            cut_edges(space, t->held & ~HELD_OPEN, &cuts);
        if (t->node == NODE_FINAL)
            continue;
        struct program_set set = m->program->sets.items[m->program->nodes.items[t->node].value];
        const struct program_range *ranges = m->program->ranges.items + set.first;
        for (uint32_t k = 0; k < set.count; k++)
            cut(&cuts, ranges[k].lo, ranges[k].hi);
    }
    cuts.bits[0] &= ~UINT64_C(1);
    return cuts;
}

static void step_thread(struct run *r, struct thread t, uint8_t byte)
{
    const struct machine *m = r->machine;
    uint32_t node = t.node;
    if (node != NODE_FINAL)
        node = m->program->nodes.items[node].next;
    if (t.rest != POOL_ALL)
        t.rest = pool_step(m->program->space, t.rest, byte);
    if (t.held & HELD_OPEN)
        t.held = HELD_OPEN | pool_step(m->program->space, t.held & ~HELD_OPEN, byte);
    t.bits &= ~LOOP_BITS;
    push(r, t, node);
}

static void expand(struct run *r, uint32_t number)
{
    const struct program *program = r->machine->program;
    struct state state = r->states.items[number];
    const struct thread *last = &r->threads.items[state.first + state.count - 1];
    draft_begin(&r->draft,
                last->node == NODE_FINAL && pool_state(program->space, last->rest)->accept);
    struct charset cuts = cut_bytes(r, state);
    uint32_t segments = charset_rank(cuts, UINT8_MAX), fill[UINT8_MAX + 2];
    memset(fill, 0, (segments + 2) * sizeof *fill);
    // Threads by segment, counted first.
    for (int pass = 0; pass < 2; pass++) {
        for (uint32_t i = 0; i < state.count; i++) {
            const struct thread *t = &r->threads.items[state.first + i];
            const struct program_range all = { 0, UINT8_MAX }, *ranges = &all;
            uint32_t count = 1;
            if (t->node != NODE_FINAL) {
                struct program_set set = program->sets.items[program->nodes.items[t->node].value];
                ranges = program->ranges.items + set.first;
                count = set.count;
            }
            for (uint32_t k = 0; k < count; k++)
                for (uint32_t s = charset_rank(cuts, ranges[k].lo),
                              end = charset_rank(cuts, ranges[k].hi);
                     s <= end; s++)
                    if (pass == 0)
                        fill[s + 1]++;
                    else
                        r->members.items[fill[s]++] = state.first + i;
        }
        if (pass == 0) {
            for (uint32_t s = 0; s <= segments; s++)
                fill[s + 1] += fill[s];
            r->members.count = 0;
            while (r->members.count < fill[segments + 1])
                (void)vec_push(r->draft.scratch, &r->members);
        }
    }
    uint32_t begin = 0;
    int lo = 0;
    for (uint32_t s = 0; s <= segments && !r->draft.over; s++) {
        int hi = charset_next(cuts, lo + 1) - 1;
        r->todo.count = 0;
        for (uint32_t i = fill[s]; i-- > begin;)
            step_thread(r, r->threads.items[r->members.items[i]], (uint8_t)lo);
        begin = fill[s];
        if (r->todo.count) {
            uint32_t before = state.before;
            if (before != r->machine->nothing)
                before = tuple_step(r->machine, before, (uint8_t)lo);
            draft_edge(&r->draft, (uint8_t)lo, (uint8_t)hi, close_over(r, before));
        }
        lo = hi + 1;
    }
}

static uint32_t run(struct machine *m, struct thread first, uint32_t end, uint32_t before,
                    bool tracks)
{
    struct arena *scratch = arena_new();
    struct run r = { .machine = m, .end = end, .tracks = tracks };
    r.draft = draft_new(m->program->space, scratch);
    draft_spend(&r.draft, RUN_STEPS + m->program->nodes.count / NODES_A_STEP);
    r.visited = ARENA_ARRAY(scratch, uint32_t, m->program->nodes.count);
    push(&r, first, first.node);
    uint32_t root = close_over(&r, before);
    for (uint32_t i = 0; i < r.states.count && !r.draft.over; i++)
        expand(&r, i);
    uint32_t result = draft_finish(&r.draft, root);
    arena_free(scratch);
    return result;
}

// The subjects that lead from the node to `end`, whatever comes behind.
static uint32_t reach(struct run *from, uint32_t node, uint32_t end, uint32_t before, uint32_t bits)
{
    struct machine *m = from->machine;
    if (!m->cares[node])
        before = m->nothing;
    const uint32_t key[] = { node, end, before, bits };
    uint64_t hash = hash_bytes(HASH_SEED, key, sizeof key);
    uint32_t known = table_get(&m->reached, hash);
    if (known == TABLE_ABSENT) {
        struct thread first = { .node = node, .rest = POOL_ALL, .bits = bits };
        known = run(m, first, end, before, false);
        if (known == POOL_UNKNOWN)
            from->draft.over = true;
        else
            table_add(m->scratch, &m->reached, hash, known);
    }
    return known == POOL_UNKNOWN ? POOL_NONE : known;
}

// By node, whether a context is looked at from there on. Most nodes lead to smaller numbers, so few
// rounds are needed.
static const bool *find_cares(const struct program *program, struct arena *scratch, bool whole)
{
    bool *cares = ARENA_ARRAY(scratch, bool, program->nodes.count), changed = true;
    while (changed) {
        changed = false;
        for (uint32_t i = 0; i < program->nodes.count; i++) {
            const struct program_node *node = &program->nodes.items[i];
            bool looks = node->op == OP_BEFORE || node->op == OP_WORD ||
                         (whole && (node->op == OP_MATCH || node->op == OP_OPEN));
            looks = looks || cares[node->next] || cares[node->other] ||
                    (node->atomic && cares[node->atomic]);
            changed = changed || looks != cares[i];
            cares[i] = looks;
        }
    }
    return cares;
}

uint32_t run_program(struct program *program, struct arena *scratch, enum run_question question,
                     uint32_t group, uint32_t words)
{
    struct machine m = { .program = program, .scratch = scratch };
    m.question = question;
    m.group = group;
    m.words = words;
    m.cares = find_cares(program, scratch, question >= RUN_WHOLE);
    uint32_t *none = ARENA_ARRAY(scratch, uint32_t, program->contexts.count + 1);
    uint32_t empty = fa_empty(program->space)->state;
    for (uint32_t i = 0; i < program->contexts.count; i++)
        if (program->contexts.items[i] == empty)
            m.start = i;
    m.nothing = tuple_number(&m, none);
    uint32_t before = tuple_number(&m, program->contexts.items);
    struct thread first = { .node = program->root, .rest = POOL_ALL };
    return run(&m, first, 0, before, question != RUN_MATCH);
}
