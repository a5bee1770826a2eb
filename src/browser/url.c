#include "browser/url.h"

#include "base/buf.h"
#include "base/vec.h"

#include <string.h>

static const struct scheme {
    const char *name;
    uint32_t port;
} schemes[] = {
    { "http", 80 }, { "https", 443 }, { "ws", 80 }, { "wss", 443 }, { "ftp", 21 },
};

static const struct scheme *special(Str scheme)
{
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++)
        if (str_is(scheme, schemes[i].name))
            return &schemes[i];
    return NULL;
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool cut_scheme(struct arena *arena, Str text, Str *scheme, Str *rest)
{
    Str name;
    if (!str_cut(text, STR(":"), &name, rest) || name.len == 0 || !is_letter(name.ptr[0]))
        return false;
    for (size_t i = 1; i < name.len; i++) {
        char c = name.ptr[i];
        if (!is_letter(c) && !(c >= '0' && c <= '9') && c != '+' && c != '-' && c != '.')
            return false;
    }
    *scheme = str_lower(arena, name);
    return true;
}

// Without control characters and spaces around it, and without tabs and line ends in it.
static Str clean(struct arena *arena, Str text)
{
    struct buf out = { .arena = arena };
    while (text.len && (unsigned char)text.ptr[0] <= 0x20)
        text = str_slice(text, 1, text.len);
    while (text.len && (unsigned char)text.ptr[text.len - 1] <= 0x20)
        text.len--;
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] != '\t' && text.ptr[i] != '\n' && text.ptr[i] != '\r')
            buf_add_char(&out, text.ptr[i]);
    return buf_str(&out);
}

static bool is_slash(Str text, size_t at, bool web)
{
    return at < text.len && (text.ptr[at] == '/' || (web && text.ptr[at] == '\\'));
}

// The bytes up to the first of `ends`.
static size_t span_until(Str text, const char *ends)
{
    size_t n = 0;
    while (n < text.len && (text.ptr[n] == '\0' || !strchr(ends, text.ptr[n])))
        n++;
    return n;
}

static Str encode(struct arena *arena, Str text, const char *marks)
{
    struct buf out = { .arena = arena };
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c <= 0x20 || c >= 0x7f || strchr(marks, text.ptr[i]))
            buf_addf(&out, "%%%02X", (unsigned)c);
        else
            buf_add_char(&out, text.ptr[i]);
    }
    return buf_str(&out);
}

static bool parse_port(const struct url *url, Str text, uint32_t *out)
{
    const struct scheme *scheme = special(url->scheme);
    uint32_t port;
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return false;
    while (text.len > 1 && text.ptr[0] == '0')
        text = str_slice(text, 1, text.len);
    *out = UINT32_MAX;
    if (text.len == 0)
        return true;
    if (!str_number(text, UINT16_MAX, &port))
        return false;
    if (!scheme || port != scheme->port)
        *out = port;
    return true;
}

// A host of a scheme that nobody knows is taken as it stands.
static bool opaque_host(struct arena *arena, Str text)
{
    if (text.len && text.ptr[0] == '[')
        return url_is_ipv6(arena, text);
    return span_until(text, "\t\n\r #/:<>?@[\\]^|") == text.len && !memchr(text.ptr, 0, text.len);
}

static bool parse_authority(struct arena *arena, Str text, struct url *url)
{
    bool user = false;
    for (size_t i = text.len; i-- > 0;)
        if (text.ptr[i] == '@') {
            user = true;
            Str name = str_slice(text, 0, i);
            url->credentials = name.len > 0 && !str_is(name, ":");
            text = str_slice(text, i + 1, text.len);
            break;
        }
    size_t end = 0;
    for (bool inside = false; end < text.len && (inside || text.ptr[end] != ':'); end++)
        inside = text.ptr[end] == '[' || (inside && text.ptr[end] != ']');
    Str host = str_slice(text, 0, end), port = str_slice(text, end + 1, text.len);
    if (host.len == 0 && (end < text.len || user))
        return false;
    if (special(url->scheme)) {
        if (!url_host(arena, host, &url->host, &url->unicode))
            return false;
    } else {
        if (host.len && !opaque_host(arena, host))
            return false;
        url->host = host;
    }
    return parse_port(url, port, &url->port);
}

struct segments {
    Str *items;
    uint32_t count, capacity;
};

static bool is_dots(Str segment, uint32_t dots)
{
    uint32_t count = 0;
    while (segment.len && count <= dots) {
        if (!str_eat(&segment, STR(".")) && !str_eat(&segment, STR("%2e")) &&
            !str_eat(&segment, STR("%2E")))
            return false;
        count++;
    }
    return segment.len == 0 && count == dots;
}

// Adds the segments of a path; "." and ".." are resolved against what is there.
static void add_segments(struct arena *arena, Str path, bool web, struct segments *out)
{
    for (bool more = true; more;) {
        size_t end = 0;
        while (end < path.len && !is_slash(path, end, web))
            end++;
        Str segment = str_slice(path, 0, end);
        more = end < path.len;
        path = str_slice(path, end + 1, path.len);
        if (is_dots(segment, 2)) {
            out->count -= out->count > 0;
        } else if (!is_dots(segment, 1)) {
            *vec_push(arena, out) = encode(arena, segment, "\"#<>?^`{}");
            continue;
        }
        if (!more)
            *vec_push(arena, out) = STR("");
    }
}

static Str join_segments(struct arena *arena, const struct segments *segments)
{
    struct buf out = { .arena = arena };
    for (uint32_t i = 0; i < segments->count; i++) {
        buf_add_char(&out, '/');
        buf_add(&out, segments->items[i]);
    }
    return buf_str(&out);
}

// Path and query behind the authority; `base` (may be NULL) is what a relative path begins in.
static void parse_rest(struct arena *arena, Str text, const struct url *base, struct url *url)
{
    bool web = special(url->scheme) != NULL;
    text = str_slice(text, 0, span_until(text, "#"));
    size_t end = span_until(text, "?");
    Str path = str_slice(text, 0, end), query = str_slice(text, end, text.len);
    struct segments segments = { 0 };
    if (base && path.len == 0) {
        url->path = base->path;
        url->query = query.len ? query : base->query;
    } else {
        if (base && !is_slash(path, 0, web) && base->path.len) {
            add_segments(arena, str_slice(base->path, 1, base->path.len), false, &segments);
            segments.count -= segments.count > 0; // the last one is replaced
        }
        if (is_slash(path, 0, web))
            path = str_slice(path, 1, path.len);
        if (path.len || web || !url->hierarchy)
            add_segments(arena, path, web, &segments);
        url->path = join_segments(arena, &segments);
        url->query = query;
    }
    if (query.len)
        url->query =
            str_concat(arena, STR("?"),
                       encode(arena, str_slice(query, 1, query.len), web ? "\"#<>'" : "\"#<>"));
}

static bool parse_behind_slashes(struct arena *arena, Str text, struct url *url)
{
    size_t end = span_until(text, special(url->scheme) ? "/\\?#" : "/?#");
    url->hierarchy = true;
    if (!parse_authority(arena, str_slice(text, 0, end), url))
        return false;
    parse_rest(arena, str_slice(text, end, text.len), NULL, url);
    return true;
}

// A file's host is checked (in Chromium only a slash ends it), and the rest does not matter to
// CORS.
static bool parse_file(struct arena *arena, Str rest, struct url *url)
{
    if (!is_slash(rest, 0, true) || !is_slash(rest, 1, true))
        return true;
    rest = str_slice(rest, 2, rest.len);
    Str host = str_slice(rest, 0, span_until(rest, "/\\"));
    return host.len == 0 || url_host(arena, host, &url->host, &url->unicode);
}

// Behind the colon of the scheme.
static bool parse_absolute(struct arena *arena, Str rest, struct url *url)
{
    if (special(url->scheme)) {
        while (is_slash(rest, 0, true))
            rest = str_slice(rest, 1, rest.len);
        return parse_behind_slashes(arena, rest, url);
    }
    if (str_is(url->scheme, "file"))
        return parse_file(arena, rest, url);
    if (str_eat(&rest, STR("//")))
        return parse_behind_slashes(arena, rest, url);
    url->path = rest; // what is in it does not matter to CORS
    return true;
}

static bool parse_relative(struct arena *arena, Str text, const struct url *base, struct url *url)
{
    if (!base->hierarchy)
        return false;
    bool web = special(base->scheme) != NULL;
    *url = *base;
    url->credentials = false;
    if (is_slash(text, 0, web) && is_slash(text, 1, web)) {
        *url = (struct url){ .scheme = base->scheme, .web = base->web, .port = UINT32_MAX };
        text = str_slice(text, 2, text.len);
        while (web && is_slash(text, 0, true))
            text = str_slice(text, 1, text.len);
        return parse_behind_slashes(arena, text, url);
    }
    parse_rest(arena, text, base, url);
    return true;
}

bool url_parse(struct arena *arena, Str text, const struct url *base, struct url *out)
{
    struct url url = { .port = UINT32_MAX };
    Str rest;
    text = clean(arena, text);
    bool good;
    if (!cut_scheme(arena, text, &url.scheme, &rest)) {
        good = base && parse_relative(arena, text, base, &url);
    } else {
        url.web = str_is(url.scheme, "http") || str_is(url.scheme, "https");
        bool relative = base && special(url.scheme) && str_equal(url.scheme, base->scheme) &&
                        !(is_slash(rest, 0, true) && is_slash(rest, 1, true));
        good =
            relative ? parse_relative(arena, rest, base, &url) : parse_absolute(arena, rest, &url);
    }
    if (good)
        *out = url;
    return good;
}

Str url_origin_of(struct arena *arena, const struct url *url)
{
    if (!url->web)
        return STR("null");
    if (url->port == UINT32_MAX)
        return str_format(arena, "%.*s://%.*s", STR_ARG(url->scheme), STR_ARG(url->host));
    return str_format(arena, "%.*s://%.*s:%u", STR_ARG(url->scheme), STR_ARG(url->host), url->port);
}

Str url_text(struct arena *arena, const struct url *url)
{
    Str head = url->web ? url_origin_of(arena, url)
                        : str_format(arena, "%.*s:%s%.*s", STR_ARG(url->scheme),
                                     url->hierarchy ? "//" : "", STR_ARG(url->host));
    return str_concat(arena, str_concat(arena, head, url->path), url->query);
}

bool url_parses(struct arena *arena, Str text)
{
    struct url url;
    return url_parse(arena, text, NULL, &url);
}

Str url_scheme(struct arena *arena, Str text)
{
    struct url url;
    return url_parse(arena, text, NULL, &url) ? url.scheme : STR("");
}

Str url_origin(struct arena *arena, Str text)
{
    struct url url;
    return url_parse(arena, text, NULL, &url) ? url_origin_of(arena, &url) : STR("null");
}

bool url_has_bad_port(const struct url *url)
{
    static const uint16_t bad[] = {
        0,    1,    7,    9,    11,   13,   15,   17,   19,   20,   21,   22,   23,    25,
        37,   42,   43,   53,   69,   77,   79,   87,   95,   101,  102,  103,  104,   109,
        110,  111,  113,  115,  117,  119,  123,  135,  137,  139,  143,  161,  179,   389,
        427,  465,  512,  513,  514,  515,  526,  530,  531,  532,  540,  548,  554,   556,
        563,  587,  601,  636,  989,  990,  993,  995,  1719, 1720, 1723, 2049, 3659,  4045,
        4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (url->port == bad[i])
            return true;
    return false;
}

bool url_is_trustworthy(const struct url *url)
{
    if (!str_is(url->scheme, "http"))
        return true;
    bool address = true;
    for (size_t i = 0; i < url->host.len; i++)
        address &= !is_letter(url->host.ptr[i]);
    return str_is(url->host, "localhost") || str_ends(url->host, STR(".localhost")) ||
           str_is(url->host, "[::1]") || (address && str_starts(url->host, STR("127.")));
}
