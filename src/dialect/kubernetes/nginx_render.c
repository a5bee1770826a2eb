#include "dialect/kubernetes/nginx_render.h"

#include "base/buf.h"
#include "dialect/kubernetes/versions.h"

// ---- statements

static void put(struct arena *arena, struct nginx_confs *out, Span span, Span whole,
                const Str *words, uint32_t count, const struct nginx_confs *children)
{
    struct conf_word *copies = ARENA_ARRAY(arena, struct conf_word, count);
    for (uint32_t i = 0; i < count; i++)
        copies[i] = (struct conf_word){ .text = words[i], .span = span };
    struct conf conf = {
        .words = copies,
        .n_words = count,
        .has_block = children != NULL,
        .children = children ? children->items : NULL,
        .n_children = children ? children->count : 0,
        .span = whole,
        .head = span,
    };
    conf.hash = conf_hash(&conf);
    *vec_push(arena, out) = conf;
}

void nginx_put(struct arena *arena, struct nginx_confs *out, Span span, const Str *words,
               uint32_t count)
{
    put(arena, out, span, span, words, count, NULL);
}

void nginx_put_block(struct arena *arena, struct nginx_confs *out, Span span, Span whole,
                     const Str *words, uint32_t count, const struct nginx_confs *children)
{
    put(arena, out, span, whole, words, count, children);
}

static void put_if(struct arena *arena, struct nginx_confs *out, Span span, Str variable,
                   Str operator, Str value, const struct nginx_confs *children)
{
    const Str words[] = { STR("if"), str_concat(arena, STR("("), variable), operator, value,
                          STR(")") };
    nginx_put_block(arena, out, span, span, words, 5, children);
}

static void put_header(struct arena *arena, struct nginx_confs *out, Span span, const char *name,
                       Str value)
{
    NGINX_PUT(arena, out, span, STR("more_set_headers"),
              str_format(arena, "%s: %.*s", name, STR_ARG(value)));
}

// ---- cors

// "https://*.a.test" as the controller's expression: dots stand for themselves, the first "*" for
// one label.
static void add_origin(struct buf *out, Str origin)
{
    bool starred = false;
    buf_add_char(out, '(');
    for (size_t i = 0; i < origin.len; i++) {
        if (origin.ptr[i] == '.') {
            buf_add_text(out, "\\.");
        } else if (origin.ptr[i] == '*' && !starred) {
            buf_add_text(out, "[A-Za-z0-9\\-]+");
            starred = true;
        } else {
            buf_add_char(out, origin.ptr[i]);
        }
    }
    buf_add_char(out, ')');
}

static Str origins_expression(struct arena *arena, const struct nginx_texts *origins)
{
    struct buf out = { .arena = arena };
    buf_add_char(&out, '(');
    for (uint32_t i = 0; i < origins->count; i++) {
        if (i)
            buf_add_char(&out, '|');
        add_origin(&out, origins->items[i].text);
    }
    buf_add_text(&out, ")$");
    return buf_str(&out);
}

static void put_cors_headers(struct arena *arena, const struct nginx_cors *cors, Str origin,
                             struct nginx_confs *out)
{
    put_header(arena, out, cors->origins_span, "Access-Control-Allow-Origin", origin);
    if (cors->credentials)
        put_header(arena, out, cors->credentials_span, "Access-Control-Allow-Credentials",
                   STR("true"));
    put_header(arena, out, cors->methods.span, "Access-Control-Allow-Methods", cors->methods.text);
    put_header(arena, out, cors->headers.span, "Access-Control-Allow-Headers", cors->headers.text);
    if (cors->expose.text.len)
        put_header(arena, out, cors->expose.span, "Access-Control-Expose-Headers",
                   cors->expose.text);
    put_header(arena, out, cors->max_age.span, "Access-Control-Max-Age", cors->max_age.text);
}

static void put_return(struct arena *arena, struct nginx_confs *out, Span span, const char *status)
{
    NGINX_PUT(arena, out, span, STR("return"), str_from(status));
}

static void put_cors(struct arena *arena, const struct nginx_cors *cors, struct nginx_confs *out)
{
    Span span = cors->enabled_span;
    struct nginx_confs on = { 0 }, options = { 0 }, headers = { 0 }, preflight = { 0 };
    NGINX_PUT(arena, &on, cors->origins_span, STR("set"), STR("$cors"), STR("true"));
    if (cors->any) {
        NGINX_PUT(arena, out, cors->origins_span, STR("set"), STR("$http_origin"), STR("*"));
        *vec_push(arena, out) = on.items[0];
    } else if (cors->origins.count) {
        put_if(arena, out, cors->origins_span, STR("$http_origin"), STR("~*"),
               origins_expression(arena, &cors->origins), &on);
    }
    NGINX_PUT(arena, &options, span, STR("set"), STR("$cors"), STR("${cors}options"));
    put_if(arena, out, span, STR("$request_method"), STR("="), STR("OPTIONS"), &options);
    put_cors_headers(arena, cors, STR("$http_origin"), &headers);
    put_if(arena, out, span, STR("$cors"), STR("="), STR("true"), &headers);
    put_cors_headers(arena, cors, STR("$http_origin"), &preflight);
    put_return(arena, &preflight, span, "204");
    put_if(arena, out, span, STR("$cors"), STR("="), STR("trueoptions"), &preflight);
}

// Before lists of origins: one text for everybody.
static void put_old_cors(struct arena *arena, const struct nginx_cors *cors,
                         struct nginx_confs *out)
{
    struct nginx_confs preflight = { 0 };
    Str origin = cors->any ? STR("*") : cors->origins.items[0].text;
    put_cors_headers(arena, cors, origin, &preflight);
    put_return(arena, &preflight, cors->enabled_span, "204");
    put_if(arena, out, cors->enabled_span, STR("$request_method"), STR("="), STR("OPTIONS"),
           &preflight);
    put_header(arena, out, cors->origins_span, "Access-Control-Allow-Origin", origin);
    if (cors->credentials)
        put_header(arena, out, cors->credentials_span, "Access-Control-Allow-Credentials",
                   STR("true"));
    if (cors->expose.text.len)
        put_header(arena, out, cors->expose.span, "Access-Control-Expose-Headers",
                   cors->expose.text);
}

// ---- a location

static Str hex(struct arena *arena, uint64_t number)
{
    return str_format(arena, "%016llx", (unsigned long long)number);
}

static void put_unknown(struct arena *arena, struct nginx_confs *out, Span span, Str reason,
                        uint64_t identity)
{
    NGINX_PUT(arena, out, span, STR("location"), STR("!"), reason, hex(arena, identity));
}

static void put_errors(struct arena *arena, const struct nginx_texts *errors,
                       struct nginx_confs *out)
{
    for (uint32_t i = 0; i < errors->count; i++) {
        uint32_t status;
        if (!str_number(errors->items[i].text, 599, &status) || status < 300)
            continue;
        if (i == 0)
            NGINX_PUT(arena, out, errors->items[i].span, STR("proxy_intercept_errors"), STR("on"));
        NGINX_PUT(arena, out, errors->items[i].span, STR("error_page"), errors->items[i].text,
                  STR("="), STR("@custom_errors"));
    }
}

void nginx_render_location(struct cluster *cluster, const struct nginx_setup *setup,
                           const struct nginx_ingress *ingress, Str upstream, Span span,
                           struct nginx_confs *out)
{
    struct arena *arena = cluster->arena;
    if (ingress->unknown.len) {
        put_unknown(arena, out, ingress->unknown_span, ingress->unknown, ingress->identity);
        return;
    }
    if (ingress->denied) {
        put_return(arena, out, ingress->headers.span, "503");
        return;
    }
    if (ingress->headers.unknown.len) {
        put_unknown(arena, out, ingress->headers.span, ingress->headers.unknown, ingress->identity);
        return;
    }
    if (ingress->asks_service) {
        NGINX_PUT(arena, out, ingress->auth_span, STR("auth_request"), STR("/_external-auth"));
        NGINX_PUT(arena, out, ingress->auth_span, STR("add_header"), STR("Set-Cookie"),
                  STR("$upstream_http_set_cookie"));
    }
    if (ingress->asks_password)
        NGINX_PUT(arena, out, ingress->auth_span, STR("auth_basic"), STR("realm"));
    for (uint32_t i = 0; i < ingress->headers.count; i++) {
        const struct nginx_header *header = &ingress->headers.items[i];
        NGINX_PUT(arena, out, header->value.span, STR("more_set_headers"),
                  str_format(arena, "%.*s: %.*s", STR_ARG(header->name.text),
                             STR_ARG(header->value.text)));
    }
    if (ingress->cors.enabled && setup->version >= NGINX_LISTS)
        put_cors(arena, &ingress->cors, out);
    else if (ingress->cors.enabled)
        put_old_cors(arena, &ingress->cors, out);
    put_errors(arena, &ingress->errors, out);
    if (setup->location_snippet)
        (void)nginx_snippet_read(cluster, setup->location_snippet, SNIPPET_LOCATION, out);
    if (ingress->snippet)
        (void)nginx_snippet_read(cluster, ingress->snippet, SNIPPET_LOCATION, out);
    if (ingress->redirect.len)
        NGINX_PUT(arena, out, ingress->redirect_span, STR("return"),
                  str_format(arena, "%u", ingress->redirect_status), ingress->redirect);
    if (upstream.len)
        NGINX_PUT(arena, out, span, STR("proxy_pass"), upstream);
    else
        put_return(arena, out, span, "503");
}
