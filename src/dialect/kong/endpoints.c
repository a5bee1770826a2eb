// Endpoints: what each route's requests are answered.
#include "dialect/kong/router.h"

#include "base/hash.h"

#include <string.h>

// The requests of some hosts and paths, on their way through the routes.
struct serving {
    struct kong *kong;
    struct cases *cases;
    const struct kong_hosts *hosts;
    const struct kong_paths *paths;
};

// A response on its way back.
struct back {
    const struct kong *kong;
    const struct kong_route *route; // NULL: none
    const struct kong_path *path;   // by which it was found, or NULL
    uint32_t status;                // of Kong's own answer; 0: the service answers
};

// ---- behind the cors plugin

static void touch(struct cases *cases, struct branch *in, const struct back *back,
                  const struct kong_plugins *plugins)
{
    for (uint32_t i = 0; plugins && i < plugins->count; i++) {
        const struct kong_plugin *plugin = plugins->items[i];
        if (!plugin->touches || kong_plugin_for(back->kong, plugin->name, back->route) != plugin)
            continue;
        Str reason = str_format(cases->model->arena,
                                "the plugin %.*s speaks of CORS headers, and is not modelled",
                                STR_ARG(plugin->name));
        branch_unknown_header(cases, in, "", reason, plugin->identity, plugin->span);
    }
}

static void touch_all(struct cases *cases, struct branch *in, const struct back *back)
{
    if (back->route)
        touch(cases, in, back, &back->route->plugins);
    if (back->route && back->route->service)
        touch(cases, in, back, &back->route->service->plugins);
    touch(cases, in, back, &back->kong->plugins);
}

// The path that the service is sent; NULL: as it came.
static const struct value *sent_path(struct model *model, const struct back *back)
{
    const struct kong_route *route = back->route;
    Str front = route->service ? route->service->path : STR("");
    bool plain = !front.len || str_is(front, "/");
    if (plain && (!route->strips_path || !route->paths.count))
        return NULL;
    if (plain && back->path && !back->path->is_regex) {
        Str prefix = back->path->text;
        while (str_ends(prefix, STR("/")))
            prefix = str_slice(prefix, 0, prefix.len - 1);
        Str quoted = str_format(model->arena, "^\\Q%.*s\\E/?([\\s\\S]*)$", STR_ARG(prefix));
        const struct pattern *rest = model_pattern(model, quoted, REGEX_PCRE2, 0);
        return value_concat(model, value_text(model, STR("/")),
                            value_capture(model, rest, 1, value_var(model, model->path)));
    }
    return value_unknown(model,
                         STR("how Kong joins the service's path and the request's is not "
                             "modelled"),
                         hash_str(hash_u64(HASH_SEED, route->strips_path), front), route->span);
}

static void pass(struct cases *cases, struct branch in, const void *state)
{
    const struct back *back = state;
    const struct kong_route *route = back->route;
    Span span = route ? route->span : back->kong->root->span;
    if (branch_is_none(in))
        return;
    touch_all(cases, &in, back);
    if (back->status) {
        branch_answer(cases, in, back->status, span);
        return;
    }
    struct forward *forward = ARENA_NEW(cases->model->arena, struct forward);
    forward->path = sent_path(cases->model, back);
    if (route->keeps_host)
        forward->host = value_var(cases->model, cases->model->host);
    branch_respond(cases, in,
                   (struct response){ .answer = ANSWER_UPSTREAM,
                                      .upstream = route->service ? route->service->target : STR(""),
                                      .forward = forward,
                                      .span = span });
}

static void answer(struct cases *cases, struct branch in, Span span, const void *state)
{
    if (branch_is_none(in))
        return;
    touch_all(cases, &in, state);
    branch_answer(cases, in, 200, span);
}

// ---- routes

static const struct kong_cors *cors_of(const struct kong *kong, const struct kong_route *route)
{
    const struct kong_plugin *plugin = kong_plugin_for(kong, STR("cors"), route);
    return plugin ? plugin->cors : NULL;
}

// Kong's own answer where no route is found, or the route wants https: the plugins of everything
// see it on its way back, and did not see the request.
static void answer_itself(const struct serving *serving, struct branch in, uint32_t status)
{
    struct kong *kong = serving->kong;
    const struct back back = { kong, NULL, NULL, status };
    if (!branch_is_none(in))
        kong_filter(serving->cases, in, cors_of(kong, NULL),
                    (struct kong_next){ pass, answer, &back });
}

static const struct kong_path *path_of(const struct serving *serving, const struct kong_ask *ask)
{
    for (uint32_t i = 0; i < ask->paths.count; i++)
        if (ask->paths.count == 1 || str_equal(ask->paths.items[i]->text, serving->paths->text))
            return ask->paths.items[i];
    return NULL;
}

static void serve_route(const struct serving *serving, struct branch in, const struct kong_ask *ask)
{
    struct cases *cases = serving->cases;
    struct model *model = cases->model;
    const struct kong_cors *cors = cors_of(serving->kong, ask->route);
    const struct back back = { serving->kong, ask->route, path_of(serving, ask), 0 };
    const struct kong_next next = { pass, answer, &back };
    if (ask->route->only_https) {
        struct branch plain;
        branch_split(cases, in, model->scheme, fa_literal(model->fa, STR("http")), ask->route->span,
                     &plain, &in);
        answer_itself(serving, plain, ask->route->redirect);
    }
    struct branch preflight, other;
    branch_split_preflight(cases, in, &preflight, &other);
    if (!branch_is_none(preflight))
        kong_preflight(cases, preflight, cors, next);
    if (!branch_is_none(other))
        kong_filter(cases, other, cors, next);
}

// Splits off what the conditions of a route hold for, besides host and path.
static void match_route(const struct serving *serving, struct branch in, const struct kong_ask *ask,
                        struct branch *yes, struct branch *no)
{
    struct cases *cases = serving->cases;
    struct model *model = cases->model;
    const struct kong_route *route = ask->route;
    struct branch left = { 0 }, out;
    const struct fa *ports = kong_ports(serving->kong, route, serving->hosts);
    if (route->methods) {
        branch_split(cases, in, model->method, route->methods, route->span, &in, &out);
        left = branch_join(cases, left, out);
    }
    if (ports) {
        branch_split(cases, in, model->port, ports, route->span, &in, &out);
        left = branch_join(cases, left, out);
    }
    for (uint32_t i = 0; i < route->headers.count; i++) {
        const struct kong_header *header = &route->headers.items[i];
        const struct var *var = model_header(model, header->name);
        if (header->values)
            branch_split(cases, in, var, header->values, header->span, &in, &out);
        else
            branch_split_unknown(
                cases, in,
                str_format(model->arena, "whether the header %.*s fits the route is not modelled",
                           STR_ARG(header->name)),
                header->identity, header->span, &in, &out);
        left = branch_join(cases, left, out);
    }
    for (uint32_t i = 0; i < ask->paths.count; i++) {
        const struct kong_path *path = ask->paths.items[i];
        const struct pattern *pattern =
            model_pattern(model, path->text, REGEX_PCRE2, REGEX_ANCHORED);
        if (!path->is_regex || pattern->result.language)
            continue;
        branch_split_pattern(cases, in, model->path, pattern, path->span, &in, &out);
        left = branch_join(cases, left, out);
        break;
    }
    if (route->unknown.len) {
        branch_split_unknown(cases, in, route->unknown, route->identity, route->span, &in, &out);
        left = branch_join(cases, left, out);
    }
    *yes = in;
    *no = left;
}

// Whether it makes a difference to pages which of two routes is asked first.
static bool differ(const struct kong *kong, const struct kong_ask *a, const struct kong_ask *b)
{
    const struct kong_service *x = a->route->service, *y = b->route->service;
    return cors_of(kong, a->route) != cors_of(kong, b->route) ||
           a->route->only_https != b->route->only_https ||
           !str_equal(x ? x->target : STR(""), y ? y->target : STR(""));
}

static uint64_t route_identity(const struct kong_route *route)
{
    return hash_str(hash_str(HASH_SEED, route->id), route->name);
}

// Routes of one rank are asked in the order of ids that Kong makes up.
static void serve_tied(const struct serving *serving, struct branch *in, uint32_t number)
{
    const struct kong_asks *asks = &serving->paths->asks;
    const struct kong_ask *ask = asks->items[number];
    for (uint32_t i = number + 1; i < asks->count; i++) {
        const struct kong_ask *other = asks->items[i];
        struct branch both, mine, theirs;
        if (memcmp(ask->rank, other->rank, sizeof ask->rank) != 0)
            return;
        if (!differ(serving->kong, ask, other))
            continue;
        match_route(serving, *in, other, &both, in);
        if (branch_is_none(both))
            continue;
        uint64_t identity = hash_u64(route_identity(ask->route), route_identity(other->route));
        branch_split_unknown(serving->cases, both,
                             STR("which of two routes of the same rank Kong asks first"), identity,
                             ask->route->span, &mine, &theirs);
        serve_route(serving, mine, ask);
        serve_route(serving, theirs, other);
    }
}

static void serve(const struct serving *serving, struct branch in)
{
    const struct kong_asks *asks = &serving->paths->asks;
    for (uint32_t i = 0; i < asks->count && !branch_is_none(in); i++) {
        struct branch mine;
        match_route(serving, in, asks->items[i], &mine, &in);
        if (branch_is_none(mine))
            continue;
        serve_tied(serving, &mine, i);
        if (!branch_is_none(mine))
            serve_route(serving, mine, asks->items[i]);
    }
    answer_itself(serving, in, 404);
}

static void add_endpoint(struct kong *kong, const struct kong_hosts *hosts,
                         const struct kong_paths *paths)
{
    struct model *model = kong->model;
    struct cases cases = cases_new(model, kong->policy);
    const struct serving serving = { kong, &cases, hosts, paths };
    const struct box *box = box_with(model, kong->gateway, model->host, hosts->language);
    box = box ? box_with(model, box, model->path, paths->language) : NULL;
    if (!box)
        return;
    serve(&serving, cases_begin(&cases, box));
    Span span = paths->asks.count ? paths->asks.items[0]->route->span : kong->root->span;
    cases_finish(&cases, (struct endpoint){ .layer = "kong",
                                            .hosts = hosts->names.items,
                                            .host_count = hosts->names.count,
                                            .match = paths->match,
                                            .path = paths->text,
                                            .box = box,
                                            .span = span });
}

void kong_endpoints(struct kong *kong)
{
    struct model *model = kong->model;
    struct kong_hosts_list hosts = { 0 };
    bool sees_all = kong->plugins.count > 0; // what no route matches is answered with headers, too
    if (!kong_split_hosts(kong, &hosts)) {
        kong->good = false;
        return;
    }
    for (uint32_t h = 0; h < hosts.count; h++) {
        struct kong_paths_list paths = { 0 };
        if (!kong_split_paths(kong, &hosts.items[h], &paths)) {
            kong->good = false;
            return;
        }
        for (uint32_t p = 0; p < paths.count; p++)
            if (paths.items[p].asks.count || sees_all) {
                if (kong->policy->endpoint_count >= model->run->limits->endpoints) {
                    kong->good = false;
                    return;
                }
                add_endpoint(kong, &hosts.items[h], &paths.items[p]);
            }
    }
}
