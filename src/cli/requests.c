#include "cli/requests.h"

#include "syntax/read_json.h"

static const struct kind bad_request = { "", LEVEL_ERROR, "this is no request" };

struct headers {
    VEC(struct header) list;
};

struct parsing {
    struct run *run;
    Span at;
};

static bool refuse(const struct parsing *parsing, Str name, const char *expected)
{
    return diagf(parsing->run, &bad_request, parsing->at, "%.*s must be %s", STR_ARG(name),
                 expected);
}

// Names and values go over the wire: nothing that ends a line.
static bool is_wire_text(Str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] == '\r' || text.ptr[i] == '\n' || text.ptr[i] == '\0')
            return false;
    return true;
}

static bool add_header(const struct parsing *parsing, Str name, const struct data *value, Str field,
                       struct headers *out)
{
    if (!name.len || !is_wire_text(name) || value->kind != DATA_SCALAR || value->plain ||
        !is_wire_text(value->text))
        return refuse(parsing, field, "names with texts, without line ends");
    Str trimmed = value->text; // as nginx reads it: without spaces around it, but with tabs
    while (str_eat(&trimmed, STR(" ")))
        continue;
    while (str_ends(trimmed, STR(" ")))
        trimmed.len--;
    *vec_push(parsing->run->arena, &out->list) = (struct header){ name, trimmed };
    return true;
}

// {"Name": "value", "Name": ["value", ...]} or [["Name", "value"], ...].
static bool read_headers(const struct parsing *parsing, const struct data *data, Str field,
                         struct headers *out)
{
    if (!data)
        return true;
    if (data->kind == DATA_SCALAR)
        return refuse(parsing, field, "a map or a list of pairs");
    for (uint32_t i = 0; i < data->count; i++) {
        const struct data_entry *entry = &data->entries[i];
        const struct data *value = entry->value;
        if (!entry->key) {
            if (value->kind != DATA_LIST || value->count != 2 ||
                value->entries[0].value->kind != DATA_SCALAR)
                return refuse(parsing, field, "a map or a list of pairs");
            if (!add_header(parsing, value->entries[0].value->text, value->entries[1].value, field,
                            out))
                return false;
            continue;
        }
        for (uint32_t j = 0; value->kind == DATA_LIST && j < value->count; j++)
            if (!add_header(parsing, entry->key->text, value->entries[j].value, field, out))
                return false;
        if (value->kind != DATA_LIST && !add_header(parsing, entry->key->text, value, field, out))
            return false;
    }
    return true;
}

static const struct header *find_header(const struct headers *headers, Str name)
{
    for (uint32_t i = 0; i < headers->list.count; i++)
        if (str_equal_nocase(headers->list.items[i].name, name))
            return &headers->list.items[i];
    return NULL;
}

// The Host header decides the host; without one, the URL makes it.
static void settle_host(struct arena *arena, struct request *request, struct headers *headers)
{
    const struct header *given = find_header(headers, STR("Host"));
    if (!given) {
        *vec_push(arena, &headers->list) = (struct header){ STR("Host"), request->authority };
    } else {
        Str host = given->value;
        size_t end = host.len;
        while (end > 0 && host.ptr[end - 1] != ':' && host.ptr[end - 1] != ']')
            end--;
        if (end > 0 && host.ptr[end - 1] == ':')
            host = str_slice(host, 0, end - 1);
        request->host = str_lower(arena, host);
    }
    if (str_ends(request->host, STR(".")))
        request->host = str_slice(request->host, 0, request->host.len - 1);
}

static bool read_number(const struct parsing *parsing, const struct data *object, Str field,
                        uint32_t min, uint32_t max, uint32_t *out)
{
    const struct data *data = data_find(object, field);
    if (!data || data_is_null(data))
        return true;
    uint32_t number;
    if (!data_get_number(data, max, &number) || number < min)
        return refuse(parsing, field, "a number in its range");
    *out = number;
    return true;
}

static bool known_fields(const struct parsing *parsing, const struct data *object)
{
    static const char *const names[] = { "method",          "url",     "port",
                                         "headers",         "address", "upstream_status",
                                         "upstream_headers" };
    for (uint32_t i = 0; i < object->count; i++) {
        Str name = object->entries[i].key->text;
        bool known = false;
        for (size_t j = 0; j < sizeof names / sizeof *names; j++)
            known |= str_is(name, names[j]);
        if (!known)
            return diagf(parsing->run, &bad_request, parsing->at,
                         "there is no field \"%.*s\" in a request of --raw", STR_ARG(name));
    }
    return true;
}

static bool read_text(const struct parsing *parsing, const struct data *object, Str field, Str *out)
{
    const struct data *data = data_find(object, field);
    if (!data)
        return true;
    if (data->kind != DATA_SCALAR || data->plain || !data->text.len || !is_wire_text(data->text))
        return refuse(parsing, field, "a text");
    *out = data->text;
    return true;
}

// Whether the authority of a URL ends in ":" and a port.
static bool names_port(Str url)
{
    Str scheme, rest = url;
    (void)str_cut(url, STR("://"), &scheme, &rest);
    size_t end = 0, digits = 0;
    while (end < rest.len && rest.ptr[end] != '/' && rest.ptr[end] != '?' && rest.ptr[end] != '#')
        end++;
    while (digits < end && rest.ptr[end - digits - 1] >= '0' && rest.ptr[end - digits - 1] <= '9')
        digits++;
    return digits && digits < end && rest.ptr[end - digits - 1] == ':';
}

static bool read_url(const struct parsing *parsing, Str url, struct request *request)
{
    struct arena *arena = parsing->run->arena;
    if (!url.len)
        return refuse(parsing, STR("url"), "there");
    if (!request_set_url(arena, request, url) || !request->host.len)
        return diagf(parsing->run, &bad_request, parsing->at, "\"%.*s\" is no http or https URL",
                     STR_ARG(url));
    if (!request_normalise(arena, request->target, true, &request->path, &request->query))
        request->path = request->query = (Str){ NULL, 0 };
    request->port_implied = !names_port(url);
    return true;
}

bool requests_parse(struct run *run, Span at, Str line, struct request *out)
{
    const struct parsing parsing = { run, at };
    const struct data *object;
    if (!read_json(run, at, line, &object))
        return false;
    if (object->kind != DATA_MAP)
        return diagf(run, &bad_request, at, "it is %s", data_kind_text(object));
    struct request request = { .method = STR("GET") };
    struct headers headers = { 0 }, upstream = { 0 };
    Str url = { NULL, 0 };
    bool good =
        known_fields(&parsing, object) && read_text(&parsing, object, STR("url"), &url) &&
        read_text(&parsing, object, STR("method"), &request.method) &&
        read_text(&parsing, object, STR("address"), &request.address) &&
        read_url(&parsing, url, &request) &&
        read_headers(&parsing, data_find(object, STR("headers")), STR("headers"), &headers) &&
        read_headers(&parsing, data_find(object, STR("upstream_headers")), STR("upstream_headers"),
                     &upstream) &&
        read_number(&parsing, object, STR("upstream_status"), 100, 999, &request.upstream_status);
    if (!good)
        return false;
    settle_host(run->arena, &request, &headers);
    uint32_t port = 0;
    if (!read_number(&parsing, object, STR("port"), 1, 65535, &port))
        return false;
    if (port) {
        request.port = port;
        request.port_implied = false;
    }
    request.headers = headers.list.items;
    request.header_count = headers.list.count;
    request.upstream_headers = upstream.list.items;
    request.upstream_header_count = upstream.list.count;
    *out = request;
    return true;
}
