#include "dialect/aws/sam.h"

#include <stdlib.h>
#include <string.h>

static struct term global_api(struct aws *aws, const char *key)
{
    struct term root = term_of(aws->terms, document_find(aws->document->root, "Globals"));
    struct term of = term_find(aws->terms, &root, "Api");
    return term_find(aws->terms, &of, key);
}

static struct term property(struct aws *aws, const struct resource *resource, const char *key)
{
    struct term own = { 0 };
    if (resource)
        own = template_property(aws->template, resource, key);
    return term_is_there(&own) ? own : global_api(aws, key);
}

// A part of a property that is a map: of the API, else of Globals. Globals are merged into each.
static struct term part(struct aws *aws, const struct resource *resource, const char *key,
                        const char *name)
{
    struct term map = { 0 };
    if (resource)
        map = template_property(aws->template, resource, key);
    struct term own = term_find(aws->terms, &map, name);
    if (term_is_there(&own) || map.kind == TERM_TEXT)
        return own;
    struct term global = global_api(aws, key);
    return term_find(aws->terms, &global, name);
}

// ---- events

struct event {
    Str method, path, function;
    struct term auth;
    Span span;
};

// Calls `take` for every event of that API.
static void each_event(struct aws *aws, Str id, void (*take)(void *, const struct event *),
                       void *to)
{
    struct resource function;
    for (uint32_t i = 0;
         template_next(aws->template, "AWS::Serverless::Function", &i, &function);) {
        struct term events = template_property(aws->template, &function, "Events");
        for (uint32_t e = 0; events.kind == TERM_MAP && e < term_count(&events); e++) {
            struct term event = term_at(aws->terms, &events, e);
            struct term type = term_find(aws->terms, &event, "Type");
            struct term properties = term_find(aws->terms, &event, "Properties");
            struct term api = term_find(aws->terms, &properties, "RestApiId");
            struct term method = term_find(aws->terms, &properties, "Method");
            struct term path = term_find(aws->terms, &properties, "Path");
            Str kind, target = term_is_there(&api) ? aws_named(&api) : STR("ServerlessRestApi");
            struct event one = { .function = function.id,
                                 .auth = term_find(aws->terms, &properties, "Auth"),
                                 .span = term_key_span(&events, e) };
            if (term_is_known(&type, &kind) && str_is(kind, "Api") && str_equal(target, id) &&
                term_is_known(&method, &one.method) && term_is_known(&path, &one.path) &&
                template_has(aws->template, &function))
                take(to, &one);
        }
    }
}

static void take_span(void *to, const struct event *event)
{
    Span *span = to;
    if (!span->file)
        *span = event->span;
}

Span sam_implicit_span(struct aws *aws)
{
    Span span = { 0 };
    each_event(aws, STR("ServerlessRestApi"), take_span, &span);
    return span;
}

bool sam_has_implicit_api(struct aws *aws)
{
    return sam_implicit_span(aws).file != 0;
}

// ---- one API

struct sam_api {
    struct aws *aws;
    const struct resource *resource;
    struct rest_api *out;
    struct term default_authorizer;
    bool needs_key;
};

// Authorizers that take a token refuse a preflight; others may let it pass.
static enum aws_guard guard_by(struct sam_api *sam, Str name)
{
    struct term all = part(sam->aws, sam->resource, "Auth", "Authorizers");
    struct term one = term_get(sam->aws->terms, &all, name);
    struct term payload = term_find(sam->aws->terms, &one, "FunctionPayloadType");
    Str text;
    bool is_request = term_is_known(&payload, &text) && str_is_nocase(text, "REQUEST");
    return is_request ? GUARD_MAYBE : GUARD_REFUSES;
}

static void set_guard(struct sam_api *sam, const struct term *own, struct rest_method *method)
{
    const struct term *used = term_is_there(own) ? own : &sam->default_authorizer;
    Str name;
    method->guard_span = used->span.file ? used->span : method->span;
    if (!term_is_there(used) || (term_is_known(used, &name) && str_is(name, "NONE")))
        return;
    method->guard = term_is_known(used, &name) ? guard_by(sam, name) : GUARD_MAYBE;
}

static void take_event(void *to, const struct event *event)
{
    struct sam_api *sam = to;
    struct aws *aws = sam->aws;
    bool is_new;
    struct rest_path *path = rest_path_get(aws, sam->out, event->path, event->span);
    struct rest_method *method = rest_method_get(aws, path, event->method, event->span, &is_new);
    if (!is_new)
        return; // the definition has it
    method->kind = REST_PROXY;
    method->upstream = str_format(aws->model->arena, "lambda:%.*s", STR_ARG(event->function));
    struct term own = term_find(aws->terms, &event->auth, "Authorizer");
    set_guard(sam, &own, method);
}

// ---- CORS

struct sam_cors {
    struct term origin, methods, headers, max_age, credentials;
    Span span;
};

static bool read_cors(struct aws *aws, const struct resource *resource, struct sam_cors *out)
{
    static const char *const keys[] = { "AllowMethods", "AllowHeaders",     "AllowOrigin",
                                        "MaxAge",       "AllowCredentials", NULL };
    struct term cors = property(aws, resource, "Cors");
    if (!term_is_there(&cors))
        return false;
    *out = (struct sam_cors){ .span = cors.span };
    if (cors.kind != TERM_MAP) {
        out->origin = cors; // a text is the origin
        return cors.value;
    }
    for (uint32_t i = 0; i < term_count(&cors); i++) {
        bool known = false;
        for (const char *const *key = keys; *key; key++)
            known |= str_is(term_key(&cors, i), *key);
        if (!known)
            aws_complain(aws, term_key_span(&cors, i), "Cors has no property %.*s",
                         STR_ARG(term_key(&cors, i)));
    }
    out->origin = part(aws, resource, "Cors", "AllowOrigin");
    out->methods = part(aws, resource, "Cors", "AllowMethods");
    out->headers = part(aws, resource, "Cors", "AllowHeaders");
    out->max_age = part(aws, resource, "Cors", "MaxAge");
    out->credentials = part(aws, resource, "Cors", "AllowCredentials");
    return true;
}

static int by_text(const void *a, const void *b)
{
    return str_compare(*(const Str *)a, *(const Str *)b);
}

static Str upper(struct arena *arena, Str text)
{
    char *out = ARENA_ARRAY(arena, char, text.len + 1);
    for (size_t i = 0; i < text.len; i++)
        out[i] = text.ptr[i] >= 'a' && text.ptr[i] <= 'z' ? (char)(text.ptr[i] - 'a' + 'A')
                                                          : text.ptr[i];
    return (Str){ out, text.len };
}

// The path's own methods and OPTIONS, sorted; all of them for ANY.
static Str methods_of(struct aws *aws, const struct rest_path *path)
{
    struct arena *arena = aws->model->arena;
    Str *names = ARENA_ARRAY(arena, Str, path->methods.count + 1), out = STR("");
    uint32_t count = 0;
    for (uint32_t i = 0; i < path->methods.count; i++) {
        if (str_is_nocase(path->methods.items[i].method, "ANY"))
            return STR("'DELETE,GET,HEAD,OPTIONS,PATCH,POST,PUT'");
        names[count++] = upper(arena, path->methods.items[i].method);
    }
    names[count++] = STR("OPTIONS");
    qsort(names, count, sizeof *names, by_text);
    for (uint32_t i = 0; i < count; i++)
        out = str_format(arena, "%.*s%s%.*s", STR_ARG(out), i ? "," : "", STR_ARG(names[i]));
    return str_format(arena, "'%.*s'", STR_ARG(out));
}

static void add_header(struct aws *aws, struct rest_response *response, const char *name,
                       struct term value)
{
    if (value.value)
        *vec_push(aws->model->arena, &response->headers) =
            (struct rest_header){ str_from(name), value };
}

// A number for MaxAge is put in quotes by SAM itself; a text has them.
static struct term quoted_number(struct aws *aws, const struct term *term)
{
    uint32_t number;
    if (!term_get_number(term, UINT32_MAX, &number))
        return *term;
    return term_text(aws->model, str_format(aws->model->arena, "'%u'", number), term->data);
}

static bool allows_credentials(struct aws *aws, const struct sam_cors *cors)
{
    bool allowed = false;
    Str origin = STR("'*'");
    const struct data *data = cors->credentials.data;
    // Only true itself counts, not the text "true".
    bool is_text = data && data->kind == DATA_SCALAR && !data->tag.len && !data->plain;
    if (is_text || !term_get_bool(&cors->credentials, &allowed) || !allowed)
        return false;
    bool known = !cors->origin.value || term_is_known(&cors->origin, &origin);
    if (known && str_is(origin, "'*'"))
        aws_complain(aws, cors->credentials.span,
                     "AllowCredentials needs an AllowOrigin other than \"'*'\"");
    return true;
}

static struct rest_response preflight_response(struct aws *aws, const struct sam_cors *cors,
                                               const struct rest_path *path)
{
    struct rest_response response = { .status = 200, .span = cors->span };
    static const struct data nowhere;
    const struct data *at = cors->origin.data ? cors->origin.data : &nowhere;
    struct term origin = cors->origin, methods = cors->methods;
    if (!origin.value) {
        origin = term_text(aws->model, STR("'*'"), at);
        origin.span = cors->span;
    }
    if (!methods.value) {
        methods = term_text(aws->model, methods_of(aws, path), at);
        methods.span = cors->span;
    }
    add_header(aws, &response, "Access-Control-Allow-Origin", origin);
    add_header(aws, &response, "Access-Control-Allow-Methods", methods);
    add_header(aws, &response, "Access-Control-Allow-Headers", cors->headers);
    add_header(aws, &response, "Access-Control-Max-Age", quoted_number(aws, &cors->max_age));
    if (allows_credentials(aws, cors)) {
        struct term yes = term_text(aws->model, STR("'true'"), at);
        yes.span = cors->credentials.span;
        add_header(aws, &response, "Access-Control-Allow-Credentials", yes);
    }
    return response;
}

static bool is_on(const struct term *term, bool fallback)
{
    bool value = fallback;
    (void)term_get_bool(term, &value);
    return value;
}

static void add_preflight(struct sam_api *sam, const struct sam_cors *cors, struct rest_path *path)
{
    struct aws *aws = sam->aws;
    bool is_new;
    struct rest_response response = preflight_response(aws, cors, path);
    struct rest_method *method = rest_method_get(aws, path, STR("OPTIONS"), cors->span, &is_new);
    if (!is_new) // skipped silently where the path has one
        return;
    method->kind = REST_MOCK;
    *vec_push(aws->model->arena, &method->responses) = response;
    method->requests = (struct term){ .kind = TERM_TEXT, .span = cors->span };
    struct term for_auth = part(aws, sam->resource, "Auth", "AddDefaultAuthorizerToCorsPreflight");
    struct term for_key = part(aws, sam->resource, "Auth", "AddApiKeyRequiredToCorsPreflight");
    struct term none = { 0 };
    if (is_on(&for_auth, true))
        set_guard(sam, &none, method);
    if (sam->needs_key && is_on(&for_key, true) && method->guard != GUARD_REFUSES) {
        method->guard = GUARD_REFUSES;
        method->by_key = true;
        method->guard_span = cors->span;
    }
}

static void read_gateway(struct aws *aws, const struct resource *resource, struct rest_api *out)
{
    struct term all = property(aws, resource, "GatewayResponses");
    for (uint32_t i = 0; all.kind == TERM_MAP && i < term_count(&all); i++) {
        struct term one = term_at(aws->terms, &all, i);
        struct term code = term_find(aws->terms, &one, "StatusCode");
        struct term parameters = term_find(aws->terms, &one, "ResponseParameters");
        struct term headers = term_find(aws->terms, &parameters, "Headers");
        struct rest_gateway made = { .type = term_key(&all, i), .span = term_key_span(&all, i) };
        (void)term_get_number(&code, 599, &made.status);
        rest_read_headers(aws, &headers, "", &made.headers);
        *vec_push(aws->model->arena, &out->gateway) = made;
    }
}

// True where the definition is in the template, or SAM makes it of the events.
static bool read_definition(struct aws *aws, const struct resource *resource, struct rest_api *out)
{
    struct term body = property(aws, resource, "DefinitionBody");
    struct term elsewhere = property(aws, resource, "DefinitionUri");
    if (body.kind == TERM_MAP)
        aws_openapi_rest(aws, &body, out);
    const struct term *where = body.kind == TERM_UNKNOWN   ? &body
                               : term_is_there(&elsewhere) ? &elsewhere
                                                           : NULL;
    if (!where)
        return true;
    out->reason = STR("the definition of the API stands somewhere else");
    out->identity = template_identity(aws->template, where->data);
    policy_add_unknown(aws->policy, (struct unknown){ where->span, out->reason, out->identity });
    return false;
}

void sam_read_api(struct aws *aws, const struct resource *resource, Str id, struct rest_api *out)
{
    struct sam_cors cors;
    if (!read_definition(aws, resource, out)) {
        if (resource && document_find(resource->properties, "DefinitionUri") &&
            document_find(resource->properties, "Cors"))
            aws_complain(aws, resource->span,
                         "Cors needs a definition in the template, not a DefinitionUri");
        return;
    }
    struct term needs_key = part(aws, resource, "Auth", "ApiKeyRequired");
    struct sam_api sam = {
        .aws = aws,
        .resource = resource,
        .out = out,
        .default_authorizer = part(aws, resource, "Auth", "DefaultAuthorizer"),
        .needs_key = is_on(&needs_key, false),
    };
    each_event(aws, id, take_event, &sam);
    read_gateway(aws, resource, out);
    if (!read_cors(aws, resource, &cors))
        return;
    for (uint32_t i = 0; i < out->paths.count; i++)
        add_preflight(&sam, &cors, out->paths.items[i]);
}
