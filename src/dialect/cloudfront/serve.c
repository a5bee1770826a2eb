// What a behaviour does with a request: reference/cdn.md 3.4 and 3.5.
#include "base/hash.h"
#include "dialect/cloudfront/distribution.h"

static const char *const cors_headers[] = {
    "Access-Control-Allow-Origin",
    "Access-Control-Allow-Credentials",
    "Access-Control-Allow-Methods",
    "Access-Control-Allow-Headers",
    "Access-Control-Expose-Headers",
    "Access-Control-Max-Age",
    "Vary",
};

struct serving {
    const struct cf_case *of;
    const struct cf_behaviour *behaviour;
    const struct forward *forward;
    uint32_t instead;           // the status of an error page; 0: no error page
    const struct sent *page_of; // an error page in place of the answer to this; NULL: none
    const struct cache *cache;  // NULL: none
};

// ---- what is asked behind

static void respond(struct cases *cases, struct branch in, const struct serving *serving,
                    Str upstream)
{
    if (branch_is_none(in))
        return;
    branch_respond(cases, in,
                   (struct response){ .answer = ANSWER_UPSTREAM,
                                      .status = serving->instead,
                                      .upstream = upstream,
                                      .asked_before = serving->page_of,
                                      .forward = serving->forward,
                                      .caches = serving->cache,
                                      .cache_count = serving->cache != NULL,
                                      .span = serving->behaviour->span });
}

static void end(struct cases *cases, struct branch in, const void *state)
{
    const struct serving *serving = state;
    const struct cf_target *target = &serving->behaviour->target;
    const struct cf_function *function = &serving->behaviour->functions[CF_VIEWER_RESPONSE];
    struct model *model = cases->model;
    struct branch https, http;
    if (function->is_there)
        branch_unknown_header(cases, &in, "",
                              STR("the function at viewer-response may change every header"),
                              function->identity, function->span);
    if (str_equal(target->http, target->https)) {
        respond(cases, in, serving, target->https);
        return;
    }
    branch_split(cases, in, model->scheme, fa_literal(model->fa, STR("https")), target->span,
                 &https, &http);
    respond(cases, https, serving, target->https);
    respond(cases, http, serving, target->http);
}

static void pass(struct cases *cases, struct branch in, const struct serving *serving)
{
    struct serving *behind = ARENA_NEW(cases->model->arena, struct serving);
    uint32_t op_count = 0;
    *behind = *serving;
    const struct cf_behaviour *behaviour = serving->behaviour;
    const struct cf_function *function = &behaviour->functions[CF_ORIGIN_RESPONSE];
    if (branch_is_none(in))
        return;
    if (function->is_there) {
        Str reason = STR("the function at origin-response may change every header");
        policy_add_unknown(cases->policy,
                           (struct unknown){ function->span, reason, function->identity });
        const struct value *value =
            value_unknown(cases->model, reason, function->identity, function->span);
        for (size_t i = 0; i < sizeof cors_headers / sizeof *cors_headers; i++)
            branch_header(cases, &in,
                          (struct header_op){ .verb = HEADER_UNKNOWN,
                                              .name = str_from(cors_headers[i]),
                                              .value = value,
                                              .span = function->span });
        op_count += sizeof cors_headers / sizeof *cors_headers;
    }
    op_count += cf_trim_vary(cases, &in, &behaviour->forwarding);
    behind->cache = cf_cache(cases->model, &behaviour->forwarding, op_count);
    struct cf_next next = { end, behind };
    if (behaviour->has_policy)
        cf_policy_apply(cases, in, &behaviour->policy, next);
    else
        end(cases, in, behind);
}

// What was asked before the error page is.
static const struct sent *asked_of(struct arena *arena, const struct serving *serving)
{
    struct sent *sent = ARENA_NEW(arena, struct sent);
    *sent = (struct sent){ serving->behaviour->target.https, serving->forward };
    return sent;
}

// Whether what answers is replaced by an error page. Whether a preflight that fails is, nobody
// says.
static void pass_errors(struct cases *cases, struct branch in, struct serving *serving)
{
    struct model *model = cases->model;
    for (uint32_t i = 0; i < serving->of->errors.list.count; i++) {
        const struct cf_error *error = &serving->of->errors.list.items[i];
        Str status = str_format(model->arena, "%u", error->status);
        struct branch failed, options, page;
        struct serving replaced = *serving;
        replaced.instead = error->instead;
        replaced.page_of = asked_of(model->arena, serving);
        branch_split(cases, in, model->upstream_status, fa_literal(model->fa, status),
                     serving->behaviour->span, &failed, &in);
        branch_split_method(cases, failed, STR("OPTIONS"), &options, &failed);
        Str asked = STR("whether CloudFront answers a failed OPTIONS with the error page");
        const struct var *choice =
            model_choice(model, asked, hash_str(HASH_SEED, asked), (Span){ 0 });
        branch_split(cases, options, choice, model_choice_value(model, true), (Span){ 0 }, &page,
                     &options);
        page = branch_join(cases, page, failed);
        if (error->instead)
            pass(cases, page, &replaced);
        else
            branch_answer_unknown(cases, page, STR("the status of the error page is not known"),
                                  error->identity, error->span);
        in = branch_join(cases, in, options);
    }
    pass(cases, in, serving);
}

// ---- what is decided before

// Takes out what code of the project's may answer, or ask for something else.
static struct branch run_function(struct cases *cases, struct branch in,
                                  const struct cf_function *function, const char *stage)
{
    struct branch changed;
    if (!function->is_there || branch_is_none(in))
        return in;
    Str text = str_format(cases->model->arena,
                          "whether the function at %s answers by itself or asks for something else",
                          stage);
    branch_split_unknown(cases, in, text, function->identity, function->span, &changed, &in);
    branch_answer_unknown(cases, changed,
                          str_format(cases->model->arena, "what the function at %s answers", stage),
                          function->identity, function->span);
    return in;
}

static void redirect(struct cases *cases, struct branch in, Span span)
{
    struct model *model = cases->model;
    static const Str safe[] = { { "GET", 3 }, { "HEAD", 4 } };
    struct branch plain, other;
    const struct value *location =
        value_concat(model, value_text(model, STR("https://")), value_var(model, model->host));
    location = value_concat(model, location, value_var(model, model->target));
    branch_split(cases, in, model->method, fa_literals(model->fa, safe, 2), span, &plain, &other);
    branch_redirect(cases, plain, 301, location, span);
    branch_redirect(cases, other, 307, location, span);
}

// Viewers that come by http.
static struct branch check_scheme(struct cases *cases, struct branch in,
                                  const struct cf_behaviour *behaviour)
{
    struct model *model = cases->model;
    struct branch https, http, refused;
    if (behaviour->viewer == CF_ALLOW_ALL)
        return in;
    branch_split(cases, in, model->scheme, fa_literal(model->fa, STR("https")), behaviour->span,
                 &https, &http);
    switch (behaviour->viewer) {
    case CF_REDIRECT:
        redirect(cases, http, behaviour->span);
        return https;
    case CF_HTTPS_ONLY:
        branch_answer(cases, http, 403, behaviour->span);
        return https;
    case CF_VIEWER_OPEN:
        branch_split_unknown(cases, http,
                             STR("whether CloudFront answers viewers that come by http"),
                             behaviour->viewer_identity, behaviour->span, &http, &refused);
        branch_answer(cases, refused, 403, behaviour->span);
        break;
    case CF_ALLOW_ALL:
        break;
    }
    return branch_join(cases, https, http);
}

static struct branch check_method(struct cases *cases, struct branch in,
                                  const struct cf_behaviour *behaviour)
{
    struct branch refused;
    if (behaviour->methods)
        branch_split(cases, in, cases->model->method, behaviour->methods, behaviour->span, &in,
                     &refused);
    else
        branch_split_unknown(cases, in, STR("whether AllowedMethods has the method"),
                             behaviour->methods_identity, behaviour->span, &in, &refused);
    branch_answer(cases, refused, 403, behaviour->span);
    return in;
}

void cf_serve(struct cases *cases, struct branch in, const struct cf_case *of,
              const struct cf_behaviour *behaviour)
{
    struct model *model = cases->model;
    struct serving serving = { .of = of,
                               .behaviour = behaviour,
                               .forward =
                                   cf_forward(model, &behaviour->forwarding, &behaviour->target) };
    if (branch_is_none(in))
        return;
    in = check_scheme(cases, in, behaviour);
    in = check_method(cases, in, behaviour);
    in = run_function(cases, in, &behaviour->functions[CF_VIEWER_REQUEST], "viewer-request");
    in = run_function(cases, in, &behaviour->functions[CF_ORIGIN_REQUEST], "origin-request");
    pass_errors(cases, in, &serving);
}
