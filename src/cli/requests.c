#include "cli/requests.h"

#include "base/vec.h"
#include "cli/reading.h"
#include "syntax/read_json.h"

static const struct kind bad_request = { "", LEVEL_ERROR, "this is no request" };

// The Host header decides the host; without one, the URL makes it.
static void settle_host(struct arena *arena, struct request *request, struct headers *headers)
{
    const struct header *given = reading_find(headers, STR("Host"));
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

static bool set_url(struct arena *arena, Str url, struct request *request)
{
    if (!request_set_url(arena, request, url) || !request->host.len)
        return false;
    if (!request_normalise(arena, request->target, true, &request->path, &request->query))
        request->path = request->query = (Str){ NULL, 0 };
    request->port_implied = !names_port(url);
    return true;
}

static bool read_url(const struct reading *reading, Str url, struct request *request)
{
    if (!url.len)
        return reading_refuse(reading, STR("url"), "there");
    return set_url(reading->run->arena, url, request) ||
           diagf(reading->run, &bad_request, reading->at, "\"%.*s\" is no http or https URL",
                 STR_ARG(url));
}

bool requests_make(struct arena *arena, Str method, Str url, const struct header *headers,
                   uint32_t count, struct request *out)
{
    struct request request = { .method = method };
    struct headers list = { 0 };
    if (!set_url(arena, url, &request))
        return false;
    for (uint32_t i = 0; i < count; i++)
        *vec_push(arena, &list.list) = headers[i];
    settle_host(arena, &request, &list);
    request.headers = list.list.items;
    request.header_count = list.list.count;
    *out = request;
    return true;
}

bool requests_parse(struct run *run, Span at, Str line, struct request *out)
{
    static const char *const names[] = { "method",          "url",     "port",
                                         "headers",         "address", "upstream_status",
                                         "upstream_headers" };
    const struct reading reading = { run, at, "a request of --raw" };
    const struct data *object;
    if (!read_json(run, at, line, &object))
        return false;
    if (object->kind != DATA_MAP)
        return diagf(run, &bad_request, at, "it is %s", data_kind_text(object));
    struct request request = { .method = STR("GET") };
    struct headers headers = { 0 }, upstream = { 0 };
    Str url = { NULL, 0 };
    uint32_t port = 0;
    bool good = reading_fields(&reading, object, names, sizeof names / sizeof *names) &&
                reading_text(&reading, object, STR("url"), &url) &&
                reading_text(&reading, object, STR("method"), &request.method) &&
                reading_text(&reading, object, STR("address"), &request.address) &&
                read_url(&reading, url, &request) &&
                reading_headers(&reading, object, STR("headers"), &headers) &&
                reading_headers(&reading, object, STR("upstream_headers"), &upstream) &&
                reading_number(&reading, object, STR("upstream_status"), 100, 999,
                               &request.upstream_status) &&
                reading_number(&reading, object, STR("port"), 1, 65535, &port);
    if (!good)
        return false;
    settle_host(run->arena, &request, &headers);
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
