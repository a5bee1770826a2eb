// What expressions and variables are worth in a state.
#include "base/hash.h"
#include "dialect/nginx/machine.h"

#include <stdlib.h>

enum {
    PARTS_MAX = 64,       // of one value: longer ones are not followed
    TEXT_MAX = 32 * 1024, // bytes of known text in one value
    CAPTURE_DEPTH = 2,    // captures in what was captured: deeper ones are not followed
    MAP_DEPTH = 100,      // maps whose source is a map: nginx's own limit, beyond it ""
};

void bind(struct machine *machine, struct state *state, Str name, const struct value *value,
          bool from_map)
{
    struct binding *binding = ARENA_NEW(machine->model->arena, struct binding);
    *binding = (struct binding){ state->bindings, name, value, from_map };
    state->bindings = binding;
}

static const struct binding *find_binding(const struct state *state, Str name)
{
    for (const struct binding *b = state->bindings; b; b = b->next)
        if (str_equal(b->name, name))
            return b;
    return NULL;
}

// Whether a group holds the whole subject for every subject in `language`.
static bool holds_whole(struct machine *machine, const struct pattern *pattern, uint32_t group,
                        const struct fa *language)
{
    struct model *model = machine->model;
    if (!pattern->result.regex)
        return false;
    const struct fa *yes, *no;
    regex_group_whole(model->fa, pattern->result.regex, group, &yes, &no);
    return fa_is_disjoint(model->fa, no, language);
}

static uint32_t capture_depth(const struct value *value)
{
    uint32_t depth = 0;
    for (uint32_t i = 0; i < value->count; i++)
        if (value->parts[i].subject) {
            uint32_t inner = 1 + capture_depth(value->parts[i].subject);
            depth = inner > depth ? inner : depth;
        }
    return depth;
}

static const struct value *capture(struct machine *machine, const struct state *state,
                                   const struct pattern *pattern, uint32_t group,
                                   const struct value *subject)
{
    struct model *model = machine->model;
    if (!pattern)
        return value_text(model, STR(""));
    if (pattern->result.regex && group > regex_group_count(pattern->result.regex))
        return value_text(model, STR(""));
    Str text, groups[10];
    if (value_is_text(subject, &text) && group < 10) {
        bool matched =
            regex_match(model->arena, pattern->text, pattern->flags, text, groups, group + 1);
        return value_text(model, matched ? groups[group] : STR(""));
    }
    const struct var *var =
        subject->count == 1 && subject->parts[0].kind == PART_VAR ? subject->parts[0].var : NULL;
    if (var && holds_whole(machine, pattern, group, box_language(state->box, var)))
        return subject;
    if (capture_depth(subject) >= CAPTURE_DEPTH)
        return value_unknown(model, STR("a part of what was cut out several times"),
                             hash_u64(hash_str(value_hash(subject), pattern->text), group),
                             (Span){ 0 });
    return value_capture(model, pattern, group, subject);
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
        const struct header_op *op = &state->ops[i];
        if (op->verb == HEADER_UNKNOWN)
            return unknown_variable(machine, name, "code may have changed it", 0, span);
        if (!str_equal_nocase(op->name, name))
            continue;
        if (op->statuses &&
            (state->answer != ANSWER_OWN || !statuses_has(op->statuses, state->status)))
            return unknown_variable(machine, name, "it depends on the status", 0, span);
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

const struct value *variable(struct machine *machine, const struct state *state, Str name,
                             Span span)
{
    struct model *model = machine->model;
    const struct binding *bound = find_binding(state, name);
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
        return value_var(model, model_arg(model, rest));
    if (str_eat(&rest, STR("upstream_http_"))) {
        bool has = state->answering && state->answer == ANSWER_UPSTREAM;
        return has ? value_var(model, model_upstream_header(model, dashed(machine, rest)))
                   : value_text(model, STR(""));
    }
    if (str_eat(&rest, STR("sent_http_")))
        return sent_header(machine, state, dashed(machine, rest), span);
    if (config_is_set(machine->config,
                      name)) // some `set` or named group assigns it, but none did yet
        return value_text(model, STR(""));
    return unknown_variable(machine, name, "nothing is known of it", 0, span);
}

static bool too_long(const struct value *value)
{
    size_t text = 0;
    for (uint32_t i = 0; i < value->count; i++)
        text += value->parts[i].text.len;
    return value->count > PARTS_MAX || text > TEXT_MAX;
}

// Everything that a variable's value needs to be decided first: maps are evaluated (which may
// change the captures), the host and the presence of arguments are split.
static void prepare(struct machine *machine, const struct state *state, Str name, uint32_t depth,
                    struct states *out)
{
    const struct binding *bound = find_binding(state, name);
    const struct computed *computed = config_computed(machine->config, name);
    bool is_map = computed && computed->kind == COMPUTED_MAP;
    if (is_map && (!bound || (bound->from_map && computed->is_volatile)) && depth < MAP_DEPTH) {
        evaluate_map(machine, state, computed, depth + 1, out);
        return;
    }
    if (!bound && !state->headerless && str_is(name, "host")) {
        split_language(machine, state, value_var(machine->model, machine->model->host),
                       fa_empty(machine->model->fa), out, out);
        return;
    }
    if (!bound && str_is(name, "is_args")) {
        split_language(machine, state, state->args, fa_empty(machine->model->fa), out, out);
        return;
    }
    *vec_push(machine->model->arena, out) = *state;
}

void evaluate_deep(struct machine *machine, const struct state *state,
                   const struct template *expression, uint32_t depth, struct evaluations *out)
{
    struct model *model = machine->model;
    struct states ready = { 0 };
    *vec_push(model->arena, &ready) = *state;
    bool captured_before_map = false;
    for (uint32_t i = 0; i < expression->count; i++) {
        const struct template_part *part = &expression->parts[i];
        captured_before_map |= part->group > 0;
        if (!part->variable.len)
            continue;
        struct states next = { 0 };
        for (uint32_t k = 0; k < ready.count; k++)
            prepare(machine, &ready.items[k], part->variable, depth, &next);
        ready = next;
    }
    for (uint32_t k = 0; k < ready.count; k++) {
        const struct state *now = &ready.items[k];
        const struct value *value = value_text(model, STR(""));
        for (uint32_t i = 0; i < expression->count; i++) {
            const struct template_part *part = &expression->parts[i];
            const struct value *piece;
            if (part->group && now->matched != state->matched && captured_before_map)
                // nginx counts the length of the old group and copies the new one, or answers 500
                piece = value_unknown(model, STR("a captured group that a map replaces meanwhile"),
                                      hash_u64(HASH_SEED, part->group), expression->span);
            else if (part->group)
                piece = capture(machine, now, now->matched, part->group, now->subject);
            else if (part->variable.len)
                piece = variable(machine, now, part->variable, expression->span);
            else
                piece = value_text(model, part->text);
            value = value_concat(model, value, piece);
            if (too_long(value)) {
                value = value_unknown(model, STR("a value that grows too long"),
                                      hash_u64(HASH_SEED, expression->count), expression->span);
                break;
            }
        }
        *vec_push(model->arena, out) = (struct evaluation){ *now, value };
    }
}

void evaluate(struct machine *machine, const struct state *state, const struct template *expression,
              struct evaluations *out)
{
    evaluate_deep(machine, state, expression, 0, out);
}

void split_language(struct machine *machine, const struct state *state, const struct value *value,
                    const struct fa *language, struct states *yes, struct states *no)
{
    struct boxes inside = { 0 }, outside = { 0 };
    value_split(machine->model, state->box, value, language, &inside, &outside);
    for (uint32_t i = 0; i < inside.count; i++) {
        struct state *next = vec_push(machine->model->arena, yes);
        *next = *state;
        next->box = inside.items[i];
    }
    for (uint32_t i = 0; i < outside.count; i++) {
        struct state *next = vec_push(machine->model->arena, no);
        *next = *state;
        next->box = outside.items[i];
    }
}

void split_choice(struct machine *machine, const struct state *state, Str text, uint64_t identity,
                  Span span, struct states *yes, struct states *no)
{
    const struct value *value =
        value_var(machine->model, model_choice(machine->model, text, identity, span));
    split_language(machine, state, value, model_choice_value(machine->model, true), yes, no);
}

void set_captures(struct machine *machine, struct state *state, const struct pattern *pattern,
                  const struct value *subject)
{
    const struct regex *regex = pattern->result.regex;
    uint32_t groups = regex ? regex_group_count(regex) : 0;
    state->matched = groups || !regex ? pattern : NULL;
    state->subject = subject;
    for (uint32_t g = 1; g <= groups; g++) {
        Str name = regex_group_name(regex, g);
        if (name.len)
            bind(machine, state, str_lower(machine->model->arena, name),
                 capture(machine, state, pattern, g, subject), false);
    }
}

void split_pattern(struct machine *machine, const struct state *state, const struct value *value,
                   const struct pattern *pattern, struct states *yes, struct states *no)
{
    struct model *model = machine->model;
    uint32_t first = yes->count;
    Str text;
    if (value_is_text(value, &text) && !pattern->result.language) {
        bool matched = regex_match(model->arena, pattern->text, pattern->flags, text, NULL, 0);
        *vec_push(model->arena, matched ? yes : no) = *state;
    } else if (!pattern->result.language) {
        uint64_t identity = hash_u64(hash_str(HASH_SEED, pattern->text), value_hash(value));
        Str question = str_format(model->arena, "whether \"%.*s\" matches: %s",
                                  STR_ARG(pattern->text), pattern->result.why);
        split_choice(machine, state, question, identity, (Span){ 0 }, yes, no);
    } else {
        split_language(machine, state, value, pattern->result.language, yes, no);
    }
    for (uint32_t i = first; i < yes->count; i++)
        set_captures(machine, &yes->items[i], pattern, value);
}

// Two values that both depend on the request: equal or not.
static void split_equal(struct machine *machine, const struct state *state, const struct value *a,
                        const struct value *b, const struct condition *condition,
                        struct states *yes, struct states *no)
{
    struct model *model = machine->model;
    Str text;
    if (value_is_text(b, &text)) {
        split_language(machine, state, a, fa_literal(model->fa, text), yes, no);
        return;
    }
    if (value_is_text(a, &text)) {
        split_language(machine, state, b, fa_literal(model->fa, text), yes, no);
        return;
    }
    if (value_equal(a, b) && !value_find_unknown(a)) {
        *vec_push(model->arena, yes) = *state;
        return;
    }
    enum { WORDS_MAX = 64 };
    const struct fa *words;
    Str list[WORDS_MAX];
    bool exact = value_language(model, state->box, b, &words);
    if (exact && fa_count(words) <= WORDS_MAX) {
        size_t count = fa_enumerate(model->arena, words, list, WORDS_MAX);
        for (size_t i = 0; i < count; i++) {
            struct states is = { 0 }, other = { 0 };
            const struct fa *word = fa_literal(model->fa, list[i]);
            split_language(machine, state, b, word, &is, &other);
            for (uint32_t k = 0; k < is.count; k++)
                split_language(machine, &is.items[k], a, word, yes, no);
        }
        return;
    }
    uint64_t identity = hash_u64(value_hash(a), value_hash(b));
    split_choice(machine, state, str_format(model->arena, "whether %.*s", STR_ARG(condition->text)),
                 identity, condition->span, yes, no);
}

void split_condition(struct machine *machine, const struct state *state,
                     const struct condition *condition, struct states *yes, struct states *no)
{
    struct model *model = machine->model;
    struct states *when = condition->negated ? no : yes, *otherwise = condition->negated ? yes : no;
    struct evaluations left = { 0 };
    if (condition->kind == IF_FILE) {
        evaluate(machine, state, &condition->value, &left);
        for (uint32_t i = 0; i < left.count; i++)
            split_file(machine, &left.items[i].state, left.items[i].value,
                       condition->variable.ptr[1], condition->span, when, otherwise);
        return;
    }
    struct template_part part = { .variable = condition->variable };
    struct template subject = { &part, 1, condition->span };
    evaluate(machine, state, &subject, &left);
    for (uint32_t i = 0; i < left.count; i++) {
        const struct evaluation *is = &left.items[i];
        if (condition->kind == IF_TRUE) {
            static const Str falses[] = { { "", 0 }, { "0", 1 } };
            split_language(machine, &is->state, is->value, fa_literals(model->fa, falses, 2),
                           otherwise, when);
        } else if (condition->kind == IF_EQUAL) {
            struct evaluations right = { 0 };
            evaluate(machine, &is->state, &condition->value, &right);
            for (uint32_t k = 0; k < right.count; k++)
                split_equal(machine, &right.items[k].state, is->value, right.items[k].value,
                            condition, when, otherwise);
        } else {
            uint32_t first = otherwise->count;
            split_pattern(machine, &is->state, is->value, condition->pattern, when, otherwise);
            for (uint32_t k = first; k < otherwise->count; k++)
                otherwise->items[k].matched = NULL; // a failed match of `if` empties the captures
        }
    }
}
