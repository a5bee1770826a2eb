#include "policy/policy.h"

#include "base/hash.h"
#include "policy/headers.h"

#include <string.h>

bool statuses_has(const struct statuses *set, uint32_t status)
{
    return !set || (status < 1024 && (set->bits[status / 64] >> (status % 64) & 1));
}

// The place for one more item of a list that is kept as pointer, count and capacity.
static void *grow(struct policy *policy, void *items, uint32_t count, uint32_t *capacity,
                  size_t size)
{
    if (count < *capacity)
        return items;
    size_t before = *capacity * size;
    return arena_grow(policy->model->arena, items, before, vec_next(capacity) * size,
                      _Alignof(max_align_t));
}

void policy_add_endpoint(struct policy *policy, const struct endpoint *endpoint)
{
    policy->endpoints = grow(policy, policy->endpoints, policy->endpoint_count,
                             &policy->endpoint_capacity, sizeof *policy->endpoints);
    policy->endpoints[policy->endpoint_count++] = endpoint;
}

void policy_add_malformed(struct policy *policy, const struct endpoint *endpoint)
{
    policy->malformed = grow(policy, policy->malformed, policy->malformed_count,
                             &policy->malformed_capacity, sizeof *policy->malformed);
    policy->malformed[policy->malformed_count++] = endpoint;
}

void policy_add_unknown(struct policy *policy, struct unknown unknown)
{
    policy->unknowns = grow(policy, policy->unknowns, policy->unknown_count,
                            &policy->unknown_capacity, sizeof *policy->unknowns);
    policy->unknowns[policy->unknown_count++] = unknown;
}

void policy_add_remark(struct policy *policy, struct remark remark)
{
    policy->remarks = grow(policy, policy->remarks, policy->remark_count, &policy->remark_capacity,
                           sizeof *policy->remarks);
    policy->remarks[policy->remark_count++] = remark;
}

static bool same_header(const struct header *a, const struct header *b)
{
    return str_equal(a->name, b->name) && str_equal(a->value, b->value);
}

static bool same_upstream(const struct upstream *a, const struct upstream *b)
{
    bool same = str_equal(a->target, b->target) && a->own == b->own && a->status == b->status &&
                a->header_count == b->header_count;
    for (uint32_t i = 0; same && i < a->header_count; i++)
        same = same_header(&a->headers[i], &b->headers[i]);
    return same;
}

bool upstreams_equal(const struct upstreams *a, const struct upstreams *b)
{
    static const struct upstreams none = { 0 };
    a = a ? a : &none;
    b = b ? b : &none;
    bool same = a->count == b->count;
    for (uint32_t i = 0; same && i < a->count; i++)
        same = same_upstream(&a->items[i], &b->items[i]);
    return same;
}

const struct upstream *upstreams_find(const struct upstreams *upstreams, Str target)
{
    while (str_ends(target, STR("/")))
        target.len--;
    for (uint32_t i = 0; upstreams && i < upstreams->count; i++) {
        Str known = upstreams->items[i].target;
        while (str_ends(known, STR("/")))
            known.len--;
        if (str_equal_nocase(known, target))
            return &upstreams->items[i];
    }
    return NULL;
}

bool header_is_about_cors(Str name)
{
    Str stem = STR("Access-Control-");
    return str_equal_nocase(name, STR("Vary")) ||
           (name.len >= stem.len && str_equal_nocase(str_slice(name, 0, stem.len), stem));
}

static bool not_known(struct answer_lines *out, Str reason)
{
    out->known = false;
    out->reason = reason;
    return false;
}

static void add_line(struct model *model, struct answer_lines *out, struct header header, Span span)
{
    *vec_push(model->arena, &out->headers) = header;
    *vec_push(model->arena, &out->spans) = span;
}

// What a product in between makes of the Location of an upstream is not modelled.
static void find_location(struct model *model, const struct response *response,
                          const struct lines *lines, const struct request *request,
                          struct answer_lines *out)
{
    Str reason;
    for (uint32_t i = 0; i < lines->count; i++)
        out->lost |= str_equal_nocase(lines->items[i].name, STR("Location"));
    if (response->location)
        out->lost = !value_of(model, response->location, request, &out->location, &reason);
}

// The status and headers of a response for one request. False when they are not known.
static bool answer(struct policy *policy, const struct upstreams *upstreams,
                   const struct request *request, const struct response *response,
                   struct answer_lines *out)
{
    struct model *model = policy->model;
    const struct header *headers = request->upstream_headers;
    uint32_t header_count = request->upstream_header_count;
    uint32_t assumed = 200;
    out->span = response->span;
    out->status = response->status;
    switch (response->answer) {
    case ANSWER_OWN:
        assumed = response->status;
        break;
    case ANSWER_UPSTREAM:
        if (response->asked_before)
            return not_known(out, STR("the upstream is asked for something else than the request, "
                                      "and what it answers is not given"));
        if (!request->upstream_status) {
            const struct upstream *upstream = upstreams_find(upstreams, response->upstream);
            if (upstream && upstream->own)
                return not_known(out,
                                 STR("the upstream decides, and what it answers is not given"));
            if (upstream) {
                headers = upstream->headers;
                header_count = upstream->header_count;
            }
        }
        if (!out->status)
            out->status = request->upstream_status;
        assumed = out->status ? out->status : 200;
        out->assumed = !out->status;
        break;
    case ANSWER_FILE:
        if (!request->file_is_there ||
            !(str_is(request->method, "GET") || str_is(request->method, "HEAD")))
            return not_known(out, STR("the file system decides what is answered"));
        out->status = 200;
        out->assumed = true;
        break;
    case ANSWER_NONE:
        out->closed = true;
        return not_known(out, STR("the connection is closed without an answer"));
    case ANSWER_UNKNOWN:
        return not_known(out, response->reason);
    }
    struct lines lines;
    response_lines(model, response, assumed, headers, header_count, &lines);
    if (lines.unknown) {
        const struct part *part =
            lines.unknown->value ? value_find_unknown(lines.unknown->value) : NULL;
        return not_known(out, part ? part->text : STR("something unknown changes the headers"));
    }
    for (uint32_t i = 0; i < lines.count; i++) {
        Str text, reason;
        if (str_equal_nocase(lines.items[i].name, STR("Cache-Control")))
            out->no_store |= value_of(model, lines.items[i].value, request, &text, &reason) &&
                             str_contains(str_lower(model->arena, text), STR("no-store"));
        if (!header_is_about_cors(lines.items[i].name))
            continue;
        if (!value_of(model, lines.items[i].value, request, &text, &reason))
            return not_known(out, reason);
        if (text.len || lines.items[i].keep_empty)
            add_line(model, out, (struct header){ lines.items[i].name, text }, lines.items[i].span);
        else if (str_equal_nocase(lines.items[i].name, STR("Access-Control-Allow-Origin")))
            out->silent = lines.items[i].span;
    }
    find_location(model, response, &lines, request, out);
    return true;
}

static bool same_answer(const struct answer_lines *a, const struct answer_lines *b)
{
    if (a->known != b->known || a->status != b->status || a->headers.count != b->headers.count)
        return false;
    for (uint32_t i = 0; i < a->headers.count; i++)
        if (!str_equal(a->headers.items[i].name, b->headers.items[i].name) ||
            !str_equal(a->headers.items[i].value, b->headers.items[i].value))
            return false;
    return true;
}

static Str open_reason(struct model *model, const struct var *open)
{
    if (!open)
        return STR("a limit was reached");
    if (open->kind == VAR_ADDRESS)
        return STR("it depends on the client's address, which is not given");
    if (open->kind != VAR_HEADER && open->kind != VAR_COOKIE)
        return open->name;
    return str_format(model->arena, "it depends on the request's %s %.*s, which is not given",
                      open->kind == VAR_COOKIE ? "cookie" : "header", STR_ARG(open->name));
}

// The answer of one endpoint that the request lies in. False when none of its cells holds the
// request.
static bool answer_endpoint(struct policy *policy, const struct upstreams *upstreams,
                            const struct request *request, const struct endpoint *endpoint,
                            struct answer_lines *out)
{
    bool found = false;
    for (uint32_t c = 0; c < endpoint->cell_count; c++) {
        const struct var *open = NULL;
        if (!request_in_box(policy->model->arena, request, endpoint->cells[c].box, &open))
            continue;
        struct answer_lines one = { .known = true, .endpoint = endpoint };
        (void)answer(policy, upstreams, request, endpoint->cells[c].response, &one);
        if (found && !same_answer(out, &one)) {
            // The request does not tell which of the cells answers.
            (void)not_known(out, open_reason(policy->model, open));
            return true;
        }
        if (found && !str_equal(out->location, one.location))
            one.lost = true;
        if (found)
            one.closed &= out->closed;
        *out = one;
        found = true;
    }
    return found;
}

static uint32_t example_port(struct policy *policy, const struct endpoint *endpoint)
{
    Str text;
    uint32_t port = 0;
    const struct fa *ports = box_language(endpoint->box, policy->model->port);
    if (ports && fa_shortest(policy->model->arena, ports, NULL, &text))
        (void)str_number(text, 65535, &port);
    return port;
}

static bool answer_list(struct policy *policy, const struct upstreams *upstreams,
                        const struct request *request, const struct endpoint *const *endpoints,
                        uint32_t count, bool any_port, struct answer_lines *out)
{
    struct model *model = policy->model;
    struct request seen = *request;
    Str unmerged, query;
    bool found = false;
    const struct var *first_open = NULL; // what decides between endpoints, and is not known
    if (!request_normalise(model->arena, request->target, false, &unmerged, &query))
        unmerged = request->path;
    for (uint32_t e = 0; e < count; e++) {
        const struct endpoint *endpoint = endpoints[e];
        const struct var *open = NULL;
        seen.first_header_only = endpoint->first_header_only;
        seen.path = endpoint->keeps_slashes ? unmerged : request->path;
        if (any_port) {
            const struct fa *schemes = box_language(endpoint->box, model->scheme);
            seen.port = example_port(policy, endpoint);
            if (schemes && !fa_accepts(schemes, request->scheme))
                seen.scheme = str_is(request->scheme, "https") ? STR("http") : STR("https");
            else
                seen.scheme = request->scheme;
        }
        struct answer_lines one = { 0 };
        if (!request_in_box(model->arena, &seen, endpoint->box, &open) ||
            !answer_endpoint(policy, upstreams, &seen, endpoint, &one))
            continue;
        one.passed_on = any_port;
        if (found && !same_answer(out, &one)) {
            (void)not_known(out, open_reason(model, open ? open : first_open));
            return true;
        }
        if (!found)
            *out = one;
        found = true;
        first_open = first_open ? first_open : open;
        if (!first_open) // endpoints are disjoint: no other one can serve it
            return true;
    }
    return found;
}

static bool listens_at(struct policy *policy, uint32_t port)
{
    Str text = str_format(policy->model->arena, "%u", port);
    for (uint32_t e = 0; e < policy->endpoint_count; e++) {
        const struct fa *ports = box_language(policy->endpoints[e]->box, policy->model->port);
        if (!ports || fa_accepts(ports, text))
            return true;
    }
    return false;
}

void policy_answer(struct policy *policy, const struct upstreams *upstreams,
                   const struct request *request, struct answer_lines *out)
{
    *out = (struct answer_lines){ 0 };
    (void)not_known(out, STR("no endpoint of the configuration serves this request"));
    bool malformed = request->path.len == 0;
    const struct endpoint *const *endpoints = malformed ? policy->malformed : policy->endpoints;
    uint32_t count = malformed ? policy->malformed_count : policy->endpoint_count;
    // Nothing listens at a port that the URL does not even name: what stands before it passes the
    // request on.
    bool any_port = request->port_implied && !listens_at(policy, request->port);
    (void)answer_list(policy, upstreams, request, endpoints, count, any_port, out);
}
