// What a rule of a URL map does with a request: redirects, policies, backends.
#include "base/hash.h"
#include "syntax/data.h"
#include "dialect/google/google.h"

struct serving {
    const struct google_route *rule;
    const struct data *action;   // routeAction or defaultRouteAction; may be NULL
    const struct data *redirect; // urlRedirect or defaultUrlRedirect; or NULL
    Span span;
    bool is_classic; // the fields for CORS do not count
};

// From the innermost level to the outermost one, which has the last word.
static void change_headers(const struct serving *place, struct cases *cases, struct branch *branch,
                           const struct data *weighted)
{
    const struct google_route *rule = place->rule;
    const struct data *own = rule->is_default ? NULL : rule->node;
    const struct data *const levels[] = { weighted, own, rule->matcher, rule->map->root };
    for (size_t i = 0; i < sizeof levels / sizeof *levels && !place->is_classic; i++)
        google_change_headers(rule->map, cases, branch, document_find(levels[i], "headerAction"));
}

// What the backend is sent in place of what came.
static void forward_headers(const struct serving *place, const struct data *weighted,
                            struct forward *out)
{
    struct google *google = place->rule->map->google;
    const struct google_route *rule = place->rule;
    const struct data *own = rule->is_default ? NULL : rule->node, *list;
    const struct data *const levels[] = { weighted, own, rule->matcher, rule->map->root };
    VEC(struct forwarded_header) all = { 0 };
    // The first entry of a name counts: the outermost level comes first, and there what is added.
    for (size_t i = sizeof levels / sizeof *levels; i-- > 0 && !place->is_classic;) {
        const struct data *action = document_find(levels[i], "headerAction");
        uint32_t count = google_list(google, action, "requestHeadersToAdd", NULL, &list);
        for (uint32_t k = 0; k < count; k++) {
            const struct data *one = list->entries[k].value;
            Str name = str_lower(google->model->arena, document_text(one, "headerName"));
            *vec_push(google->model->arena, &all) = (struct forwarded_header){
                name, value_unknown(google->model, STR("a header that the load balancer adds"),
                                    data_hash(one), one->span)
            };
        }
        count = google_list(google, action, "requestHeadersToRemove", NULL, &list);
        for (uint32_t k = 0; k < count; k++) {
            const struct data *one = list->entries[k].value;
            Str name = one->kind == DATA_MAP ? document_text(one, "headerName") : one->text;
            *vec_push(google->model->arena, &all) =
                (struct forwarded_header){ str_lower(google->model->arena, name),
                                           value_text(google->model, STR("")) };
        }
    }
    out->headers = all.items;
    out->header_count = all.count;
}

static const struct forward *forward_of(const struct serving *place, const struct data *weighted)
{
    struct model *model = place->rule->map->google->model;
    const struct data *rewrite = document_find(place->action, "urlRewrite");
    struct forward *out = ARENA_NEW(model->arena, struct forward);
    Str host = document_text(rewrite, "hostRewrite");
    out->host = host.len ? value_text(model, host) : value_var(model, model->host);
    if (document_find(rewrite, "pathPrefixRewrite") ||
        document_find(rewrite, "pathTemplateRewrite"))
        out->path = value_unknown(model, STR("the path that the URL is rewritten to"),
                                  hash_u64(data_hash(rewrite), data_hash(place->rule->node)),
                                  rewrite->span);
    forward_headers(place, weighted, out);
    return out;
}

static bool has_origin(const struct data *list)
{
    for (uint32_t i = 0; list && list->kind == DATA_LIST && i < list->count; i++)
        if (str_is_nocase(list->entries[i].value->text, "origin"))
            return true;
    return false;
}

// Whether a cache of Google stands before the backend, and what it does, is not established, but
// for the headers that its key is said to hold.
static const struct cache *cache_of(const struct serving *place, const struct data *backend)
{
    const struct google_map *map = place->rule->map;
    struct model *model = map->google->model;
    const struct data *policy = map->is_media ? document_find(place->action, "cdnPolicy")
                                              : google_backend_field(backend, "cdnPolicy");
    const struct data *cdn = google_backend_field(backend, "enableCDN");
    const struct data *key = document_find(policy, "cacheKeyPolicy");
    bool is_on = map->is_media;
    if (cdn)
        (void)data_get_bool(cdn, &is_on);
    if (!is_on || str_is(document_text(policy, "cacheMode"), "BYPASS_CACHE"))
        return NULL;
    bool splits = has_origin(document_find(key, "includedHeaderNames")) ||
                  has_origin(document_find(key, "includeHttpHeaders"));
    struct cache *out = ARENA_NEW(model->arena, struct cache);
    *out = (struct cache){ .name = map->is_media ? STR("Media CDN") : STR("Cloud CDN"),
                           .key = splits ? value_var(model, model->origin) : NULL,
                           .vary = CACHE_VARY_SPLITS,
                           .keeps = CACHE_KEEPS_UNKNOWN,
                           .span = cdn ? cdn->span : place->span };
    return out;
}

static void forward(const struct serving *place, struct cases *cases, struct branch in,
                    const struct data *weighted, const struct data *service)
{
    struct google *google = place->rule->map->google;
    Str name = google_service(service);
    const struct cache *cache = cache_of(place, google_backend(google, name));
    branch_respond(
        cases, in,
        (struct response){ .answer = ANSWER_UPSTREAM,
                           .upstream = str_concat(google->model->arena, STR("http://"), name),
                           .forward = forward_of(place, weighted),
                           .caches = cache,
                           .cache_count = cache != NULL,
                           .span = service ? service->span : place->span });
}

// Through the policy to one backend, whose own headers replace what it sends, or come beside it.
static void serve_as(const struct serving *place, struct cases *cases, struct branch in,
                     const struct data *weighted, const struct data *service, bool replaces,
                     bool with_regexes)
{
    const struct google_map *map = place->rule->map;
    const struct data *backend = google_backend(map->google, google_service(service));
    struct envoy_cors cors;
    struct envoy_passed passed = { .other = in };
    if (!place->is_classic && google_cors(map, place->action, with_regexes, &cors)) {
        envoy_cors_run(cases, in, &cors, &passed);
        google_backend_headers(map, cases, &passed.allowed, backend, replaces);
        envoy_cors_answer(cases, &passed.allowed, &cors);
        change_headers(place, cases, &passed.allowed, weighted);
        forward(place, cases, passed.allowed, weighted, service);
    }
    google_backend_headers(map, cases, &passed.other, backend, replaces);
    change_headers(place, cases, &passed.other, weighted);
    forward(place, cases, passed.other, weighted, service);
}

static void serve_backend(const struct serving *place, struct cases *cases, struct branch in,
                          const struct data *weighted, const struct data *service,
                          bool with_regexes)
{
    const struct google_map *map = place->rule->map;
    const struct data *backend = google_backend(map->google, google_service(service));
    if (google_backend_decides(backend)) {
        struct branch beside;
        branch_split_unknown(
            cases, in, STR("whether customResponseHeaders come beside what the backend sends"),
            data_hash(google_backend_field(backend, "customResponseHeaders")), backend->span,
            &beside, &in);
        serve_as(place, cases, beside, weighted, service, false, with_regexes);
    }
    serve_as(place, cases, in, weighted, service, true, with_regexes);
}

static const struct data *field_of(const struct google_route *rule, const char *key,
                                   const char *otherwise)
{
    return document_find(rule->node, rule->is_default ? otherwise : key);
}

static void serve_backends(const struct serving *place, struct cases *cases, struct branch in,
                           bool with_regexes)
{
    const struct google_route *rule = place->rule;
    struct google *google = rule->map->google;
    const struct data *list, *service = field_of(rule, "service", "defaultService");
    uint32_t count = google_list(google, place->action, "weightedBackendServices", NULL, &list);
    if (!service)
        service = document_find(rule->node, "origin"); // of the Media CDN
    for (uint32_t i = 0; i < count && !place->is_classic; i++) {
        const struct data *one = list->entries[i].value;
        const struct data *backend = document_find(one, "backendService");
        struct branch here = in;
        if (i + 1 < count)
            branch_split_unknown(cases, in,
                                 str_format(google->model->arena,
                                            "whether the request goes to the backend %.*s",
                                            STR_ARG(google_service(backend))),
                                 hash_u64(data_hash(list), i), one->span, &here, &in);
        serve_backend(place, cases, here, one, backend, with_regexes);
    }
    if (!count || place->is_classic)
        serve_backend(place, cases, in, NULL, service, with_regexes);
}

// ---- redirects

static const struct value *redirect_target(const struct serving *place)
{
    struct google *google = place->rule->map->google;
    struct model *model = google->model;
    const struct data *redirect = place->redirect;
    Str host = document_text(redirect, "hostRedirect"),
        path = document_text(redirect, "pathRedirect");
    bool secure = google_bool(google, redirect, "httpsRedirect", false);
    bool strips = google_bool(google, redirect, "stripQuery", false);
    if (document_find(redirect, "prefixRedirect") || (path.len && !strips) || (strips && !path.len))
        return value_unknown(model, STR("where this redirects to"),
                             hash_u64(data_hash(redirect), data_hash(place->rule->node)),
                             redirect->span);
    const struct value *out =
        secure ? value_text(model, STR("https")) : value_var(model, model->scheme);
    out = value_concat(model, out, value_text(model, STR("://")));
    out = value_concat(model, out,
                       host.len ? value_text(model, host) : value_var(model, model->host));
    return value_concat(model, out,
                        path.len ? value_text(model, path) : value_var(model, model->target));
}

// ---- one rule

static void serve_counting(const struct serving *place, struct cases *cases, struct branch in)
{
    const struct google_map *map = place->rule->map;
    const struct data *abort = document_find(
        document_find(document_find(place->action, "faultInjectionPolicy"), "abort"), "httpStatus");
    uint32_t status = 0;
    bool regexes = map->scheme == GOOGLE_SCHEME_MESH;
    if (place->redirect) {
        const struct data *policy = document_find(place->action, "corsPolicy");
        if (policy && !place->is_classic)
            policy_add_remark(
                map->google->policy,
                (struct remark){ .rule = "CG504",
                                 .span = policy->span,
                                 .message = STR(ENVOY_POLICY_UNASKED),
                                 .identity = hash_str(map->identity, place->rule->match.path) });
        if (!place->is_classic)
            change_headers(place, cases, &in, NULL);
        branch_redirect(
            cases, in,
            envoy_redirect_status(document_text(place->redirect, "redirectResponseCode")),
            redirect_target(place), place->redirect->span);
        return;
    }
    if (abort && !place->is_classic && data_get_number(abort, 599, &status)) {
        struct branch failed;
        branch_split_unknown(cases, in, STR("whether this injected fault answers the request"),
                             data_hash(document_find(place->action, "faultInjectionPolicy")),
                             abort->span, &failed, &in);
        branch_answer(cases, failed, status, abort->span);
    }
    if (!place->is_classic && google_has_open_regexes(map, place->action)) {
        const struct data *policy = document_find(place->action, "corsPolicy");
        struct branch with;
        branch_split_unknown(
            cases, in, STR("whether allowOriginRegexes count with this load balancing scheme"),
            data_hash(document_find(policy, "allowOriginRegexes")), policy->span, &with, &in);
        serve_backends(place, cases, with, true);
    }
    serve_backends(place, cases, in, regexes);
}

// Whether something of the map counts with some load balancers only.
static bool needs_scheme(const struct serving *place)
{
    const struct google_route *rule = place->rule;
    const struct data *const levels[] = { rule->is_default ? NULL : rule->node, rule->matcher,
                                          rule->map->root };
    static const char *const fields[] = { "corsPolicy", "weightedBackendServices",
                                          "faultInjectionPolicy" };
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++)
        if (document_find(levels[i], "headerAction"))
            return true;
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (document_find(place->action, fields[i]))
            return true;
    return false;
}

static void refuse_methods(const struct serving *place, struct cases *cases, struct branch *in)
{
    static const Str usual[] = { { "GET", 3 }, { "HEAD", 4 }, { "OPTIONS", 7 } };
    const struct google_map *map = place->rule->map;
    struct model *model = map->google->model;
    const struct data *methods = document_find(place->rule->node, "routeMethods"), *list;
    uint32_t count = google_list(map->google, methods, "allowedMethods", NULL, &list);
    Str *words = ARENA_ARRAY(model->arena, Str, count + 1);
    struct branch other;
    for (uint32_t i = 0; i < count; i++)
        words[i] = list->entries[i].value->text;
    branch_split(cases, *in, model->method,
                 count ? fa_literals(model->fa, words, count) : fa_literals(model->fa, usual, 3),
                 place->span, in, &other);
    branch_answer(cases, other, 405, place->span); // the status is not said, but it is an error
}

static void serve(const struct serving *place, struct cases *cases, struct branch in)
{
    const struct google_map *map = place->rule->map;
    struct serving classic = *place;
    classic.is_classic = true;
    if (map->is_media)
        refuse_methods(place, cases, &in);
    if (map->is_media || !needs_scheme(place)) {
        serve_counting(place, cases, in);
        return;
    }
    if (map->scheme == GOOGLE_SCHEME_UNKNOWN) {
        struct branch yes;
        branch_split_unknown(cases, in,
                             STR("whether a classic load balancer (scheme EXTERNAL), which ignores "
                                 "corsPolicy and headerAction, has this URL map"),
                             map->identity, map->root->span, &yes, &in);
        serve_counting(&classic, cases, yes);
    }
    serve_counting(map->scheme == GOOGLE_SCHEME_CLASSIC ? &classic : place, cases, in);
}

void google_serve(const struct google_route *rule, const struct box *box)
{
    struct google *google = rule->map->google;
    static const Str anywhere[] = { { "*", 1 } };
    struct serving place = { .rule = rule,
                             .action = field_of(rule, "routeAction", "defaultRouteAction"),
                             .redirect = field_of(rule, "urlRedirect", "defaultUrlRedirect"),
                             .span = rule->node->span };
    struct cases cases = cases_new(google->model, google->policy);
    serve(&place, &cases, cases_begin(&cases, box));
    cases_finish(&cases, (struct endpoint){ .layer = "google",
                                            .hosts = rule->host_count ? rule->hosts : anywhere,
                                            .host_count = rule->host_count ? rule->host_count : 1,
                                            .match = rule->match.match,
                                            .path = rule->match.path,
                                            .box = box,
                                            .span = rule->node->span });
}
