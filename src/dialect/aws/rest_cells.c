// The cells of a REST API. Source: reference/gateways.md 4.2.
#include "base/hash.h"
#include "dialect/aws/rest.h"
#include "dialect/languages.h"
#include "dialect/routes.h"

#include <stdlib.h>

#define ORIGIN "Access-Control-Allow-Origin"

struct rest_path *rest_path_get(struct aws *aws, struct rest_api *api, Str path, Span span)
{
    struct arena *arena = aws->model->arena;
    if (path.len > 1 && str_ends(path, STR("/")))
        path.len--;
    if (!path.len)
        path = STR("/");
    uint64_t hash = hash_str(HASH_SEED, path);
    uint32_t at = 0;
    for (struct rest_path *known; (known = map_next(&api->by_path, hash, &at));)
        if (str_equal(known->path, path))
            return known;
    struct rest_path *made = ARENA_NEW(arena, struct rest_path);
    made->path = path;
    made->span = span;
    map_add(arena, &api->by_path, hash, made);
    *vec_push(arena, &api->paths) = made;
    return made;
}

struct rest_method *rest_method_get(struct aws *aws, struct rest_path *path, Str method, Span span,
                                    bool *is_new)
{
    *is_new = false;
    for (uint32_t i = 0; i < path->methods.count; i++)
        if (str_equal_nocase(path->methods.items[i].method, method))
            return &path->methods.items[i];
    struct rest_method *made = vec_push(aws->model->arena, &path->methods);
    *made = (struct rest_method){ .method = method, .span = span };
    *is_new = true;
    return made;
}

// ---- what the gateway answers by itself

static const struct rest_gateway *find_gateway(const struct rest_api *api, const char *type)
{
    for (uint32_t i = 0; i < api->gateway.count; i++)
        if (str_is(api->gateway.items[i].type, type))
            return &api->gateway.items[i];
    return NULL;
}

static void set_headers(struct aws *aws, struct cases *cases, struct branch *branch,
                        const struct rest_headers *headers, bool request)
{
    for (uint32_t i = 0; i < headers->count; i++) {
        const struct rest_header *header = &headers->items[i];
        const struct value *value = rest_value(aws, header, request);
        if (value)
            branch_header(cases, branch,
                          (struct header_op){ .verb = HEADER_SET,
                                              .name = header->name,
                                              .value = value,
                                              .span = header->value.span });
    }
}

static void refuse(struct aws *aws, struct cases *cases, struct branch branch,
                   const struct rest_api *api, const char *type, uint32_t status, Span span)
{
    const struct rest_gateway *gateway = find_gateway(api, type);
    if (!gateway)
        gateway = find_gateway(api, status < 500 ? "DEFAULT_4XX" : "DEFAULT_5XX");
    if (gateway && !branch_is_none(branch))
        set_headers(aws, cases, &branch, &gateway->headers, true);
    branch_answer(cases, branch, gateway && gateway->status ? gateway->status : status, span);
}

// ---- integrations

static bool is_default(const struct rest_response *response)
{
    return !response->pattern.len || str_is(response->pattern, "default");
}

static const struct rest_response *default_of(const struct rest_method *method)
{
    for (uint32_t i = 0; i < method->responses.count; i++)
        if (is_default(&method->responses.items[i]))
            return &method->responses.items[i];
    return NULL;
}

// What a mock answers is chosen by the status that its request template gives.
static const struct rest_response *mock_response(struct aws *aws, const struct rest_method *method)
{
    uint32_t status = rest_mock_status(aws, &method->requests);
    if (method->responses.count == 1 && is_default(&method->responses.items[0]))
        return &method->responses.items[0]; // whatever the status
    if (!status)
        return NULL;
    Str text = str_format(aws->model->arena, "%u", status);
    for (uint32_t i = 0; i < method->responses.count; i++) {
        const struct rest_response *response = &method->responses.items[i];
        const struct fa *language =
            is_default(response)
                ? NULL
                : model_pattern(aws->model, response->pattern, REGEX_JAVA, REGEX_FULL)
                      ->result.language;
        if (language && fa_accepts(language, text))
            return response;
    }
    return default_of(method);
}

static void check_declared(struct aws *aws, const struct rest_method *method,
                           const struct rest_response *response)
{
    Str status = str_format(aws->model->arena, "%u", response->status);
    for (uint32_t h = 0; h < response->headers.count && method->declares; h++) {
        const struct rest_header *header = &response->headers.items[h];
        bool declared = false;
        for (uint32_t i = 0; i < method->declared.count && !declared; i++)
            declared = str_equal(method->declared.items[i].status, status) &&
                       str_equal_nocase(method->declared.items[i].header, header->name);
        if (!declared)
            aws_remark(aws, "CG908", header->value.span,
                       "The integration maps %.*s, which the method response %.*s does not "
                       "declare: API Gateway refuses that",
                       STR_ARG(header->name), STR_ARG(status));
    }
}

static void answer_open(struct cases *cases, struct branch in, const struct rest_method *method,
                        Str reason)
{
    branch_answer_unknown(cases, in, reason,
                          hash_str(hash_u64(HASH_SEED, method->identity), reason), method->span);
}

static void mock_cells(struct aws *aws, struct cases *cases, struct branch in,
                       const struct rest_method *method)
{
    const struct rest_response *response = mock_response(aws, method);
    const struct fa *echoed = NULL;
    if (!term_is_there(&method->requests)) {
        // 15: the status without a request template.
        answer_open(cases, in, method,
                    STR("what a mock integration without a request template answers is not "
                        "documented"));
        return;
    }
    if (!response) {
        answer_open(cases, in, method,
                    STR("which response a mock integration chooses is not known"));
        return;
    }
    check_declared(aws, method, response);
    set_headers(aws, cases, &in, &response->headers, false);
    struct branch yes;
    switch (rest_override(aws, response, &echoed)) {
    case OVERRIDE_NONE:
        break;
    case OVERRIDE_ECHO:
        branch_split(cases, in, aws->model->origin, echoed, response->templates.span, &yes, &in);
        branch_set(cases, &yes, ORIGIN, value_var(aws->model, aws->model->origin),
                   response->templates.span);
        branch_answer(cases, yes, response->status, response->span);
        break;
    case OVERRIDE_UNKNOWN:
        branch_clear(cases, &in, ORIGIN, response->templates.span);
        branch_unknown_header(cases, &in, ORIGIN,
                              STR("a response template sets headers by code that is not modelled"),
                              response->templates.data ? data_hash(response->templates.data) : 0,
                              response->templates.span);
        break;
    }
    branch_answer(cases, in, response->status, response->span);
}

static struct statuses only_status(uint32_t status)
{
    struct statuses set = { { 0 } };
    if (status < 1024)
        set.bits[status / 64] |= UINT64_C(1) << (status % 64);
    return set;
}

// Nothing passes but what is mapped, by the status that is answered.
static void mapped_cells(struct aws *aws, struct cases *cases, struct branch in,
                         const struct rest_method *method)
{
    struct arena *arena = aws->model->arena;
    struct statuses rest = { { 0 } };
    for (int i = 0; i < 16; i++)
        rest.bits[i] = ~UINT64_C(0);
    for (uint32_t i = 0; i < method->responses.count; i++) {
        struct statuses one = only_status(method->responses.items[i].status);
        for (int k = 0; k < 16 && !is_default(&method->responses.items[i]); k++)
            rest.bits[k] &= ~one.bits[k];
    }
    branch_clear(cases, &in, "Access-Control-*", method->span);
    branch_clear(cases, &in, "Vary", method->span);
    for (uint32_t i = 0; i < method->responses.count; i++) {
        const struct rest_response *response = &method->responses.items[i];
        struct statuses *statuses = ARENA_NEW(arena, struct statuses);
        *statuses = is_default(response) ? rest : only_status(response->status);
        check_declared(aws, method, response);
        for (uint32_t h = 0; h < response->headers.count; h++) {
            const struct rest_header *header = &response->headers.items[h];
            const struct value *value = rest_value(aws, header, false);
            if (value)
                branch_header(cases, &in,
                              (struct header_op){ .verb = HEADER_SET,
                                                  .name = header->name,
                                                  .value = value,
                                                  .statuses = statuses,
                                                  .span = header->value.span });
        }
        const struct fa *echoed;
        if (rest_override(aws, response, &echoed) != OVERRIDE_NONE)
            branch_unknown_header(
                cases, &in, ORIGIN,
                STR("a response template sets headers by code that is not modelled"),
                response->templates.data ? data_hash(response->templates.data) : 0,
                response->templates.span);
    }
    branch_forward(cases, in, method->upstream, method->span);
}

static struct branch ask_guard(struct aws *aws, struct cases *cases, struct branch in,
                               const struct rest_api *api, const struct rest_method *method)
{
    struct branch passed = in, refused = { .ops = in.ops }, preflight, rest;
    if (method->guard == GUARD_NONE)
        return in;
    // A preflight carries no token and no key; other requests are taken to carry the right one.
    branch_split_preflight(cases, in, &preflight, &rest);
    if (method->guard == GUARD_REFUSES) {
        refused = preflight;
        passed = rest;
    } else {
        Str reason = STR("whether the authorizer lets a preflight pass");
        branch_split_unknown(cases, preflight, reason, hash_str(HASH_SEED, reason),
                             method->guard_span, &passed, &refused);
        passed = branch_join(cases, passed, rest);
    }
    refuse(aws, cases, refused, api, method->by_key ? "INVALID_API_KEY" : "UNAUTHORIZED",
           method->by_key ? 403 : 401, method->guard_span);
    return passed;
}

// A proxy integration passes what stands behind it, and a preflight that the gateway answers is of
// no use unless that allows the same. So where nobody declares what it sends (upstreams:), it is
// taken to send the origin and credentials of its path's preflight.
static void proxy_cells(struct aws *aws, struct cases *cases, struct branch in,
                        const struct rest_path *path, const struct rest_method *method)
{
    static const char *const names[] = { ORIGIN, "Access-Control-Allow-Credentials", "Vary" };
    const struct rest_response *response = NULL;
    const struct fa *echoed = NULL;
    for (uint32_t i = 0; i < path->methods.count; i++)
        if (str_is_nocase(path->methods.items[i].method, "OPTIONS") &&
            path->methods.items[i].kind == REST_MOCK &&
            term_is_there(&path->methods.items[i].requests))
            response = mock_response(aws, &path->methods.items[i]);
    if (!response || upstreams_find(aws->reading->options->upstreams, method->upstream)) {
        branch_forward(cases, in, method->upstream, method->span);
        return;
    }
    for (uint32_t i = 0; i < response->headers.count; i++)
        for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
            const struct rest_header *header = &response->headers.items[i];
            const struct value *value =
                str_is_nocase(header->name, names[k]) ? rest_value(aws, header, false) : NULL;
            if (value)
                branch_header(cases, &in,
                              (struct header_op){ .verb = HEADER_DEFAULT,
                                                  .name = header->name,
                                                  .value = value,
                                                  .span = header->value.span });
        }
    struct branch yes;
    if (rest_override(aws, response, &echoed) == OVERRIDE_ECHO) {
        branch_split(cases, in, aws->model->origin, echoed, response->templates.span, &yes, &in);
        branch_set(cases, &yes, ORIGIN, value_var(aws->model, aws->model->origin),
                   response->templates.span);
        branch_forward(cases, yes, method->upstream, method->span);
    }
    branch_forward(cases, in, method->upstream, method->span);
}

static void method_cells(struct aws *aws, struct cases *cases, struct branch in,
                         const struct rest_api *api, const struct rest_path *path,
                         const struct rest_method *method)
{
    if (branch_is_none(in))
        return;
    in = ask_guard(aws, cases, in, api, method);
    switch (method->kind) {
    case REST_MOCK:
        mock_cells(aws, cases, in, method);
        break;
    case REST_PROXY:
        proxy_cells(aws, cases, in, path, method);
        break;
    case REST_MAPPED:
        mapped_cells(aws, cases, in, method);
        break;
    case REST_OPEN:
        answer_open(cases, in, method, method->reason);
        break;
    }
}

static void no_route(struct aws *aws, struct cases *cases, struct branch in,
                     const struct rest_api *api, Span span)
{
    refuse(aws, cases, in, api, "MISSING_AUTHENTICATION_TOKEN", 403, span);
}

static void path_cells(struct aws *aws, struct cases *cases, struct branch in,
                       const struct rest_api *api, const struct rest_path *path)
{
    const struct rest_method *any = NULL;
    struct branch own;
    for (uint32_t i = 0; i < path->methods.count; i++) {
        const struct rest_method *method = &path->methods.items[i];
        if (str_is_nocase(method->method, "ANY")) {
            any = method;
            continue;
        }
        Str name = method->method;
        char *upper = ARENA_ARRAY(aws->model->arena, char, name.len + 1);
        for (size_t k = 0; k < name.len; k++)
            upper[k] = name.ptr[k] >= 'a' && name.ptr[k] <= 'z' ? (char)(name.ptr[k] - 'a' + 'A')
                                                                : name.ptr[k];
        branch_split_method(cases, in, (Str){ upper, name.len }, &own, &in);
        method_cells(aws, cases, own, api, path, method);
    }
    if (any)
        method_cells(aws, cases, in, api, path, any);
    else
        no_route(aws, cases, in, api, path->span);
}

// ---- endpoints

static int by_path(const void *a, const void *b)
{
    const struct rest_path *const *x = a, *const *y = b;
    return aws_path_order((*x)->path, (*y)->path);
}

// Every path of any case, the one that takes a request first.
static struct rest_path **all_paths(struct aws *aws, const struct rest_cases *cases,
                                    uint32_t *count)
{
    struct rest_api all = { 0 };
    uint32_t total = 0;
    for (uint32_t c = 0; c < cases->apis.count; c++) {
        struct rest_api *api = cases->apis.items[c];
        total += api->paths.count;
        if (api->paths.count)
            qsort(api->paths.items, api->paths.count, sizeof *api->paths.items, by_path);
    }
    struct rest_path **list = ARENA_ARRAY(aws->model->arena, struct rest_path *, total + 1);
    for (uint32_t c = 0, n = 0; c < cases->apis.count; c++)
        for (uint32_t i = 0; i < cases->apis.items[c]->paths.count; i++)
            list[n++] = cases->apis.items[c]->paths.items[i];
    if (total)
        qsort(list, total, sizeof *list, by_path);
    for (uint32_t i = 0; i < total; i++)
        if (!all.paths.count ||
            !str_equal(all.paths.items[all.paths.count - 1]->path, list[i]->path))
            *vec_push(aws->model->arena, &all.paths) = list[i];
    *count = all.paths.count;
    return all.paths.items;
}

static struct rest_path *find_path(const struct rest_api *api, const struct rest_path *asked)
{
    struct rest_path **found =
        api->paths.count
            ? bsearch(&asked, api->paths.items, api->paths.count, sizeof *api->paths.items, by_path)
            : NULL;
    return found && str_equal((*found)->path, asked->path) ? *found : NULL;
}

// One case of an endpoint. `path` is NULL for what no path holds.
static void case_cells(struct aws *aws, struct cases *cases, struct branch in,
                       const struct rest_api *api, const struct rest_path *path,
                       const struct aws_site *site)
{
    if (!api->is_there) {
        branch_answer(cases, in, 404, api->span);
        return;
    }
    if (api->reason.len) {
        branch_answer_unknown(cases, in, api->reason, api->identity, api->span);
        return;
    }
    const struct rest_path *own = path ? find_path(api, path) : NULL;
    if (own) {
        path_cells(aws, cases, in, api, own);
        return;
    }
    // Another case has this path; here a less specific one may take its requests.
    for (uint32_t i = 0; path && i < api->paths.count && !branch_is_none(in); i++) {
        struct branch taken;
        const struct rest_path *other = api->paths.items[i];
        branch_split(cases, in, aws->model->path, aws_path(aws->model, site->prefix, other->path),
                     other->span, &taken, &in);
        if (!branch_is_none(taken))
            path_cells(aws, cases, taken, api, other);
    }
    no_route(aws, cases, in, api, api->span);
}

static void add_endpoint(struct aws *aws, const struct rest_cases *all, const struct box *box,
                         const struct rest_path *path, const struct aws_site *site, Span span)
{
    struct endpoint endpoint = aws_endpoint(aws, "aws-rest-api", site, span);
    struct cases cases = cases_new(aws->model, aws->policy);
    endpoint.box = box;
    endpoint.match = MATCH_ANY;
    endpoint.path = str_concat(aws->model->arena, site->prefix, STR("/*"));
    if (path) {
        bool plain = !str_contains(path->path, STR("{"));
        endpoint.match = plain ? MATCH_EXACT : MATCH_GLOB;
        endpoint.path = str_concat(aws->model->arena, site->prefix, path->path);
        endpoint.span = path->span;
    }
    for (uint32_t c = 0; c < all->apis.count; c++) {
        const struct box *part = box_meet(aws->model, box, all->boxes.items[c]);
        case_cells(aws, &cases, cases_begin(&cases, part), all->apis.items[c], path, site);
    }
    cases_finish(&cases, endpoint);
}

void rest_finish(struct aws *aws, const struct rest_cases *all, const struct aws_site *site,
                 Span span)
{
    struct model *model = aws->model;
    uint32_t count;
    struct rest_path **paths = all_paths(aws, all, &count);
    struct route *routes = ARENA_ARRAY(model->arena, struct route, count + 1);
    struct languages taken = { 0 };
    for (uint32_t i = 0; i < count; i++) {
        languages_add(model, &taken, aws_path(model, site->prefix, paths[i]->path));
        routes[i] = (struct route){
            .hosts = &site->host,
            .host_count = 1,
            .rest = box_with(model, box_all(model), model->path,
                             aws_path(model, site->prefix, paths[i]->path)),
            .owner = paths[i],
        };
    }
    struct routed_list parts = { 0 };
    if (!routes_resolve(model, routes, count, ROUTES_FIRST, WILD_ONE, span, &parts))
        aws->good = false;
    for (uint32_t i = 0; i < parts.count; i++)
        add_endpoint(aws, all, parts.items[i].box, parts.items[i].route->owner, site, span);
    const struct box *box = aws_box(model, site);
    const struct box *rest = box_with(model, box, model->path,
                                      fa_subtract(model->fa, box_language(box, model->path),
                                                  languages_union(model, &taken, UINT32_MAX)));
    if (rest)
        add_endpoint(aws, all, rest, NULL, site, span);
}
