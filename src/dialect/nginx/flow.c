// The phases of a request (reference/nginx.md 2.4, 2.10).
#include "base/hash.h"
#include "dialect/nginx/machine.h"

static void search(struct machine *machine, const struct state *state)
{
    struct model *model = machine->model;
    const struct target *entry = machine->entry;
    if (value_is_var(state->path, model->path) &&
        fa_is_subset(model->fa, box_language(state->box, model->path), entry->paths)) {
        serve_location(machine, state,
                       entry); // the path is still the one that the endpoint stands for
        return;
    }
    if (value_find_unknown(state->path)) {
        finish_unknown(machine, state, STR("which location serves a path that is not known"),
                       value_hash(state->path), state->server->span);
        return;
    }
    struct states rest = { 0 };
    *vec_push(machine->scratch, &rest) = *state;
    for (uint32_t t = 0; t < machine->targets.count && rest.count; t++) {
        struct states hit = { 0 }, missed = { 0 };
        if (!machine_goes_on(machine))
            return;
        for (uint32_t i = 0; i < rest.count; i++)
            split_language(machine, &rest.items[i], rest.items[i].path,
                           machine->targets.items[t].paths, &hit, &missed);
        for (uint32_t i = 0; i < hit.count; i++)
            serve_location(machine, &hit.items[i], &machine->targets.items[t]);
        rest = missed;
    }
    for (uint32_t i = 0; i < rest.count; i++)
        finish_unknown(machine, &rest.items[i], STR("which location serves this"),
                       machine->config->hash, state->server->span);
}

// Behind the location's code: searched again when it changed the path, else on to access.
static void after_code(struct machine *machine, const struct states *states)
{
    for (uint32_t i = 0; i < states->count; i++) {
        struct state next = states->items[i];
        next.stopped = false;
        if (!next.path_changed) {
            serve_access(machine, &next);
            continue;
        }
        next.path_changed = false;
        if (--next.changes_left == 0) {
            finish_status(machine, &next, 500, NULL, next.cfg->span);
            continue;
        }
        next.cfg = next.server;
        search(machine, &next);
    }
}

static void run_location(struct machine *machine, const struct state *state)
{
    struct states inside = { 0 }, excepted = { 0 }, done = { 0 };
    const struct block *location = state->cfg;
    if (location->limit_except)
        split_language(machine, state, state->method, location->limit_methods, &inside, &excepted);
    else
        *vec_push(machine->scratch, &inside) = *state;
    if (location->unknown_flow) {
        struct states passes = { 0 };
        for (uint32_t i = 0; i < inside.count; i++) {
            struct states ends = { 0 };
            split_choice(machine, &inside.items[i], str_from(location->unknown_flow),
                         location->flow_identity, location->unknown_flow_span, &passes, &ends);
            for (uint32_t k = 0; k < ends.count; k++)
                finish_unknown(machine, &ends.items[k], STR("what this code answers"),
                               location->flow_identity, location->unknown_flow_span);
        }
        inside = passes;
    }
    bool is_null =
        location->kind == BLOCK_SERVER; // no location fits: the server's code is not run again
    run_steps(machine, &inside, is_null ? NULL : location->steps.items,
              is_null ? 0 : location->steps.count, &done);
    after_code(machine, &done);
    for (uint32_t i = 0; i < excepted.count; i++) {
        excepted.items[i].cfg = location->limit_except;
        serve_access(machine, &excepted.items[i]);
    }
}

// Of locations that a controller writes (rendered.h), nobody may know which one serves, or what it
// answers.
static void run_either(struct machine *machine, const struct state *state)
{
    const struct block *location = state->cfg;
    struct states here = { 0 }, other = { 0 };
    if (location->unknown_answer.len) {
        finish_unknown(machine, state, location->unknown_answer, location->doubt_identity,
                       location->unknown_flow_span);
        return;
    }
    if (!location->otherwise) {
        run_location(machine, state);
        return;
    }
    split_choice(machine, state, location->doubt, location->doubt_identity, location->span, &here,
                 &other);
    for (uint32_t i = 0; i < here.count; i++)
        run_location(machine, &here.items[i]);
    for (uint32_t i = 0; i < other.count; i++) {
        other.items[i].cfg = location->otherwise;
        run_either(machine, &other.items[i]);
    }
}

static bool
is_internal(const struct block *location) // what is nested in an internal location is, too
{
    while (location && !location->internal)
        location = location->parent;
    return location;
}

// The groups of the regular expression that chose a location.
static void capture_location(struct machine *machine, struct state *state,
                             const struct block *location)
{
    while (location && location->modifier != LOCATION_REGEX)
        location = location->parent;
    if (location)
        set_captures(machine, state, location->pattern, state->path);
}

void serve_location(struct machine *machine, const struct state *state, const struct target *target)
{
    struct model *model = machine->model;
    struct state next = *state;
    next.cfg = target->location;
    capture_location(machine, &next, target->location);
    if (target->unknown)
        finish_unknown(machine, &next, target->unknown->unknown_match,
                       hash_u64(target->unknown->hash, state->server->hash), target->unknown->span);
    else if (is_internal(target->location) && !state->internal)
        finish_status(machine, &next, 404, NULL, target->location->span);
    else if (target->slash_redirect)
        finish_status(machine, &next, 301,
                      value_concat(model, next.path, value_text(model, STR("/"))),
                      target->location->span);
    else
        run_either(machine, &next);
}

void jump_to(struct machine *machine, const struct state *state, const struct block *named)
{
    struct state next = *state;
    Str path; // empty: it was malformed, and no named location is entered without one
    if (--next.changes_left == 0 || (value_is_text(next.path, &path) && path.len == 0)) {
        finish_status(machine, &next, 500, NULL, named->span);
        return;
    }
    next.cfg = named;
    next.internal = true;
    run_location(machine, &next);
}

void redirect_to(struct machine *machine, const struct state *state, const struct value *uri,
                 enum redirect_args args)
{
    struct model *model = machine->model;
    struct state next = *state;
    if (--next.changes_left == 0) {
        finish_status(machine, &next, 500, NULL, state->cfg->span);
        return;
    }
    // "path?args" is cut where the text is known
    next.path = uri;
    if (args == ARGS_DROPPED)
        next.args = value_text(model, STR(""));
    for (uint32_t i = 0; i < uri->count; i++) {
        Str head, tail;
        if (uri->parts[i].kind != PART_TEXT || !str_cut(uri->parts[i].text, STR("?"), &head, &tail))
            continue;
        struct value *front = arena_alloc(model->arena, sizeof *front + i * sizeof *front->parts,
                                          _Alignof(struct value));
        front->count = i;
        for (uint32_t k = 0; k < i; k++)
            front->parts[k] = uri->parts[k];
        next.path = value_concat(model, front, value_text(model, head));
        next.args = i + 1 == uri->count
                        ? value_text(model, tail)
                        : value_unknown(model, STR("the arguments of a redirected request"),
                                        value_hash(uri), (Span){ 0 });
        break;
    }
    next.internal = true;
    next.path_broken = false;
    next.cfg = next.server;
    serve(machine, &next);
}

void serve(struct machine *machine, const struct state *state)
{
    struct states in = { 0 }, out = { 0 };
    *vec_push(machine->scratch, &in) = *state;
    run_steps(machine, &in, state->server->steps.items, state->server->steps.count, &out);
    for (uint32_t i = 0; i < out.count; i++) {
        out.items[i].stopped = false;
        out.items[i].path_changed = false;
        search(machine, &out.items[i]);
    }
}
