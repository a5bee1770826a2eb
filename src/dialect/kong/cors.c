// What the cors plugin does: reference/gateways.md sections 3.3 and 3.4.
#include "dialect/kong/kong.h"

#include "base/hash.h"

static const char allow_origin[] = "Access-Control-Allow-Origin";
static const char allow_credentials[] = "Access-Control-Allow-Credentials";

// One run of the plugin: over a preflight, which it answers, or over a response.
struct run_of {
    struct cases *cases;
    const struct kong_cors *cors;
    bool is_preflight;
    struct kong_next next;
};

static void vary(const struct run_of *run, struct branch *in)
{
    struct cases *cases = run->cases;
    const struct value *origin = value_text(cases->model, STR("Origin"));
    if (run->is_preflight)
        branch_set(cases, in, "Vary", origin, run->cors->origins.span);
    else
        branch_add(cases, in, "Vary", origin, run->cors->origins.span);
}

static void set(struct cases *cases, struct branch *in, const char *name, const struct value *value,
                Span span)
{
    if (value)
        branch_header(cases, in,
                      (struct header_op){ .verb = HEADER_SET,
                                          .name = str_from(name),
                                          .value = value,
                                          .keep_empty = value->count == 0,
                                          .span = span });
}

static void answer_preflight(const struct run_of *run, struct branch in)
{
    const struct kong_cors *cors = run->cors;
    struct cases *cases = run->cases;
    struct model *model = cases->model;
    if (cors->has_headers) {
        set(cases, &in, "Access-Control-Allow-Headers", cors->headers, cors->headers_span);
    } else {
        const struct value *asked = value_var(model, model->request_headers);
        branch_set(cases, &in, "Access-Control-Allow-Headers", asked, cors->headers_span);
    }
    set(cases, &in, "Access-Control-Allow-Methods", cors->methods, cors->methods_span);
    set(cases, &in, "Access-Control-Max-Age", cors->max_age, cors->max_age_span);
    if (cors->private_network) {
        const struct var *asked =
            model_header(model, STR("Access-Control-Request-Private-Network"));
        struct branch wanted;
        branch_split(cases, in, asked, fa_literal(model->fa, STR("true")), cors->private_span,
                     &wanted, &in);
        branch_set_text(cases, &wanted, "Access-Control-Allow-Private-Network", STR("true"),
                        cors->private_span);
        run->next.answer(cases, wanted, cors->span, run->next.state);
    }
    run->next.answer(cases, in, cors->span, run->next.state);
}

static void finish(const struct run_of *run, struct branch in)
{
    if (branch_is_none(in))
        return;
    if (run->is_preflight) {
        answer_preflight(run, in);
        return;
    }
    set(run->cases, &in, "Access-Control-Expose-Headers", run->cors->exposed,
        run->cors->exposed_span);
    run->next.pass(run->cases, in, run->next.state);
}

static void credentials(const struct run_of *run, struct branch in, bool allows_all)
{
    const struct kong_cors *cors = run->cors;
    struct cases *cases = run->cases;
    struct branch none = { 0 };
    if (cors->credentials && allows_all) {
        branch_split_present(cases, in, cases->model->origin, &in, &none);
        vary(run, &in);
        branch_set(cases, &in, allow_origin, value_var(cases->model, cases->model->origin),
                   cors->origins.span);
    }
    if (cors->credentials)
        branch_set_text(cases, &in, allow_credentials, STR("true"), cors->credentials_span);
    finish(run, in);
    finish(run, none);
}

// scheme://address:port of what has brackets around the address.
static const struct value *without_brackets(struct model *model)
{
    const struct pattern *parts =
        model_pattern(model, STR("^([^/]*//)\\[([^\\]]*)\\](.*)$"), REGEX_PCRE2, 0);
    const struct value *origin = value_var(model, model->origin);
    const struct value *head = value_capture(model, parts, 1, origin);
    const struct value *tail = value_concat(model, value_capture(model, parts, 2, origin),
                                            value_capture(model, parts, 3, origin));
    return value_concat(model, head, tail);
}

static void refuse(const struct run_of *run, struct branch in)
{
    branch_clear(run->cases, &in, allow_origin, run->cors->origins.span);
    credentials(run, in, false);
}

static void echo(const struct run_of *run, struct branch in, const struct value *value)
{
    branch_set(run->cases, &in, allow_origin, value, run->cors->origins.span);
    credentials(run, in, false);
}

// What is neither known to be listed nor known not to be: whether an expression that is no regular
// language matches.
static void ask_open(const struct run_of *run, struct branch in, const struct value *value)
{
    struct cases *cases = run->cases;
    struct branch none = in;
    for (uint32_t i = 0; i < run->cors->origins.open.count; i++) {
        const struct kong_regex *one = &run->cors->origins.open.items[i];
        struct branch matched;
        branch_split_pattern(cases, none, cases->model->origin, one->pattern, one->span, &matched,
                             &none);
        if (!branch_is_none(matched))
            echo(run, matched, value);
    }
    if (!branch_is_none(none))
        refuse(run, none);
}

static void look_up(const struct run_of *run, struct branch in)
{
    struct cases *cases = run->cases;
    struct model *model = cases->model;
    const struct kong_origins *origins = &run->cors->origins;
    const struct value *same = value_var(model, model->origin);
    const struct value *bare = without_brackets(model);
    struct branch absent, hit, plain, bracketed, odd;
    branch_split_present(cases, in, model->origin, &in, &absent);
    if (!branch_is_none(absent))
        refuse(run, absent);
    branch_split(cases, in, model->origin, origins->plain, origins->span, &hit, &in);
    if (!branch_is_none(hit))
        echo(run, hit, same);
    branch_split(cases, in, model->origin, origins->bracketed, origins->span, &hit, &in);
    if (!branch_is_none(hit))
        echo(run, hit, bare);
    branch_split(cases, in, model->origin, kong_plain(model), origins->span, &plain, &in);
    branch_split(cases, in, model->origin, kong_bracketed(model), origins->span, &bracketed, &odd);
    ask_open(run, plain, same);
    ask_open(run, bracketed, bare);
    if (branch_is_none(odd))
        return;
    Str reason = STR("no browser sends such an Origin, and what Kong makes of it is not modelled");
    echo(run, odd, value_unknown(model, reason, run->cors->identity, origins->span));
}

static void go(const struct run_of *run, struct branch in)
{
    const struct kong_origins *origins = &run->cors->origins;
    struct cases *cases = run->cases;
    struct branch absent;
    if (origins->kind != KONG_ANY)
        vary(run, &in);
    switch (origins->kind) {
    case KONG_ANY:
        branch_set_text(cases, &in, allow_origin, STR("*"), origins->span);
        credentials(run, in, true);
        return;
    case KONG_STARRED:
        branch_split_present(cases, in, cases->model->origin, &in, &absent);
        branch_set_text(cases, &in, allow_origin, STR("*"), origins->span);
        credentials(run, in, true);
        if (!branch_is_none(absent))
            refuse(run, absent);
        return;
    case KONG_STATIC:
        branch_set_text(cases, &in, allow_origin, origins->text, origins->span);
        credentials(run, in, false);
        return;
    case KONG_LIST:
        look_up(run, in);
        return;
    }
}

void kong_filter(struct cases *cases, struct branch in, const struct kong_cors *cors,
                 struct kong_next next)
{
    const struct run_of run = { cases, cors, false, next };
    if (cors && cors->unknown.len) {
        branch_unknown_header(cases, &in, "", cors->unknown, cors->identity, cors->span);
        next.pass(cases, in, next.state);
        return;
    }
    if (cors && cors->skips_absent) {
        struct branch absent;
        branch_split_present(cases, in, cases->model->origin, &in, &absent);
        next.pass(cases, absent, next.state);
    }
    if (cors)
        go(&run, in);
    else
        next.pass(cases, in, next.state);
}

void kong_preflight(struct cases *cases, struct branch in, const struct kong_cors *cors,
                    struct kong_next next)
{
    const struct run_of run = { cases, cors, true, next };
    if (!cors || (!cors->unknown.len && cors->preflight_continue))
        next.pass(cases, in, next.state);
    else if (cors->unknown.len)
        branch_answer_unknown(cases, in, cors->unknown, cors->identity, cors->span);
    else
        go(&run, in);
}
