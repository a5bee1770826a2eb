#include "policy/request.h"

#include "base/buf.h"
#include "policy/box.h"

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool request_set_url(struct arena *arena, struct request *request, Str url)
{
    Str scheme, rest;
    if (!str_cut(url, STR("://"), &scheme, &rest))
        return false;
    scheme = str_lower(arena, scheme);
    bool https = str_is(scheme, "https");
    if (!https && !str_is(scheme, "http"))
        return false;
    size_t end = 0;
    while (end < rest.len && rest.ptr[end] != '/' && rest.ptr[end] != '?' && rest.ptr[end] != '#')
        end++;
    Str authority = str_slice(rest, 0, end), target = str_slice(rest, end, rest.len);
    Str host = authority, port = { 0 };
    size_t colon = authority.len;
    while (colon > 0 && authority.ptr[colon - 1] != ':' && authority.ptr[colon - 1] != ']')
        colon--;
    uint32_t number = https ? 443 : 80;
    if (colon > 0 && authority.ptr[colon - 1] == ':') {
        host = str_slice(authority, 0, colon - 1);
        port = str_slice(authority, colon, authority.len);
        if (port.len && (!str_number(port, 65535, &number) || number == 0))
            return false;
    }
    Str fragment, before;
    if (str_cut(target, STR("#"), &before, &fragment))
        target = before;
    if (target.len == 0 || target.ptr[0] != '/')
        target = str_concat(arena, STR("/"), target);
    request->scheme = scheme;
    request->authority = authority;
    request->host = str_lower(arena, host);
    request->port = number;
    request->target = target;
    return true;
}

static int hex(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// Removes the last segment of an output that ends in "/": "/a/b/" becomes "/a/". False at the root.
static bool climb(struct buf *out)
{
    if (out->len < 2)
        return false;
    size_t len = out->len - 1;
    while (len > 0 && out->ptr[len - 1] != '/')
        len--;
    out->len = len;
    return true;
}

// The dot segment that the output ends in, if the segment is over: 1 for ".", 2 for "..", else 0.
static size_t dots(const struct buf *out)
{
    size_t len = 0;
    while (len < out->len && out->ptr[out->len - 1 - len] == '.')
        len++;
    bool whole = len < out->len && out->ptr[out->len - 1 - len] == '/';
    return whole && len <= 2 ? len : 0;
}

// Resolves a dot segment at the end of the output. False when it climbs above the root.
static bool finish_segment(struct buf *out)
{
    size_t len = dots(out);
    out->len -= len;
    return len < 2 || climb(out);
}

bool request_normalise(struct arena *arena, Str target, bool merge_slashes, Str *path, Str *query)
{
    Str raw = target, args = { 0 };
    (void)str_cut(target, STR("?"), &raw, &args);
    if (raw.len == 0 || raw.ptr[0] != '/')
        return false;
    struct buf out = { .arena = arena };
    for (size_t i = 0; i < raw.len; i++) {
        char c = raw.ptr[i];
        if (c == '%') {
            int high = i + 1 < raw.len ? hex(raw.ptr[i + 1]) : -1;
            int low = i + 2 < raw.len ? hex(raw.ptr[i + 2]) : -1;
            if (high < 0 || low < 0)
                return false;
            c = (char)(high * 16 + low);
            i += 2;
        }
        if (c == '\0')
            return false;
        if (c == '/' && out.len && !finish_segment(&out))
            return false;
        bool doubled = c == '/' && out.len && out.ptr[out.len - 1] == '/';
        bool resolved = doubled && i > 0 && raw.ptr[i - 1] == '.'; // the slash behind a dot segment
        if (!doubled || (!merge_slashes && !resolved))
            buf_add_char(&out, c);
    }
    if (!finish_segment(&out))
        return false;
    *path = buf_str(&out);
    *query = args;
    return true;
}

Str request_header(struct arena *arena, const struct request *request, Str name, bool first_only)
{
    struct buf joined = { .arena = arena };
    bool found = false;
    for (uint32_t i = 0; i < request->header_count; i++) {
        const struct header *header = &request->headers[i];
        if (!str_equal_nocase(header->name, name))
            continue;
        if (found)
            buf_add_text(&joined, ", ");
        buf_add(&joined, header->value);
        found = true;
        if (first_only)
            break;
    }
    return buf_str(&joined);
}

// The value of `name` in "name=value" pairs separated by `separator`; names compared in any case
// when `nocase`.
static Str pair_value(Str text, Str separator, Str name, bool nocase)
{
    for (Str rest = text, item; rest.len;) {
        if (!str_cut(rest, separator, &item, &rest)) {
            item = rest;
            rest = (Str){ 0 };
        }
        Str key, value;
        while (str_eat(&item, STR(" ")))
            continue;
        if (!str_cut(item, STR("="), &key, &value))
            continue;
        if (nocase ? str_equal_nocase(key, name) : str_equal(key, name))
            return value;
    }
    return (Str){ 0 };
}

Str request_argument(Str query, Str name)
{
    return pair_value(query, STR("&"), name, true);
}

static bool is_unsaid(const struct request *request, Str name)
{
    for (uint32_t i = 0; i < request->unsaid_count; i++) {
        Str one = request->unsaid[i];
        bool stem = str_ends(one, STR("*"));
        if (stem ? str_starts(name, str_slice(one, 0, one.len - 1)) : str_equal(name, one))
            return true;
    }
    return false;
}

bool request_value(struct arena *arena, const struct request *request, const struct var *var,
                   Str *out)
{
    switch (var->kind) {
    case VAR_PORT:
        *out = str_format(arena, "%u", request->port);
        return true;
    case VAR_SCHEME:
        *out = request->scheme;
        return true;
    case VAR_HOST:
        *out = request->host;
        return true;
    case VAR_PATH:
        *out = request->path;
        return true;
    case VAR_TARGET:
        *out = request->target;
        return true;
    case VAR_QUERY:
        *out = request->query;
        return true;
    case VAR_METHOD:
        *out = request->method;
        return true;
    case VAR_HEADER:
        *out = request_header(arena, request, var->name, request->first_header_only);
        return out->len || !is_unsaid(request, var->name);
    case VAR_COOKIE:
        *out = pair_value(request_header(arena, request, STR("cookie"), false), STR(";"), var->name,
                          true);
        return out->len || !is_unsaid(request, STR("cookie"));
    case VAR_ARG:
        *out = request_argument(request->query, var->name);
        return true;
    case VAR_ADDRESS:
        *out = request->address;
        return request->address.len > 0;
    case VAR_UPSTREAM_STATUS:
        *out = str_format(arena, "%u", request->upstream_status ? request->upstream_status : 200);
        return true;
    case VAR_UPSTREAM_HEADER:
        *out = STR("");
        for (uint32_t i = 0; i < request->upstream_header_count && out->len == 0; i++)
            if (str_equal_nocase(request->upstream_headers[i].name, var->name))
                *out = request->upstream_headers[i].value;
        return true;
    case VAR_KEPT_ORIGIN:
    case VAR_CHOICE:
        break;
    }
    return false;
}

bool request_in_box(struct arena *arena, const struct request *request, const struct box *box,
                    const struct var **open)
{
    const struct var *undecided = NULL;
    for (uint32_t i = 0; i < box->count; i++) {
        Str value;
        if (!request_value(arena, request, box->items[i].var, &value)) {
            if (!undecided)
                undecided = box->items[i].var;
        } else if (!fa_accepts(box->items[i].language, value)) {
            return false;
        }
    }
    if (undecided && !*open)
        *open = undecided;
    return true;
}
