// Virtual hosts and their routes, as endpoints.
#include "base/hash.h"
#include "dialect/envoy/envoy.h"
#include "dialect/routes.h"

#include <string.h>

// A route with all that was found about it.
struct envoy_route {
    const struct data *vhost, *route;
    Str *hosts;
    uint32_t host_count;
    enum match match;
    Str path;
};

enum { LEVELS = 3 }; // the route, its virtual host, the route configuration

struct route_list {
    struct route *items;
    uint32_t count, capacity;
};

// Envoy compares the Host header as it comes; here hosts have no port.
static Str without_port(Str domain)
{
    size_t end = domain.len;
    while (end > 0 && ((domain.ptr[end - 1] >= '0' && domain.ptr[end - 1] <= '9') ||
                       (end == domain.len && domain.ptr[end - 1] == '*')))
        end--;
    if (end > 1 && end < domain.len && domain.ptr[end - 1] == ':')
        return str_slice(domain, 0, end - 1);
    return domain;
}

static void read_hosts(struct envoy *envoy, const struct data *vhost, Str **hosts, uint32_t *count)
{
    const struct data *domains = envoy_field(vhost, "domains");
    *count = 0;
    *hosts = NULL;
    if (!domains || domains->kind != DATA_LIST || !domains->count) {
        (void)envoy_complain(envoy, vhost, "a virtual host needs domains");
        return;
    }
    *hosts = ARENA_ARRAY(envoy->model->arena, Str, domains->count);
    for (uint32_t i = 0; i < domains->count; i++) {
        const struct data *domain = domains->entries[i].value;
        Str host = without_port(document_host(envoy->model->arena, domain));
        bool known = false;
        for (uint32_t k = 0; k < *count && !known; k++)
            known = str_equal_nocase((*hosts)[k], host);
        if (!known)
            (*hosts)[(*count)++] = host;
    }
}

static void read_vhost(struct envoy *envoy, const struct data *vhost, struct route_list *out)
{
    struct arena *arena = envoy->model->arena;
    const struct data *routes = envoy_field(vhost, "routes");
    Str *hosts;
    uint32_t count;
    read_hosts(envoy, vhost, &hosts, &count);
    if (routes && routes->unrendered)
        document_outside(envoy->policy, envoy_text(vhost, "name"), "envoy",
                         (struct unknown){ routes->span,
                                           STR("which routes a template that is not rendered adds "
                                               "here"),
                                           data_hash(vhost) });
    for (uint32_t i = 0; count && routes && routes->kind == DATA_LIST && i < routes->count; i++) {
        struct envoy_route *route = ARENA_NEW(arena, struct envoy_route);
        *route = (struct envoy_route){
            .vhost = vhost,
            .route = routes->entries[i].value,
            .hosts = hosts,
            .host_count = count,
        };
        const struct data *match = envoy_field(route->route, "match");
        const struct box *rest = envoy_match(envoy, match, &route->match, &route->path);
        if (route->route->conditional || data_is_open(match))
            rest = box_if(envoy->policy, box_all(envoy->model),
                          STR("which requests this route takes: a template that is not rendered "
                              "says it"),
                          data_hash(route->route), route->route->span);
        if (rest)
            *vec_push(arena, out) = (struct route){ hosts, count, rest, route };
    }
}

// ---- what a route does with a request

// How a header that the configuration adds or removes itself comes together with the filter's and
// the upstream's is not in the reference.
static void unknown_header(struct envoy *envoy, struct cases *cases, struct branch *branch,
                           const struct data *name, uint64_t identity)
{
    if (!name || name->kind != DATA_SCALAR || !header_is_about_cors(name->text))
        return;
    Str header = str_concat(envoy->model->arena, name->text, (Str){ "", 1 }); // with a NUL
    branch_unknown_header(cases, branch, header.ptr,
                          STR("what Envoy's own list of response headers makes of this header is "
                              "not established"),
                          identity, name->span);
}

static void change_headers(struct envoy *envoy, struct cases *cases, struct branch *branch,
                           const struct data *level)
{
    const struct data *added = envoy_field(level, "response_headers_to_add");
    const struct data *removed = envoy_field(level, "response_headers_to_remove");
    for (uint32_t i = 0; added && added->kind == DATA_LIST && i < added->count; i++) {
        const struct data *header = envoy_field(added->entries[i].value, "header");
        unknown_header(envoy, cases, branch, envoy_field(header, "key"),
                       hash_u64(data_hash(added), i));
    }
    for (uint32_t i = 0; removed && removed->kind == DATA_LIST && i < removed->count; i++)
        unknown_header(envoy, cases, branch, removed->entries[i].value,
                       hash_u64(data_hash(removed), i));
}

struct served {
    struct envoy *envoy;
    const struct envoy_chain *chain;
    const struct data *config;
    const struct envoy_route *route;
    const struct data *action; // of `route`
    const struct data *levels[LEVELS];
};

// What filters of others do depends on how they are configured, at each level.
static uint64_t filter_identity(const struct served *place, const struct envoy_filters *filters)
{
    uint64_t identity = filters->identity;
    for (size_t i = 0; i < LEVELS; i++)
        identity =
            hash_u64(identity, data_hash(envoy_field(place->levels[i], "typed_per_filter_config")));
    return identity;
}

// Whether a template still has to say what is done with a request; *identity is of all that says
// it.
static bool is_open(const struct served *place, uint64_t *identity)
{
    static const char *const fields[] = { "typed_per_filter_config", "response_headers_to_add",
                                          "response_headers_to_remove", "cors", "redirect" };
    const struct data *direct = envoy_field(place->route->route, "direct_response");
    const struct data *clusters = envoy_field(place->action, "weighted_clusters");
    bool open = data_is_open(envoy_field(place->action, "cors")) || data_is_open(clusters) ||
                data_is_open(envoy_field(direct, "status")) || (direct && direct->unrendered) ||
                (place->action && place->action->unrendered);
    *identity = data_hash(place->route->route);
    for (size_t level = 0; level < LEVELS; level++) {
        open |= place->levels[level]->unrendered;
        *identity = hash_u64(*identity,
                             place->levels[level]->unrendered ? place->levels[level]->template : 0);
        for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
            const struct data *field = envoy_field(place->levels[level], fields[i]);
            open |= data_is_open(field);
            *identity = hash_u64(*identity, data_hash(field));
        }
    }
    return open;
}

static void change_all_headers(const struct served *place, struct cases *cases,
                               struct branch *branch)
{
    for (size_t i = 0; i < LEVELS; i++)
        change_headers(place->envoy, cases, branch, place->levels[i]);
    if (place->chain->rewrites.first)
        branch_unknown_header(cases, branch, "", STR("this filter may change any header"),
                              filter_identity(place, &place->chain->rewrites),
                              place->chain->rewrites.first->span);
}

// The policies that count: typed ones of all levels, or, where there is none, the legacy ones.
static bool merge_levels(const struct served *place, const struct data *weighted,
                         struct envoy_cors *out)
{
    struct envoy *envoy = place->envoy;
    Str filter = place->chain->filter;
    const struct envoy_level levels[] = {
        envoy_read_level(envoy, weighted, NULL, filter),
        envoy_read_level(envoy, place->route->route, place->action, filter),
        envoy_read_level(envoy, place->route->vhost, place->route->vhost, filter),
        envoy_read_level(envoy, place->config, NULL, filter),
    };
    const struct envoy_cors *typed[4], *legacy[4];
    uint32_t typed_count = 0, legacy_count = 0;
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++) {
        if (levels[i].disabled && !typed_count)
            return false;
        if (levels[i].typed)
            typed[typed_count++] = levels[i].typed;
        if (levels[i].legacy)
            legacy[legacy_count++] = levels[i].legacy;
    }
    if (!typed_count && !legacy_count)
        return false;
    *out = typed_count ? envoy_cors_merge(envoy->model, typed, typed_count)
                       : envoy_cors_merge(envoy->model, legacy, legacy_count);
    return true;
}

// What the cluster is sent of what comes to the route.
static void pass_on(const struct served *place, struct cases *cases, struct branch in,
                    const struct data *weighted, Str cluster)
{
    const struct envoy_filters *rewrites = &place->chain->rewrites;
    const struct envoy_onward onward = {
        .action = place->action,
        .match = envoy_field(place->route->route, "match"),
        .levels = { weighted, place->levels[0], place->levels[1], place->levels[2] },
        .cluster = cluster,
        .rewriters = rewrites->first ? filter_identity(place, rewrites) : 0,
    };
    branch_respond(cases, in,
                   (struct response){ .answer = ANSWER_UPSTREAM,
                                      .upstream = envoy_target(place->envoy, cluster),
                                      .forward = envoy_forward(place->envoy, &onward),
                                      .span = place->action->span });
}

// To one cluster, through the filters.
static void serve_cluster(const struct served *place, struct cases *cases, struct branch in,
                          const struct data *weighted, Str cluster)
{
    struct envoy_cors cors;
    struct envoy_passed passed = { .other = in };
    bool runs = !place->chain->known || place->chain->has_cors;
    if (runs && merge_levels(place, weighted, &cors)) {
        envoy_cors_run(cases, in, &cors, &passed);
        change_all_headers(place, cases, &passed.allowed);
        envoy_cors_answer(cases, &passed.allowed, &cors);
        pass_on(place, cases, passed.allowed, weighted, cluster);
    }
    change_all_headers(place, cases, &passed.other);
    pass_on(place, cases, passed.other, weighted, cluster);
}

static void serve_clusters(const struct served *place, struct cases *cases, struct branch in)
{
    const struct data *clusters =
        envoy_field(envoy_field(place->action, "weighted_clusters"), "clusters");
    if (!clusters || clusters->kind != DATA_LIST || !clusters->count) {
        serve_cluster(place, cases, in, NULL, envoy_text(place->action, "cluster"));
        return;
    }
    for (uint32_t i = 0; i < clusters->count; i++) {
        const struct data *one = clusters->entries[i].value;
        struct branch here = in;
        Str name = envoy_text(one, "name");
        if (i + 1 < clusters->count) {
            Str text = str_format(place->envoy->model->arena,
                                  "whether the request goes to the cluster %.*s", STR_ARG(name));
            branch_split_unknown(cases, in, text, hash_str(HASH_SEED, name), one->span, &here, &in);
        }
        serve_cluster(place, cases, here, one, name);
    }
}

static const struct value *unknown_location(struct envoy *envoy, const struct data *redirect)
{
    return value_unknown(envoy->model, STR("where this redirects to"), data_hash(redirect),
                         redirect->span);
}

static void serve(const struct served *place, struct cases *cases, struct branch in)
{
    struct envoy *envoy = place->envoy;
    const struct data *route = place->route->route, *field;
    uint64_t identity;
    if (is_open(place, &identity)) {
        branch_answer_unknown(cases, in,
                              STR("what this route does: a template that is not rendered says it"),
                              identity, route->span);
        return;
    }
    if (str_is(envoy_text(place->route->vhost, "require_tls"), "ALL")) {
        struct branch plain;
        branch_split(cases, in, envoy->model->scheme, fa_literal(envoy->model->fa, STR("http")),
                     place->route->vhost->span, &plain, &in);
        change_all_headers(place, cases, &plain);
        branch_redirect(cases, plain, 301, unknown_location(envoy, place->route->vhost),
                        place->route->vhost->span);
    }
    if (place->chain->refuses.first) {
        struct branch refused;
        const struct data *filter = place->chain->refuses.first;
        Str name = envoy_text(filter, "name");
        Str text = str_format(envoy->model->arena, "whether the filter %.*s refuses the request",
                              STR_ARG(name));
        branch_split_unknown(cases, in, text, filter_identity(place, &place->chain->refuses),
                             filter->span, &refused, &in);
        branch_answer(cases, refused, 403, filter->span);
    }
    if ((field = envoy_field(route, "redirect"))) {
        change_all_headers(place, cases, &in);
        branch_redirect(cases, in, envoy_redirect_status(envoy_text(field, "response_code")),
                        unknown_location(envoy, field), field->span);
    } else if ((field = envoy_field(route, "direct_response"))) {
        uint32_t status = 200;
        const struct data *number = envoy_field(field, "status");
        if (number)
            (void)data_get_number(number, 599, &status);
        change_all_headers(place, cases, &in);
        branch_answer(cases, in, status, field->span);
    } else if (place->action) {
        serve_clusters(place, cases, in);
    } else {
        branch_answer_unknown(cases, in, STR("what this route does"), data_hash(route),
                              route->span);
    }
}

void envoy_routes(struct envoy *envoy, const struct data *config, const struct envoy_chain *chain)
{
    struct model *model = envoy->model;
    const struct data *vhosts = envoy_field(config, "virtual_hosts");
    struct route_list routes = { 0 };
    struct routed_list parts = { 0 };
    if (!vhosts || vhosts->kind != DATA_LIST)
        return;
    for (uint32_t i = 0; i < vhosts->count; i++)
        read_vhost(envoy, vhosts->entries[i].value, &routes);
    if (!routes_resolve(model, routes.items, routes.count, ROUTES_HOST_FIRST, WILD_ANY,
                        config->span, &parts)) {
        envoy->good = false;
        return;
    }
    for (uint32_t i = 0; i < parts.count; i++) {
        const struct envoy_route *route = parts.items[i].route->owner;
        const struct box *box = box_meet(model, parts.items[i].box, envoy->box);
        struct served place = { .envoy = envoy,
                                .chain = chain,
                                .config = config,
                                .route = route,
                                .action = envoy_field(route->route, "route"),
                                .levels = { route->route, route->vhost, config } };
        struct cases cases = cases_new(model, envoy->policy);
        if (!box)
            continue;
        serve(&place, &cases, cases_begin(&cases, box));
        cases_finish(&cases, (struct endpoint){ .layer = "envoy",
                                                .hosts = route->hosts,
                                                .host_count = route->host_count,
                                                .match = route->match,
                                                .path = route->path,
                                                .box = box,
                                                .span = route->route->span });
    }
}
