// What an HTTP API or a function URL answers. Source: reference/gateways.md 4.1, 4.3.
#include "base/hash.h"
#include "dialect/aws/origins.h"

#define ORIGIN "Access-Control-Allow-Origin"
#define CREDENTIALS "Access-Control-Allow-Credentials"

const struct value *aws_joined(struct aws *aws, const struct term *list)
{
    struct model *model = aws->model;
    const struct value *out = NULL;
    if (list->kind == TERM_TEXT || list->kind == TERM_UNKNOWN)
        return list->value;
    for (uint32_t i = 0; list->kind == TERM_LIST && i < term_count(list); i++) {
        struct term item = term_at(aws->terms, list, i);
        if (!item.value)
            continue;
        if (out)
            out = value_concat(model, out, value_text(model, STR(",")));
        out = out ? value_concat(model, out, item.value) : item.value;
    }
    return out;
}

static bool has_star(struct aws *aws, const struct term *list)
{
    Str text;
    for (uint32_t i = 0; list->kind == TERM_LIST && i < term_count(list); i++) {
        struct term item = term_at(aws->terms, list, i);
        if (term_is_known(&item, &text) && str_is(text, "*"))
            return true;
    }
    return term_is_known(list, &text) && str_is(text, "*");
}

// What AWS sends for "*" where credentials are allowed, and a browser takes "*" for a name, is not
// documented.
static void set_list(struct aws *aws, struct cases *cases, struct branch *branch, const char *name,
                     const struct term *list, bool credentials)
{
    const struct value *value = aws_joined(aws, list);
    if (!value)
        return;
    aws_leave_unknown(aws, value);
    if (credentials && has_star(aws, list)) {
        Str reason = str_format(aws->model->arena,
                                "what AWS sends for * in %s where credentials are allowed is not "
                                "documented",
                                name);
        branch_set(cases, branch, name,
                   value_unknown(aws->model, reason, hash_str(HASH_SEED, reason), list->span),
                   list->span);
        if (!branch_is_none(*branch))
            policy_add_unknown(aws->policy,
                               (struct unknown){ list->span, reason, hash_str(HASH_SEED, reason) });
        return;
    }
    branch_set(cases, branch, name, value, list->span);
}

// Whether there is a Vary: Origin is not documented. It decides nothing but caches.
static void leave_vary_open(struct aws *aws, struct cases *cases, struct branch *branch, Span span)
{
    Str reason = STR("whether AWS sends Vary: Origin is not documented");
    branch_header(cases, branch,
                  (struct header_op){
                      .verb = HEADER_UNKNOWN,
                      .name = STR("Vary"),
                      .value = value_unknown(aws->model, reason, hash_str(HASH_SEED, reason), span),
                      .span = span });
}

// The headers for one origin that is allowed.
static void set_headers(struct aws *aws, struct cases *cases, struct branch *branch,
                        const struct http_api *api, const struct value *origin, bool credentials,
                        bool preflight)
{
    const struct aws_cors *cors = api->cors;
    branch_set(cases, branch, ORIGIN, origin, cors->origins.span);
    if (credentials)
        branch_set_text(cases, branch, CREDENTIALS, STR("true"), cors->credentials.span);
    if (preflight || api->is_function) {
        set_list(aws, cases, branch, "Access-Control-Allow-Methods", &cors->methods, credentials);
        set_list(aws, cases, branch, "Access-Control-Allow-Headers", &cors->headers, credentials);
        const struct value *age = aws_joined(aws, &cors->max_age);
        if (age)
            branch_set(cases, branch, "Access-Control-Max-Age", age, cors->max_age.span);
    }
    if (!preflight || api->is_function)
        set_list(aws, cases, branch, "Access-Control-Expose-Headers", &cors->expose, credentials);
}

static void end(struct aws *aws, struct cases *cases, struct branch branch,
                const struct http_api *api, bool preflight)
{
    leave_vary_open(aws, cases, &branch, api->cors->span);
    if (preflight)
        branch_answer(cases, branch, api->is_function ? 200 : 204, api->span);
    else
        branch_forward(cases, branch, api->upstream, api->span);
}

static void answer(struct aws *aws, struct cases *cases, struct branch branch,
                   const struct http_api *api, const struct value *origin, bool credentials,
                   bool preflight)
{
    if (branch_is_none(branch))
        return;
    set_headers(aws, cases, &branch, api, origin, credentials, preflight);
    end(aws, cases, branch, api, preflight);
}

// 15: what a function URL answers where "*" stands beside credentials, and in which form it names
// one of several origins.
static void answer_function(struct aws *aws, struct cases *cases, struct branch branch,
                            const struct http_api *api, bool any, bool credentials, bool preflight)
{
    struct model *model = aws->model;
    const struct value *echo = value_var(model, model->origin);
    const struct value *written =
        any ? value_text(model, STR("*")) : aws_joined(aws, &api->cors->origins);
    Str reason = any ? STR("whether a function URL that allows * and credentials answers with the "
                           "origin that asks (not documented)")
                     : STR("whether a function URL that allows several origins answers with the "
                           "one that asks (not documented)");
    struct branch yes, no;
    branch_split_unknown(cases, branch, reason, hash_str(HASH_SEED, reason),
                         api->cors->origins.span, &yes, &no);
    answer(aws, cases, yes, api, echo, credentials, preflight);
    answer(aws, cases, no, api, written, credentials, preflight);
}

static void split_credentials(struct aws *aws, struct cases *cases, struct branch in,
                              const struct aws_cors *cors, struct branch *with,
                              struct branch *without)
{
    bool allowed = false;
    *with = *without = (struct branch){ .ops = in.ops };
    if (!term_is_there(&cors->credentials) || term_get_bool(&cors->credentials, &allowed)) {
        *(allowed ? with : without) = in;
        return;
    }
    const struct value *value = cors->credentials.value;
    const struct part *part = value ? value_find_unknown(value) : NULL;
    if (!part) {
        aws_complain(aws, cors->credentials.span,
                     "whether credentials are allowed is %s, where true or false stands",
                     term_kind_text(&cors->credentials));
        *without = in;
        return;
    }
    Str reason = str_format(aws->model->arena, "whether credentials are allowed (%.*s)",
                            STR_ARG(part->text));
    branch_split_unknown(cases, in, reason, value_hash(value), cors->credentials.span, with,
                         without);
}

static void answer_allowed(struct aws *aws, struct cases *cases, struct branch in,
                           const struct http_api *api, bool any, bool several, bool preflight)
{
    struct model *model = aws->model;
    struct branch sides[2];
    split_credentials(aws, cases, in, api->cors, &sides[1], &sides[0]);
    for (int credentials = 0; credentials < 2; credentials++) {
        struct branch side = sides[credentials];
        if (api->is_function && (any ? credentials : several))
            answer_function(aws, cases, side, api, any, credentials, preflight);
        else
            answer(aws, cases, side, api,
                   any ? value_text(model, STR("*")) : value_var(model, model->origin), credentials,
                   preflight);
    }
}

// Origins that an entry may allow: whether there are any headers for them is not known.
static void answer_open(struct aws *aws, struct cases *cases, const struct open_origins *open,
                        const struct http_api *api, bool preflight)
{
    struct branch sides[2];
    split_credentials(aws, cases, open->branch, api->cors, &sides[1], &sides[0]);
    for (int credentials = 0; credentials < 2; credentials++) {
        struct branch side = sides[credentials];
        if (branch_is_none(side))
            continue;
        set_headers(aws, cases, &side, api, value_text(aws->model, STR("*")), credentials,
                    preflight);
        branch_clear(cases, &side, ORIGIN, open->span);
        branch_unknown_header(cases, &side, ORIGIN, open->reason, open->identity, open->span);
        end(aws, cases, side, api, preflight);
    }
}

// Preflights that an authorizer sees before they are answered.
static struct branch ask_guard(struct aws *aws, struct cases *cases, struct branch in,
                               const struct http_api *api)
{
    struct branch refused, rest = in, asked, passed;
    if (api->refused) {
        branch_split(cases, rest, aws->model->path, api->refused, api->guard, &refused, &rest);
        branch_answer(cases, refused, 401, api->guard);
    }
    if (api->maybe) {
        branch_split(cases, rest, aws->model->path, api->maybe, api->guard, &asked, &rest);
        Str reason = STR("whether the authorizer lets a preflight pass");
        branch_split_unknown(cases, asked, reason, hash_str(HASH_SEED, reason), api->guard, &passed,
                             &refused);
        branch_answer(cases, refused, 401, api->guard);
        rest = branch_join(cases, rest, passed);
    }
    return rest;
}

void http_api_cells(struct aws *aws, struct cases *cases, struct branch all,
                    const struct http_api *api)
{
    struct branch sides[2];
    if (!api->cors) {
        branch_forward(cases, all, api->upstream, api->span);
        return;
    }
    if (api->cors->unknown) {
        branch_answer_unknown(cases, all, api->cors->unknown->text, api->cors->unknown->identity,
                              api->cors->span);
        return;
    }
    branch_split_preflight(cases, all, &sides[1], &sides[0]);
    sides[1] = ask_guard(aws, cases, sides[1], api);
    if (!api->is_function) // what the backend says about CORS is dropped
        branch_clear(cases, &sides[0], "Access-Control-*", api->cors->span);
    for (int preflight = 0; preflight < 2; preflight++) {
        struct allowed allowed =
            aws_split_origins(aws, cases, sides[preflight], &api->cors->origins, !api->is_function);
        answer_allowed(aws, cases, allowed.any, api, true, false, preflight);
        answer_allowed(aws, cases, allowed.listed, api, false, allowed.several, preflight);
        answer_open(aws, cases, &allowed.open, api, preflight);
        end(aws, cases, allowed.refused, api, preflight);
    }
}
