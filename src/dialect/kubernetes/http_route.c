#include "dialect/kubernetes/http_route.h"

#include "base/hash.h"
#include "dialect/kubernetes/http_route_parts.h"
#include "dialect/kubernetes/unmodelled.h"
#include "dialect/routes.h"

#include <stdlib.h>
#include <string.h>

static const char api_group[] = "gateway.networking.k8s.io";

// ---- whose a route is

// The Gateway that a route's parent means, if it is among the objects.
static const struct object *parent_gateway(const struct cluster *cluster,
                                           const struct object *route, const struct data *parent)
{
    Str space = document_text(parent, "namespace"), kind = document_text(parent, "kind");
    if (kind.len && !str_is(kind, "Gateway"))
        return NULL;
    return objects_find(&cluster->objects, api_group, "Gateway", space.len ? space : route->space,
                        document_text(parent, "name"));
}

static const struct controller *owner_of(const struct cluster *cluster, const struct object *route,
                                         const struct object **gateway)
{
    const struct data *parents = object_get(route, "spec.parentRefs");
    const struct controller *found = NULL;
    *gateway = NULL;
    for (uint32_t i = 0; parents && parents->kind == DATA_LIST && i < parents->count; i++) {
        const struct object *one = parent_gateway(cluster, route, parents->entries[i].value);
        if (!one)
            continue;
        *gateway = *gateway ? *gateway : one;
        const struct data *class = object_get(one, "spec.gatewayClassName");
        if (!found && class && class->kind == DATA_SCALAR)
            found = controller_of_gateway(cluster, class->text);
    }
    if (found && !found->gateway_classes[0])
        found = NULL; // a name that an Ingress controller has, too
    uint32_t at = 0;
    if (!found && !*gateway &&
        objects_next(&cluster->objects, "gateway.envoyproxy.io", "SecurityPolicy", &at))
        return controller_find(STR("envoy-gateway")); // which nobody else reads
    // Where no Gateway says it: the only one of them that runs, or is configured.
    const struct controller *only = NULL;
    for (uint32_t i = 0; !found && !*gateway && i < controller_count; i++) {
        bool known = cluster_setting(cluster, controllers[i].product, "version").len ||
                     cluster_setting(cluster, controllers[i].product, "gateway-class").len;
        for (uint32_t k = 0; k < cluster->installed.count; k++)
            known |= cluster->installed.items[k].controller == &controllers[i];
        if (!known || !controllers[i].gateway_classes[0])
            continue;
        if (only)
            return NULL;
        only = &controllers[i];
    }
    return found ? found : only;
}

// ---- parts

struct parts {
    struct route_part *items;
    uint32_t count, capacity;
};

static void read_hosts(struct cluster *cluster, struct route_part *part)
{
    const struct data *names = object_get(part->object, "spec.hostnames");
    const struct data *listeners =
        part->gateway ? object_get(part->gateway, "spec.listeners") : NULL;
    uint32_t count = names && names->kind == DATA_LIST ? names->count : 0;
    uint32_t more = listeners && listeners->kind == DATA_LIST ? listeners->count : 0;
    part->hosts = ARENA_ARRAY(cluster->arena, Str, count + more + 1);
    for (uint32_t i = 0; i < count; i++)
        part->hosts[part->host_count++] = names->entries[i].value->text;
    for (uint32_t i = 0; !count && i < more; i++) {
        const struct data *name = document_find(listeners->entries[i].value, "hostname");
        Str host =
            name && name->kind == DATA_SCALAR ? document_host(cluster->arena, name) : STR("");
        bool known = !host.len; // a listener for every host
        for (uint32_t k = 0; k < part->host_count && !known; k++)
            known = str_equal(part->hosts[k], host);
        if (!known)
            part->hosts[part->host_count++] = host;
        else if (!host.len) {
            part->host_count = 0;
            return;
        }
    }
}

static bool is_open(const struct object *route)
{
    const struct data *names = object_get(route, "spec.hostnames");
    const struct data *rules = object_get(route, "spec.rules");
    const struct data *spec = object_get(route, "spec");
    bool open = (spec && spec->unrendered) || data_is_open(names) || (rules && rules->unrendered);
    for (uint32_t i = 0; rules && rules->kind == DATA_LIST && i < rules->count; i++)
        open |= rules->entries[i].value->conditional || rules->entries[i].value->unrendered;
    return open;
}

static void add_part(struct cluster *cluster, struct parts *parts, struct route_part part,
                     const struct data *match, const struct route_engine *engine)
{
    part.position = parts->count;
    if (!route_match(cluster, part.object, match, &part))
        return;
    *vec_push(cluster->arena, parts) = part;
    Str method = document_text(match, "method");
    if (!engine->hidden_preflight || !method.len || str_is(method, "OPTIONS") ||
        !route_filter(document_find(part.rule, "filters"), "CORS"))
        return;
    // The preflights for that method come here, too.
    struct model *model = cluster->model;
    struct route_part hidden = part;
    hidden.rest = box_with(model, box_without(model, part.rest, model->method), model->method,
                           fa_literal(model->fa, STR("OPTIONS")));
    hidden.rest =
        box_with(model, hidden.rest, model->request_method, fa_literal(model->fa, method));
    if (hidden.rest)
        *vec_push(cluster->arena, parts) = hidden;
}

static void add_route(struct cluster *cluster, struct parts *parts, const struct object *route,
                      const struct object *gateway, const struct route_engine *engine)
{
    const struct data *rules =
        field_list(cluster->run, route, object_get(route, "spec"), "rules", &cluster->good);
    struct route_part part = { .object = route, .gateway = gateway };
    if (is_open(route)) {
        cluster_open(cluster, route, route->span, security_identity(cluster));
        return;
    }
    read_hosts(cluster, &part);
    for (uint32_t i = 0; rules && i < rules->count; i++) {
        part.rule = rules->entries[i].value;
        const struct data *matches =
            field_list(cluster->run, route, part.rule, "matches", &cluster->good);
        if (!matches || !matches->count)
            add_part(cluster, parts, part, NULL, engine);
        for (uint32_t m = 0; matches && m < matches->count; m++)
            add_part(cluster, parts, part, matches->entries[m].value, engine);
    }
}

static int by_precedence(const void *a, const void *b)
{
    const struct route_part *x = a, *y = b;
    if (x->exact != y->exact)
        return x->exact > y->exact ? -1 : 1;
    if (x->length != y->length)
        return x->length > y->length ? -1 : 1;
    if (x->method != y->method)
        return x->method > y->method ? -1 : 1;
    if (x->headers != y->headers)
        return x->headers > y->headers ? -1 : 1;
    if (x->queries != y->queries)
        return x->queries > y->queries ? -1 : 1;
    // The oldest route comes first, which nobody can see; then the alphabet decides.
    int order = str_compare(x->object->space, y->object->space);
    order = order ? order : str_compare(x->object->name, y->object->name);
    return order ? order : (x->position > y->position) - (x->position < y->position);
}

// ---- what a rule does

struct serving_rule {
    struct cluster *cluster;
    const struct route_part *part;
    const struct route_engine *engine;
    bool policies;
};

static void forward(const struct serving_rule *serving, struct cases *cases, struct branch in,
                    bool beside_cors, const struct envoy_cors *cors, const struct data *backend)
{
    struct cluster *cluster = serving->cluster;
    const struct data *list = document_find(serving->part->rule, "backendRefs");
    if (!backend && list && list->kind == DATA_LIST && list->count)
        backend = list->entries[0].value;
    Str name = document_text(backend, "name"), space = document_text(backend, "namespace");
    Str port = document_text(backend, "port");
    if (!space.len)
        space = serving->part->object->space;
    route_change_headers(serving->part, cases, &in, beside_cors);
    if (cors)
        envoy_cors_answer(cases, &in, cors);
    if (!backend) {
        branch_answer(cases, in, 500, serving->part->rule->span); // nobody to pass it on to
        return;
    }
    branch_forward(cases, in,
                   str_format(cluster->arena, "http://%.*s%s%.*s%s%.*s", STR_ARG(name),
                              space.len ? "." : "", STR_ARG(space), port.len ? ":" : "",
                              STR_ARG(port)),
                   backend->span);
}

// What F5's NGINX Gateway Fabric does differently: every OPTIONS is answered, and what the upstream
// says stays beside its own.
static void serve_doubling(const struct serving_rule *serving, struct cases *cases,
                           struct branch in, const struct envoy_cors *cors,
                           const struct data *backend)
{
    struct model *model = cases->model;
    struct branch allowed, other, options;
    branch_split(cases, in, model->origin, cors->origins, cors->origins_span, &allowed, &other);
    branch_split_present(cases, allowed, model->origin, &allowed, &options);
    other = branch_join(cases, other, options);
    branch_add(cases, &allowed, "Access-Control-Allow-Origin", value_var(model, model->origin),
               cors->origins_span);
    if (cors->credentials == TRI_YES)
        branch_add(cases, &allowed, "Access-Control-Allow-Credentials",
                   value_text(model, STR("true")), cors->credentials_span);
    struct branch *const both[] = { &allowed, &other };
    for (size_t i = 0; i < sizeof both / sizeof *both; i++) {
        if (cors->has_methods)
            branch_add(cases, both[i], "Access-Control-Allow-Methods",
                       value_text(model, cors->methods), cors->methods_span);
        if (cors->has_headers)
            branch_add(cases, both[i], "Access-Control-Allow-Headers",
                       value_text(model, cors->headers), cors->headers_span);
        if (cors->has_expose)
            branch_add(cases, both[i], "Access-Control-Expose-Headers",
                       value_text(model, cors->expose), cors->expose_span);
        branch_add(cases, both[i], "Access-Control-Max-Age", value_text(model, cors->max_age),
                   cors->max_age_span);
        branch_split_method(cases, *both[i], STR("OPTIONS"), &options, both[i]);
        branch_answer(cases, options, 200, cors->span);
        forward(serving, cases, *both[i], true, NULL, backend);
    }
}

static void serve_cors(const struct serving_rule *serving, struct cases *cases, struct branch in,
                       const struct object *object, const struct data *cors,
                       const struct data *backend)
{
    struct cluster *cluster = serving->cluster;
    if (serving->engine->unknown && object == serving->part->object) {
        branch_answer_unknown(cases, in,
                              STR("what this Gateway makes of the filter CORS is not established"),
                              object->hash, cors->span);
        return;
    }
    if (serving->engine->ignores && object == serving->part->object) {
        cluster_remark(cluster, "CG507", cors->span,
                       STR("this filter does nothing: the controller of this Gateway does not know "
                           "it"),
                       object->hash);
        forward(serving, cases, in, false, NULL, backend);
        return;
    }
    if (document_is_open(cors, "allowOrigins")) {
        branch_answer_unknown(cases, in,
                              STR("what this policy says: a template that is not rendered says it"),
                              object->hash, cors->span);
        return;
    }
    struct envoy_cors policy = route_policy(cluster, object, cors, serving->engine);
    if (serving->engine->any_options) {
        serve_doubling(serving, cases, in, &policy, backend);
        return;
    }
    struct envoy_passed passed;
    if (serving->engine->shaped_star)
        policy.takes_star = false;
    envoy_cors_run(cases, in, &policy, &passed);
    forward(serving, cases, passed.allowed, true, &policy, backend);
    forward(serving, cases, passed.other, true, NULL, backend);
}

// Filters of backends: which of them is chosen, their weights decide.
static bool serve_backends(const struct serving_rule *serving, struct cases *cases,
                           struct branch in)
{
    struct cluster *cluster = serving->cluster;
    const struct data *list = document_find(serving->part->rule, "backendRefs");
    bool some = false;
    for (uint32_t i = 0; list && list->kind == DATA_LIST && i < list->count; i++)
        some |= route_filter(document_find(list->entries[i].value, "filters"), "CORS") != NULL;
    for (uint32_t i = 0; some && i < list->count; i++) {
        const struct data *backend = list->entries[i].value;
        const struct data *filter = route_filter(document_find(backend, "filters"), "CORS");
        const struct data *cors = document_find(filter, "cors");
        struct branch here = in;
        if (i + 1 < list->count) {
            Str text = str_format(cluster->arena, "whether the request goes to the backend %.*s",
                                  STR_ARG(document_text(backend, "name")));
            branch_split_unknown(cases, in, text, hash_str(serving->part->object->hash, text),
                                 backend->span, &here, &in);
        }
        if (cors)
            serve_cors(serving, cases, here, serving->part->object, cors, backend);
        else
            forward(serving, cases, here, false, NULL, backend);
    }
    return some;
}

static void serve(const struct serving_rule *serving, struct cases *cases, struct branch in)
{
    const struct route_part *part = serving->part;
    const struct data *filters = document_find(part->rule, "filters");
    const struct data *filter = route_filter(filters, "CORS"), *redirect, *cors;
    const struct object *policy = NULL;
    const struct data *plugins = object_annotation(part->object, STR("konghq.com/plugins"));
    if (plugins && serving->engine->ignores) {
        branch_answer_unknown(cases, in,
                              STR("what Kong's plugins do at an HTTPRoute is not modelled"),
                              route_kong_identity(serving->cluster, part->object), plugins->span);
        return;
    }
    bool open = route_filters_open(filters);
    const struct data *backends = document_find(part->rule, "backendRefs");
    for (uint32_t i = 0; backends && backends->kind == DATA_LIST && i < backends->count; i++)
        open |= route_filters_open(document_find(backends->entries[i].value, "filters"));
    if (open) {
        branch_answer_unknown(cases, in,
                              STR("what this rule does: a template that is not rendered says it"),
                              part->object->hash, part->rule->span);
        return;
    }
    route_extend(serving->cluster, part, cases, &in, filters);
    if ((redirect = route_filter(filters, "RequestRedirect"))) {
        uint32_t status = 302;
        const struct data *code =
            document_find(document_find(redirect, "requestRedirect"), "statusCode");
        if (code)
            (void)data_get_number(code, 399, &status);
        if (filter && document_find(filter, "cors"))
            cluster_remark(serving->cluster, "CG504", filter->span, STR(ENVOY_POLICY_UNASKED),
                           hash_str(hash_str(HASH_SEED, part->object->name), part->path));
        branch_redirect(cases, in, status,
                        value_unknown(cases->model, STR("where this redirects to"),
                                      part->object->hash, redirect->span),
                        redirect->span);
        return;
    }
    if (filter && document_find(filter, "cors")) {
        serve_cors(serving, cases, in, part->object, document_find(filter, "cors"), NULL);
        return;
    }
    if (serve_backends(serving, cases, in))
        return;
    cors = serving->policies ? security_cors(serving->cluster, part, &policy) : NULL;
    if (policy && document_find(object_get(policy, "spec"), "mergeType"))
        branch_answer_unknown(cases, in, STR("what a SecurityPolicy that is merged makes of this"),
                              policy->hash, policy->span);
    else if (cors)
        serve_cors(serving, cases, in, policy, cors, NULL);
    else
        forward(serving, cases, in, false, NULL, NULL);
}

static void add_endpoints(struct cluster *cluster, struct parts *parts, const char *layer,
                          const struct route_engine *engine, bool policies)
{
    struct model *model = cluster->model;
    struct routed_list routed = { 0 };
    struct route *routes = ARENA_ARRAY(cluster->arena, struct route, parts->count + 1);
    if (parts->count)
        qsort(parts->items, parts->count, sizeof *parts->items, by_precedence);
    for (uint32_t i = 0; i < parts->count; i++)
        routes[i] = (struct route){ parts->items[i].hosts, parts->items[i].host_count,
                                    parts->items[i].rest, &parts->items[i] };
    if (!routes_resolve(model, routes, parts->count, ROUTES_HOST_FIRST, WILD_ANY, (Span){ 0 },
                        &routed)) {
        cluster->good = false;
        return;
    }
    for (uint32_t i = 0; i < routed.count; i++) {
        const struct route_part *part = routed.items[i].route->owner;
        const struct serving_rule serving = { cluster, part, engine, policies };
        struct cases cases = cases_new(model, cluster->policy);
        static const Str any[] = { { "*", 1 } };
        serve(&serving, &cases, cases_begin(&cases, routed.items[i].box));
        cases_finish(&cases,
                     (struct endpoint){ .layer = layer,
                                        .hosts = part->host_count ? part->hosts : any,
                                        .host_count = part->host_count ? part->host_count : 1,
                                        .match = part->match,
                                        .path = part->path,
                                        .box = routed.items[i].box,
                                        .span = part->rule->span });
    }
}

static bool speaks_of_cors(const struct data *rules)
{
    bool found = false;
    for (uint32_t i = 0; rules && rules->kind == DATA_LIST && i < rules->count && !found; i++) {
        const struct data *backends = document_find(rules->entries[i].value, "backendRefs");
        found = route_filter(document_find(rules->entries[i].value, "filters"), "CORS") != NULL;
        for (uint32_t b = 0; backends && backends->kind == DATA_LIST && b < backends->count; b++)
            found |=
                route_filter(document_find(backends->entries[b].value, "filters"), "CORS") != NULL;
    }
    return found;
}

static void read_owned(struct cluster *cluster, const struct controller *controller,
                       const char *layer, const struct route_engine *engine, bool policies)
{
    struct parts parts = { 0 };
    const struct object *route, *gateway;
    uint32_t at = 0;
    while ((route = objects_next(&cluster->objects, api_group, "HTTPRoute", &at))) {
        if (owner_of(cluster, route, &gateway) != controller)
            continue;
        if (!controller && speaks_of_cors(object_get(route, "spec.rules")))
            cluster_unknown(cluster, route, route->span,
                            str_format(cluster->arena,
                                       "which controller serves %.*s: it is read as the Gateway "
                                       "API says, and controllers differ",
                                       STR_ARG(object_text(cluster->arena, route))));
        add_route(cluster, &parts, route, gateway, engine);
    }
    add_endpoints(cluster, &parts, layer, engine, policies);
}

void http_routes_read(struct cluster *cluster, const struct controller *controller,
                      const struct route_engine *engine, bool policies)
{
    read_owned(cluster, controller, controller->product, engine, policies);
}

// reference/kubernetes.md 10, the table of implementations.
void http_routes_of(struct cluster *cluster, const struct controller *controller)
{
    static const struct {
        const char *product;
        struct route_engine engine;
    } engines[] = {
        { "nginx-ingress", { .wildcards = true, .any_options = true } },
        { "kong", { .ignores = true } },
        { "contour", { .ignores = true } },
    };
    struct route_engine engine = { .unknown = true };
    for (size_t i = 0; i < sizeof engines / sizeof *engines; i++)
        if (strcmp(controller->product, engines[i].product) == 0)
            engine = engines[i].engine;
    if (controller->gateway_classes[0])
        http_routes_read(cluster, controller, &engine, false);
}

void http_routes_unowned(struct cluster *cluster)
{
    static const struct route_engine engine = { .wildcards = true };
    read_owned(cluster, NULL, "gateway-api", &engine, true);
}

void envoy_gateway_read(struct cluster *cluster, const struct controller *controller)
{
    uint32_t version = cluster_running(cluster, controller).version;
    struct route_engine engine = { .wildcards = true };
    engine.forwards_refused = version && version < 1001000;
    engine.ignores = version && version < 1004000;
    engine.hidden_preflight = !version || version >= 1006000;
    http_routes_read(cluster, controller, &engine, true);
    security_unused(cluster);
    read_unmodelled_objects(cluster, controller); // patches of Envoy's own configuration
}

void kgateway_read(struct cluster *cluster, const struct controller *controller)
{
    static const struct route_engine engine = { .wildcards = true, .forwards_refused = true };
    http_routes_read(cluster, controller, &engine, false);
    read_unmodelled_objects(cluster, controller); // TrafficPolicy
}
