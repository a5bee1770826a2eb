// The variables that nginx itself has, and what an assigned one is worth in a state.
#include "base/hash.h"
#include "dialect/nginx/machine.h"

#include <stdlib.h>

const struct binding *binding_find(const struct state *state, Str name)
{
    for (const struct binding *b = state->bindings; b; b = b->next)
        if (str_equal(b->name, name))
            return b;
    return NULL;
}

static Str dashed(struct machine *machine, Str name)
{
    Str copy = str_copy(machine->model->arena, name);
    char *bytes = (char *)(uintptr_t)copy.ptr;
    for (size_t i = 0; i < copy.len; i++)
        if (bytes[i] == '_')
            bytes[i] = '-';
    return copy;
}

static const struct value *unknown_variable(struct machine *machine, Str name, const char *why,
                                            uint64_t identity, Span span)
{
    Str reason = str_format(machine->model->arena, "the value of $%.*s: %s", STR_ARG(name), why);
    return value_unknown(machine->model, reason, hash_str(identity, name), span);
}

static const struct value *sent_header(struct machine *machine, const struct state *state, Str name,
                                       Span span)
{
    struct model *model = machine->model;
    if (!state->answering)
        return value_text(model, STR(""));
    for (uint32_t i = state->op_count; i-- > 0;) {
        const struct header_op *op = &state->op_room->items[i];
        if (op->verb == HEADER_UNKNOWN)
            return unknown_variable(machine, name, "code may have changed it",
                                    op->value ? value_hash(op->value) : 0, span);
        if (!str_equal_nocase(op->name, name))
            continue;
        if (op->statuses &&
            (state->answer != ANSWER_OWN || !statuses_has(op->statuses, state->status)))
            return unknown_variable(machine, name, "it depends on the status",
                                    op->value ? value_hash(op->value) : 0, span);
        return op->value ? op->value : value_text(model, STR(""));
    }
    return state->answer == ANSWER_UPSTREAM ? value_var(model, model_upstream_header(model, name))
                                            : value_text(model, STR(""));
}

static const struct value *host(struct machine *machine, const struct state *state)
{
    struct model *model = machine->model;
    const struct fa *language = box_language(state->box, model->host);
    Str only;
    if (state->headerless)
        only = STR("");
    if (state->headerless || (language && fa_is_literal(model->arena, language, &only))) {
        const struct block *server = state->server;
        Str first = server->names.count ? server->names.items[0] : STR("");
        (void)str_eat(&first, STR("."));
        return value_text(model, only.len ? only : first);
    }
    return value_var(model, model->host);
}

static const struct value *root_text(struct machine *machine, const struct state *state, Span span)
{
    const struct block *from = block_root(state->cfg);
    Str text;
    if (!from)
        return value_text(machine->model, STR("html"));
    if (template_is_text(&from->root, &text))
        return value_text(machine->model, text);
    return unknown_variable(machine, STR("document_root"), "it is computed", 0, span);
}

static const struct value *builtin_path(struct machine *machine, const struct state *state,
                                        Str name, Span span)
{
    (void)name;
    (void)span;
    (void)machine;
    return state->path;
}
static const struct value *builtin_args(struct machine *machine, const struct state *state,
                                        Str name, Span span)
{
    (void)name;
    (void)span;
    (void)machine;
    return state->args;
}
static const struct value *builtin_is_args(struct machine *machine, const struct state *state,
                                           Str name, Span span)
{
    (void)name;
    (void)span;
    const struct fa *words;
    (void)value_language(machine->model, state->box, state->args, &words);
    bool none = words && fa_is_subset(machine->model->fa, words, fa_empty(machine->model->fa));
    return value_text(machine->model, none ? STR("") : STR("?"));
}
static const struct value *builtin_method(struct machine *machine, const struct state *state,
                                          Str name, Span span)
{
    (void)name;
    (void)span;
    (void)machine;
    return state->method;
}
static const struct value *builtin_host(struct machine *machine, const struct state *state,
                                        Str name, Span span)
{
    (void)name;
    (void)span;
    return host(machine, state);
}
static const struct value *builtin_server_name(struct machine *machine, const struct state *state,
                                               Str name, Span span)
{
    (void)name;
    (void)span;
    const struct block *server = state->server;
    Str first = server->names.count ? server->names.items[0] : STR("");
    (void)str_eat(&first, STR(".")); // .example.com is called example.com
    return value_text(machine->model, first);
}
static const struct value *builtin_scheme(struct machine *machine, const struct state *state,
                                          Str name, Span span)
{
    (void)name;
    (void)span;
    Str only;
    struct model *model = machine->model;
    const struct fa *language = box_language(state->box, model->scheme);
    if (language && fa_is_literal(model->arena, language, &only))
        return value_text(model, only);
    return value_var(model, model->scheme);
}
static const struct value *builtin_https(struct machine *machine, const struct state *state,
                                         Str name, Span span)
{
    const struct value *scheme = builtin_scheme(machine, state, name, span);
    Str text;
    if (value_is_text(scheme, &text))
        return value_text(machine->model, str_is(text, "https") ? STR("on") : STR(""));
    return unknown_variable(machine, name, "the server listens with and without TLS", 0, span);
}
static const struct value *builtin_port(struct machine *machine, const struct state *state,
                                        Str name, Span span)
{
    (void)name;
    (void)span;
    (void)state;
    return value_var(machine->model, machine->model->port);
}
static const struct value *builtin_target(struct machine *machine, const struct state *state,
                                          Str name, Span span)
{
    (void)name;
    (void)span;
    (void)state;
    return value_var(machine->model, machine->model->target);
}
static const struct value *builtin_address(struct machine *machine, const struct state *state,
                                           Str name, Span span)
{
    (void)name;
    (void)span;
    (void)state;
    return value_var(machine->model, machine->model->address);
}
static const struct value *builtin_content_type(struct machine *machine, const struct state *state,
                                                Str name, Span span)
{
    (void)span;
    (void)state;
    return value_var(machine->model, model_header(machine->model, dashed(machine, name)));
}
static const struct value *builtin_root(struct machine *machine, const struct state *state,
                                        Str name, Span span)
{
    (void)name;
    return root_text(machine, state, span);
}
static const struct value *builtin_filename(struct machine *machine, const struct state *state,
                                            Str name, Span span)
{
    const struct value *path = file_path(machine, state);
    return path ? path : unknown_variable(machine, name, "it is computed", 0, span);
}
static const struct value *builtin_status(struct machine *machine, const struct state *state,
                                          Str name, Span span)
{
    struct model *model = machine->model;
    if (state->answering && state->status)
        return value_text(model, str_format(model->arena, "%u", state->status));
    if (state->answering && state->answer == ANSWER_UPSTREAM)
        return value_var(model, model->upstream_status);
    return unknown_variable(machine, name, "it is not decided yet", 0, span);
}

static const struct builtin {
    const char *name;
    const struct value *(*get)(struct machine *machine, const struct state *state, Str name,
                               Span span);
} builtins[] = {
    // sorted by name
    { "args", builtin_args },
    { "binary_remote_addr", builtin_address },
    { "content_length", builtin_content_type },
    { "content_type", builtin_content_type },
    { "document_root", builtin_root },
    { "document_uri", builtin_path },
    { "host", builtin_host },
    { "https", builtin_https },
    { "is_args", builtin_is_args },
    { "query_string", builtin_args },
    { "remote_addr", builtin_address },
    { "request_filename", builtin_filename },
    { "request_method", builtin_method },
    { "request_uri", builtin_target },
    { "scheme", builtin_scheme },
    { "server_name", builtin_server_name },
    { "server_port", builtin_port },
    { "status", builtin_status },
    { "uri", builtin_path },
};

static int compare_builtin(const void *key, const void *row)
{
    return str_compare(*(const Str *)key, str_from(((const struct builtin *)row)->name));
}

// One of the arguments in force: the request's own, or those that a redirect or rewrite put in
// their place.
static const struct value *argument_of(struct machine *machine, const struct state *state, Str name,
                                       Span span)
{
    struct model *model = machine->model;
    Str text;
    if (value_is_var(state->args, model->query))
        return value_var(model, model_arg(model, name));
    if (value_is_text(state->args, &text))
        return value_text(model, request_argument(text, name));
    return unknown_variable(machine, name, "the arguments were put together on the way", 0, span);
}

const struct value *variable(struct machine *machine, const struct state *state, Str name,
                             Span span)
{
    struct model *model = machine->model;
    const struct binding *bound = binding_find(state, name);
    if (bound)
        return bound->value;
    const struct computed *computed = config_computed(machine->config, name);
    if (computed && computed->kind == COMPUTED_UNKNOWN)
        return value_unknown(model, computed->reason, computed->identity, span);
    if (computed) // deeper than nginx follows
        return value_text(model, STR(""));
    const struct builtin *builtin = bsearch(&name, builtins, sizeof builtins / sizeof *builtins,
                                            sizeof *builtins, compare_builtin);
    if (builtin)
        return builtin->get(machine, state, name, span);
    Str rest = name;
    bool of_headers = str_starts(name, STR("http_")) || str_starts(name, STR("cookie_")) ||
                      str_starts(name, STR("arg_"));
    if (state->headerless && of_headers)
        return value_text(model, STR(""));
    if (str_eat(&rest, STR("http_")))
        return value_var(model, model_header(model, dashed(machine, rest)));
    if (str_eat(&rest, STR("cookie_")))
        return value_var(model, model_cookie(model, rest));
    if (str_eat(&rest, STR("arg_")))
        return argument_of(machine, state, rest, span);
    if (str_eat(&rest, STR("upstream_http_"))) {
        bool has = state->answering && state->answer == ANSWER_UPSTREAM;
        return has ? value_var(model, model_upstream_header(model, dashed(machine, rest)))
                   : value_text(model, STR(""));
    }
    if (str_eat(&rest, STR("sent_http_")))
        return sent_header(machine, state, dashed(machine, rest), span);
    if (config_is_input(machine->config, name))
        return unknown_variable(machine, name, "what includes this file may set it", 0, span);
    if (config_is_set(machine->config,
                      name)) // some `set` or named group assigns it, but none did yet
        return value_text(model, STR(""));
    return unknown_variable(machine, name, "nothing is known of it", 0, span);
}
