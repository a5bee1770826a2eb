// The phases of a request (reference/nginx.md 2.4, 2.10).
#include "base/hash.h"
#include "dialect/nginx/machine.h"
#include "dialect/nginx/statements.h"

static const struct fa *word(struct machine *machine, const char *text)
{
    return fa_literal(machine->model->fa, str_from(text));
}

static const struct fa *words(struct machine *machine, const Str *list, size_t count)
{
    return fa_literals(machine->model->fa, list, count);
}

// ---- content

static void list_folder(struct machine *machine, const struct state *state, Span span)
{
    struct states get = { 0 }, post = { 0 };
    if (!block_flag(state->cfg, offsetof(struct block, autoindex), false)) {
        finish_status(machine, state, 403, NULL, span);
        return;
    }
    split_language(machine, state, state->method, word(machine, "POST"), &post, &get);
    for (uint32_t i = 0; i < get.count; i++)
        finish_direct(machine, &get.items[i], 200, NULL, span);
    for (uint32_t i = 0; i < post.count; i++)
        finish_status(machine, &post.items[i], 403, NULL, span);
}

// A path that ends in "/": the first index file that is there, else the listing, 403 or 404.
static void serve_folder(struct machine *machine, const struct state *state,
                         const struct value *file, Span span)
{
    static const struct template_part index_html = { .text = { "index.html", 10 } };
    static const struct template standard = { .parts = &index_html, .count = 1 };
    struct model *model = machine->model;
    const struct block *from = block_index(state->cfg);
    uint32_t count = from ? from->index.count : 1;
    struct states rest = { 0 };
    *vec_push(model->arena, &rest) = *state;
    for (uint32_t i = 0; i < count; i++) {
        const struct template *name = from ? &from->index.items[i] : &standard;
        struct states missing = { 0 };
        for (uint32_t k = 0; k < rest.count; k++) {
            struct evaluations names = { 0 };
            evaluate(machine, &rest.items[k], name, &names);
            for (uint32_t n = 0; n < names.count; n++) {
                const struct state *now = &names.items[n].state;
                const struct value *index = names.items[n].value;
                Str text;
                if (value_is_text(index, &text) && str_starts(text, STR("/"))) {
                    redirect_to(machine, now, index);
                    continue;
                }
                struct states there = { 0 };
                split_file(machine, now, value_concat(model, file, index), 'f', span, &there,
                           &missing);
                for (uint32_t t = 0; t < there.count; t++)
                    redirect_to(machine, &there.items[t], value_concat(model, now->path, index));
            }
        }
        rest = missing;
    }
    for (uint32_t k = 0; k < rest.count; k++) {
        struct states there = { 0 }, missing = { 0 };
        split_file(machine, &rest.items[k], file, 'd', span, &there, &missing);
        for (uint32_t t = 0; t < there.count; t++)
            list_folder(machine, &there.items[t], span);
        for (uint32_t t = 0; t < missing.count; t++)
            finish_status(machine, &missing.items[t], 404, NULL, span);
    }
}

static void serve_plain_file(struct machine *machine, const struct state *state,
                             const struct value *file, Span span)
{
    struct model *model = machine->model;
    struct states there = { 0 }, missing = { 0 };
    split_file(machine, state, file, 'f', span, &there, &missing);
    for (uint32_t i = 0; i < there.count; i++) {
        struct states post = { 0 }, get = { 0 };
        split_language(machine, &there.items[i], state->method, word(machine, "POST"), &post, &get);
        for (uint32_t k = 0; k < get.count; k++)
            finish_direct(machine, &get.items[k], 200, NULL, span);
        for (uint32_t k = 0; k < post.count; k++)
            finish_status(machine, &post.items[k], 405, NULL, span);
    }
    for (uint32_t i = 0; i < missing.count; i++) {
        struct states folder = { 0 }, nothing = { 0 };
        split_file(machine, &missing.items[i], file, 'd', span, &folder, &nothing);
        for (uint32_t k = 0; k < folder.count; k++)
            finish_status(machine, &folder.items[k], 301,
                          value_concat(model, folder.items[k].path, value_text(model, STR("/"))),
                          span);
        for (uint32_t k = 0; k < nothing.count; k++)
            finish_status(machine, &nothing.items[k], 404, NULL, span);
    }
}

static void serve_files(struct machine *machine, const struct state *state)
{
    static const Str methods[] = { { "GET", 3 }, { "HEAD", 4 }, { "POST", 4 } };
    struct model *model = machine->model;
    Span span = state->cfg->span;
    struct states good = { 0 }, bad = { 0 };
    split_language(machine, state, state->method, words(machine, methods, 3), &good, &bad);
    for (uint32_t i = 0; i < bad.count; i++)
        finish_status(machine, &bad.items[i], 405, NULL, span);
    const struct fa *slash = fa_concat(model->fa, fa_all(model->fa), word(machine, "/"));
    for (uint32_t i = 0; i < good.count; i++) {
        const struct state *now = &good.items[i];
        const struct value *file = file_path(machine, now);
        if (!file) // the root depends on the request: which file it is does not matter here
            file = now->path;
        struct states folder = { 0 }, plain = { 0 };
        split_language(machine, now, now->path, slash, &folder, &plain);
        for (uint32_t k = 0; k < folder.count; k++)
            serve_folder(machine, &folder.items[k], file, span);
        for (uint32_t k = 0; k < plain.count; k++)
            serve_plain_file(machine, &plain.items[k], file, span);
    }
}

static void serve_get_only(struct machine *machine, const struct state *state, Span span)
{
    static const Str methods[] = { { "GET", 3 }, { "HEAD", 4 } };
    struct states good = { 0 }, bad = { 0 };
    split_language(machine, state, state->method, words(machine, methods, 2), &good, &bad);
    for (uint32_t i = 0; i < good.count; i++)
        finish_direct(machine, &good.items[i], 200, NULL, span);
    for (uint32_t i = 0; i < bad.count; i++)
        finish_status(machine, &bad.items[i], 405, NULL, span);
}

// Upstream answers whose status an error page replaces.
static void serve_upstream(struct machine *machine, const struct state *state,
                           const struct block *from)
{
    struct model *model = machine->model;
    const struct block *pages =
        block_error_pages(state->cfg); // a used one still takes the answer away
    struct states rest = { 0 };
    *vec_push(model->arena, &rest) = *state;
    bool intercepts = block_flag(state->cfg, offsetof(struct block, intercept_errors), false);
    for (uint32_t i = 0; intercepts && pages && i < pages->error_pages.count; i++) {
        uint32_t status = pages->error_pages.items[i].status;
        if (status < 300)
            continue;
        struct states hit = { 0 }, missed = { 0 };
        Str text = str_format(model->arena, "%u", status);
        for (uint32_t k = 0; k < rest.count; k++)
            split_language(machine, &rest.items[k], value_var(model, model->upstream_status),
                           fa_literal(model->fa, text), &hit, &missed);
        for (uint32_t k = 0; k < hit.count; k++) {
            hit.items[k].upstream_asked = true;
            finish_status(machine, &hit.items[k], status, NULL, from->handler_span);
        }
        rest = missed;
    }
    for (uint32_t k = 0; k < rest.count; k++)
        finish_upstream(machine, &rest.items[k], from->upstream, from->handler_span);
}

void serve_content(struct machine *machine, const struct state *state)
{
    const struct block *from = block_handler(state->cfg);
    switch (from->handler) {
    case HANDLER_UPSTREAM:
        serve_upstream(machine, state, from);
        return;
    case HANDLER_UNKNOWN:
        finish_unknown(machine, state, STR("what this code answers"),
                       hash_u64(HASH_SEED, from->handler_span.end - from->handler_span.begin),
                       from->handler_span);
        return;
    case HANDLER_EMPTY_GIF:
    case HANDLER_STATUS:
        serve_get_only(machine, state, from->handler_span);
        return;
    case HANDLER_STATIC:
        serve_files(machine, state);
        return;
    }
}

// ---- try_files

static void try_last(struct machine *machine, const struct state *state,
                     const struct template *last, Span span)
{
    Str text;
    uint32_t status;
    if (template_is_text(last, &text) && str_starts(text, STR("@"))) {
        const struct block *named = named_location(state->server, str_slice(text, 1, text.len));
        if (named)
            jump_to(machine, state, named);
        else
            finish_status(machine, state, 500, NULL, span);
        return;
    }
    if (template_is_text(last, &text) && str_starts(text, STR("=")) &&
        str_number(str_slice(text, 1, text.len), 999, &status)) {
        finish_status(machine, state, status, NULL, span);
        return;
    }
    struct evaluations targets = { 0 };
    evaluate(machine, state, last, &targets);
    for (uint32_t i = 0; i < targets.count; i++)
        redirect_to(machine, &targets.items[i].state, targets.items[i].value);
}

// Takes the final slash off an expression. False when there is none.
static bool without_slash(struct machine *machine, struct template *name)
{
    struct template_part *parts =
        ARENA_ARRAY(machine->model->arena, struct template_part, name->count + 1);
    for (uint32_t i = 0; i < name->count; i++)
        parts[i] = name->parts[i];
    struct template_part *last = name->count ? &parts[name->count - 1] : NULL;
    if (!last || !str_ends(last->text, STR("/")))
        return false;
    last->text.len--;
    name->count -= last->text.len == 0;
    name->parts = parts;
    return true;
}

// Files are tested below the root (or alias) of the location; the first that is there becomes the
// path.
static void serve_try_files(struct machine *machine, const struct state *state)
{
    struct model *model = machine->model;
    const struct block *cfg = state->cfg;
    struct states rest = { 0 };
    *vec_push(model->arena, &rest) = *state;
    for (uint32_t i = 0; i + 1 < cfg->try_files.count; i++) {
        struct states missing = { 0 };
        for (uint32_t k = 0; k < rest.count; k++) {
            struct evaluations tries = { 0 };
            struct template name = cfg->try_files.items[i];
            bool folder = without_slash(
                machine, &name); // "$uri/": a folder; the path is the one without the slash
            evaluate(machine, &rest.items[k], &name, &tries);
            for (uint32_t t = 0; t < tries.count; t++) {
                struct state now = tries.items[t].state;
                const struct value *path = tries.items[t].value;
                const struct value *before = now.path;
                now.path = path;
                const struct value *file = file_path(machine, &now);
                now.path = before;
                struct states there = { 0 };
                split_file(machine, &now, file ? file : path, folder ? 'd' : 'f', cfg->try_span,
                           &there, &missing);
                for (uint32_t n = 0; n < there.count; n++) {
                    there.items[n].path = path;
                    serve_content(machine, &there.items[n]);
                }
            }
        }
        rest = missing;
    }
    for (uint32_t k = 0; k < rest.count; k++)
        try_last(machine, &rest.items[k], &cfg->try_files.items[cfg->try_files.count - 1],
                 cfg->try_span);
}

// ---- access

enum verdict { PASSES, FORBIDDEN, UNAUTHORIZED };

struct judged {
    struct state state;
    enum verdict verdict;
};
struct judgements {
    struct judged *items;
    uint32_t count, capacity;
};

static void judge(struct machine *machine, struct judgements *out, const struct states *states,
                  enum verdict verdict)
{
    for (uint32_t i = 0; i < states->count; i++)
        *vec_push(machine->model->arena, out) = (struct judged){ states->items[i], verdict };
}

static void judge_address(struct machine *machine, const struct state *state,
                          const struct block *from, struct judgements *out)
{
    struct states self = { 0 }, yes = { 0 }, no = { 0 };
    *vec_push(machine->model->arena, &self) = *state;
    if (from->rules.items[0].all) {
        judge(machine, out, &self, from->rules.items[0].allow ? PASSES : FORBIDDEN);
        return;
    }
    uint64_t identity = HASH_SEED;
    bool denies = false;
    for (uint32_t i = 0; i < from->rules.count; i++) {
        denies |= !from->rules.items[i].allow;
        identity =
            hash_u64(hash_str(identity, from->rules.items[i].text), from->rules.items[i].allow);
    }
    if (!denies) { // a list of allow alone refuses nobody
        judge(machine, out, &self, PASSES);
        return;
    }
    split_choice(machine, state, STR("whether the client's address is allowed"), identity,
                 from->span, &yes, &no);
    judge(machine, out, &yes, PASSES);
    judge(machine, out, &no, FORBIDDEN);
}

static void judge_basic(struct machine *machine, const struct state *state,
                        const struct block *from, struct judgements *out)
{
    struct model *model = machine->model;
    struct evaluations realms = { 0 };
    evaluate(machine, state, &from->auth_basic, &realms);
    for (uint32_t i = 0; i < realms.count; i++) {
        struct states off = { 0 }, on = { 0 };
        split_language(machine, &realms.items[i].state, realms.items[i].value, word(machine, "off"),
                       &off, &on);
        judge(machine, out, &off, PASSES);
        for (uint32_t k = 0; k < on.count; k++) {
            const struct value *sent = value_var(model, model_header(model, STR("authorization")));
            const struct fa *basic = fa_concat(
                model->fa, fa_literal_nocase(model->fa, STR("basic ")), fa_all(model->fa));
            struct states given = { 0 }, none = { 0 }, right = { 0 }, wrong = { 0 };
            split_language(machine, &on.items[k], sent, basic, &given, &none);
            judge(machine, out, &none, UNAUTHORIZED);
            for (uint32_t g = 0; g < given.count; g++)
                split_choice(machine, &given.items[g], STR("whether the password is right"), 0,
                             from->auth_span, &right, &wrong);
            judge(machine, out, &right, PASSES);
            judge(machine, out, &wrong, UNAUTHORIZED);
        }
    }
}

static void judge_request(struct machine *machine, const struct state *state,
                          const struct block *from, struct judgements *out)
{
    struct states self = { 0 }, yes = { 0 }, no = { 0 };
    if (from->auth_request.len == 0) {
        *vec_push(machine->model->arena, &self) = *state;
        judge(machine, out, &self, PASSES);
        return;
    }
    split_choice(machine, state, STR("whether the auth_request subrequest allows it"),
                 hash_str(HASH_SEED, from->auth_request), from->auth_span, &yes, &no);
    judge(machine, out, &yes, PASSES);
    judge(machine, out, &no, UNAUTHORIZED);
}

// One check after the other. With `satisfy any` the first that passes is enough; else the first
// that does not ends it.
static void serve_access(struct machine *machine, const struct state *state)
{
    const struct block *const checks[] = {
        block_rules(state->cfg),
        block_auth_basic(state->cfg),
        block_auth_request(state->cfg),
    };
    void (*const judges[])(struct machine *, const struct state *, const struct block *,
                           struct judgements *) = { judge_address, judge_basic, judge_request };
    bool any = block_satisfy_any(state->cfg);
    struct judgements now = { 0 };
    *vec_push(machine->model->arena, &now) = (struct judged){ *state, PASSES };
    bool first = true; // with `satisfy any`: nothing has been asked yet
    for (size_t c = 0; c < sizeof checks / sizeof *checks; c++) {
        if (!checks[c])
            continue;
        struct judgements next = { 0 };
        for (uint32_t i = 0; i < now.count; i++) {
            struct judged *judged = &now.items[i];
            bool asks = any ? first || judged->verdict != PASSES : judged->verdict == PASSES;
            if (!asks) {
                *vec_push(machine->model->arena, &next) = *judged;
                continue;
            }
            enum verdict before = first ? PASSES : judged->verdict;
            uint32_t from = next.count;
            judges[c](machine, &judged->state, checks[c], &next);
            for (uint32_t k = from; k < next.count; k++) // 401 says more than 403
                if (any && before == UNAUTHORIZED && next.items[k].verdict == FORBIDDEN)
                    next.items[k].verdict = UNAUTHORIZED;
        }
        now = next;
        first = false;
    }
    for (uint32_t i = 0; i < now.count; i++) {
        const struct state *judged = &now.items[i].state;
        if (now.items[i].verdict != PASSES)
            finish_status(machine, judged, now.items[i].verdict == FORBIDDEN ? 403 : 401, NULL,
                          judged->cfg->span);
        else if (judged->cfg->try_files.count)
            serve_try_files(machine, judged);
        else
            serve_content(machine, judged);
    }
}

// ---- location

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
    *vec_push(model->arena, &rest) = *state;
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
        finish_unknown(machine, &rest.items[i], STR("which location serves this"), 0,
                       state->server->span);
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
    struct model *model = machine->model;
    struct states inside = { 0 }, excepted = { 0 }, done = { 0 };
    const struct block *location = state->cfg;
    if (location->limit_except)
        split_language(machine, state, state->method, location->limit_methods, &inside, &excepted);
    else
        *vec_push(model->arena, &inside) = *state;
    if (location->unknown_flow) {
        struct states passes = { 0 };
        for (uint32_t i = 0; i < inside.count; i++) {
            struct states ends = { 0 };
            split_choice(machine, &inside.items[i], str_from(location->unknown_flow),
                         hash_u64(HASH_SEED, location->unknown_flow_span.end -
                                                 location->unknown_flow_span.begin),
                         location->unknown_flow_span, &passes, &ends);
            for (uint32_t k = 0; k < ends.count; k++)
                finish_unknown(machine, &ends.items[k], STR("what this code answers"), 0,
                               location->unknown_flow_span);
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
    if (is_internal(target->location) && !state->internal)
        finish_status(machine, &next, 404, NULL, target->location->span);
    else if (target->slash_redirect)
        finish_status(machine, &next, 301,
                      value_concat(model, next.path, value_text(model, STR("/"))),
                      target->location->span);
    else
        run_location(machine, &next);
}

void jump_to(struct machine *machine, const struct state *state, const struct block *named)
{
    struct state next = *state;
    if (--next.changes_left == 0) {
        finish_status(machine, &next, 500, NULL, named->span);
        return;
    }
    next.cfg = named;
    next.internal = true;
    run_location(machine, &next);
}

void redirect_to(struct machine *machine, const struct state *state, const struct value *uri)
{
    struct model *model = machine->model;
    struct state next = *state;
    if (--next.changes_left == 0) {
        finish_status(machine, &next, 500, NULL, state->cfg->span);
        return;
    }
    // "path?args" is cut where the text is known
    next.path = uri;
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
    next.cfg = next.server;
    serve(machine, &next);
}

void serve(struct machine *machine, const struct state *state)
{
    struct states in = { 0 }, out = { 0 };
    *vec_push(machine->model->arena, &in) = *state;
    run_steps(machine, &in, state->server->steps.items, state->server->steps.count, &out);
    for (uint32_t i = 0; i < out.count; i++) {
        out.items[i].stopped = false;
        out.items[i].path_changed = false;
        search(machine, &out.items[i]);
    }
}
