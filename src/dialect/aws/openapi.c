// API Gateway's extensions of OpenAPI (2 and 3). Source: reference/gateways.md 2, 4.1, 4.2.
#include "base/hash.h"
#include "dialect/aws/rest.h"

#include <string.h>

static bool is_method(Str key)
{
    static const char *const methods[] = { "get",    "put",     "post",
                                           "delete", "options", "head",
                                           "patch",  "trace",   "x-amazon-apigateway-any-method" };
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
        if (str_is_nocase(key, methods[i]))
            return true;
    return false;
}

static Str method_of(Str key)
{
    return str_is(key, "x-amazon-apigateway-any-method") ? STR("ANY") : key;
}

// The scheme of a security requirement: of OpenAPI 3 or 2.
static struct term scheme(struct aws *aws, const struct term *root, Str name)
{
    struct term components = term_find(aws->terms, root, "components");
    struct term schemes = term_find(aws->terms, &components, "securitySchemes");
    if (!term_is_there(&schemes))
        schemes = term_find(aws->terms, root, "securityDefinitions");
    return term_get(aws->terms, &schemes, name);
}

static enum aws_guard guard_by(struct aws *aws, const struct term *root, Str name, bool *by_key)
{
    struct term used = scheme(aws, root, name);
    struct term kind = term_find(aws->terms, &used, "type");
    struct term header = term_find(aws->terms, &used, "name");
    struct term authorizer = term_find(aws->terms, &used, "x-amazon-apigateway-authorizer");
    struct term type = term_find(aws->terms, &authorizer, "type");
    struct term auth = term_find(aws->terms, &used, "x-amazon-apigateway-authtype");
    Str text;
    *by_key = false;
    if (term_is_known(&type, &text))
        return str_is_nocase(text, "request") ? GUARD_MAYBE : GUARD_REFUSES;
    if (term_is_known(&auth, &text) && str_is_nocase(text, "awsSigv4"))
        return GUARD_REFUSES;
    if (term_is_known(&kind, &text) && str_is_nocase(text, "apiKey") &&
        term_is_known(&header, &text) && str_is_nocase(text, "x-api-key")) {
        *by_key = true;
        return GUARD_REFUSES;
    }
    // A scheme without an authorizer is documentation.
    return term_is_there(&authorizer) ? GUARD_MAYBE : GUARD_NONE;
}

// Of an operation: its own requirement, else that of the whole document.
static enum aws_guard guard_of(struct aws *aws, const struct term *root, const struct term *op,
                               bool *by_key, Span *span)
{
    struct term security = term_find(aws->terms, op, "security");
    enum aws_guard worst = GUARD_NONE;
    *by_key = false;
    if (!term_is_there(&security))
        security = term_find(aws->terms, root, "security");
    *span = security.span.file ? security.span : op->span;
    for (uint32_t i = 0; security.kind == TERM_LIST && i < term_count(&security); i++) {
        struct term one = term_at(aws->terms, &security, i);
        for (uint32_t k = 0; one.kind == TERM_MAP && k < term_count(&one); k++) {
            bool key;
            enum aws_guard guard = guard_by(aws, root, term_key(&one, k), &key);
            if (guard != GUARD_NONE && worst != GUARD_REFUSES) {
                worst = guard;
                *by_key = key;
            }
        }
    }
    return worst;
}

bool aws_openapi_cors(struct aws *aws, const struct term *root, struct aws_cors *out)
{
    struct term cors = term_find(aws->terms, root, "x-amazon-apigateway-cors");
    return aws_cors_read(aws, &cors, AWS_LOWER, out);
}

void aws_openapi_routes(struct aws *aws, const struct term *root, struct http_routes *out)
{
    struct term paths = term_find(aws->terms, root, "paths");
    for (uint32_t i = 0; paths.kind == TERM_MAP && i < term_count(&paths); i++) {
        struct term path = term_at(aws->terms, &paths, i);
        for (uint32_t k = 0; path.kind == TERM_MAP && k < term_count(&path); k++) {
            if (!is_method(term_key(&path, k)))
                continue;
            struct term op = term_at(aws->terms, &path, k);
            bool by_key;
            Span span;
            enum aws_guard guard = guard_of(aws, root, &op, &by_key, &span);
            Str where = term_key(&paths, i);
            (void)(str_is(where, "/$default") && str_eat(&where, STR("/")));
            *vec_push(aws->model->arena, out) =
                (struct http_route){ method_of(term_key(&path, k)), where, guard, span };
        }
    }
}

// ---- REST

static void read_declared(struct aws *aws, const struct term *op, struct rest_method *out)
{
    struct term responses = term_find(aws->terms, op, "responses");
    out->declares = responses.kind == TERM_MAP;
    for (uint32_t i = 0; out->declares && i < term_count(&responses); i++) {
        struct term one = term_at(aws->terms, &responses, i);
        struct term headers = term_find(aws->terms, &one, "headers");
        struct term elsewhere = term_find(aws->terms, &one, "$ref");
        if (term_is_there(&elsewhere))
            out->declares = false;
        for (uint32_t h = 0; headers.kind == TERM_MAP && h < term_count(&headers); h++)
            rest_add_declared(aws, out, term_key(&responses, i), term_key(&headers, h));
    }
}

static void read_operation(struct aws *aws, const struct term *root, const struct term *op,
                           Str method, struct rest_path *path, Str upstream, Span span)
{
    bool is_new;
    struct rest_method *made = rest_method_get(aws, path, method, span, &is_new);
    struct term integration = term_find(aws->terms, op, "x-amazon-apigateway-integration");
    made->upstream = upstream;
    if (term_is_there(&integration)) {
        rest_read_integration(aws, &integration, REST_LOWER, made);
    } else {
        made->kind = REST_OPEN;
        made->reason = STR("a method without an integration answers nothing");
    }
    made->guard = guard_of(aws, root, op, &made->by_key, &made->guard_span);
    read_declared(aws, op, made);
}

static void read_gateway_responses(struct aws *aws, const struct term *root, struct rest_api *out)
{
    struct term all = term_find(aws->terms, root, "x-amazon-apigateway-gateway-responses");
    for (uint32_t i = 0; all.kind == TERM_MAP && i < term_count(&all); i++) {
        struct term one = term_at(aws->terms, &all, i);
        struct term code = term_find(aws->terms, &one, "statusCode");
        struct term headers = term_find(aws->terms, &one, "responseParameters");
        struct rest_gateway made = { .type = term_key(&all, i), .span = term_key_span(&all, i) };
        (void)term_get_number(&code, 599, &made.status);
        rest_read_headers(aws, &headers, "gatewayresponse.header.", &made.headers);
        *vec_push(aws->model->arena, &out->gateway) = made;
    }
}

void aws_openapi_rest(struct aws *aws, const struct term *root, struct rest_api *out)
{
    struct term paths = term_find(aws->terms, root, "paths");
    for (uint32_t i = 0; paths.kind == TERM_MAP && i < term_count(&paths); i++) {
        struct term path = term_at(aws->terms, &paths, i);
        struct rest_path *made =
            rest_path_get(aws, out, term_key(&paths, i), term_key_span(&paths, i));
        Str upstream = str_format(aws->model->arena, "api%.*s", STR_ARG(made->path));
        for (uint32_t k = 0; path.kind == TERM_MAP && k < term_count(&path); k++)
            if (is_method(term_key(&path, k))) {
                struct term op = term_at(aws->terms, &path, k);
                read_operation(aws, root, &op, method_of(term_key(&path, k)), made, upstream,
                               term_key_span(&path, k));
            }
    }
    read_gateway_responses(aws, root, out);
}

// ---- a document by itself

// The host of the document: servers[0].url, or its own.
static struct aws_site site_of(struct aws *aws, const struct term *root)
{
    struct term servers = term_find(aws->terms, root, "servers");
    struct term host = term_find(aws->terms, root, "host");
    struct aws_site site = { .host = aws_host(aws, STR("api"), "execute-api") };
    Str url, name, path = STR("");
    if (servers.kind == TERM_LIST && term_count(&servers)) {
        struct term first = term_at(aws->terms, &servers, 0);
        host = term_find(aws->terms, &first, "url");
    }
    if (!term_is_known(&host, &url) || str_contains(url, STR("{")))
        return site;
    if (!str_eat(&url, STR("https://")))
        (void)str_eat(&url, STR("http://"));
    if (!str_cut(url, STR("/"), &name, &path))
        name = url;
    if (name.len)
        site.host = host_unique(aws->model->arena, aws->hosts, str_lower(aws->model->arena, name),
                                aws->document);
    return site;
}

void aws_read_openapi(struct aws *aws)
{
    struct term root = term_of(aws->terms, aws->document->root);
    struct aws_site site = site_of(aws, &root);
    struct aws_cors cors;
    Span span = { root.span.file, root.span.begin, root.span.begin };
    if (aws_openapi_cors(aws, &root, &cors)) {
        struct cases cases = cases_new(aws->model, aws->policy);
        struct endpoint endpoint = aws_endpoint(aws, "aws-http-api", &site, cors.span);
        struct http_routes routes = { 0 };
        struct http_api api = { .cors = &cors, .upstream = site.host, .span = cors.span };
        aws_openapi_routes(aws, &root, &routes);
        http_api_guards(aws, &routes, &api);
        http_api_cells(aws, &cases, cases_begin(&cases, endpoint.box), &api);
        cases_finish(&cases, endpoint);
        return;
    }
    struct rest_cases cases = { 0 };
    struct rest_api *api = ARENA_NEW(aws->model->arena, struct rest_api);
    *api = (struct rest_api){ .span = span, .is_there = true };
    aws_openapi_rest(aws, &root, api);
    *vec_push(aws->model->arena, &cases.apis) = api;
    *vec_push(aws->model->arena, &cases.boxes) = box_all(aws->model);
    rest_finish(aws, &cases, &site, span);
}
