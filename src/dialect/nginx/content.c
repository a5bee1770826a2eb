// What is answered once access is granted: files, folders, upstreams, code
// (reference/nginx.md 3.3, 3.5).
#include "base/hash.h"
#include "dialect/nginx/forward.h"
#include "dialect/nginx/machine.h"

static const struct fa *word(struct machine *machine, const char *text)
{
    return fa_literal(machine->model->fa, str_from(text));
}

static const struct fa *words(struct machine *machine, const Str *list, size_t count)
{
    return fa_literals(machine->model->fa, list, count);
}

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
    *vec_push(machine->scratch, &rest) = *state;
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
                    redirect_to(machine, now, index, ARGS_KEPT);
                    continue;
                }
                struct states there = { 0 };
                split_file(machine, now, value_concat(model, file, index), 'f', span, &there,
                           &missing);
                for (uint32_t t = 0; t < there.count; t++)
                    redirect_to(machine, &there.items[t], value_concat(model, now->path, index),
                                ARGS_KEPT);
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

// Whether a file that is not there leads elsewhere than to a plain 404.
static bool cares_for_missing(const struct state *state)
{
    const struct block *from = state->error_page_used ? NULL : block_error_pages(state->cfg);
    for (uint32_t i = 0; from && i < from->error_pages.count; i++) {
        uint32_t status = from->error_pages.items[i].status;
        if (status == 404 || status == 403 || status == 301)
            return true;
    }
    return state->error_status != 0;
}

// The one file that an index stands for, when there is one and it is written out.
static const struct value *only_index(struct machine *machine, const struct state *state)
{
    const struct block *from = block_index(state->cfg);
    Str name = STR("index.html");
    bool one = !from || (from->index.count == 1 && template_is_text(&from->index.items[0], &name));
    if (!one || block_flag(state->cfg, offsetof(struct block, autoindex), false))
        return NULL;
    const struct value *index = value_text(machine->model, name);
    return str_starts(name, STR("/")) ? index : value_concat(machine->model, state->path, index);
}

// Files that cannot be looked at are taken to be there, as an upstream is taken to answer: one
// answer, not two by a choice.
static bool serve_unseen(struct machine *machine, const struct state *state, bool folder, Span span)
{
    if (files_are_known(machine, state) || cares_for_missing(state))
        return false;
    const struct value *index = folder ? only_index(machine, state) : NULL;
    if (folder && !index)
        return false;
    if (folder)
        redirect_to(machine, state, index, ARGS_KEPT);
    else
        finish_file(machine, state, span);
    return true;
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
            if (!serve_unseen(machine, &folder.items[k], true, span))
                serve_folder(machine, &folder.items[k], file, span);
        for (uint32_t k = 0; k < plain.count; k++)
            if (!serve_unseen(machine, &plain.items[k], false, span))
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
static void serve_sent(struct machine *machine, const struct state *state, const struct block *from,
                       const struct sent *sent)
{
    struct model *model = machine->model;
    const struct block *pages =
        block_error_pages(state->cfg); // a used one still takes the answer away
    struct states rest = { 0 };
    *vec_push(machine->scratch, &rest) = *state;
    size_t flag = offsetof(struct block, intercept_errors) + from->family;
    bool intercepts = block_flag(state->cfg, flag, false);
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
            hit.items[k].upstream_asked = sent;
            finish_status(machine, &hit.items[k], status, NULL, from->handler_span);
        }
        rest = missed;
    }
    for (uint32_t k = 0; k < rest.count; k++)
        finish_upstream(machine, &rest.items[k], sent, from->handler_span);
}

static void serve_upstream(struct machine *machine, const struct state *state,
                           const struct block *from)
{
    struct passed_ons sent = { 0 };
    forward_find(machine, state, from, &sent);
    for (uint32_t i = 0; i < sent.count; i++)
        if (sent.items[i].two_hosts)
            finish_unknown(
                machine, &sent.items[i].state, STR("Host is passed on twice, which servers refuse"),
                hash_str(hash_u64(HASH_SEED, from->hash), from->upstream), from->handler_span);
        else
            serve_sent(machine, &sent.items[i].state, from, sent.items[i].sent);
}

void serve_content(struct machine *machine, const struct state *state)
{
    const struct block *from = block_handler(state->cfg);
    switch (from->handler) {
    case HANDLER_UPSTREAM:
        serve_upstream(machine, state, from);
        return;
    case HANDLER_UNKNOWN:
        finish_unknown(machine, state, STR("what this code answers"), from->handler_identity,
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
        redirect_to(machine, &targets.items[i].state, targets.items[i].value, ARGS_DROPPED);
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
void serve_try_files(struct machine *machine, const struct state *state)
{
    const struct block *cfg = state->cfg;
    struct states rest = { 0 };
    *vec_push(machine->scratch, &rest) = *state;
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
