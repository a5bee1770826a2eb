#define PCRE2_CODE_UNIT_WIDTH 8
#include "dialect/nginx/validate.h"

#include "base/hash.h"

#include <pcre2.h>

// Sorted. What nginx 1.22.1 itself defines and refuses to have defined again …
static const char *const fixed[] = {
    "binary_remote_addr",
    "body_bytes_sent",
    "bytes_sent",
    "connection",
    "connection_requests",
    "connection_time",
    "connections_active",
    "connections_reading",
    "connections_waiting",
    "connections_writing",
    "content_length",
    "content_type",
    "date_gmt",
    "date_local",
    "document_root",
    "document_uri",
    "fastcgi_path_info",
    "fastcgi_script_name",
    "grpc_internal_trailers",
    "gzip_ratio",
    "host",
    "hostname",
    "http2",
    "http3",
    "http_cookie",
    "http_host",
    "http_referer",
    "http_user_agent",
    "http_via",
    "http_x_forwarded_for",
    "https",
    "is_args",
    "limit_conn_status",
    "limit_req_status",
    "msec",
    "nginx_version",
    "pid",
    "pipe",
    "proxy_add_x_forwarded_for",
    "proxy_internal_body_length",
    "proxy_internal_chunked",
    "proxy_protocol_addr",
    "proxy_protocol_port",
    "proxy_protocol_server_addr",
    "proxy_protocol_server_port",
    "query_string",
    "realip_remote_addr",
    "realip_remote_port",
    "realpath_root",
    "remote_addr",
    "remote_port",
    "remote_user",
    "request",
    "request_body",
    "request_body_file",
    "request_completion",
    "request_filename",
    "request_id",
    "request_length",
    "request_method",
    "request_time",
    "request_uri",
    "scheme",
    "secure_link",
    "secure_link_expires",
    "sent_http_cache_control",
    "sent_http_connection",
    "sent_http_content_length",
    "sent_http_content_type",
    "sent_http_keep_alive",
    "sent_http_last_modified",
    "sent_http_link",
    "sent_http_location",
    "sent_http_transfer_encoding",
    "server_addr",
    "server_name",
    "server_port",
    "server_protocol",
    "slice_range",
    "status",
    "tcpinfo_rcv_space",
    "tcpinfo_rtt",
    "tcpinfo_rttvar",
    "tcpinfo_snd_cwnd",
    "time_iso8601",
    "time_local",
    "uid_got",
    "uid_set",
    "upstream_addr",
    "upstream_bytes_received",
    "upstream_bytes_sent",
    "upstream_cache_etag",
    "upstream_cache_last_modified",
    "upstream_cache_status",
    "upstream_connect_time",
    "upstream_header_time",
    "upstream_response_length",
    "upstream_response_time",
    "upstream_status",
    "uri",
};
// … and what it, or a module that is built apart, defines and lets be.
static const char *const changeable[] = {
    "ancient_browser", "args",           "brotli_ratio", "invalid_referer", "is_request_port",
    "limit_rate",      "modern_browser", "msie",         "proxy_host",      "proxy_port",
    "request_port",    "uid_reset",      "zstd_ratio",
};
static const char *const prefixes[] = {
    "http_",
    "arg_",
    "cookie_",
    "sent_http_",
    "sent_trailer_",
    "upstream_http_",
    "upstream_trailer_",
    "upstream_cookie_",
    "proxy_protocol_tlv_",
    "ssl_",
    "geoip_",
    "geoip2_",
};

static bool is_in(const char *const *list, size_t count, Str name)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = str_compare(name, str_from(list[middle]));
        if (order == 0)
            return true;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return false;
}

bool variable_is_fixed(Str lower)
{
    return is_in(fixed, sizeof fixed / sizeof *fixed, lower);
}

bool variable_is_builtin(Str lower)
{
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
        if (str_starts(lower, str_from(prefixes[i])))
            return true;
    return variable_is_fixed(lower) ||
           is_in(changeable, sizeof changeable / sizeof *changeable, lower);
}

static bool is_defined(const struct validate *validate, Str lower)
{
    const Str *known;
    for (uint32_t i = 0; (known = map_next(&validate->variables, hash_str(HASH_SEED, lower), &i));)
        if (str_equal(*known, lower))
            return true;
    return false;
}

static bool define(struct validate *validate, Str name, Span span)
{
    struct arena *arena = validate->scratch;
    Str lower = str_lower(arena, name);
    if (variable_is_fixed(lower))
        return refuse(validate, span,
                      "\"$%.*s\" is nginx's own variable and cannot be defined again",
                      STR_ARG(name));
    if (is_defined(validate, lower))
        return true;
    Str *known = ARENA_NEW(arena, Str);
    *known = lower;
    map_add(arena, &validate->variables, hash_str(HASH_SEED, lower), known);
    return true;
}

bool variable_define(struct validate *validate, const struct conf_word *word)
{
    Str name = word->text;
    if (!str_eat(&name, STR("$")) || name.len == 0)
        return refuse(validate, word->span, "\"%.*s\" is not a variable's name",
                      STR_ARG(word->text));
    return define(validate, name, word->span);
}

void variable_use(struct validate *validate, Str name, Span span)
{
    if (str_equal(name, validate->builtin)) // long lists use one variable again and again
        return;
    struct arena *arena = validate->scratch;
    Str lower = str_lower(arena, name);
    if (variable_is_builtin(lower))
        validate->builtin = name;
    else
        *vec_push(arena, &validate->uses) = (struct variable_use){ lower, span };
}

void variables_check(struct validate *validate)
{
    for (uint32_t i = 0; i < validate->uses.count && !validate->open; i++) {
        struct variable_use use = validate->uses.items[i];
        if (!is_defined(validate, use.name))
            refuse(validate, use.span, "unknown variable \"$%.*s\"", STR_ARG(use.name));
    }
}

static bool is_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

bool expression_has_variables(Str text)
{
    return str_contains(text, STR("$"));
}

bool expression_check(struct validate *validate, Str text, Span span)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] != '$')
            continue;
        size_t begin = i + 1;
        if (begin < text.len && text.ptr[begin] >= '1' && text.ptr[begin] <= '9') {
            i = begin;
            continue;
        }
        bool bracket = begin < text.len && text.ptr[begin] == '{';
        begin += bracket;
        size_t end = begin;
        while (end < text.len && is_name(text.ptr[end]))
            end++;
        if (begin >= text.len || (end == begin && !bracket))
            return refuse(validate, span, "\"$\" is not followed by a variable's name");
        if (bracket && (end == text.len || text.ptr[end] != '}'))
            return refuse(validate, span, "the \"}\" of \"${%.*s\" is missing",
                          STR_ARG(str_slice(text, begin, end)));
        if (end == begin)
            return refuse(validate, span, "\"${}\" has no name");
        variable_use(validate, str_slice(text, begin, end), span);
        i = bracket ? end : end - 1;
    }
    return true;
}

// Enters the named groups.
static bool define_groups(struct validate *validate, const pcre2_code *code, Span span)
{
    uint32_t count = 0, size = 0;
    PCRE2_SPTR names = NULL;
    pcre2_pattern_info(code, PCRE2_INFO_NAMECOUNT, &count);
    pcre2_pattern_info(code, PCRE2_INFO_NAMEENTRYSIZE, &size);
    pcre2_pattern_info(code, PCRE2_INFO_NAMETABLE, &names);
    bool good = true;
    for (uint32_t i = 0; i < count; i++) // each has a number of two bytes and a name
        good &= define(validate, str_from((const char *)names + (size_t)i * size + 2), span);
    return good;
}

// A good pattern, and what its groups define, stays good, whatever its case means.
static bool pattern_is_known(const struct validate *validate, Str pattern)
{
    const Str *known;
    for (uint32_t i = 0; (known = map_next(&validate->patterns, hash_str(HASH_SEED, pattern), &i));)
        if (str_equal(*known, pattern))
            return true;
    return false;
}

static void pattern_remember(struct validate *validate, Str pattern)
{
    Str *known = ARENA_NEW(validate->scratch, Str);
    *known = pattern;
    map_add(validate->scratch, &validate->patterns, hash_str(HASH_SEED, pattern), known);
}

bool pattern_check(struct validate *validate, Str pattern, bool caseless, Span span)
{
    if (pattern_is_known(validate, pattern))
        return true;
    int error;
    PCRE2_SIZE at;
    pcre2_code *code = pcre2_compile((PCRE2_SPTR)(pattern.ptr ? pattern.ptr : ""), pattern.len,
                                     caseless ? PCRE2_CASELESS : 0, &error, &at, NULL);
    if (!code) {
        PCRE2_UCHAR why[256];
        pcre2_get_error_message(error, why, sizeof why);
        return refuse(validate, span, "in the regular expression \"%.*s\", at offset %zu: %s",
                      STR_ARG(pattern), (size_t)at, (const char *)why);
    }
    bool good = define_groups(validate, code, span);
    pcre2_code_free(code);
    if (good)
        pattern_remember(validate, pattern);
    return good;
}

bool number_parse(Str text, uint32_t *out)
{
    return str_number(text, INT32_MAX, out);
}

bool size_parse(Str text, bool giga)
{
    uint32_t value;
    if (text.len) {
        char unit = text.ptr[text.len - 1];
        bool is_unit = unit == 'k' || unit == 'K' || unit == 'm' || unit == 'M' ||
                       (giga && (unit == 'g' || unit == 'G'));
        text.len -= is_unit;
    }
    return number_parse(text, &value);
}

// One number and its unit, which may be left out after the last number only. False when there is
// none.
static bool duration_part(Str *text, bool milliseconds, uint64_t *value, int *unit)
{
    static const struct {
        const char *name;
        uint64_t seconds;
    } units[] = {
        // from the largest, in which order alone they may follow one another
        { "y", 365 * 86400 }, { "M", 30 * 86400 }, { "w", 7 * 86400 }, { "d", 86400 },
        { "h", 3600 },        { "m", 60 },         { "s", 1 },         { "ms", 0 },
    };
    size_t digits = 0;
    while (digits < text->len && text->ptr[digits] >= '0' && text->ptr[digits] <= '9')
        digits++;
    uint32_t number;
    if (!number_parse(str_slice(*text, 0, digits), &number))
        return false;
    Str rest = str_slice(*text, digits, text->len);
    bool is_ms = milliseconds && str_starts(rest, STR("ms"));
    for (int i = is_ms ? 7 : *unit + 1; i < (milliseconds ? 8 : 7); i++)
        if (str_eat(&rest, str_from(units[i].name))) {
            *text = rest;
            *unit = i;
            *value += number * units[i].seconds;
            while (str_eat(text, STR(" "))) {
            }
            return true;
        }
    if (rest.len)
        return false;
    *text = rest;
    *value += milliseconds ? 0 : number;
    return true;
}

bool duration_parse(Str text, bool milliseconds, uint64_t *out)
{
    uint64_t value = 0;
    int unit = milliseconds ? 1 : -1; // nginx takes no years and months in milliseconds
    if (text.len == 0)
        return false;
    while (text.len)
        if (!duration_part(&text, milliseconds, &value, &unit))
            return false;
    *out = value;
    return true;
}
