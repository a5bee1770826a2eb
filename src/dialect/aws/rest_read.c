// REST APIs of CloudFormation templates. Source: reference/gateways.md 4.2.
#include "base/hash.h"
#include "dialect/aws/rest.h"
#include "dialect/aws/sam.h"

enum { DEEPEST_PATH = 64 };

void rest_read_headers(struct aws *aws, const struct term *map, const char *prefix,
                       struct rest_headers *out)
{
    if (map->kind == TERM_UNKNOWN)
        aws_complain(aws, map->span, "which headers are mapped is not known");
    for (uint32_t i = 0; map->kind == TERM_MAP && i < term_count(map); i++) {
        Str name = term_key(map, i);
        struct term value = term_at(aws->terms, map, i);
        if (!str_eat(&name, str_from(prefix)) || !term_is_there(&value))
            continue;
        *vec_push(aws->model->arena, out) = (struct rest_header){ name, value };
    }
}

static const char *spell(enum rest_spelling spelling, const char *upper, const char *lower)
{
    return spelling == REST_UPPER ? upper : lower;
}

static void read_response(struct aws *aws, const struct term *response, Str pattern,
                          enum rest_spelling spelling, struct rest_method *out)
{
    struct rest_response one = { .pattern = pattern, .span = response->span };
    struct term code = term_find(aws->terms, response, spell(spelling, "StatusCode", "statusCode"));
    struct term headers = term_find(aws->terms, response,
                                    spell(spelling, "ResponseParameters", "responseParameters"));
    one.templates =
        term_find(aws->terms, response, spell(spelling, "ResponseTemplates", "responseTemplates"));
    one.status = 200;
    if (term_is_there(&code) && !term_get_number(&code, 599, &one.status))
        aws_complain(aws, code.span, "the status of an integration response is no status");
    rest_read_headers(aws, &headers, "method.response.header.", &one.headers);
    *vec_push(aws->model->arena, &out->responses) = one;
}

static void read_kind(struct aws *aws, const struct term *integration, enum rest_spelling spelling,
                      struct rest_method *out)
{
    struct term type = term_find(aws->terms, integration, spell(spelling, "Type", "type"));
    Str text;
    out->kind = REST_OPEN;
    out->identity = integration->data ? data_hash(integration->data) : 0;
    if (!term_is_known(&type, &text)) {
        out->reason = STR("the type of the integration is not known");
        return;
    }
    if (str_is_nocase(text, "MOCK"))
        out->kind = REST_MOCK;
    else if (str_is_nocase(text, "AWS_PROXY") || str_is_nocase(text, "HTTP_PROXY"))
        out->kind = REST_PROXY;
    else if (str_is_nocase(text, "AWS") || str_is_nocase(text, "HTTP"))
        out->kind = REST_MAPPED;
    else
        out->reason = str_format(aws->model->arena, "API Gateway knows no integration of type %.*s",
                                 STR_ARG(text));
}

void rest_read_integration(struct aws *aws, const struct term *integration,
                           enum rest_spelling spelling, struct rest_method *out)
{
    struct term uri = term_find(aws->terms, integration, spell(spelling, "Uri", "uri"));
    struct term responses = term_find(
        aws->terms, integration, spell(spelling, "IntegrationResponses", "integrationResponses"));
    read_kind(aws, integration, spelling, out);
    out->requests =
        term_find(aws->terms, integration, spell(spelling, "RequestTemplates", "requestTemplates"));
    out->upstream = aws_target(aws, &uri, out->upstream);
    if (!term_is_there(&responses) && spelling == REST_LOWER)
        responses = term_find(aws->terms, integration, "responses"); // OpenAPI
    for (uint32_t i = 0; i < term_count(&responses); i++) {
        struct term one = term_at(aws->terms, &responses, i);
        struct term selection =
            term_find(aws->terms, &one, spell(spelling, "SelectionPattern", "selectionPattern"));
        Str pattern = STR("");
        if (!term_is_there(&one))
            continue;
        if (!term_is_known(&selection, &pattern))
            pattern = STR("");
        // In OpenAPI the key is the pattern; a dump has the status for a key.
        struct term named = term_find(aws->terms, integration, "responses");
        if (responses.kind == TERM_MAP && term_is_there(&named))
            pattern = term_key(&responses, i);
        read_response(aws, &one, pattern, spelling, out);
    }
}

void rest_add_declared(struct aws *aws, struct rest_method *method, Str status, Str header)
{
    *vec_push(aws->model->arena, &method->declared) = (struct rest_declared){ status, header };
}

// ---- methods and resources of a template

// The path of a resource: from its parents. False when it cannot be told.
static bool path_of(struct aws *aws, const struct term *term, uint32_t depth, Str *out)
{
    struct resource resource;
    Str parent, part;
    if (str_is(term->attribute, "RootResourceId")) {
        *out = STR("");
        return true;
    }
    if (depth > DEEPEST_PATH || !term->resource.len ||
        !template_find(aws->template, term->resource, &resource) ||
        !str_is(resource.type, "AWS::ApiGateway::Resource"))
        return false;
    struct term above = template_property(aws->template, &resource, "ParentId");
    struct term own = template_property(aws->template, &resource, "PathPart");
    if (!path_of(aws, &above, depth + 1, &parent) || !term_is_known(&own, &part))
        return false;
    *out = str_format(aws->model->arena, "%.*s/%.*s", STR_ARG(parent), STR_ARG(part));
    return true;
}

static void read_guard(struct aws *aws, const struct resource *resource, struct rest_method *out)
{
    struct term type = template_property(aws->template, resource, "AuthorizationType");
    struct term key = template_property(aws->template, resource, "ApiKeyRequired");
    Str text;
    bool needs_key;
    out->guard_span = type.span.file ? type.span : resource->span;
    if (term_is_there(&type) && term_is_known(&type, &text) && !str_is_nocase(text, "NONE"))
        out->guard = str_is_nocase(text, "CUSTOM") ? GUARD_MAYBE : GUARD_REFUSES;
    else if (term_is_there(&type) && !term_is_known(&type, &text))
        out->guard = GUARD_MAYBE;
    if (term_get_bool(&key, &needs_key) && needs_key && out->guard != GUARD_REFUSES) {
        out->guard = GUARD_REFUSES;
        out->by_key = true;
        out->guard_span = key.span;
    }
}

static void read_declared(struct aws *aws, const struct resource *resource, struct rest_method *out)
{
    struct term responses = template_property(aws->template, resource, "MethodResponses");
    out->declares = responses.kind == TERM_LIST;
    for (uint32_t i = 0; i < term_count(&responses); i++) {
        struct term one = term_at(aws->terms, &responses, i);
        struct term code = term_find(aws->terms, &one, "StatusCode");
        struct term headers = term_find(aws->terms, &one, "ResponseParameters");
        Str status;
        if (!term_is_known(&code, &status))
            out->declares = false; // not known which
        for (uint32_t h = 0; out->declares && h < term_count(&headers); h++) {
            Str name = term_key(&headers, h);
            if (str_eat(&name, STR("method.response.header.")))
                rest_add_declared(aws, out, status, name);
        }
    }
}

static void read_method(struct aws *aws, const struct resource *resource, struct rest_api *api,
                        Str host)
{
    struct term verb = template_property(aws->template, resource, "HttpMethod");
    struct term place = template_property(aws->template, resource, "ResourceId");
    struct term integration = template_property(aws->template, resource, "Integration");
    Str method, path;
    bool is_new;
    aws->at = str_format(aws->model->arena, "resource %.*s", STR_ARG(resource->id));
    aws->template->at = resource->id;
    if (!term_is_known(&verb, &method) || !path_of(aws, &place, 0, &path)) {
        // Which requests it takes is not known, so that none of the API are.
        api->reason = str_format(aws->model->arena,
                                 "the path or method of %.*s is known only where it is deployed",
                                 STR_ARG(resource->id));
        api->identity = template_identity(aws->template, resource->data);
        return;
    }
    struct rest_method *made = rest_method_get(aws, rest_path_get(aws, api, path, resource->span),
                                               method, resource->span, &is_new);
    if (!is_new) {
        aws_remark(aws, "CG510", resource->span, "%.*s of %.*s is declared twice", STR_ARG(method),
                   STR_ARG(path));
        return;
    }
    made->upstream = host;
    if (term_is_there(&integration)) {
        rest_read_integration(aws, &integration, REST_UPPER, made);
    } else {
        made->kind = REST_OPEN;
        made->reason = STR("a method without an integration answers nothing");
    }
    read_guard(aws, resource, made);
    read_declared(aws, resource, made);
}

static void read_gateway(struct aws *aws, const struct resource *resource, struct rest_api *api)
{
    struct term type = template_property(aws->template, resource, "ResponseType");
    struct term code = template_property(aws->template, resource, "StatusCode");
    struct term headers = template_property(aws->template, resource, "ResponseParameters");
    struct rest_gateway made = { .span = resource->span };
    aws->at = str_format(aws->model->arena, "resource %.*s", STR_ARG(resource->id));
    if (!term_is_known(&type, &made.type))
        return;
    (void)term_get_number(&code, 599, &made.status);
    rest_read_headers(aws, &headers, "gatewayresponse.header.", &made.headers);
    *vec_push(aws->model->arena, &api->gateway) = made;
}

// The API that a term names; what cannot be named is "restapi".
static Str api_named(const struct term *term)
{
    Str name = aws_named(term);
    return name.len ? name : STR("RestApi");
}

void rest_read_parts(struct aws *aws, Str id, Str host, struct rest_api *api)
{
    struct resource resource;
    for (uint32_t i = 0; template_next(aws->template, NULL, &i, &resource);) {
        bool is_method = str_is(resource.type, "AWS::ApiGateway::Method");
        if (!is_method && !str_is(resource.type, "AWS::ApiGateway::GatewayResponse"))
            continue;
        struct term of = template_property(aws->template, &resource, "RestApiId");
        if (!str_equal(api_named(&of), id) || !template_has(aws->template, &resource))
            continue;
        if (is_method)
            read_method(aws, &resource, api, host);
        else
            read_gateway(aws, &resource, api);
    }
}

static void read_body(struct aws *aws, const struct resource *resource, struct rest_api *api)
{
    struct term body = template_property(aws->template, resource, "Body");
    struct term elsewhere = template_property(aws->template, resource, "BodyS3Location");
    if (body.kind == TERM_MAP) {
        aws_openapi_rest(aws, &body, api);
    } else if (term_is_there(&elsewhere) || body.kind == TERM_UNKNOWN) {
        const struct term *where = body.kind == TERM_UNKNOWN ? &body : &elsewhere;
        api->reason = STR("the definition of the API stands somewhere else");
        api->identity = template_identity(aws->template, where->data);
        policy_add_unknown(aws->policy,
                           (struct unknown){ where->span, api->reason, api->identity });
    }
}

// `resource` is NULL where the template only has parts of an API that stands elsewhere.
static void read_api(struct aws *aws, const struct resource *resource, Str id, Span span)
{
    struct aws_sites sites = { 0 };
    struct rest_cases cases = { 0 };
    struct arena *arena = aws->model->arena;
    bool is_sam =
        resource ? str_is(resource->type, "AWS::Serverless::Api") : str_is(id, "ServerlessRestApi");
    aws_sites(aws, id, true, &sites);
    Str host = aws_host(aws, id, "execute-api");
    for (template_restart(aws->template); template_case(aws->template);) {
        struct rest_api *api = ARENA_NEW(arena, struct rest_api);
        aws->at = str_format(arena, "resource %.*s", STR_ARG(id));
        aws->template->at = id;
        api->span = span;
        api->is_there = !resource || template_has(aws->template, resource);
        if (api->is_there) {
            if (is_sam)
                sam_read_api(aws, resource, id, api);
            else if (resource)
                read_body(aws, resource, api);
            rest_read_parts(aws, id, host, api);
        }
        *vec_push(arena, &cases.apis) = api;
        *vec_push(arena, &cases.boxes) = choices_box(&aws->template->choices);
    }
    for (uint32_t i = 0; i < sites.count; i++)
        rest_finish(aws, &cases, &sites.items[i], span);
}

static bool is_known(const struct aws *aws, const Str *ids, uint32_t count, Str id)
{
    struct resource resource;
    for (uint32_t i = 0; i < count; i++)
        if (str_equal(ids[i], id))
            return true;
    return template_find(aws->template, id, &resource) &&
           (str_is(resource.type, "AWS::ApiGateway::RestApi") ||
            str_is(resource.type, "AWS::Serverless::Api"));
}

void aws_read_rest_apis(struct aws *aws)
{
    static const char *const types[] = { "AWS::ApiGateway::RestApi", "AWS::Serverless::Api" };
    struct resource resource;
    for (size_t t = 0; t < sizeof types / sizeof *types; t++)
        for (uint32_t i = 0; template_next(aws->template, types[t], &i, &resource);)
            read_api(aws, &resource, resource.id, resource.span);
    // Parts of APIs that other stacks make, and the API that SAM makes for events without one.
    struct {
        VEC(Str) list;
    } others = { 0 };
    *vec_push(aws->model->arena, &others.list) = aws->adopted;
    template_restart(aws->template);
    (void)template_case(aws->template);
    if (sam_has_implicit_api(aws)) {
        *vec_push(aws->model->arena, &others.list) = STR("ServerlessRestApi");
        read_api(aws, NULL, STR("ServerlessRestApi"), sam_implicit_span(aws));
    }
    for (uint32_t i = 0; template_next(aws->template, NULL, &i, &resource);) {
        if (!str_is(resource.type, "AWS::ApiGateway::Method") &&
            !str_is(resource.type, "AWS::ApiGateway::GatewayResponse"))
            continue;
        template_restart(aws->template);
        (void)template_case(aws->template);
        struct term of = template_property(aws->template, &resource, "RestApiId");
        Str id = api_named(&of);
        if (is_known(aws, others.list.items, others.list.count, id))
            continue;
        *vec_push(aws->model->arena, &others.list) = id;
        read_api(aws, NULL, id, resource.span);
    }
}
