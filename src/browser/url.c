#include "browser/url.h"

#include <string.h>

struct authority {
    Str user, host, port;
    bool has_user;
};

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static int hex_digit(char c)
{
    if (is_digit(c))
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static bool cut_scheme(Str text, Str *scheme, Str *rest)
{
    if (!str_cut(text, STR(":"), scheme, rest) || scheme->len == 0 || !is_letter(scheme->ptr[0]))
        return false;
    for (size_t i = 1; i < scheme->len; i++) {
        char c = scheme->ptr[i];
        if (!is_letter(c) && !is_digit(c) && c != '+' && c != '-' && c != '.')
            return false;
    }
    return true;
}

static bool is_special(Str scheme)
{
    static const char *const names[] = { "http", "https", "ws", "wss", "ftp" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (str_is_nocase(scheme, names[i]))
            return true;
    return false;
}

static Str skip_slashes(Str text)
{
    size_t n = 0;
    while (n < text.len && (text.ptr[n] == '/' || text.ptr[n] == '\\'))
        n++;
    return str_slice(text, n, text.len);
}

// Behind the slashes of a special URL.
static struct authority cut_authority(Str rest)
{
    struct authority out = { 0 };
    size_t end = 0;
    while (end < rest.len && !strchr("/\\?#", rest.ptr[end] ? rest.ptr[end] : 'x'))
        end++;
    Str text = str_slice(rest, 0, end);
    for (size_t i = text.len; i-- > 0;)
        if (text.ptr[i] == '@') {
            out.has_user = true;
            out.user = str_slice(text, 0, i);
            text = str_slice(text, i + 1, text.len);
            break;
        }
    out.host = text;
    for (size_t i = text.len; i-- > 0 && text.ptr[i] != ']';)
        if (text.ptr[i] == ':') {
            out.host = str_slice(text, 0, i);
            out.port = str_slice(text, i + 1, text.len);
        }
    return out;
}

static bool is_forbidden(char c)
{
    unsigned char byte = (unsigned char)c;
    return byte <= 0x20 || byte == 0x7f || strchr("#%/:<>?@[\\]^|", c);
}

// A host is decoded before its bytes are looked at: "%23" is a "#".
static bool is_host(Str host)
{
    if (host.len && host.ptr[0] == '[')
        return host.len > 2 && host.ptr[host.len - 1] == ']';
    for (size_t i = 0; i < host.len; i++) {
        char c = host.ptr[i];
        if (c == '%' && i + 2 < host.len && hex_digit(host.ptr[i + 1]) >= 0 &&
            hex_digit(host.ptr[i + 2]) >= 0) {
            c = (char)(hex_digit(host.ptr[i + 1]) * 16 + hex_digit(host.ptr[i + 2]));
            i += 2;
        }
        if (is_forbidden(c))
            return false;
    }
    return host.len > 0;
}

static bool is_port(Str port)
{
    uint32_t number;
    while (port.len > 1 && port.ptr[0] == '0')
        port = str_slice(port, 1, port.len);
    return port.len == 0 || str_number(port, UINT16_MAX, &number);
}

bool url_parses(Str text)
{
    Str scheme, rest;
    if (!cut_scheme(text, &scheme, &rest))
        return false;
    if (!is_special(scheme))
        return true;
    struct authority authority = cut_authority(skip_slashes(rest));
    return is_host(authority.host) && is_port(authority.port);
}

Str url_scheme(struct arena *arena, Str url)
{
    Str scheme, rest;
    return cut_scheme(url, &scheme, &rest) ? str_lower(arena, scheme) : STR("");
}

Str url_origin(struct arena *arena, Str url)
{
    Str scheme, rest;
    uint32_t port;
    if (!url_parses(url) || !cut_scheme(url, &scheme, &rest))
        return STR("null");
    scheme = str_lower(arena, scheme);
    uint32_t usual = str_is(scheme, "http") ? 80 : 443;
    if (!str_is(scheme, "http") && !str_is(scheme, "https"))
        return STR("null");
    struct authority authority = cut_authority(skip_slashes(rest));
    Str host = str_lower(arena, authority.host);
    while (authority.port.len > 1 && authority.port.ptr[0] == '0')
        authority.port = str_slice(authority.port, 1, authority.port.len);
    if (!str_number(authority.port, UINT16_MAX, &port) || port == usual)
        return str_format(arena, "%.*s://%.*s", STR_ARG(scheme), STR_ARG(host));
    return str_format(arena, "%.*s://%.*s:%u", STR_ARG(scheme), STR_ARG(host), port);
}

bool url_has_credentials(Str url)
{
    Str scheme, rest, user, password;
    if (!cut_scheme(url, &scheme, &rest) || !is_special(scheme))
        return false;
    struct authority authority = cut_authority(skip_slashes(rest));
    if (!str_cut(authority.user, STR(":"), &user, &password))
        return authority.user.len > 0;
    return user.len > 0 || password.len > 0;
}

Str url_resolve(struct arena *arena, Str base, Str location)
{
    Str scheme, rest, ignored;
    if (cut_scheme(location, &scheme, &ignored) || !cut_scheme(base, &scheme, &rest))
        return location;
    if (str_starts(location, STR("//")))
        return str_format(arena, "%.*s:%.*s", STR_ARG(scheme), STR_ARG(location));
    Str behind = skip_slashes(rest);
    size_t end = 0;
    while (end < behind.len && !strchr("/\\?#", behind.ptr[end] ? behind.ptr[end] : 'x'))
        end++;
    return str_format(arena, "%.*s://%.*s%s%.*s", STR_ARG(scheme),
                      STR_ARG(str_slice(behind, 0, end)), str_starts(location, STR("/")) ? "" : "/",
                      STR_ARG(location));
}
