#include "browser/names.h"

#include <string.h>

enum { SAFELISTED_BYTES = 128 };

static bool is_one_of(Str text, const char *const *names)
{
    for (; *names; names++)
        if (str_is_nocase(text, *names))
            return true;
    return false;
}

bool names_token(Str text)
{
    static const char marks[] = "!#$%&'*+-.^_`|~";
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!letter && (c == 0 || !strchr(marks, c)))
            return false;
    }
    return text.len > 0;
}

bool names_forbidden_method(Str method)
{
    static const char *const names[] = { "CONNECT", "TRACE", "TRACK", NULL };
    return is_one_of(method, names);
}

bool names_safelisted_method(Str method)
{
    return str_is(method, "GET") || str_is(method, "HEAD") || str_is(method, "POST");
}

Str names_normal_method(Str method)
{
    static const char *const names[] = { "DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (str_is_nocase(method, names[i]))
            return str_from(names[i]);
    return method;
}

bool names_forbidden_header(Str name)
{
    static const char *const names[] = {
        "accept-charset",
        "accept-encoding",
        "access-control-request-headers",
        "access-control-request-method",
        "connection",
        "content-length",
        "cookie",
        "cookie2",
        "date",
        "dnt",
        "expect",
        "host",
        "keep-alive",
        "origin",
        "referer",
        "set-cookie",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "via",
        NULL,
    };
    return is_one_of(name, names) || str_starts(name, STR("proxy-")) ||
           str_starts(name, STR("sec-"));
}

bool names_readable_header(Str name)
{
    static const char *const names[] = {
        "cache-control", "content-language", "content-length", "content-type",
        "expires",       "last-modified",    "pragma",         NULL,
    };
    return is_one_of(name, names);
}

static bool has_unsafe_byte(Str value)
{
    for (size_t i = 0; i < value.len; i++) {
        unsigned char c = (unsigned char)value.ptr[i];
        if ((c < 0x20 && c != '\t') || c == 0x7f || (c && strchr("\"():<>?@[\\]{}", c)))
            return true;
    }
    return false;
}

static bool is_language_list(Str value)
{
    for (size_t i = 0; i < value.len; i++) {
        char c = value.ptr[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!plain && (c == 0 || !strchr(" *,-.;=", c)))
            return false;
    }
    return true;
}

// The type and subtype of a MIME type, without its parameters. False when it is none.
static bool mime_essence(Str value, Str *out)
{
    Str type, subtype, essence, parameters;
    if (!str_cut(value, STR(";"), &essence, &parameters))
        essence = value;
    essence = str_trim(essence);
    if (!str_cut(essence, STR("/"), &type, &subtype) || !names_token(type) || !names_token(subtype))
        return false;
    *out = essence;
    return true;
}

static bool is_form_type(Str value)
{
    static const char *const types[] = { "application/x-www-form-urlencoded", "multipart/form-data",
                                         "text/plain", NULL };
    Str essence;
    return !has_unsafe_byte(value) && mime_essence(value, &essence) && is_one_of(essence, types);
}

static Str digits(Str *text)
{
    size_t n = 0;
    while (n < text->len && text->ptr[n] >= '0' && text->ptr[n] <= '9')
        n++;
    Str out = str_slice(*text, 0, n);
    *text = str_slice(*text, n, text->len);
    while (out.len > 1 && out.ptr[0] == '0')
        out = str_slice(out, 1, out.len);
    return out;
}

static bool is_simple_range(Str value)
{
    if (!str_eat(&value, STR("bytes=")))
        return false;
    Str first = digits(&value);
    if (first.len == 0 || !str_eat(&value, STR("-")))
        return false;
    Str last = digits(&value);
    return value.len == 0 && (last.len == 0 || last.len > first.len ||
                              (last.len == first.len && str_compare(last, first) >= 0));
}

bool names_safelisted_header(Str name, Str value)
{
    if (value.len > SAFELISTED_BYTES)
        return false;
    if (str_is_nocase(name, "accept"))
        return !has_unsafe_byte(value);
    if (str_is_nocase(name, "accept-language") || str_is_nocase(name, "content-language"))
        return is_language_list(value);
    if (str_is_nocase(name, "content-type"))
        return is_form_type(value);
    return str_is_nocase(name, "range") && is_simple_range(value);
}

static bool is_integer(Str text)
{
    Str rest = text;
    (void)digits(&rest);
    return text.len && rest.len == 0;
}

// 1*DIGIT [ "." 1*DIGIT ]
static bool is_decimal(Str text)
{
    Str whole, fraction;
    return str_cut(text, STR("."), &whole, &fraction) ? is_integer(whole) && is_integer(fraction)
                                                      : is_integer(text);
}

static const char *const integer_hints[] = { "rtt", "width", "viewport-width", NULL };
static const char *const decimal_hints[] = { "device-memory", "downlink", "dpr", NULL };

bool names_client_hint(Str name)
{
    return is_one_of(name, integer_hints) || is_one_of(name, decimal_hints) ||
           str_is_nocase(name, "ect");
}

bool names_chromium_safelisted(Str name, Str value)
{
    static const char *const speeds[] = { "slow-2g", "2g", "3g", "4g" };
    if (str_is(name, "user-agent"))
        return true;
    if (value.len > SAFELISTED_BYTES)
        return false;
    if (is_one_of(name, integer_hints))
        return is_integer(value);
    if (is_one_of(name, decimal_hints))
        return is_decimal(value);
    for (size_t i = 0; i < sizeof speeds / sizeof *speeds && str_is(name, "ect"); i++)
        if (str_is(value, speeds[i]))
            return true;
    return str_is(name, "save-data") ? str_is_nocase(value, "on") : str_is(name, "intervention");
}
