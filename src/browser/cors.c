#include "browser/cors.h"

#include "base/buf.h"
#include "base/vec.h"
#include "browser/names.h"
#include "browser/url.h"

#include <stdlib.h>
#include <string.h>

static const char allow_origin[] = "access-control-allow-origin";
static const char allow_credentials[] = "access-control-allow-credentials";
static const char allow_methods[] = "access-control-allow-methods";
static const char allow_headers[] = "access-control-allow-headers";
static const char expose_headers[] = "access-control-expose-headers";

static struct cors_result allowed(void)
{
    return (struct cors_result){ .allowed = true };
}

static struct cors_result failed(enum cors_error error, Str subject)
{
    return (struct cors_result){ .error = error, .subject = subject };
}

static Str strip(Str text)
{
    while (text.len && (text.ptr[0] == ' ' || text.ptr[0] == '\t'))
        text = str_slice(text, 1, text.len);
    while (text.len && (text.ptr[text.len - 1] == ' ' || text.ptr[text.len - 1] == '\t'))
        text.len--;
    return text;
}

// All lines of a name as one value. False when there is none.
static bool joined(struct arena *arena, const struct header *headers, uint32_t count, Str name,
                   Str *out)
{
    struct buf value = { .arena = arena };
    bool any = false;
    for (uint32_t i = 0; i < count; i++)
        if (str_equal_nocase(headers[i].name, name)) {
            if (any)
                buf_add_text(&value, ", ");
            buf_add(&value, strip(headers[i].value));
            any = true;
        }
    if (any)
        *out = buf_str(&value);
    return any;
}

static bool of_response(struct arena *arena, const struct cors_response *response, const char *name,
                        Str *out)
{
    return joined(arena, response->headers, response->header_count, str_from(name), out);
}

Str cors_origin(const struct cors_request *request)
{
    return request->tainted ? STR("null") : request->page;
}

// Methods that a header could smuggle past a filter.
static bool is_override(Str name, Str value)
{
    if (!str_is_nocase(name, "x-http-method") && !str_is_nocase(name, "x-http-method-override") &&
        !str_is_nocase(name, "x-method-override"))
        return false;
    while (value.len) {
        Str item, rest = STR("");
        if (!str_cut(value, STR(","), &item, &rest))
            item = value;
        value = rest;
        if (names_forbidden_method(strip(item)))
            return true;
    }
    return false;
}

static int compare_names(const void *a, const void *b)
{
    return str_compare(*(const Str *)a, *(const Str *)b);
}

void cors_author_headers(struct arena *arena, const struct cors_request *request,
                         struct cors_headers *out)
{
    *out = (struct cors_headers){ 0 };
    for (uint32_t i = 0; i < request->header_count; i++) {
        Str name = str_lower(arena, request->headers[i].name), value;
        bool known = false;
        for (uint32_t k = 0; k < out->count && !known; k++)
            known = str_equal_nocase(out->items[k].name, name);
        // Browsers join what a page set twice before they look at it.
        if (known || !joined(arena, request->headers, request->header_count, name, &value))
            continue;
        if (!names_forbidden_header(name) && !is_override(name, value))
            *vec_push(arena, out) = (struct header){ request->headers[i].name, value };
    }
}

void cors_unsafe_names(struct arena *arena, const struct cors_request *request,
                       struct cors_names *out)
{
    struct cors_headers headers;
    *out = (struct cors_names){ 0 };
    cors_author_headers(arena, request, &headers);
    for (uint32_t i = 0; i < headers.count; i++) {
        Str name = str_lower(arena, headers.items[i].name), value = headers.items[i].value;
        if (!names_safelisted_header(name, value) && !names_chromium_safelisted(name, value))
            *vec_push(arena, out) = name;
    }
    if (out->count)
        qsort(out->items, out->count, sizeof *out->items, compare_names);
}

void cors_preflight_headers(struct arena *arena, const struct cors_request *request,
                            struct cors_headers *out)
{
    struct cors_names names;
    struct buf list = { .arena = arena };
    *out = (struct cors_headers){ 0 };
    cors_unsafe_names(arena, request, &names);
    for (uint32_t i = 0; i < names.count; i++) {
        if (i)
            buf_add_char(&list, ',');
        buf_add(&list, names.items[i]);
    }
    *vec_push(arena, out) = (struct header){ STR("Origin"), cors_origin(request) };
    *vec_push(arena, out) = (struct header){ STR("Access-Control-Request-Method"),
                                             names_normal_method(request->method) };
    if (names.count)
        *vec_push(arena, out) =
            (struct header){ STR("Access-Control-Request-Headers"), buf_str(&list) };
}

enum cors_class cors_classify(struct arena *arena, const struct cors_request *request,
                              struct cors_result *result)
{
    struct cors_names names;
    Str method = names_normal_method(request->method);
    struct url url = { 0 };
    if (!url_parse(arena, request->url, NULL, &url))
        url.scheme = request->url; // none that anything would be asked under
    Str origin = url_origin_of(arena, &url);
    *result = allowed();
    if (!names_token(method) || names_forbidden_method(method) ||
        (request->mode == CORS_MODE_NO_CORS && !names_safelisted_method(method))) {
        *result = failed(CORS_FORBIDDEN_METHOD, method);
        return CORS_CLASS_FAILED;
    }
    if (url.web && url_has_bad_port(&url)) {
        *result = failed(CORS_BAD_PORT, request->url);
        return CORS_CLASS_FAILED;
    }
    if (!request->cors && ((!str_is(origin, "null") && str_equal(origin, request->page)) ||
                           str_is(url.scheme, "data")))
        return CORS_CLASS_BASIC;
    switch (request->mode) {
    case CORS_MODE_SAME_ORIGIN:
        *result = failed(CORS_DISALLOWED_BY_MODE, request->url);
        return CORS_CLASS_FAILED;
    case CORS_MODE_NO_CORS:
        if (request->redirect != CORS_REDIRECT_FOLLOW)
            *result = failed(CORS_NO_CORS_REDIRECT, request->url);
        if (!result->allowed)
            return CORS_CLASS_FAILED;
        *result = failed(CORS_OPAQUE, STR(""));
        return CORS_CLASS_OPAQUE;
    case CORS_MODE_CORS:
        break;
    }
    if (!url.web) {
        *result = failed(CORS_DISABLED_SCHEME, request->url);
        return CORS_CLASS_FAILED;
    }
    cors_unsafe_names(arena, request, &names);
    return request->force_preflight || !names_safelisted_method(method) || names.count
               ? CORS_CLASS_PREFLIGHT
               : CORS_CLASS_SIMPLE;
}

static enum cors_error mismatch(struct arena *arena, const struct cors_request *request, Str value)
{
    if (str_is(value, "*") && request->credentials)
        return CORS_WILDCARD_ORIGIN;
    if (str_contains(value, STR(" ")) || str_contains(value, STR(",")))
        return CORS_MULTIPLE_ALLOW_ORIGIN;
    return str_is(value, "null") || url_parses(arena, value) ? CORS_ALLOW_ORIGIN_MISMATCH
                                                             : CORS_INVALID_ALLOW_ORIGIN;
}

struct cors_result cors_check(struct arena *arena, const struct cors_request *request,
                              const struct cors_response *response)
{
    Str origin, credentials = STR("");
    if (response->status == 0)
        return failed(CORS_TRANSPORT, STR(""));
    if (!of_response(arena, response, allow_origin, &origin))
        return failed(CORS_MISSING_ALLOW_ORIGIN, STR(""));
    if (!request->credentials && str_is(origin, "*"))
        return allowed();
    if (!str_equal(origin, cors_origin(request)))
        return failed(mismatch(arena, request, origin), origin);
    if (!request->credentials)
        return allowed();
    (void)of_response(arena, response, allow_credentials, &credentials);
    return str_is(credentials, "true") ? allowed()
                                       : failed(CORS_INVALID_ALLOW_CREDENTIALS, credentials);
}

// The elements of a list header. False when one is no name.
static bool parse_list(struct arena *arena, const struct cors_response *response,
                       const char *header, struct cors_names *out)
{
    Str list;
    *out = (struct cors_names){ 0 };
    if (!of_response(arena, response, header, &list))
        return true;
    while (list.len) {
        Str item, rest = STR("");
        if (!str_cut(list, STR(","), &item, &rest))
            item = list;
        list = rest;
        item = strip(item);
        if (item.len == 0)
            continue;
        if (!names_token(item))
            return false;
        *vec_push(arena, out) = item;
    }
    return true;
}

static bool lists(const struct cors_names *names, Str name, bool fold)
{
    for (uint32_t i = 0; i < names->count; i++)
        if (fold ? str_equal_nocase(names->items[i], name) : str_equal(names->items[i], name))
            return true;
    return false;
}

// A redirect without Location, or with an empty one, is an answer like any other.
static bool redirects_to(struct arena *arena, const struct cors_response *response, Str *location)
{
    uint32_t status = response->status;
    bool redirect =
        status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
    return redirect && of_response(arena, response, "location", location) && location->len;
}

static struct cors_result check_names(struct arena *arena, const struct cors_request *request,
                                      const struct cors_response *response)
{
    struct cors_names methods, headers, unsafe;
    Str text, method = names_normal_method(request->method);
    if (!parse_list(arena, response, allow_methods, &methods)) {
        (void)of_response(arena, response, allow_methods, &text);
        return failed(CORS_INVALID_ALLOW_METHODS, text);
    }
    if (!parse_list(arena, response, allow_headers, &headers)) {
        (void)of_response(arena, response, allow_headers, &text);
        return failed(CORS_INVALID_ALLOW_HEADERS, text);
    }
    bool any_method = !request->credentials && lists(&methods, STR("*"), false);
    bool any_header = !request->credentials && lists(&headers, STR("*"), false);
    if (!names_safelisted_method(method) && !any_method && !lists(&methods, method, false))
        return failed(CORS_METHOD_DISALLOWED, method);
    struct cors_result result = allowed();
    cors_unsafe_names(arena, request, &unsafe);
    for (uint32_t i = 0; i < unsafe.count; i++) {
        if (lists(&headers, unsafe.items[i], true))
            continue;
        if (!any_header)
            return failed(CORS_HEADER_DISALLOWED, unsafe.items[i]);
        result.authorization_by_wildcard |= str_is(unsafe.items[i], "authorization");
    }
    return result;
}

struct cors_result cors_check_preflight(struct arena *arena, const struct cors_request *request,
                                        const struct cors_response *response)
{
    struct cors_result result;
    Str location;
    if (response->status == 0) {
        result = failed(CORS_PREFLIGHT_TRANSPORT, STR(""));
    } else if (redirects_to(arena, response, &location)) {
        result = failed(CORS_PREFLIGHT_REDIRECT, location);
    } else {
        result = cors_check(arena, request, response);
        if (result.allowed && (response->status < 200 || response->status > 299))
            result = failed(CORS_PREFLIGHT_STATUS, str_format(arena, "%u", response->status));
        if (result.allowed)
            result = check_names(arena, request, response);
    }
    result.preflight = !result.allowed;
    return result;
}

struct cors_result cors_judge(struct arena *arena, const struct cors_request *request,
                              const struct cors_response *preflight,
                              const struct cors_response *response)
{
    struct cors_result result;
    switch (cors_classify(arena, request, &result)) {
    case CORS_CLASS_BASIC:
    case CORS_CLASS_FAILED:
    case CORS_CLASS_OPAQUE:
        return result;
    case CORS_CLASS_SIMPLE:
        return cors_check(arena, request, response);
    case CORS_CLASS_PREFLIGHT:
        break;
    }
    static const struct cors_response none = { 0 };
    struct cors_result before = cors_check_preflight(arena, request, preflight ? preflight : &none);
    if (!before.allowed)
        return before;
    result = cors_check(arena, request, response);
    result.authorization_by_wildcard = before.authorization_by_wildcard;
    return result;
}

bool cors_exposed(struct arena *arena, const struct cors_request *request,
                  const struct cors_response *response, Str name)
{
    struct cors_names names;
    if (str_is_nocase(name, "set-cookie") || str_is_nocase(name, "set-cookie2"))
        return false;
    if (names_readable_header(name))
        return true;
    return parse_list(arena, response, expose_headers, &names) &&
           (lists(&names, name, true) || (!request->credentials && lists(&names, STR("*"), false)));
}

enum { REDIRECTS_MAX = 20 };

// The headers that stay with the request.
static void drop_headers(struct arena *arena, struct cors_request *request, bool content,
                         bool authorization, bool hints)
{
    static const char *const body[] = { "content-encoding", "content-language", "content-location",
                                        "content-type" };
    struct header *kept = ARENA_ARRAY(arena, struct header, request->header_count + 1);
    uint32_t count = 0;
    for (uint32_t i = 0; i < request->header_count; i++) {
        Str name = request->headers[i].name;
        bool drop = (hints && names_client_hint(name)) || // so does Chromium
                    (authorization && str_is_nocase(name, "authorization"));
        for (size_t k = 0; k < sizeof body / sizeof *body && content; k++)
            drop |= str_is_nocase(name, body[k]);
        if (!drop)
            kept[count++] = request->headers[i];
    }
    request->headers = kept;
    request->header_count = count;
}

// A scheme that the network refuses before anybody thinks of CORS.
static bool is_unsafe_target(const struct url *url)
{
    static const char *const schemes[] = {
        "about",      "blob",       "chrome", "data", "file", "devtools", "chrome-extension",
        "filesystem", "view-source"
    };
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++)
        if (str_is(url->scheme, schemes[i]))
            return true;
    return false;
}

// What of a redirect ends the fetch, in Chromium's order.
static struct cors_result check_target(const struct cors_request *request, const struct url *url,
                                       Str origin, Str location)
{
    if (url->credentials && request->mode == CORS_MODE_CORS &&
        (request->cors || !str_equal(origin, request->page)))
        return failed(CORS_REDIRECT_CREDENTIALS, location);
    if (request->redirect == CORS_REDIRECT_ERROR)
        return failed(CORS_REDIRECT_MODE, request->url);
    if (!url->web)
        return failed(is_unsafe_target(url) ? CORS_REDIRECT_LOCATION : CORS_DISABLED_SCHEME,
                      location);
    if (request->redirects >= REDIRECTS_MAX)
        return failed(CORS_TOO_MANY_REDIRECTS, location);
    return allowed();
}

static void follow(struct arena *arena, struct cors_request *request, uint32_t status,
                   const struct url *url, bool elsewhere)
{
    Str method = names_normal_method(request->method);
    Str from = url_origin(arena, request->url), to = url_origin_of(arena, url);
    bool becomes_get = ((status == 301 || status == 302) && str_is(method, "POST")) ||
                       (status == 303 && !str_is(method, "GET") && !str_is(method, "HEAD"));
    if (becomes_get)
        request->method = STR("GET");
    drop_headers(arena, request, becomes_get, elsewhere, !str_equal(to, request->page));
    request->tainted |= elsewhere && !str_equal(from, request->page);
    request->cors |= request->mode == CORS_MODE_CORS && !str_equal(to, request->page);
    request->url = url_text(arena, url);
    request->redirects++;
}

bool cors_follow(struct arena *arena, struct cors_request *request,
                 const struct cors_response *response, struct cors_result *result)
{
    Str location;
    struct url base = { 0 }, url;
    bool redirects = redirects_to(arena, response, &location);
    if (redirects && (!url_parse(arena, request->url, NULL, &base) ||
                      !url_parse(arena, location, &base, &url))) {
        *result = failed(CORS_REDIRECT_LOCATION, location);
        return false;
    }
    *result = request->cors ? cors_check(arena, request, response) : allowed();
    if (!result->allowed || !redirects)
        return false;
    Str origin = url_origin_of(arena, &url);
    *result = request->redirect == CORS_REDIRECT_MANUAL
                  ? failed(CORS_OPAQUE_REDIRECT, request->url)
                  : check_target(request, &url, origin, location);
    if (!result->allowed)
        return false;
    follow(arena, request, response->status, &url, !str_equal(origin, url_origin_of(arena, &base)));
    return true;
}
