#include "dialect/engine/envoy_cors.h"

#include "base/hash.h"

// ---- matchers

static const struct fa *literal(struct model *model, Str text, bool ignore_case)
{
    return ignore_case ? fa_literal_nocase(model->fa, text) : fa_literal(model->fa, text);
}

const struct fa *envoy_exact(struct model *model, Str text, bool ignore_case)
{
    return literal(model, text, ignore_case);
}

const struct fa *envoy_prefix(struct model *model, Str text, bool ignore_case)
{
    return fa_concat(model->fa, literal(model, text, ignore_case), fa_all(model->fa));
}

const struct fa *envoy_suffix(struct model *model, Str text, bool ignore_case)
{
    return fa_concat(model->fa, fa_all(model->fa), literal(model, text, ignore_case));
}

const struct fa *envoy_contains(struct model *model, Str text, bool ignore_case)
{
    return fa_concat(model->fa, fa_all(model->fa), envoy_prefix(model, text, ignore_case));
}

// ---- policies

struct envoy_cors envoy_cors_none(struct model *model)
{
    return (struct envoy_cors){ .origins = fa_none(model->fa) };
}

void envoy_cors_take(struct model *model, struct envoy_cors *cors, const struct fa *origins,
                     Span span)
{
    if (!cors->has_origins)
        cors->origins_span = span;
    cors->has_origins = true;
    cors->takes_star |= origins && fa_accepts(origins, STR("*"));
    cors->origins = fa_union(model->fa, cors->origins, origins);
}

void envoy_cors_take_unknown(struct envoy_cors *cors, uint64_t identity, Span span)
{
    if (!cors->has_origins)
        cors->origins_span = span;
    cors->has_origins = true;
    cors->has_unknown = true;
    cors->unknown_identity = hash_u64(cors->unknown_identity, identity);
}

static void merge_origins(struct envoy_cors *out, const struct envoy_cors *level)
{
    out->has_origins = true;
    out->origins = level->origins;
    out->takes_star = level->takes_star;
    out->has_unknown = level->has_unknown;
    out->unknown_identity = level->unknown_identity;
    out->origins_span = level->origins_span;
}

static void merge_text(bool *has, Str *text, Span *span, bool level_has, Str level_text,
                       Span level_span)
{
    if (*has || !level_has || !level_text.len)
        return;
    *has = true;
    *text = level_text;
    *span = level_span;
}

struct envoy_cors envoy_cors_merge(struct model *model, const struct envoy_cors *const *levels,
                                   uint32_t count)
{
    struct envoy_cors out = envoy_cors_none(model);
    for (uint32_t i = 0; i < count; i++) {
        const struct envoy_cors *level = levels[i];
        if (i == 0) {
            out.span = level->span;
            out.has_enabled = level->has_enabled;
            out.enabled = level->enabled;
            out.enabled_identity = level->enabled_identity;
        }
        if (!out.has_origins && level->has_origins)
            merge_origins(&out, level);
        merge_text(&out.has_methods, &out.methods, &out.methods_span, level->has_methods,
                   level->methods, level->methods_span);
        merge_text(&out.has_headers, &out.headers, &out.headers_span, level->has_headers,
                   level->headers, level->headers_span);
        merge_text(&out.has_expose, &out.expose, &out.expose_span, level->has_expose, level->expose,
                   level->expose_span);
        merge_text(&out.has_max_age, &out.max_age, &out.max_age_span, level->has_max_age,
                   level->max_age, level->max_age_span);
        if (out.credentials == TRI_UNSET) {
            out.credentials = level->credentials;
            out.credentials_span = level->credentials_span;
        }
        if (out.private_network == TRI_UNSET)
            out.private_network = level->private_network;
        if (out.forwards_refused == TRI_UNSET)
            out.forwards_refused = level->forwards_refused;
    }
    return out;
}

// ---- the filter

static void set_credentials(struct cases *cases, struct branch *branch,
                            const struct envoy_cors *cors)
{
    if (cors->credentials == TRI_YES)
        branch_set_text(cases, branch, "access-control-allow-credentials", STR("true"),
                        cors->credentials_span);
}

// A configured "*" stands for what the preflight asks for.
static void set_asked(struct cases *cases, struct branch *branch, const char *name, Str text,
                      const struct var *asked, Span span)
{
    if (str_is(text, "*"))
        branch_set(cases, branch, name, value_var(cases->model, asked), span);
    else
        branch_set_text(cases, branch, name, text, span);
}

static void answer_preflight(struct cases *cases, struct branch in, const struct envoy_cors *cors,
                             bool allowed)
{
    struct model *model = cases->model;
    struct branch local, other;
    if (allowed)
        branch_set(cases, &in, "access-control-allow-origin", value_var(model, model->origin),
                   cors->origins_span);
    set_credentials(cases, &in, cors);
    if (cors->has_methods)
        set_asked(cases, &in, "access-control-allow-methods", cors->methods, model->request_method,
                  cors->methods_span);
    if (cors->has_headers)
        set_asked(cases, &in, "access-control-allow-headers", cors->headers, model->request_headers,
                  cors->headers_span);
    if (allowed && cors->has_expose)
        branch_set_text(cases, &in, "access-control-expose-headers", cors->expose,
                        cors->expose_span);
    if (cors->has_max_age)
        branch_set_text(cases, &in, "access-control-max-age", cors->max_age, cors->max_age_span);
    if (cors->private_network == TRI_YES) {
        const struct var *asked =
            model_header(model, STR("access-control-request-private-network"));
        branch_split(cases, in, asked, fa_literal(model->fa, STR("true")), cors->span, &local,
                     &other);
        branch_set_text(cases, &local, "access-control-allow-private-network", STR("true"),
                        cors->span);
        branch_answer(cases, local, 200, cors->span);
        in = other;
    }
    branch_answer(cases, in, 200, cors->span);
}

// Requests with an Origin, by whether the policy takes it.
static void split_origins(struct cases *cases, struct branch in, const struct envoy_cors *cors,
                          struct branch *yes, struct branch *no)
{
    struct model *model = cases->model;
    struct branch present, absent, perhaps, rest;
    branch_split_present(cases, in, model->origin, &present, &absent);
    if (cors->takes_star) {
        *yes = present;
        *no = absent;
        return;
    }
    branch_split(cases, present, model->origin, cors->origins, cors->origins_span, yes, &rest);
    if (cors->has_unknown) {
        branch_split_unknown(cases, rest, STR("whether this matcher takes the origin"),
                             cors->unknown_identity, cors->origins_span, &perhaps, &rest);
        *yes = branch_join(cases, *yes, perhaps);
    }
    *no = branch_join(cases, rest, absent);
}

void envoy_cors_answer(struct cases *cases, struct branch *branch, const struct envoy_cors *cors)
{
    branch_set(cases, branch, "access-control-allow-origin",
               value_var(cases->model, cases->model->origin), cors->origins_span);
    set_credentials(cases, branch, cors);
    if (cors->has_expose)
        branch_set_text(cases, branch, "access-control-expose-headers", cors->expose,
                        cors->expose_span);
}

void envoy_cors_run(struct cases *cases, struct branch in, const struct envoy_cors *cors,
                    struct envoy_passed *rest)
{
    struct branch off = { 0 }, preflight, actual, yes, no;
    if (cors->has_enabled && cors->enabled == ENVOY_NEVER) {
        *rest = (struct envoy_passed){ .other = in };
        return;
    }
    if (cors->has_enabled && cors->enabled == ENVOY_SOMETIMES)
        branch_split_unknown(cases, in, STR("whether the filter runs for this request"),
                             cors->enabled_identity, cors->span, &in, &off);
    branch_split_preflight(cases, in, &preflight, &actual);
    split_origins(cases, preflight, cors, &yes, &no);
    answer_preflight(cases, yes, cors, true);
    if (cors->forwards_refused == TRI_NO) {
        answer_preflight(cases, no, cors, false);
        no = (struct branch){ 0 };
    }
    struct branch refused = no;
    split_origins(cases, actual, cors, &yes, &no);
    rest->allowed = yes;
    rest->other = branch_join(cases, branch_join(cases, no, refused), off);
}

uint32_t envoy_redirect_status(Str code)
{
    static const struct {
        const char *name;
        uint32_t status;
    } codes[] = { { "FOUND", 302 },
                  { "SEE_OTHER", 303 },
                  { "TEMPORARY_REDIRECT", 307 },
                  { "PERMANENT_REDIRECT", 308 } };
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (str_is(code, codes[i].name))
            return codes[i].status;
    return 301;
}
