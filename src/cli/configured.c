#include "cli/configured.h"

#include "base/vec.h"
#include "browser/url.h"
#include "cli/requests.h"
#include "rule/observe.h"

// What browsers send besides what they are told, with values that depend on them and on their user.
static const Str always[] = {
    { "user-agent", 10 },      { "accept-encoding", 15 },
    { "accept-language", 15 }, { "connection", 10 },
    { "referer", 7 },          { "sec-*", 5 },
    { "priority", 8 },         { "dnt", 3 },
    { "cache-control", 13 },   { "pragma", 6 },
    { "if-none-match", 13 },   { "if-modified-since", 17 },
    { "content-type", 12 },    { "content-length", 14 },
    { "cookie", 6 },           { "authorization", 13 },
};
enum {
    ALWAYS = sizeof always / sizeof *always,
    FOR_PREFLIGHTS = 8,       // the first of them
    FOR_ALL = ALWAYS - 2,     // ... and the last ones go with credentials only
    FOR_SILENT = FOR_ALL - 2, // Content-* need a method that may carry a body
};

static void set_unsaid(const struct fetch_wire *wire, struct request *request)
{
    bool silent = str_is(wire->method, "GET") || str_is(wire->method, "HEAD");
    request->unsaid = always;
    if (wire->preflight)
        request->unsaid_count = FOR_PREFLIGHTS;
    else if (wire->credentials)
        request->unsaid_count = ALWAYS;
    else
        request->unsaid_count = silent ? FOR_SILENT : FOR_ALL;
}

static bool make_request(struct configured *configured, const struct fetch_wire *wire,
                         struct request *out)
{
    struct arena *arena = configured->policy->model->arena;
    const struct page *page = configured->page;
    struct cors_headers headers = { 0 };
    bool accepts = false;
    for (uint32_t i = 0; i < wire->header_count; i++) {
        *vec_push(arena, &headers) = wire->headers[i];
        accepts |= str_is_nocase(wire->headers[i].name, "accept");
    }
    if (!accepts)
        *vec_push(arena, &headers) = (struct header){ STR("Accept"), STR("*/*") };
    if (!requests_make(arena, wire->method, wire->url, headers.items, headers.count, out))
        return false;
    if (page->port) {
        out->port = page->port;
        out->port_implied = false;
    }
    out->address = page->address;
    out->upstream_status = page->upstream_status;
    out->upstream_headers = page->upstream_headers.list.items;
    out->upstream_header_count = page->upstream_headers.list.count;
    out->file_is_there = true;
    set_unsaid(wire, out);
    return true;
}

// Whether the configuration speaks of that host: what answers for any host at all may stand on
// another machine than the one that the name leads to.
static bool speaks_of(struct model *model, const struct endpoint *endpoint, Str host)
{
    const struct fa *hosts = box_language(endpoint->box, model->host);
    for (uint32_t i = 0; i < endpoint->host_count; i++)
        if (str_equal_nocase(endpoint->hosts[i], host))
            return true;
    return hosts && !fa_accepts(hosts, STR("nowhere.corsgate.invalid"));
}

// Behind a redirect: whether somebody else may answer there, who is not in the configuration.
static bool is_elsewhere(struct configured *configured, const struct request *request,
                         const struct answer_lines *answer)
{
    struct model *model = configured->policy->model;
    struct request first = { 0 };
    if (!answer->endpoint || !request_set_url(model->arena, &first, configured->page->request.url))
        return false;
    // What passes requests on to a port that nothing listens at stands in front of one port only.
    if (answer->passed_on &&
        !(str_equal(first.scheme, request->scheme) && first.port == request->port))
        return true;
    return !str_equal(first.host, request->host) &&
           !speaks_of(model, answer->endpoint, request->host);
}

static void refuse(struct fetch_answer *out, Str reason, Span span)
{
    *out = (struct fetch_answer){ .reason = reason, .span = span };
}

static bool is_redirect(uint32_t status)
{
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

static void answer(void *context, const struct fetch_wire *wire, struct fetch_answer *out)
{
    struct configured *configured = context;
    struct arena *arena = configured->policy->model->arena;
    struct request request;
    struct answer_lines lines;
    if (!make_request(configured, wire, &request)) {
        refuse(out, STR("the URL is none that the configuration could serve"), (Span){ 0 });
        return;
    }
    policy_answer(configured->policy, configured->upstreams, &request, &lines);
    if (!wire->preflight)
        configured->endpoint = lines.endpoint;
    if (is_elsewhere(configured, &request, &lines)) {
        Str origin = url_origin(arena, wire->url);
        refuse(out,
               str_format(arena, "the configuration does not say who answers for %.*s",
                          STR_ARG(origin)),
               (Span){ 0 });
        return;
    }
    if (!lines.known && !lines.closed) {
        refuse(out, lines.reason, lines.span);
        return;
    }
    struct cors_headers headers = { 0 };
    VEC(Span) spans = { 0 };
    bool allows = false;
    for (uint32_t i = 0; i < lines.headers.count; i++) {
        allows |= str_is_nocase(lines.headers.items[i].name, "access-control-allow-origin");
        *vec_push(arena, &headers) = lines.headers.items[i];
        *vec_push(arena, &spans) = lines.spans.items[i];
    }
    // Of a relative redirect nginx makes an absolute one, by the scheme and port that it sees.
    bool rewritten = lines.passed_on && str_starts(lines.location, STR("/"));
    if (lines.location.len && !lines.lost) {
        *vec_push(arena, &headers) = (struct header){ STR("Location"), lines.location };
        *vec_push(arena, &spans) = lines.span;
    }
    *out = (struct fetch_answer){
        .known = true,
        .assumed = lines.assumed && !lines.status,
        .no_store = lines.no_store,
        .lost = is_redirect(lines.status) && (lines.lost || rewritten),
        .response = { lines.closed   ? 0
                      : lines.status ? lines.status
                                     : 200,
                      headers.items, headers.count },
        .spans = spans.items,
        .span = !allows && lines.silent.file ? lines.silent : lines.span,
    };
    configured->guessed_upstream |= lines.assumed && !lines.status;
    configured->guessed_file |= lines.assumed && lines.status;
}

struct fetch_server configured_server(struct configured *configured)
{
    return (struct fetch_server){ answer, configured };
}

void configured_notes(const struct configured *configured, struct notes *out)
{
    struct arena *arena = configured->policy->model->arena;
    if (configured->guessed_upstream)
        *vec_push(arena, out) = (struct note){
            "UpstreamAssumed",
            STR("an upstream is taken to answer 200 without CORS headers of its own; upstreams: in "
                ".corsgate.yml says otherwise"),
        };
    if (configured->guessed_file)
        *vec_push(arena, out) =
            (struct note){ "FileAssumed", STR("the file that is asked for is taken to be there") };
}

void configured_cache_notes(const struct configured *configured, const struct judge *judge,
                            struct notes *out)
{
    struct observations seen = { 0 };
    if (!configured->endpoint)
        return;
    observe(judge, configured->upstreams, configured->endpoint, false, &seen);
    for (uint32_t i = 0; i < seen.count; i++) {
        const struct observation *one = &seen.items[i];
        bool is_named = one->kind == OBSERVED_VARY_MISSING && one->value.len;
        if (one->kind == OBSERVED_CACHE_MIXES || is_named)
            *vec_push(judge->model->arena, out) =
                (struct note){ "CacheMixesOrigins", one->problem };
    }
}
