// Middleware objects, and a request's way through them.
#include "base/hash.h"
#include "dialect/kubernetes/traefik.h"

#include <string.h>

enum { CHAIN_DEPTH = 8 };

bool traefik_echoes(uint32_t version)
{
    return !version || version >= TRAEFIK_ECHO_37 ||
           (version >= TRAEFIK_ECHO_36 && version < 3007000);
}

// ---- reading spec.headers

static Str read_list(struct cluster *cluster, const struct object *object,
                     const struct data *headers, const char *key, Span *span)
{
    const struct data *list = field_list(cluster->run, object, headers, key, &cluster->good);
    Str out = STR("");
    if (list)
        *span = list->span;
    for (uint32_t i = 0; list && i < list->count; i++) {
        Str one = list->entries[i].value->text;
        out = i ? str_format(cluster->arena, "%.*s,%.*s", STR_ARG(out), STR_ARG(one)) : one;
    }
    return out;
}

static void read_origins(struct cluster *cluster, const struct object *object,
                         const struct data *headers, struct traefik_headers *out)
{
    struct model *model = cluster->model;
    const struct data *list =
        field_list(cluster->run, object, headers, "accessControlAllowOriginList", &cluster->good);
    const struct data *regexes = field_list(cluster->run, object, headers,
                                            "accessControlAllowOriginListRegex", &cluster->good);
    out->echoed = fa_none(model->fa);
    for (uint32_t i = 0; list && i < list->count; i++) {
        const struct data *origin = list->entries[i].value;
        out->has_star |= str_is(origin->text, "*");
        if (!out->has_star)
            out->echoed = fa_union(model->fa, out->echoed, fa_literal(model->fa, origin->text));
    }
    for (uint32_t i = 0; regexes && i < regexes->count && !out->has_star; i++) {
        const struct data *regex = regexes->entries[i].value;
        const struct pattern *pattern = model_pattern(model, regex->text, REGEX_GO, 0);
        if (pattern->result.language) {
            out->echoed = fa_union(model->fa, out->echoed, pattern->result.language);
        } else {
            *vec_push(cluster->arena, &out->open) = pattern;
            *vec_push(cluster->arena, &out->open_spans) = regex->span;
        }
    }
    out->has_unknown |= data_is_open(list) || data_is_open(regexes);
    out->is_cors |= (list && list->count) || (regexes && regexes->count);
    out->origins_span = list ? list->span : regexes ? regexes->span : headers->span;
    if (list && list->count == 1)
        out->origins_span = list->entries[0].value->span;
}

static void read_custom(struct cluster *cluster, const struct object *object,
                        const struct data *headers, struct traefik_headers *out)
{
    const struct data *custom =
        field_map(cluster->run, object, headers, "customResponseHeaders", &cluster->good);
    for (uint32_t i = 0; custom && i < custom->count; i++) {
        const struct data_entry *entry = &custom->entries[i];
        if (!header_is_about_cors(entry->key->text) || entry->value->kind != DATA_SCALAR)
            continue;
        *vec_push(cluster->arena, &out->custom) = (struct header_op){
            .verb = HEADER_SET,
            .name = entry->key->text,
            .value = value_text(cluster->model, entry->value->text),
            .span = entry->key->span,
        };
    }
}

static bool has_bad_regex(const struct data *headers, struct model *model)
{
    const struct data *list = document_find(headers, "accessControlAllowOriginListRegex");
    for (uint32_t i = 0; list && list->kind == DATA_LIST && i < list->count; i++)
        if (!data_is_open(list->entries[i].value) &&
            model_pattern(model, list->entries[i].value->text, REGEX_GO, 0)->result.status ==
                REGEX_INVALID)
            return true;
    return false;
}

static void read_headers(struct cluster *cluster, const struct object *object,
                         const struct data *headers, struct traefik_headers *out)
{
    const struct data *field;
    out->span = object->span;
    out->identity = object->hash;
    out->echoes = traefik_echoes(cluster_running(cluster, controller_find(STR("traefik"))).version);
    read_origins(cluster, object, headers, out);
    out->methods =
        read_list(cluster, object, headers, "accessControlAllowMethods", &out->methods_span);
    out->headers =
        read_list(cluster, object, headers, "accessControlAllowHeaders", &out->headers_span);
    out->expose =
        read_list(cluster, object, headers, "accessControlExposeHeaders", &out->expose_span);
    if ((field = document_find(headers, "accessControlMaxAge")) && field->kind == DATA_SCALAR) {
        out->max_age = field->text;
        out->age_span = field->span;
        out->is_cors = true;
    } else if (!out->echoes) {
        out->max_age = STR("0"); // which was always sent
        out->age_span = headers->span;
    }
    if ((field = document_find(headers, "accessControlAllowCredentials"))) {
        (void)data_get_bool(field, &out->credentials);
        out->credentials_span = field->span;
        out->is_cors |= out->credentials;
    }
    if ((field = document_find(headers, "addVaryHeader"))) {
        (void)data_get_bool(field, &out->vary);
        out->vary_span = field->span;
        out->is_cors |= out->vary;
    }
    out->is_cors |= out->methods.len || out->headers.len || out->expose.len;
    if (out->expose.len && out->credentials && out->echoes && str_contains(out->expose, STR("*")))
        out->expose = STR("");
    read_custom(cluster, object, headers, out);
    if ((field = document_find(headers, "accessControlAllowOrigin")))
        cluster_remark(cluster, "CG507", field->span,
                       STR("accessControlAllowOrigin does nothing since Traefik 2.5: "
                           "accessControlAllowOriginList is read"),
                       object->hash);
}

// ---- reading any middleware

static void enter(struct cluster *cluster, const struct object *from, Str space, Str name,
                  Span span, struct traefik_chain *out, uint32_t depth);

static const struct object *find_middleware(const struct cluster *cluster, Str space, Str name)
{
    const struct object *found =
        objects_find(&cluster->objects, "traefik.io", "Middleware", space, name);
    return found
               ? found
               : objects_find(&cluster->objects, "traefik.containo.us", "Middleware", space, name);
}

static void read_one(struct cluster *cluster, const struct object *object, Span span,
                     struct traefik_chain *out, uint32_t depth)
{
    static const struct {
        const char *name;
        enum traefik_kind kind;
        uint32_t status;
    } kinds[] = { { "headers", TRAEFIK_HEADERS, 0 },
                  { "basicAuth", TRAEFIK_REFUSES, 401 },
                  { "digestAuth", TRAEFIK_REFUSES, 401 },
                  { "forwardAuth", TRAEFIK_REFUSES, 401 },
                  { "ipAllowList", TRAEFIK_REFUSES, 403 },
                  { "ipWhiteList", TRAEFIK_REFUSES, 403 },
                  { "rateLimit", TRAEFIK_REFUSES, 429 },
                  { "inFlightReq", TRAEFIK_REFUSES, 429 },
                  { "redirectScheme", TRAEFIK_SECURES, 302 },
                  { "redirectRegex", TRAEFIK_REDIRECTS, 302 },
                  { "plugin", TRAEFIK_UNKNOWN, 0 } };
    const struct data *spec = object_get(object, "spec"), *part;
    const struct data *list = document_find(document_find(spec, "chain"), "middlewares");
    for (uint32_t i = 0; list && list->kind == DATA_LIST && i < list->count; i++) {
        const struct data *one = list->entries[i].value;
        Str space = document_text(one, "namespace");
        enter(cluster, object, space.len ? space : object->space, document_text(one, "name"),
              one->span, out, depth + 1);
    }
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        if (!(part = document_find(spec, kinds[k].name)))
            continue;
        struct traefik_middleware middleware = {
            .kind = kinds[k].kind,
            .object = object,
            .status = kinds[k].status,
            .identity = object->hash,
            .span = span,
        };
        bool permanent = false;
        const struct data *said = document_find(part, "permanent");
        if (said && data_get_bool(said, &permanent) && permanent)
            middleware.status = 301;
        if (middleware.kind == TRAEFIK_SECURES && !str_is(document_text(part, "scheme"), "https"))
            middleware.kind = TRAEFIK_REDIRECTS;
        if (spec->unrendered || part->conditional ||
            document_is_open(part, "accessControlAllowOriginList"))
            middleware.kind = TRAEFIK_UNKNOWN;
        else if (middleware.kind == TRAEFIK_HEADERS && has_bad_regex(part, cluster->model)) {
            middleware.kind = TRAEFIK_MISSING;
            cluster_remark(cluster, "CG507", part->span,
                           str_format(cluster->arena,
                                      "Go refuses an expression of %.*s, so that no router that "
                                      "uses it works",
                                      STR_ARG(object_text(cluster->arena, object))),
                           object->hash);
        } else if (middleware.kind == TRAEFIK_HEADERS) {
            read_headers(cluster, object, part, &middleware.headers);
        }
        *vec_push(cluster->arena, out) = middleware;
    }
}

static void enter(struct cluster *cluster, const struct object *from, Str space, Str name,
                  Span span, struct traefik_chain *out, uint32_t depth)
{
    const struct object *object = find_middleware(cluster, space, name);
    if (object && depth < CHAIN_DEPTH) {
        read_one(cluster, object, span, out, depth);
        return;
    }
    uint64_t identity = hash_str(hash_str(HASH_SEED, space), name);
    if (object)
        cluster_unknown(cluster, object, span, STR("what so long a chain of middlewares does"));
    else // what stands in another repository is not known
        cluster_dangling(cluster, from, span, "Middleware", space, name);
    *vec_push(cluster->arena, out) = (struct traefik_middleware){
        .kind = TRAEFIK_UNKNOWN,
        .identity = object ? hash_u64(identity, object->hash) : identity,
        .span = span,
    };
}

void traefik_enter(struct cluster *cluster, const struct object *from, Str space, Str name,
                   Span span, struct traefik_chain *out)
{
    enter(cluster, from, space, name, span, out, 0);
}

// ---- what a headers middleware does

// Requests whose origin it takes, by what it says to them.
struct taken {
    struct branch echoed, star, other;
};

static struct taken split_origins(struct cases *cases, struct branch in,
                                  const struct traefik_headers *headers)
{
    struct model *model = cases->model;
    struct taken out = { 0 };
    struct branch present, absent, yes;
    branch_split_present(cases, in, model->origin, &present, &absent);
    branch_split(cases, present, model->origin, headers->echoed, headers->origins_span, &out.echoed,
                 &out.other);
    for (uint32_t i = 0; i < headers->open.count; i++) {
        branch_split_pattern(cases, out.other, model->origin, headers->open.items[i],
                             headers->open_spans.items[i], &yes, &out.other);
        out.echoed = branch_join(cases, out.echoed, yes);
    }
    if (headers->has_unknown) {
        branch_split_unknown(cases, out.other, STR("whether a template names this origin"),
                             headers->identity, headers->origins_span, &yes, &out.other);
        out.echoed = branch_join(cases, out.echoed, yes);
    }
    if (headers->has_star && headers->credentials && headers->echoes) {
        out.echoed = branch_join(cases, out.echoed, out.other);
        out.other = absent;
    } else if (headers->has_star) {
        out.star = branch_join(cases, out.other, absent);
        out.other = (struct branch){ 0 };
    } else {
        out.other = branch_join(cases, out.other, absent);
    }
    return out;
}

static void set_text(struct cases *cases, struct branch *branch, const char *name, Str text,
                     Span span)
{
    if (text.len)
        branch_set_text(cases, branch, name, text, span);
}

static void set_credentials(struct cases *cases, struct branch *branch,
                            const struct traefik_headers *headers)
{
    if (headers->credentials)
        set_text(cases, branch, "Access-Control-Allow-Credentials", STR("true"),
                 headers->credentials_span);
}

static void set_list(struct cases *cases, struct branch *branch, const char *name, Str text,
                     const struct traefik_headers *headers, const struct var *asked, Span span)
{
    if (str_is(text, "*") && headers->credentials && headers->echoes)
        branch_set(cases, branch, name, value_var(cases->model, asked), span);
    else
        set_text(cases, branch, name, text, span);
}

// What it does to a response on its way back.
static void change_response(struct cases *cases, struct branch *branch,
                            const struct traefik_headers *headers, const struct value *origin)
{
    for (uint32_t i = 0; i < headers->custom.count; i++)
        branch_header(cases, branch, headers->custom.items[i]);
    if (!headers->is_cors)
        return;
    if (origin)
        branch_set(cases, branch, "Access-Control-Allow-Origin", origin, headers->origins_span);
    set_credentials(cases, branch, headers);
    set_text(cases, branch, "Access-Control-Expose-Headers", headers->expose, headers->expose_span);
    if (headers->vary)
        branch_add(cases, branch, "Vary", value_text(cases->model, STR("Origin")),
                   headers->vary_span);
}

// ---- the way back: through the middlewares before number `at`, then the answer

static void come_back(const struct traefik_router *router, struct cases *cases, struct branch in,
                      uint32_t at, struct response response)
{
    struct model *model = cases->model;
    while (at > 0 && router->chain->items[at - 1].kind != TRAEFIK_HEADERS &&
           router->chain->items[at - 1].kind != TRAEFIK_UNKNOWN)
        at--;
    if (!in.boxes.count)
        return;
    if (at == 0) {
        branch_respond(cases, in, response);
        return;
    }
    const struct traefik_middleware *middleware = &router->chain->items[at - 1];
    if (middleware->kind == TRAEFIK_UNKNOWN) {
        branch_unknown_header(cases, &in, "", STR("what this middleware does is not known"),
                              middleware->identity, middleware->span);
        come_back(router, cases, in, at - 1, response);
        return;
    }
    const struct traefik_headers *headers = &middleware->headers;
    if (!headers->is_cors) {
        change_response(cases, &in, headers, NULL);
        come_back(router, cases, in, at - 1, response);
        return;
    }
    struct taken taken = split_origins(cases, in, headers);
    change_response(cases, &taken.echoed, headers, value_var(model, model->origin));
    change_response(cases, &taken.star, headers, value_text(model, STR("*")));
    change_response(cases, &taken.other, headers, NULL);
    come_back(router, cases, taken.echoed, at - 1, response);
    come_back(router, cases, taken.star, at - 1, response);
    come_back(router, cases, taken.other, at - 1, response);
}

static void answer(const struct traefik_router *router, struct cases *cases, struct branch in,
                   uint32_t at, uint32_t status, Span span)
{
    come_back(router, cases, in, at,
              (struct response){ .answer = ANSWER_OWN, .status = status, .span = span });
}

static void answer_preflight(const struct traefik_router *router, struct cases *cases,
                             struct branch in, uint32_t at)
{
    struct model *model = cases->model;
    const struct traefik_headers *headers = &router->chain->items[at].headers;
    set_credentials(cases, &in, headers);
    set_list(cases, &in, "Access-Control-Allow-Headers", headers->headers, headers,
             model->request_headers, headers->headers_span);
    set_list(cases, &in, "Access-Control-Allow-Methods", headers->methods, headers,
             model->request_method, headers->methods_span);
    if (headers->echoes)
        set_text(cases, &in, "Access-Control-Expose-Headers", headers->expose,
                 headers->expose_span);
    set_text(cases, &in, "Access-Control-Max-Age", headers->max_age, headers->age_span);
    struct taken taken = split_origins(cases, in, headers);
    branch_set(cases, &taken.echoed, "Access-Control-Allow-Origin", value_var(model, model->origin),
               headers->origins_span);
    branch_set_text(cases, &taken.star, "Access-Control-Allow-Origin", STR("*"),
                    headers->origins_span);
    answer(router, cases, taken.echoed, at, 200, headers->span);
    answer(router, cases, taken.star, at, 200, headers->span);
    answer(router, cases, taken.other, at, 200, headers->span);
}

// ---- the way in

static struct branch pass(const struct traefik_router *router, struct cases *cases,
                          struct branch in, uint32_t at)
{
    struct cluster *cluster = router->cluster;
    struct model *model = cases->model;
    const struct traefik_middleware *middleware = &router->chain->items[at];
    Str name = middleware->object ? object_text(cluster->arena, middleware->object) : STR("");
    struct branch here, rest = in;
    switch (middleware->kind) {
    case TRAEFIK_HEADERS:
        if (!middleware->headers.is_cors)
            break;
        branch_split_preflight(cases, in, &here, &rest);
        answer_preflight(router, cases, here, at);
        break;
    case TRAEFIK_REFUSES:
        branch_split_unknown(
            cases, in,
            str_format(cluster->arena, "whether %.*s refuses the request", STR_ARG(name)),
            middleware->identity, middleware->span, &here, &rest);
        answer(router, cases, here, at, middleware->status, middleware->span);
        break;
    case TRAEFIK_SECURES:
        branch_split(cases, in, model->scheme, fa_literal(model->fa, STR("http")), middleware->span,
                     &here, &rest);
        come_back(
            router, cases, here, at,
            (struct response){ .answer = ANSWER_OWN,
                               .status = middleware->status,
                               .location = value_unknown(model, STR("the same URL with https"),
                                                         middleware->identity, middleware->span),
                               .span = middleware->span });
        break;
    case TRAEFIK_REDIRECTS:
        branch_split_unknown(cases, in,
                             str_format(cluster->arena, "whether %.*s redirects", STR_ARG(name)),
                             middleware->identity, middleware->span, &here, &rest);
        come_back(
            router, cases, here, at,
            (struct response){ .answer = ANSWER_OWN,
                               .status = middleware->status,
                               .location = value_unknown(model, STR("where this redirects to"),
                                                         middleware->identity, middleware->span),
                               .span = middleware->span });
        break;
    case TRAEFIK_MISSING:
        answer(router, cases, in, 0, 404, middleware->span);
        return (struct branch){ 0 };
    case TRAEFIK_NOTHING:
    case TRAEFIK_UNKNOWN:
        break;
    }
    return rest;
}

void traefik_serve(const struct traefik_router *router, struct cases *cases, struct branch in)
{
    for (uint32_t i = 0; i < router->chain->count; i++)
        if (router->chain->items[i].kind == TRAEFIK_MISSING) {
            answer(router, cases, in, 0, 404, router->chain->items[i].span);
            return;
        }
    for (uint32_t i = 0; i < router->chain->count && in.boxes.count; i++)
        in = pass(router, cases, in, i);
    come_back(router, cases, in, router->chain->count,
              (struct response){
                  .answer = ANSWER_UPSTREAM, .upstream = router->upstream, .span = router->span });
}
