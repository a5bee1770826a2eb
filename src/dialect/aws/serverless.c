// The Serverless Framework. Source: reference/gateways.md 4.5.
#include "dialect/aws/variables.h"
#include "dialect/aws/rest.h"

static const char *const all_headers[] = { "Content-Type",         "X-Amz-Date",
                                           "Authorization",        "X-Api-Key",
                                           "X-Amz-Security-Token", "X-Amz-User-Agent",
                                           "X-Amzn-Trace-Id",      NULL };
static const char *const url_headers[] = {
    "Content-Type",    "X-Amz-Date", "Authorization", "X-Api-Key", "X-Amz-Security-Token",
    "X-Amzn-Trace-Id", NULL
};
static const char *const any_methods[] = { "DELETE", "GET", "HEAD", "PATCH", "POST", "PUT", NULL };

struct texts {
    Str *items;
    uint32_t count, capacity;
};

static void add(struct aws *aws, struct texts *texts, Str text)
{
    for (uint32_t i = 0; i < texts->count; i++)
        if (str_equal(texts->items[i], text))
            return;
    *vec_push(aws->model->arena, texts) = text;
}

static void add_all(struct aws *aws, struct texts *texts, const char *const *more)
{
    for (; *more; more++)
        add(aws, texts, str_from(*more));
}

static Str upper(struct arena *arena, Str text)
{
    char *out = ARENA_ARRAY(arena, char, text.len + 1);
    for (size_t i = 0; i < text.len; i++)
        out[i] = text.ptr[i] >= 'a' && text.ptr[i] <= 'z' ? (char)(text.ptr[i] - 'a' + 'A')
                                                          : text.ptr[i];
    return (Str){ out, text.len };
}

static struct term list_of(struct aws *aws, const struct texts *texts, const struct term *at)
{
    struct arena *arena = aws->model->arena;
    struct data_entry *entries = ARENA_ARRAY(arena, struct data_entry, texts->count + 1);
    for (uint32_t i = 0; i < texts->count; i++) {
        struct data *item = ARENA_NEW(arena, struct data);
        *item = (struct data){
            .kind = DATA_SCALAR, .span = at->span, .text = texts->items[i], .weight = 1
        };
        entries[i].value = item;
    }
    struct data *list = ARENA_NEW(arena, struct data);
    *list = (struct data){ .kind = DATA_LIST,
                           .span = at->span,
                           .entries = entries,
                           .count = texts->count,
                           .weight = texts->count + 1 };
    return term_as_written(aws->model, list);
}

// ---- events

struct event {
    Str function, method, path; // upper case; "/path"
    struct term cors, integration;
    Span span;
};

// "GET /path", or a map with method and path.
static bool read_event(struct aws *aws, const struct term *written, struct event *out)
{
    Str text;
    if (term_is_known(written, &text)) {
        if (!str_cut(str_trim(text), STR(" "), &out->method, &out->path)) {
            out->method = STR("*");
            out->path = text;
        }
    } else {
        struct term method = term_find(aws->terms, written, "method");
        struct term path = term_find(aws->terms, written, "path");
        out->cors = term_find(aws->terms, written, "cors");
        out->integration = term_find(aws->terms, written, "integration");
        if (!term_is_known(&path, &out->path))
            return false;
        if (!term_is_known(&method, &out->method))
            out->method = STR("*");
    }
    out->method = upper(aws->model->arena, str_trim(out->method));
    if (str_is(out->method, "*"))
        out->method = STR("ANY");
    out->path = str_trim(out->path);
    while (str_eat(&out->path, STR("/")))
        ;
    out->path = str_concat(aws->model->arena, STR("/"), out->path);
    return true;
}

static void each_event(struct aws *aws, const struct term *root, const char *kind,
                       void (*take)(struct aws *, void *, const struct event *), void *to)
{
    struct term functions = term_find(aws->terms, root, "functions");
    for (uint32_t f = 0; functions.kind == TERM_MAP && f < term_count(&functions); f++) {
        struct term function = term_at(aws->terms, &functions, f);
        struct term events = term_find(aws->terms, &function, "events");
        for (uint32_t e = 0; events.kind == TERM_LIST && e < term_count(&events); e++) {
            struct term one = term_at(aws->terms, &events, e);
            struct term written =
                one.kind == TERM_MAP ? term_find(aws->terms, &one, kind) : (struct term){ 0 };
            struct event event = { .function = term_key(&functions, f), .span = written.span };
            aws->at = str_format(aws->model->arena, "function %.*s", STR_ARG(event.function));
            if (term_is_there(&written) && read_event(aws, &written, &event))
                take(aws, to, &event);
        }
    }
}

// ---- REST: events "http"

// What the events of one path say together.
struct path_cors {
    Str path;
    struct term at; // where the first of them stands
    struct texts origins, headers, methods;
    bool credentials;
    const struct value *unknown; // an origin that is not known
    struct term max_age;
};
struct rest_reading {
    struct rest_api *api;
    struct {
        struct path_cors *items;
        uint32_t count, capacity;
    } paths;
};

static struct path_cors *cors_of(struct aws *aws, struct rest_reading *reading,
                                 const struct event *event)
{
    for (uint32_t i = 0; i < reading->paths.count; i++)
        if (str_equal(reading->paths.items[i].path, event->path))
            return &reading->paths.items[i];
    struct path_cors *made = vec_push(aws->model->arena, &reading->paths);
    *made = (struct path_cors){ .path = event->path, .at = event->cors };
    return made;
}

static void add_list(struct aws *aws, struct path_cors *cors, struct texts *texts,
                     const struct term *list)
{
    Str text, one;
    if (term_is_known(list, &text)) { // a list as one text
        while (str_cut(text, STR(","), &one, &text))
            add(aws, texts, str_trim(one));
        add(aws, texts, str_trim(text));
        return;
    }
    if (list->kind == TERM_TEXT || list->kind == TERM_UNKNOWN)
        cors->unknown = list->value;
    for (uint32_t i = 0; list->kind == TERM_LIST && i < term_count(list); i++) {
        struct term item = term_at(aws->terms, list, i);
        if (term_is_known(&item, &text))
            add(aws, texts, text);
        else if (item.value)
            cors->unknown = item.value;
    }
}

static void add_methods(struct aws *aws, struct path_cors *cors, Str method)
{
    add(aws, &cors->methods, STR("OPTIONS"));
    if (str_is(method, "ANY"))
        add_all(aws, &cors->methods, any_methods);
    else
        add(aws, &cors->methods, method);
}

static void merge_map(struct aws *aws, struct path_cors *cors, const struct event *event)
{
    static const char *const keys[] = { "origin", "origins",          "headers",      "methods",
                                        "maxAge", "allowCredentials", "cacheControl", NULL };
    struct term origin = term_find(aws->terms, &event->cors, "origin");
    struct term origins = term_find(aws->terms, &event->cors, "origins");
    struct term headers = term_find(aws->terms, &event->cors, "headers");
    struct term methods = term_find(aws->terms, &event->cors, "methods");
    struct term age = term_find(aws->terms, &event->cors, "maxAge");
    struct term credentials = term_find(aws->terms, &event->cors, "allowCredentials");
    bool allowed = false;
    aws_check_keys(aws, &event->cors, keys, "cors");
    add_list(aws, cors, &cors->origins, term_is_there(&origins) ? &origins : &origin);
    if (term_is_there(&headers))
        add_list(aws, cors, &cors->headers, &headers);
    else
        add_all(aws, &cors->headers, all_headers);
    add_list(aws, cors, &cors->methods, &methods);
    if (term_is_there(&age))
        cors->max_age = age;
    (void)term_get_bool(&credentials, &allowed);
    cors->credentials |= allowed;
}

static bool wants_cors(const struct event *event)
{
    bool wanted = event->cors.kind == TERM_MAP || event->cors.kind == TERM_UNKNOWN;
    if (event->cors.kind == TERM_TEXT)
        (void)term_get_bool(&event->cors, &wanted);
    return wanted;
}

static void take_rest(struct aws *aws, void *to, const struct event *event)
{
    struct rest_reading *reading = to;
    struct rest_path *path = rest_path_get(aws, reading->api, event->path, event->span);
    bool is_new;
    struct rest_method *method = rest_method_get(aws, path, event->method, event->span, &is_new);
    Str integration;
    if (!is_new) {
        aws_remark(aws, "CG510", event->span, "%.*s %.*s is the event of another function already",
                   STR_ARG(event->method), STR_ARG(event->path));
        return;
    }
    method->upstream = str_format(aws->model->arena, "lambda:%.*s", STR_ARG(event->function));
    method->kind = REST_PROXY;
    if (term_is_known(&event->integration, &integration)) {
        Str name = str_lower(aws->model->arena, integration);
        if (str_is(name, "lambda") || str_is(name, "aws") || str_is(name, "http"))
            method->kind = REST_MAPPED;
        else if (str_is(name, "mock"))
            method->kind = REST_OPEN;
        method->reason = STR("what a mock integration answers is not modelled here");
    }
    if (!wants_cors(event))
        return;
    struct path_cors *cors = cors_of(aws, reading, event);
    add_methods(aws, cors, event->method);
    if (event->cors.kind == TERM_MAP) {
        merge_map(aws, cors, event);
    } else if (event->cors.kind == TERM_UNKNOWN) {
        cors->unknown = event->cors.value;
    } else {
        add(aws, &cors->origins, STR("*"));
        add_all(aws, &cors->headers, all_headers);
    }
}

static struct term quoted(struct aws *aws, Str text, const struct term *at)
{
    struct term term =
        term_text(aws->model, str_format(aws->model->arena, "'%.*s'", STR_ARG(text)), at->data);
    term.span = at->span;
    return term;
}

static Str joined(struct aws *aws, const struct texts *texts)
{
    Str out = STR("");
    for (uint32_t i = 0; i < texts->count; i++)
        out = str_format(aws->model->arena, "%.*s%s%.*s", STR_ARG(out), i ? "," : "",
                         STR_ARG(texts->items[i]));
    return out;
}

static void add_header(struct aws *aws, struct rest_response *response, const char *name,
                       struct term value)
{
    *vec_push(aws->model->arena, &response->headers) =
        (struct rest_header){ str_from(name), value };
}

// "." is literal, the first "*" is ".+", whatever else is an expression stays one.
static const struct fa *pattern_of(struct aws *aws, Str origin)
{
    struct arena *arena = aws->model->arena;
    Str out = STR("");
    bool star = false;
    for (size_t i = 0; i < origin.len; i++) {
        Str one = str_slice(origin, i, i + 1);
        if (str_is(one, "."))
            one = STR("[.]");
        else if (str_is(one, "*") && !star) {
            one = STR(".+");
            star = true;
        }
        out = str_concat(arena, out, one);
    }
    return model_pattern(aws->model, out, REGEX_JAVA, REGEX_FULL | REGEX_DOLLAR_STRICT)
        ->result.language;
}

static const struct fa *echoed(struct aws *aws, const struct path_cors *cors)
{
    const struct fa *all = fa_none(aws->model->fa);
    for (uint32_t i = 0; i < cors->origins.count; i++) {
        const struct fa *one = pattern_of(aws, cors->origins.items[i]);
        if (one)
            all = fa_union(aws->model->fa, all, one);
    }
    return all;
}

static struct term first_origin(struct aws *aws, const struct path_cors *cors)
{
    if (cors->unknown || !cors->origins.count) {
        struct term term = cors->at;
        term.kind = TERM_UNKNOWN;
        if (!cors->unknown)
            return term_unknown(aws->model, STR("no allowed origin is given"), 0, cors->at.data);
        term.value = cors->unknown;
        return term;
    }
    return quoted(aws, cors->origins.items[0], &cors->at);
}

static void add_preflight(struct aws *aws, struct rest_api *api, const struct path_cors *cors)
{
    struct rest_path *path = rest_path_get(aws, api, cors->path, cors->at.span);
    struct rest_response response = { .status = 200, .span = cors->at.span };
    bool is_new;
    uint32_t age;
    struct rest_method *method = rest_method_get(aws, path, STR("OPTIONS"), cors->at.span, &is_new);
    if (!is_new)
        return;
    add_header(aws, &response, "Access-Control-Allow-Origin", first_origin(aws, cors));
    add_header(aws, &response, "Access-Control-Allow-Headers",
               quoted(aws, joined(aws, &cors->headers), &cors->at));
    add_header(aws, &response, "Access-Control-Allow-Methods",
               quoted(aws, joined(aws, &cors->methods), &cors->at));
    if (cors->credentials)
        add_header(aws, &response, "Access-Control-Allow-Credentials",
                   quoted(aws, STR("true"), &cors->at));
    if (term_get_number(&cors->max_age, UINT32_MAX, &age))
        add_header(aws, &response, "Access-Control-Max-Age",
                   quoted(aws, str_format(aws->model->arena, "%u", age), &cors->max_age));
    if (cors->origins.count > 1 && !cors->unknown)
        response.echo = echoed(aws, cors);
    method->kind = REST_MOCK;
    method->requests = (struct term){ .kind = TERM_TEXT, .span = cors->at.span };
    *vec_push(aws->model->arena, &method->responses) = response;
    for (uint32_t i = 0; i < path->methods.count; i++) {
        struct rest_method *mapped = &path->methods.items[i];
        struct rest_response own = { .status = 200, .span = cors->at.span };
        if (mapped->kind != REST_MAPPED)
            continue;
        add_header(aws, &own, "Access-Control-Allow-Origin",
                   cors->unknown ? first_origin(aws, cors)
                                 : quoted(aws, joined(aws, &cors->origins), &cors->at));
        if (cors->credentials)
            add_header(aws, &own, "Access-Control-Allow-Credentials",
                       term_unknown(aws->model,
                                    STR("whether the framework adds credentials to answers of a "
                                        "lambda integration is not documented"),
                                    1, cors->at.data));
        *vec_push(aws->model->arena, &mapped->responses) = own;
    }
}

static struct rest_api *read_rest_case(struct aws *aws, const struct term *root)
{
    struct rest_api *api = ARENA_NEW(aws->model->arena, struct rest_api);
    struct rest_reading reading = { .api = api };
    *api = (struct rest_api){ .span = root->span, .is_there = true };
    each_event(aws, root, "http", take_rest, &reading);
    for (uint32_t i = 0; i < reading.paths.count; i++)
        add_preflight(aws, api, &reading.paths.items[i]);
    if (api->paths.count)
        api->span = api->paths.items[0]->span;
    return api;
}

// `resources` is the template beside the functions, or NULL.
static void read_rest(struct aws *aws, const struct term *root, struct template *resources)
{
    struct aws_site site = { .host = aws_host(aws, STR("api"), "execute-api") };
    struct rest_cases cases = { 0 };
    struct terms *terms = aws->terms;
    Span span = { 0 };
    if (resources)
        template_restart(resources);
    do {
        if (resources && !template_case(resources))
            break;
        aws->terms = terms;
        struct rest_api *api = read_rest_case(aws, root);
        if (!api->paths.count)
            return;
        span = api->span;
        if (resources) {
            aws->template = resources;
            aws->terms = &resources->terms;
            rest_read_parts(aws, STR("ApiGatewayRestApi"), site.host, api);
            aws->template = NULL;
            aws->terms = terms;
        }
        *vec_push(aws->model->arena, &cases.apis) = api;
        *vec_push(aws->model->arena, &cases.boxes) =
            resources ? choices_box(&resources->choices) : box_all(aws->model);
    } while (resources);
    rest_finish(aws, &cases, &site, span);
}

// ---- HTTP API: events "httpApi"

struct http_reading {
    struct http_routes routes;
    struct texts methods;
};

static void take_http(struct aws *aws, void *to, const struct event *event)
{
    struct http_reading *reading = to;
    if (str_is(event->method, "ANY"))
        add_all(aws, &reading->methods, any_methods);
    else
        add(aws, &reading->methods, event->method);
    *vec_push(aws->model->arena, &reading->routes) =
        (struct http_route){ event->method,
                             str_is(event->path, "/*") ? STR("$default") : event->path, GUARD_NONE,
                             event->span };
}

static struct term or_texts(struct aws *aws, const struct term *own, const struct texts *fallback,
                            const struct term *at)
{
    if (own->kind == TERM_NULL)
        return (struct term){ 0 };
    return own->kind != TERM_NONE ? *own : list_of(aws, fallback, at);
}

// `true` or a map; what is left out is a default, what is null is nothing.
static bool read_settings(struct aws *aws, const struct term *written, const char *const *headers,
                          const struct texts *methods, struct aws_cors *out)
{
    struct texts stars = { 0 }, names = { 0 };
    bool on = false;
    add(aws, &stars, STR("*"));
    add_all(aws, &names, headers);
    *out = (struct aws_cors){ .span = written->span };
    if (written->kind == TERM_TEXT && (!term_get_bool(written, &on) || !on))
        return false;
    if (written->kind != TERM_TEXT && !aws_cors_read(aws, written, AWS_SERVERLESS, out))
        return false;
    out->origins = or_texts(aws, &out->origins, &stars, written);
    out->headers = or_texts(aws, &out->headers, &names, written);
    out->methods = or_texts(aws, &out->methods, methods, written);
    return true;
}

static void read_http(struct aws *aws, const struct term *root)
{
    struct http_reading reading = { 0 };
    struct term provider = term_find(aws->terms, root, "provider");
    struct term settings = term_find(aws->terms, &provider, "httpApi");
    struct term written = term_find(aws->terms, &settings, "cors");
    struct term external = term_find(aws->terms, &settings, "id");
    struct aws_site site = { .host = aws_host(aws, STR("httpapi"), "execute-api") };
    struct http_api api = { .upstream = site.host };
    struct aws_cors cors;
    add(aws, &reading.methods, STR("OPTIONS"));
    each_event(aws, root, "httpApi", take_http, &reading);
    if (!reading.routes.count)
        return;
    aws->at = STR("provider.httpApi");
    if (term_is_there(&external) && term_is_there(&written))
        aws_complain(aws, written.span, "cors cannot be set for an API with an external id");
    api.span = reading.routes.items[0].span;
    if (term_is_there(&written) &&
        read_settings(aws, &written, all_headers, &reading.methods, &cors)) {
        api.cors = &cors;
        api.span = cors.span;
    }
    struct cases cases = cases_new(aws->model, aws->policy);
    struct endpoint endpoint = aws_endpoint(aws, "aws-http-api", &site, api.span);
    http_api_cells(aws, &cases, cases_begin(&cases, endpoint.box), &api);
    cases_finish(&cases, endpoint);
}

// ---- function URLs

static void read_urls(struct aws *aws, const struct term *root)
{
    struct term functions = term_find(aws->terms, root, "functions");
    for (uint32_t f = 0; functions.kind == TERM_MAP && f < term_count(&functions); f++) {
        struct term function = term_at(aws->terms, &functions, f);
        struct term url = term_find(aws->terms, &function, "url");
        Str name = term_key(&functions, f);
        bool on = url.kind == TERM_MAP;
        if (!on && (!term_get_bool(&url, &on) || !on))
            continue;
        struct aws_site site = { .host = aws_host(aws, name, "lambda-url") };
        struct http_api api = { .is_function = true,
                                .span = url.span,
                                .upstream =
                                    str_format(aws->model->arena, "lambda:%.*s", STR_ARG(name)) };
        struct term written = term_find(aws->terms, &url, "cors");
        struct texts methods = { 0 };
        struct aws_cors cors;
        aws->at = str_format(aws->model->arena, "function %.*s", STR_ARG(name));
        add(aws, &methods, STR("*"));
        if (term_is_there(&written) && read_settings(aws, &written, url_headers, &methods, &cors)) {
            api.cors = &cors;
            aws_check_function_cors(aws, &cors);
        }
        struct cases cases = cases_new(aws->model, aws->policy);
        struct endpoint endpoint = aws_endpoint(aws, "aws-function-url", &site, url.span);
        http_api_cells(aws, &cases, cases_begin(&cases, endpoint.box), &api);
        cases_finish(&cases, endpoint);
    }
}

// ---- the file

static void read_resources(struct aws *aws, struct template *resources)
{
    struct aws inner = *aws;
    inner.template = resources;
    inner.terms = &resources->terms;
    inner.adopted = STR("ApiGatewayRestApi");
    aws_read_http_apis(&inner);
    aws_read_function_urls(&inner);
    aws_read_rest_apis(&inner);
    aws->said = inner.said;
    aws->good &= inner.good && !resources->bad;
}

void aws_read_serverless(struct aws *aws)
{
    struct variables *variables = ARENA_NEW(aws->model->arena, struct variables);
    *variables = (struct variables){ .model = aws->model, .root = aws->document->root };
    struct terms terms = variables_terms(variables);
    aws->terms = &terms;
    struct term root = term_of(aws->terms, aws->document->root);
    struct template *resources = variables_template(variables, aws->policy, aws->document);
    read_rest(aws, &root, resources);
    read_http(aws, &root);
    read_urls(aws, &root);
    if (resources)
        read_resources(aws, resources);
}
