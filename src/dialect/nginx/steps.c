// The code of the rewrite module, statement by statement (reference/nginx.md 2.5, 2.6).
#include "base/hash.h"
#include "dialect/nginx/machine.h"

enum { LANGUAGE_STEPS_MAX = 8000000 }; // of the languages, for one endpoint

bool machine_can_afford(struct machine *machine)
{
    uint64_t spent = fa_space_spent(machine->model->fa) - machine->fa_spent;
    if (spent > LANGUAGE_STEPS_MAX + machine->allowance)
        machine->cells->full = true; // all of the endpoint is unknown then
    return !machine->cells->full;
}

bool machine_goes_on(struct machine *machine)
{
    if (machine->steps_left == 0)
        machine->cells->full = true;
    else
        machine->steps_left--;
    return machine_can_afford(machine);
}

static bool same_bindings(const struct binding *a, const struct binding *b)
{
    for (; a != b; a = a->next, b = b->next)
        if (!a || !b || !str_equal(a->name, b->name) || a->from_map != b->from_map ||
            !value_equal(a->value, b->value))
            return false;
    return true;
}

static bool same_subject(const struct state *a, const struct state *b)
{
    return a->matched == b->matched &&
           (a->subject == b->subject || !a->matched || value_equal(a->subject, b->subject));
}

// Equal in everything but the box, so that what comes after is equal, too.
static bool same_future(const struct state *a, const struct state *b)
{
    return a->cfg == b->cfg && a->server == b->server && a->error_status == b->error_status &&
           a->changes_left == b->changes_left && a->path_changed == b->path_changed &&
           a->path_broken == b->path_broken && a->error_page_used == b->error_page_used &&
           a->internal == b->internal && a->stopped == b->stopped &&
           a->upstream_asked == b->upstream_asked && !a->answering && !b->answering &&
           value_equal(a->path, b->path) && value_equal(a->args, b->args) &&
           value_equal(a->method, b->method) && same_subject(a, b) &&
           same_bindings(a->bindings, b->bindings);
}

void states_join(struct machine *machine, struct states *states)
{
    enum { LOOK_BACK = 32 }; // states compared with each one: keeps long lists linear
    uint32_t kept = 0;
    for (uint32_t i = 0; i < states->count; i++) {
        struct state *state = &states->items[i];
        bool joined = false;
        uint32_t first = kept > LOOK_BACK ? kept - LOOK_BACK : 0;
        for (uint32_t k = first; k < kept && !joined; k++) {
            const struct box *both;
            joined = same_future(&states->items[k], state) &&
                     box_join(machine->model, states->items[k].box, state->box, &both);
            if (joined)
                states->items[k].box = both;
        }
        if (!joined)
            states->items[kept++] = *state;
    }
    states->count = kept;
}

static void go_on(struct machine *machine, struct states *out, const struct state *state)
{
    *vec_push(machine->scratch, out) = *state;
}

static void run_set(struct machine *machine, const struct state *state, const struct step *step,
                    struct states *out)
{
    if (step->reason.len) {
        struct state next = *state;
        bind(machine, &next, step->variable,
             value_unknown(machine->model, step->reason, step->identity, step->span), false);
        go_on(machine, out, &next);
        return;
    }
    struct evaluations values = { 0 };
    evaluate(machine, state, &step->value, &values);
    for (uint32_t i = 0; i < values.count; i++) {
        bind(machine, &values.items[i].state, step->variable, values.items[i].value, false);
        go_on(machine, out, &values.items[i].state);
    }
}

static void run_if(struct machine *machine, const struct state *state, const struct step *step,
                   struct states *out)
{
    struct states yes = { 0 };
    split_condition(machine, state, &step->condition, &yes, out);
    for (uint32_t i = 0; i < yes.count; i++)
        if (step->child->kind == BLOCK_IF)
            yes.items[i].cfg = step->child;
    run_steps(machine, &yes, step->steps, step->step_count, out);
}

static bool is_redirect(uint32_t status)
{
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

static void run_return(struct machine *machine, const struct state *state, const struct step *step)
{
    if (step->status == 444) {
        finish_none(machine, state, step->span);
        return;
    }
    if (!is_redirect(step->status)) {
        if (step->status < 400 || step->has_text)
            finish_direct(machine, state, step->status, NULL, step->span);
        else
            finish_status(machine, state, step->status, NULL, step->span);
        return;
    }
    struct evaluations targets = { 0 };
    evaluate(machine, state, &step->value, &targets);
    for (uint32_t i = 0; i < targets.count; i++)
        finish_status(machine, &targets.items[i].state, step->status, targets.items[i].value,
                      step->span);
}

// The replacement and the arguments behind its "?", as expressions of their own.
static void cut_replacement(struct machine *machine, const struct template *whole,
                            struct template *path, struct template *args, bool *has_args)
{
    struct arena *arena = machine->model->arena;
    *has_args = false;
    for (uint32_t i = 0; i < whole->count; i++) {
        Str head, tail;
        if (!str_cut(whole->parts[i].text.len ? whole->parts[i].text : STR("-"), STR("?"), &head,
                     &tail))
            continue;
        struct template_part *front = ARENA_ARRAY(arena, struct template_part, i + 1);
        struct template_part *back = ARENA_ARRAY(arena, struct template_part, whole->count - i);
        for (uint32_t k = 0; k < i; k++)
            front[k] = whole->parts[k];
        front[i].text = head;
        back[0].text = tail;
        for (uint32_t k = i + 1; k < whole->count; k++)
            back[k - i] = whole->parts[k];
        *path = (struct template){ front, i + (head.len > 0), whole->span };
        *args = (struct template){ tail.len ? back : back + 1, whole->count - i - (tail.len == 0),
                                   whole->span };
        *has_args = true;
        return;
    }
    *path = *whole;
    *args = (struct template){ .span = whole->span };
}

static void run_rewritten(struct machine *machine, const struct state *hit, const struct step *step,
                          struct states *out)
{
    struct model *model = machine->model;
    struct template path, args;
    bool has_args;
    cut_replacement(machine, &step->value, &path, &args, &has_args);
    bool drops =
        step->value.count && str_ends(step->value.parts[step->value.count - 1].text, STR("?"));
    struct evaluations values = { 0 };
    evaluate(machine, hit, &path, &values);
    for (uint32_t i = 0; i < values.count; i++) {
        struct state *next = &values.items[i].state;
        if (step->flag == REWRITE_REDIRECT || step->flag == REWRITE_PERMANENT) {
            finish_status(machine, next, step->flag == REWRITE_PERMANENT ? 301 : 302,
                          values.items[i].value, step->span);
            continue;
        }
        struct evaluations more = { 0 };
        evaluate(machine, next, &args, &more);
        for (uint32_t k = 0; k < more.count; k++) {
            struct state now = more.items[k].state;
            const struct value *old = now.args;
            now.path = values.items[i].value;
            if (drops)
                now.args = more.items[k].value;
            else if (has_args) // "new&old", where the old ones are not empty: that is not followed
                               // further
                now.args = value_equal(old, value_text(model, STR("")))
                               ? more.items[k].value
                               : value_unknown(model, STR("the arguments of a rewritten request"),
                                               value_hash(more.items[k].value), step->span);
            now.internal = true; // as far as nginx is concerned
            now.path_changed = step->flag != REWRITE_BREAK;
            now.path_broken = step->flag == REWRITE_BREAK;
            now.stopped = step->flag == REWRITE_BREAK || step->flag == REWRITE_LAST;
            Str text;
            if (value_is_text(now.path, &text) && text.len == 0) {
                finish_status(machine, &now, 500, NULL, step->span);
                continue;
            }
            go_on(machine, out, &now);
        }
    }
}

static void run_rewrite(struct machine *machine, const struct state *state, const struct step *step,
                        struct states *out)
{
    struct states hit = { 0 };
    uint32_t first = out->count;
    split_pattern(machine, state, state->path, step->pattern, &hit, out);
    for (uint32_t i = first; i < out->count; i++)
        out->items[i].matched = NULL;
    for (uint32_t i = 0; i < hit.count; i++)
        run_rewritten(machine, &hit.items[i], step, out);
}

static void run_step(struct machine *machine, const struct state *state, const struct step *step,
                     struct states *out)
{
    struct state next = *state;
    switch (step->kind) {
    case STEP_SET:
        run_set(machine, state, step, out);
        return;
    case STEP_IF:
        run_if(machine, state, step, out);
        return;
    case STEP_RETURN:
        run_return(machine, state, step);
        return;
    case STEP_REWRITE:
        run_rewrite(machine, state, step, out);
        return;
    case STEP_BREAK:
        next.stopped = true;
        next.path_changed = false;
        go_on(machine, out, &next);
        return;
    case STEP_UNKNOWN:
        finish_unknown(machine, state, step->reason, step->identity, step->span);
        return;
    }
}

void run_steps(struct machine *machine, const struct states *in, const struct step *steps,
               uint32_t count, struct states *out)
{
    struct states now = { 0 };
    for (uint32_t i = 0; i < in->count; i++)
        go_on(machine, &now, &in->items[i]);
    for (uint32_t s = 0; s < count && now.count; s++) {
        struct states next = { 0 };
        for (uint32_t i = 0; i < now.count; i++) {
            if (now.items[i].stopped)
                go_on(machine, &next, &now.items[i]);
            else if (machine_goes_on(machine))
                run_step(machine, &now.items[i], &steps[s], &next);
        }
        states_join(machine, &next);
        now = next;
    }
    for (uint32_t i = 0; i < now.count; i++)
        go_on(machine, out, &now.items[i]);
}
