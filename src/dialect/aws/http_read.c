// HTTP APIs of templates. Source: reference/gateways.md 4.1, 4.4.
#include "dialect/aws/aws.h"

#include "base/hash.h"

#include <string.h>

// A preflight is answered before the authorizer is asked only where an OPTIONS route without one
// takes it (4.1: the advice for $default and ANY).
void http_api_guards(struct aws *aws, const struct http_routes *routes, struct http_api *api)
{
    struct fa_space *fa = aws->model->fa;
    const struct fa *open = fa_none(fa), *refused = fa_none(fa), *maybe = fa_none(fa);
    for (uint32_t i = 0; i < routes->count; i++) {
        const struct http_route *route = &routes->items[i];
        bool is_options = str_is_nocase(route->method, "OPTIONS");
        if (!is_options && !str_is_nocase(route->method, "ANY"))
            continue;
        const struct fa *paths = aws_path(aws->model, api->prefix, route->path);
        if (route->guard == GUARD_NONE)
            open = is_options ? fa_union(fa, open, paths) : open;
        else if (route->guard == GUARD_REFUSES)
            refused = fa_union(fa, refused, paths);
        else
            maybe = fa_union(fa, maybe, paths);
        if (route->guard != GUARD_NONE)
            api->guard = route->span;
    }
    refused = fa_subtract(fa, refused, open);
    maybe = fa_subtract(fa, fa_subtract(fa, maybe, open), refused);
    api->refused = fa_is_none(refused) ? NULL : refused;
    api->maybe = fa_is_none(maybe) ? NULL : maybe;
}

// "GET /pets", "ANY /{proxy+}", "$default".
static void add_route(struct aws *aws, struct http_routes *routes, Str key, enum aws_guard guard,
                      Span span)
{
    Str method, path;
    if (!str_cut(str_trim(key), STR(" "), &method, &path)) {
        method = STR("ANY");
        path = key;
    }
    *vec_push(aws->model->arena, routes) =
        (struct http_route){ method, str_trim(path), guard, span };
}

static enum aws_guard guard_of(const struct term *type)
{
    Str text;
    if (!term_is_there(type))
        return GUARD_NONE;
    if (!term_is_known(type, &text))
        return GUARD_MAYBE;
    if (str_is_nocase(text, "NONE"))
        return GUARD_NONE;
    // A Lambda authorizer may let everybody pass; a token is never in a preflight.
    return str_is_nocase(text, "CUSTOM") ? GUARD_MAYBE : GUARD_REFUSES;
}

static void read_routes(struct aws *aws, Str id, struct http_routes *out)
{
    struct resource route;
    for (uint32_t i = 0; template_next(aws->template, "AWS::ApiGatewayV2::Route", &i, &route);) {
        struct term api = template_property(aws->template, &route, "ApiId");
        Str key;
        if (!str_equal(aws_named(&api), id) || !template_has(aws->template, &route))
            continue;
        struct term written = template_property(aws->template, &route, "RouteKey");
        struct term type = template_property(aws->template, &route, "AuthorizationType");
        if (term_is_known(&written, &key))
            add_route(aws, out, key, guard_of(&type), route.span);
    }
}

// ---- one API, in one case

struct http_reading {
    struct aws_cors cors;
    struct http_routes routes;
    bool has_cors;
};

// SAM: `true`, or a map whose keys win over those of the body (4.4).
static void read_sam_cors(struct aws *aws, const struct term *term, struct http_reading *out)
{
    bool all;
    struct aws_cors cors = { 0 };
    if (term->kind == TERM_TEXT && term_get_bool(term, &all)) {
        if (!all)
            return;
        cors.span = term->span;
        cors.origins = term_text(aws->model, STR("*"), term->data);
    } else if (!aws_cors_read(aws, term, AWS_UPPER, &cors)) {
        return;
    }
    bool written, over;
    if (out->has_cors && term_get_bool(&out->cors.credentials, &written) && written &&
        term_get_bool(&cors.credentials, &over) && !over)
        cors.credentials = (struct term){ 0 }; // a false does not erase a true of the body
    aws_cors_merge(&out->cors, &cors);
    out->has_cors = true;
}

static void read_body(struct aws *aws, const struct term *body, struct http_reading *out)
{
    out->has_cors = aws_openapi_cors(aws, body, &out->cors);
    aws_openapi_routes(aws, body, &out->routes);
}

static void refuse_star_with_credentials(struct aws *aws, const struct http_reading *read)
{
    struct term origins = read->cors.origins, one = origins;
    bool credentials;
    Str text;
    if (!term_get_bool(&read->cors.credentials, &credentials) || !credentials)
        return;
    for (uint32_t i = 0; i < (origins.kind == TERM_LIST ? term_count(&origins) : 1); i++) {
        if (origins.kind == TERM_LIST)
            one = term_at(aws->terms, &origins, i);
        if (term_is_known(&one, &text) && str_is(text, "*"))
            aws_remark(aws, "CG510", read->cors.credentials.span,
                       "API Gateway refuses AllowCredentials where the allowed origins hold *, so "
                       "that this cannot be deployed");
    }
}

static struct http_api api_of(struct aws *aws, const struct http_reading *read,
                              const struct aws_site *site, Str host, Span span)
{
    struct http_api api = { .prefix = site->prefix, .upstream = host, .span = span };
    if (read->has_cors) {
        api.cors = &read->cors;
        api.span = read->cors.span;
        refuse_star_with_credentials(aws, read);
    }
    http_api_guards(aws, &read->routes, &api);
    return api;
}

static void read_plain(struct aws *aws, const struct resource *resource, struct http_reading *out)
{
    struct term body = template_property(aws->template, resource, "Body");
    struct term cors = template_property(aws->template, resource, "CorsConfiguration");
    struct aws_cors own;
    if (term_is_there(&body))
        read_body(aws, &body, out);
    if (aws_cors_read(aws, &cors, AWS_UPPER, &own)) {
        aws_cors_merge(&out->cors, &own);
        out->has_cors = true;
    }
    read_routes(aws, resource->id, &out->routes);
}

// ---- SAM: events of functions, globals

static struct term global(struct aws *aws, const char *kind, const char *key)
{
    struct term root = term_of(aws->terms, document_find(aws->document->root, "Globals"));
    struct term of = term_find(aws->terms, &root, kind);
    return term_find(aws->terms, &of, key);
}

// A property of an API, or what Globals says; maps of both are not merged here.
static struct term sam_property(struct aws *aws, const struct resource *resource, const char *key)
{
    struct term own = { 0 };
    if (resource)
        own = template_property(aws->template, resource, key);
    return term_is_there(&own) ? own : global(aws, "HttpApi", key);
}

static enum aws_guard sam_guard(const struct term *fallback, const struct term *event)
{
    Str name;
    const struct term *used = term_is_there(event) ? event : fallback;
    if (!term_is_there(used))
        return GUARD_NONE;
    return term_is_known(used, &name) && str_is(name, "NONE") ? GUARD_NONE : GUARD_REFUSES;
}

static void read_events(struct aws *aws, Str id, const struct term *fallback,
                        struct http_routes *out)
{
    struct resource function;
    for (uint32_t i = 0;
         template_next(aws->template, "AWS::Serverless::Function", &i, &function);) {
        struct term events = template_property(aws->template, &function, "Events");
        for (uint32_t e = 0; e < term_count(&events); e++) {
            struct term event = term_at(aws->terms, &events, e);
            struct term type = term_find(aws->terms, &event, "Type");
            struct term properties = term_find(aws->terms, &event, "Properties");
            struct term api = term_find(aws->terms, &properties, "ApiId");
            struct term auth = term_find(aws->terms, &properties, "Auth");
            struct term own = term_find(aws->terms, &auth, "Authorizer");
            struct term method = term_find(aws->terms, &properties, "Method");
            struct term path = term_find(aws->terms, &properties, "Path");
            Str kind, verb, where;
            Str target = term_is_there(&api) ? aws_named(&api) : STR("ServerlessHttpApi");
            if (!term_is_known(&type, &kind) || !str_is(kind, "HttpApi") || !str_equal(target, id))
                continue;
            if (!term_is_known(&path, &where))
                where = STR("$default");
            if (!term_is_known(&method, &verb))
                verb = STR("ANY");
            *vec_push(aws->model->arena, out) =
                (struct http_route){ verb, where, sam_guard(fallback, &own), event.span };
        }
    }
}

static void read_sam(struct aws *aws, const struct resource *resource, Str id,
                     struct http_reading *out)
{
    struct term body = { 0 };
    if (resource)
        body = template_property(aws->template, resource, "DefinitionBody");
    if (term_is_there(&body))
        read_body(aws, &body, out);
    struct term cors = sam_property(aws, resource, "CorsConfiguration");
    if (term_is_there(&cors))
        read_sam_cors(aws, &cors, out);
    struct term auth = sam_property(aws, resource, "Auth");
    struct term fallback = term_find(aws->terms, &auth, "DefaultAuthorizer");
    read_events(aws, id, &fallback, &out->routes);
}

// ---- all of them

enum http_kind { HTTP_PLAIN, HTTP_SAM };

struct endpoint aws_endpoint(struct aws *aws, const char *layer, const struct aws_site *site,
                             Span span)
{
    Str *host = ARENA_NEW(aws->model->arena, Str);
    *host = site->host;
    return (struct endpoint){
        .layer = layer,
        .hosts = host,
        .host_count = 1,
        .match = MATCH_PREFIX,
        .path = str_concat(aws->model->arena, site->prefix, STR("/")),
        .box = aws_box(aws->model, site),
        .span = span,
        .keeps_slashes = true,
    };
}

// What is not there answers nothing that a page could read.
static void nothing(struct cases *cases, struct branch all, Span span)
{
    branch_answer(cases, all, 404, span);
}

static void read_site(struct aws *aws, const struct resource *resource, Str id, Span span,
                      enum http_kind kind, const struct aws_site *site)
{
    struct cases cases = cases_new(aws->model, aws->policy);
    struct endpoint endpoint = aws_endpoint(aws, "aws-http-api", site, span);
    for (template_restart(aws->template); template_case(aws->template);) {
        struct http_reading read = { 0 };
        bool is_there = !resource || template_has(aws->template, resource);
        if (is_there && kind == HTTP_SAM)
            read_sam(aws, resource, id, &read);
        else if (is_there)
            read_plain(aws, resource, &read);
        struct http_api api = api_of(aws, &read, site, aws_host(aws, id, "execute-api"), span);
        const struct box *box =
            box_meet(aws->model, endpoint.box, choices_box(&aws->template->choices));
        struct branch all = cases_begin(&cases, box);
        if (is_there)
            http_api_cells(aws, &cases, all, &api);
        else
            nothing(&cases, all, span);
    }
    cases_finish(&cases, endpoint);
}

static void read_one(struct aws *aws, const struct resource *resource, Str id, Span span,
                     enum http_kind kind)
{
    struct aws_sites sites = { 0 };
    aws->at = str_format(aws->model->arena, "resource %.*s", STR_ARG(id));
    aws->template->at = id;
    aws_sites(aws, id, false, &sites);
    for (uint32_t i = 0; i < sites.count; i++)
        read_site(aws, resource, id, span, kind, &sites.items[i]);
}

// SAM makes an API for the events that name none.
static void read_implicit(struct aws *aws)
{
    struct http_routes routes = { 0 };
    struct term none = { 0 };
    template_restart(aws->template);
    (void)template_case(aws->template);
    read_events(aws, STR("ServerlessHttpApi"), &none, &routes);
    if (routes.count)
        read_one(aws, NULL, STR("ServerlessHttpApi"), routes.items[0].span, HTTP_SAM);
}

static bool is_http(struct aws *aws, const struct resource *resource)
{
    struct term type = template_property(aws->template, resource, "ProtocolType");
    Str text;
    return !term_is_known(&type, &text) || !str_is_nocase(text, "WEBSOCKET");
}

void aws_read_http_apis(struct aws *aws)
{
    struct resource resource;
    for (uint32_t i = 0; template_next(aws->template, "AWS::ApiGatewayV2::Api", &i, &resource);) {
        template_restart(aws->template);
        (void)template_case(aws->template);
        if (is_http(aws, &resource))
            read_one(aws, &resource, resource.id, resource.span, HTTP_PLAIN);
    }
    for (uint32_t i = 0; template_next(aws->template, "AWS::Serverless::HttpApi", &i, &resource);)
        read_one(aws, &resource, resource.id, resource.span, HTTP_SAM);
    read_implicit(aws);
}

// ---- function URLs

static void read_function(struct aws *aws, const struct resource *resource, Str function,
                          bool is_sam)
{
    struct aws_site site = { .host = aws_host(aws, function, "lambda-url") };
    struct cases cases = cases_new(aws->model, aws->policy);
    struct endpoint endpoint = aws_endpoint(aws, "aws-function-url", &site, resource->span);
    aws->at = str_format(aws->model->arena, "resource %.*s", STR_ARG(resource->id));
    aws->template->at = resource->id;
    for (template_restart(aws->template); template_case(aws->template);) {
        struct aws_cors cors;
        struct term own = template_property(aws->template, resource, "Cors");
        bool is_there = template_has(aws->template, resource);
        if (is_sam) {
            struct term settings = template_property(aws->template, resource, "FunctionUrlConfig");
            own = term_find(aws->terms, &settings, "Cors");
            is_there = is_there && term_is_there(&settings);
        }
        struct http_api api = {
            .is_function = true,
            .span = resource->span,
            .upstream = str_format(aws->model->arena, "lambda:%.*s", STR_ARG(function)),
        };
        if (aws_cors_read(aws, &own, AWS_UPPER, &cors)) {
            api.cors = &cors;
            api.span = cors.span;
            aws_check_function_cors(aws, &cors);
        }
        const struct box *box =
            box_meet(aws->model, endpoint.box, choices_box(&aws->template->choices));
        struct branch all = cases_begin(&cases, box);
        if (is_there)
            http_api_cells(aws, &cases, all, &api);
        else
            nothing(&cases, all, resource->span);
    }
    cases_finish(&cases, endpoint);
}

void aws_read_function_urls(struct aws *aws)
{
    struct resource resource;
    for (uint32_t i = 0; template_next(aws->template, "AWS::Lambda::Url", &i, &resource);) {
        template_restart(aws->template);
        (void)template_case(aws->template);
        struct term target = template_property(aws->template, &resource, "TargetFunctionArn");
        Str named = target.resource.len ? target.resource : resource.id;
        read_function(aws, &resource, named, false);
    }
    for (uint32_t i = 0; template_next(aws->template, "AWS::Serverless::Function", &i, &resource);)
        if (document_find(resource.properties, "FunctionUrlConfig"))
            read_function(aws, &resource, resource.id, true);
}
