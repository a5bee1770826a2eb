// What the command line prints and takes. Source: reference/gateways.md 2, 4.
#include "dialect/aws/rest.h"

static struct aws_site site_of(struct aws *aws, const struct term *url, const char *id,
                               const char *service)
{
    Str text, rest;
    struct aws_site site = { .host = aws_host(aws, str_from(id), service) };
    if (!term_is_known(url, &text) || !str_eat(&text, STR("https://")))
        return site;
    Str host = text;
    (void)str_cut(text, STR("/"), &host, &rest);
    site.host = host_unique(aws->model->arena, aws->hosts, str_lower(aws->model->arena, host),
                            aws->document);
    return site;
}

static void read_settings(struct aws *aws, const struct term *written, enum aws_spelling spelling,
                          struct aws_site site, bool is_function, Span span)
{
    struct aws_cors cors;
    struct http_api api = { .is_function = is_function, .upstream = site.host, .span = span };
    if (aws_cors_read(aws, written, spelling, &cors)) {
        api.cors = &cors;
        if (is_function)
            aws_check_function_cors(aws, &cors);
    }
    struct cases cases = cases_new(aws->model, aws->policy);
    struct endpoint endpoint =
        aws_endpoint(aws, is_function ? "aws-function-url" : "aws-http-api", &site, span);
    http_api_cells(aws, &cases, cases_begin(&cases, endpoint.box), &api);
    cases_finish(&cases, endpoint);
}

static Span begin_of(const struct term *term)
{
    return (Span){ term->span.file, term->span.begin, term->span.begin + 1 };
}

static void read_api(struct aws *aws, const struct term *api)
{
    struct term protocol = term_find(aws->terms, api, "ProtocolType");
    struct term endpoint = term_find(aws->terms, api, "ApiEndpoint");
    struct term id = term_find(aws->terms, api, "ApiId");
    struct term cors = term_find(aws->terms, api, "CorsConfiguration");
    Str text, name = STR("api");
    if (term_is_known(&protocol, &text) && str_is_nocase(text, "WEBSOCKET"))
        return;
    (void)term_is_known(&id, &name);
    struct aws_site site =
        site_of(aws, &endpoint, str_terminated(aws->model->arena, name), "execute-api");
    read_settings(aws, &cors, AWS_UPPER, site, false, begin_of(api));
}

static void read_function(struct aws *aws, const struct term *function)
{
    struct term url = term_find(aws->terms, function, "FunctionUrl");
    struct term cors = term_find(aws->terms, function, "Cors");
    read_settings(aws, &cors, AWS_UPPER, site_of(aws, &url, "function", "lambda-url"), true,
                  begin_of(function));
}

// ---- a REST API: aws apigateway get-resources --embed methods

static void read_method(struct aws *aws, const struct term *method, Str name,
                        struct rest_path *path, Span span)
{
    struct term integration = term_find(aws->terms, method, "methodIntegration");
    struct term type = term_find(aws->terms, method, "authorizationType");
    struct term key = term_find(aws->terms, method, "apiKeyRequired");
    struct term responses = term_find(aws->terms, method, "methodResponses");
    bool is_new, needs_key;
    Str text;
    struct rest_method *made = rest_method_get(aws, path, name, span, &is_new);
    made->upstream = str_format(aws->model->arena, "api%.*s", STR_ARG(path->path));
    made->guard_span = span;
    if (term_is_there(&integration)) {
        rest_read_integration(aws, &integration, REST_LOWER, made);
    } else {
        made->kind = REST_OPEN;
        made->reason = STR("the integration is not in the dump");
    }
    if (term_is_known(&type, &text) && !str_is_nocase(text, "NONE"))
        made->guard = str_is_nocase(text, "CUSTOM") ? GUARD_MAYBE : GUARD_REFUSES;
    if (term_get_bool(&key, &needs_key) && needs_key && made->guard != GUARD_REFUSES) {
        made->guard = GUARD_REFUSES;
        made->by_key = true;
    }
    made->declares = responses.kind == TERM_MAP;
    for (uint32_t i = 0; made->declares && i < term_count(&responses); i++) {
        struct term one = term_at(aws->terms, &responses, i);
        struct term headers = term_find(aws->terms, &one, "responseParameters");
        for (uint32_t h = 0; headers.kind == TERM_MAP && h < term_count(&headers); h++) {
            Str header = term_key(&headers, h);
            if (str_eat(&header, STR("method.response.header.")))
                rest_add_declared(aws, made, term_key(&responses, i), header);
        }
    }
}

static void read_resources(struct aws *aws, const struct term *items)
{
    struct rest_cases cases = { 0 };
    struct rest_api *api = ARENA_NEW(aws->model->arena, struct rest_api);
    struct aws_site site = { .host = aws_host(aws, STR("api"), "execute-api") };
    *api = (struct rest_api){ .is_there = true, .span = begin_of(items) };
    for (uint32_t i = 0; i < term_count(items); i++) {
        struct term one = term_at(aws->terms, items, i);
        struct term path = term_find(aws->terms, &one, "path");
        struct term methods = term_find(aws->terms, &one, "resourceMethods");
        Str text;
        if (methods.kind != TERM_MAP || !term_is_known(&path, &text))
            continue;
        struct rest_path *made = rest_path_get(aws, api, text, path.span);
        for (uint32_t m = 0; m < term_count(&methods); m++) {
            struct term method = term_at(aws->terms, &methods, m);
            read_method(aws, &method, term_key(&methods, m), made, term_key_span(&methods, m));
        }
    }
    *vec_push(aws->model->arena, &cases.apis) = api;
    *vec_push(aws->model->arena, &cases.boxes) = box_all(aws->model);
    rest_finish(aws, &cases, &site, api->span);
}

static void read_items(struct aws *aws, const struct term *list,
                       void (*read)(struct aws *, const struct term *))
{
    for (uint32_t i = 0; list->kind == TERM_LIST && i < term_count(list); i++) {
        struct term one = term_at(aws->terms, list, i);
        read(aws, &one);
    }
}

void aws_read_dump(struct aws *aws)
{
    struct term root = term_of(aws->terms, aws->document->root);
    struct term items = term_find(aws->terms, &root, "Items");
    struct term urls = term_find(aws->terms, &root, "FunctionUrlConfigs");
    struct term resources = term_find(aws->terms, &root, "items");
    struct term none = { 0 };
    if (items.kind == TERM_LIST)
        read_items(aws, &items, read_api);
    else if (urls.kind == TERM_LIST)
        read_items(aws, &urls, read_function);
    else if (resources.kind == TERM_LIST)
        read_resources(aws, &resources);
    else if (document_find(root.data, "FunctionUrl"))
        read_function(aws, &root);
    else if (document_find(root.data, "ProtocolType"))
        read_api(aws, &root);
    else // the settings by themselves, as --cors-configuration takes them
        read_settings(aws, &root, document_find(root.data, "allowOrigins") ? AWS_LOWER : AWS_UPPER,
                      site_of(aws, &none, "api", "execute-api"), false, begin_of(&root));
}
