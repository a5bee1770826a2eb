#include "fa/run.h"

#include "base/hash.h"

#include <stdlib.h>
#include <string.h>

// Operations on conditions; the limit counts for the whole run.
enum { OPERATION_STEPS = 50 };

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

void run_push(struct run *r, struct thread thread, uint32_t node)
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
            // An unset group holds the empty subject only. Where something stands around it, its
            // one subject is asked about apart.
            uint32_t empty = fa_empty(m->program->space)->state;
            bool bare = m->program->begins == empty && m->program->ends == empty;
            if (!bare || !holds(m, before, m->start))
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
        second.rest =
            without(r, second.rest, run_reach(r, node->next, node->atomic, before, t.bits));
    run_push(r, second, node->other);
    run_push(r, t, node->next);
}

static void again(struct run *r, struct thread t, const struct program_node *node, uint32_t before)
{
    if (node->bit != PROGRAM_NO_BIT && t.bits >> node->bit & 1) {
        t.bits &= ~(UINT32_C(1) << node->bit);
        run_push(r, t, node->negative ? node->next : node->other);
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
        run_push(r, t, node->next);
        return;
    }
    bool whole = m->question == RUN_WHOLE || m->question == RUN_WHOLE_NOT;
    if (node->op == OP_OPEN) {
        t.held = HELD_OPEN | m->words;
        if (whole)
            t.held = holds(m, before, m->start) ? HELD_WHOLE : HELD_NO;
    } else if (t.held == HELD_WHOLE) {
        struct thread shorter = t;
        shorter.held = HELD_NO;
        shorter.rest = without(r, t.rest, m->program->ends);
        run_push(r, shorter, node->next);
        t.held = HELD_YES;
        t.rest = both(r, t.rest, m->program->ends);
    } else if (t.held & HELD_OPEN) {
        bool member = pool_state(m->program->space, t.held & ~HELD_OPEN)->accept;
        t.held = member ? HELD_YES : HELD_NO;
    }
    run_push(r, t, node->next);
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
        uint32_t ahead = run_reach(r, node->other, node->value, before, t.bits);
        t.rest = node->negative ? without(r, t.rest, ahead) : both(r, t.rest, ahead);
        break;
    }
    case OP_END:
        break;
    case OP_CONDITION:
        run_push(r, t, t.bits >> node->bit & 1 ? node->next : node->other);
        return;
    }
    run_push(r, t, node->next);
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

uint32_t run_close(struct run *r, uint32_t before)
{
    enum { STORING = 4 };
    struct machine *m = r->machine;
    r->found.count = 0;
    r->stamp++;
    if (r->seen.used > r->seen.size / 2) // by closures that are over
        table_clear(&r->seen);
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
