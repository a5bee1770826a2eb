#include "fa/run.h"

#include "base/hash.h"

#include <string.h>

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
        for (uint32_t k = 0; k < set.count; k++) {
            const struct program_range *range = &m->program->ranges.items[set.first + k];
            cut(&cuts, range->lo, range->hi);
        }
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
    run_push(r, t, node);
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
                count = set.count;
                if (count)
                    ranges = &program->ranges.items[set.first];
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
            draft_edge(&r->draft, (uint8_t)lo, (uint8_t)hi, run_close(r, before));
        }
        lo = hi + 1;
    }
}

enum { RUN_STEPS = 100, NODES_A_STEP = 4 };

static uint32_t run(struct machine *m, struct thread first, uint32_t end, uint32_t before,
                    bool tracks)
{
    struct arena *scratch = arena_new();
    struct run r = { .machine = m, .end = end, .tracks = tracks };
    r.draft = draft_new(m->program->space, scratch);
    draft_spend(&r.draft, RUN_STEPS + m->program->nodes.count / NODES_A_STEP);
    r.visited = ARENA_ARRAY(scratch, uint32_t, m->program->nodes.count);
    run_push(&r, first, first.node);
    uint32_t root = run_close(&r, before);
    for (uint32_t i = 0; i < r.states.count && !r.draft.over; i++)
        expand(&r, i);
    uint32_t result = draft_finish(&r.draft, root);
    arena_free(scratch);
    return result;
}

uint32_t run_reach(struct run *from, uint32_t node, uint32_t end, uint32_t before, uint32_t bits)
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

static uint32_t add_context(struct program *program, struct arena *scratch, uint32_t state)
{
    for (uint32_t i = 0; i < program->contexts.count; i++)
        if (program->contexts.items[i] == state)
            return i;
    *vec_push(scratch, &program->contexts) = state;
    return program->contexts.count - 1;
}

uint32_t run_program(struct program *program, struct arena *scratch, enum run_question question,
                     uint32_t group, uint32_t words)
{
    struct machine m = { .program = program, .scratch = scratch };
    m.question = question;
    m.group = group;
    m.words = words;
    m.cares = find_cares(program, scratch, question >= RUN_WHOLE);
    if (question >= RUN_WHOLE)
        m.start = add_context(program, scratch, program->begins);
    uint32_t *none = ARENA_ARRAY(scratch, uint32_t, program->contexts.count + 1);
    m.nothing = tuple_number(&m, none);
    uint32_t before = tuple_number(&m, program->contexts.items);
    struct thread first = { .node = program->root, .rest = POOL_ALL };
    return run(&m, first, 0, before, question != RUN_MATCH);
}
