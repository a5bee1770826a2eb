#include "dialect/kubernetes/istio.h"

#include "base/hash.h"
#include "dialect/kubernetes/http_route.h"
#include "dialect/kubernetes/unmodelled.h"
#include "dialect/routes.h"

#include <string.h>

enum { DELEGATES_MAX = 8 }; // on top of each other; Istio itself allows one

// One entry of spec.http, for one of its matches.
struct mesh_route {
    const struct object *service; // the VirtualService that has the hosts
    const struct object *object;  // where the entry stands: that, or a delegate
    const struct data *http;
    const struct data *cors; // its corsPolicy, or the root's
    Str *hosts;
    uint32_t host_count;
    enum match match;
    Str path;
};

struct mesh {
    struct cluster *cluster;
    struct model *model;
    struct map delegates; // VirtualServices that a route of another one names
    struct {
        struct route *items;
        uint32_t count, capacity;
    } routes;
};

// ---- routes

static void add_http(struct mesh *mesh, const struct mesh_route *root, const struct object *object,
                     const struct data *spec, const struct box *within, uint32_t depth);

static const struct object *find_delegate(const struct cluster *cluster, const struct object *from,
                                          const struct data *delegate)
{
    Str space = document_text(delegate, "namespace");
    return objects_find(&cluster->objects, "networking.istio.io", "VirtualService",
                        space.len ? space : from->space, document_text(delegate, "name"));
}

static void note_delegates(struct mesh *mesh)
{
    struct cluster *cluster = mesh->cluster;
    const struct object *from, *to;
    uint32_t at = 0;
    while ((from = objects_next(&cluster->objects, "networking.istio.io", "VirtualService", &at))) {
        const struct data *list = object_get(from, "spec.http");
        for (uint32_t i = 0; list && list->kind == DATA_LIST && i < list->count; i++) {
            const struct data *delegate = document_find(list->entries[i].value, "delegate");
            if (delegate && (to = find_delegate(cluster, from, delegate)))
                map_add(cluster->arena, &mesh->delegates, to->hash,
                        ARENA_NEW(cluster->arena, char));
        }
    }
}

static void add_delegate(struct mesh *mesh, const struct mesh_route *route, const struct box *rest,
                         const struct data *delegate, uint32_t depth)
{
    struct cluster *cluster = mesh->cluster;
    const struct object *other = find_delegate(cluster, route->object, delegate);
    if (other && other != route->object && depth < DELEGATES_MAX) {
        add_http(mesh, route, other, object_get(other, "spec"), rest, depth + 1);
        return;
    }
    Str space = document_text(delegate, "namespace");
    cluster_dangling(cluster, route->object, delegate->span, "VirtualService",
                     space.len ? space : route->object->space, document_text(delegate, "name"));
    struct mesh_route *kept = ARENA_NEW(cluster->arena, struct mesh_route);
    *kept = *route;
    kept->http = delegate; // which says nothing of a route: unknown
    *vec_push(cluster->arena, &mesh->routes) =
        (struct route){ kept->hosts, kept->host_count, rest, kept };
}

static void add_entry(struct mesh *mesh, struct mesh_route route, const struct data *match,
                      const struct box *within, uint32_t depth)
{
    struct cluster *cluster = mesh->cluster;
    enum match kind;
    Str path;
    const struct box *rest = istio_match(cluster, route.object, match, &kind, &path);
    if (rest)
        rest = box_meet(mesh->model, rest, within);
    if (!rest)
        return;
    if (depth == 0 || match) {
        route.match = kind;
        route.path = path;
    }
    const struct data *delegate = document_find(route.http, "delegate");
    if (delegate) {
        add_delegate(mesh, &route, rest, delegate, depth);
        return;
    }
    struct mesh_route *kept = ARENA_NEW(cluster->arena, struct mesh_route);
    *kept = route;
    *vec_push(cluster->arena, &mesh->routes) =
        (struct route){ kept->hosts, kept->host_count, rest, kept };
}

static void add_http(struct mesh *mesh, const struct mesh_route *root, const struct object *object,
                     const struct data *spec, const struct box *within, uint32_t depth)
{
    struct cluster *cluster = mesh->cluster;
    const struct data *list = field_list(cluster->run, object, spec, "http", &cluster->good);
    for (uint32_t i = 0; list && i < list->count; i++) {
        struct mesh_route route = *root;
        route.http = list->entries[i].value;
        route.object = object;
        const struct data *cors = document_find(route.http, "corsPolicy");
        if (cors && cors->kind == DATA_MAP)
            route.cors = cors;
        const struct data *matches =
            field_list(cluster->run, object, route.http, "match", &cluster->good);
        if (!matches || !matches->count)
            add_entry(mesh, route, NULL, within, depth);
        for (uint32_t m = 0; matches && m < matches->count; m++)
            add_entry(mesh, route, matches->entries[m].value, within, depth);
    }
}

// ---- which VirtualServices stand beside each other

static bool read_hosts(struct mesh *mesh, const struct object *object, struct mesh_route *root)
{
    struct cluster *cluster = mesh->cluster;
    const struct data *spec = object_get(object, "spec");
    const struct data *written = document_find(spec, "hosts");
    const struct data *hosts = field_list(cluster->run, object, spec, "hosts", &cluster->good);
    bool more = (written && written->unrendered) || (spec && spec->unrendered);
    uint32_t at = 0;
    if (!written) // somebody's route, if none of these, asks for it
        more |= !map_next(&mesh->delegates, object->hash, &at);
    if ((!hosts || !hosts->count) && !more)
        return false; // a delegate
    root->hosts = ARENA_ARRAY(cluster->arena, Str, (hosts ? hosts->count : 0) + 1);
    if (more) { // whatever else it serves, it does so as it does here
        root->hosts[root->host_count++] =
            document_own_host(cluster->arena, object_name(cluster->arena, object));
        cluster_unknown(cluster, object, written ? written->span : object->span,
                        str_format(cluster->arena,
                                   "which hosts %.*s serves: it is shown under a host of its own",
                                   STR_ARG(object_text(cluster->arena, object))));
    }
    for (uint32_t i = 0; hosts && i < hosts->count; i++) {
        const struct data *host = hosts->entries[i].value;
        root->hosts[root->host_count++] = document_host(cluster->arena, host);
        if (scalar_is_open(host))
            cluster_unknown(cluster, object, host->span,
                            str_format(cluster->arena, "which host the template %.*s stands for",
                                       STR_ARG(host->text)));
    }
    const struct data *http = document_find(spec, "http");
    bool open = http && http->unrendered;
    for (uint32_t i = 0; http && http->kind == DATA_LIST && i < http->count && !open; i++) {
        const struct data *entry = http->entries[i].value;
        open =
            entry->conditional || entry->unrendered || data_is_open(document_find(entry, "match"));
    }
    if (open)
        cluster_open(cluster, object, written ? written->span : object->span, 0);
    return !open;
}

struct rooted {
    const struct object *object;
    struct mesh_route root;
    bool shares; // a host with another one
};
struct rooted_list {
    struct rooted *items;
    uint32_t count, capacity;
};

static void find_shared(struct arena *arena, struct rooted_list *list)
{
    struct map by_host = { 0 };
    for (uint32_t i = 0; i < list->count; i++)
        for (uint32_t h = 0; h < list->items[i].root.host_count; h++) {
            uint64_t hash = hash_str(HASH_SEED, list->items[i].root.hosts[h]);
            uint32_t at = 0;
            struct rooted *other = map_next(&by_host, hash, &at);
            if (other && other != &list->items[i])
                other->shares = list->items[i].shares = true;
            map_add(arena, &by_host, hash, &list->items[i]);
        }
}

// Routes of one host come in the order in which their VirtualServices were created, which nobody
// can see: with two or more, in the order of the files or the other way round.
static void add_all(struct mesh *mesh, struct rooted_list *list)
{
    struct cluster *cluster = mesh->cluster;
    struct model *model = mesh->model;
    const struct var *order = NULL;
    const struct box *all = box_all(model), *first = all, *second = NULL;
    uint64_t identity = HASH_SEED;
    for (uint32_t i = 0; i < list->count; i++)
        if (list->items[i].shares)
            identity = hash_str(hash_str(identity, list->items[i].object->name),
                                list->items[i].object->space);
    for (uint32_t i = 0; i < list->count; i++)
        if (list->items[i].shares && !order) {
            Str text = STR("whether the VirtualServices of one host were created in the order in "
                           "which they are written");
            order = model_choice(model, text, identity, list->items[i].object->span);
            policy_add_unknown(cluster->policy,
                               (struct unknown){ list->items[i].object->span, text, identity });
            first = box_with(model, all, order, model_choice_value(model, true));
            second = box_with(model, all, order, model_choice_value(model, false));
        }
    for (uint32_t i = 0; i < list->count; i++)
        add_http(mesh, &list->items[i].root, list->items[i].object,
                 object_get(list->items[i].object, "spec"), list->items[i].shares ? first : all, 0);
    for (uint32_t i = list->count; second && i-- > 0;)
        if (list->items[i].shares)
            add_http(mesh, &list->items[i].root, list->items[i].object,
                     object_get(list->items[i].object, "spec"), second, 0);
}

// ---- what a route does

// headers.response: how it comes together with the filter is not established.
static void change_headers(struct mesh *mesh, const struct object *object, struct cases *cases,
                           struct branch *branch, const struct data *holder)
{
    static const char *const verbs[] = { "set", "add", "remove" };
    const struct data *response = document_find(document_find(holder, "headers"), "response");
    for (size_t v = 0; v < sizeof verbs / sizeof *verbs; v++) {
        const struct data *names = document_find(response, verbs[v]);
        for (uint32_t i = 0; names && i < names->count; i++) {
            const struct data *name =
                names->entries[i].key ? names->entries[i].key : names->entries[i].value;
            if (name->kind != DATA_SCALAR || !header_is_about_cors(name->text))
                continue;
            Str text = str_format(mesh->cluster->arena, "%.*s", STR_ARG(name->text));
            branch_unknown_header(cases, branch, text.ptr,
                                  STR("what Istio's own list of response headers makes of this "
                                      "header is not established"),
                                  object->hash, name->span);
        }
    }
}

static Str target_of(struct mesh *mesh, const struct data *route)
{
    const struct data *destination = document_find(route, "destination");
    Str host = document_text(destination, "host");
    Str port = document_text(document_find(destination, "port"), "number");
    return str_format(mesh->cluster->arena, "http://%.*s%s%.*s", STR_ARG(host), port.len ? ":" : "",
                      STR_ARG(port));
}

static void forward(struct mesh *mesh, const struct mesh_route *route, struct cases *cases,
                    struct branch in, bool allowed, const struct envoy_cors *cors)
{
    const struct data *list = document_find(route->http, "route");
    const struct data *to =
        list && list->kind == DATA_LIST && list->count ? list->entries[0].value : route->http;
    change_headers(mesh, route->object, cases, &in, route->http);
    for (uint32_t i = 0; list && list->kind == DATA_LIST && i < list->count; i++)
        change_headers(mesh, route->object, cases, &in, list->entries[i].value);
    if (allowed)
        envoy_cors_answer(cases, &in, cors);
    branch_forward(cases, in, target_of(mesh, to), to->span);
}

// Authorization comes before CORS: what it refuses carries no headers.
static void refuse(struct mesh *mesh, const struct mesh_route *route, struct cases *cases,
                   struct branch *in)
{
    struct cluster *cluster = mesh->cluster;
    const struct object *policy;
    uint32_t at = 0;
    while ((policy =
                objects_next(&cluster->objects, "security.istio.io", "AuthorizationPolicy", &at))) {
        bool elsewhere = policy->space.len && route->service->space.len &&
                         !str_equal(policy->space, route->service->space) &&
                         !str_starts(policy->space, STR("istio"));
        if (elsewhere)
            continue;
        struct branch refused;
        Str text = str_format(cluster->arena, "whether %.*s refuses the request",
                              STR_ARG(object_text(cluster->arena, policy)));
        branch_split_unknown(cases, *in, text, policy->hash, policy->span, &refused, in);
        branch_answer(cases, refused, 403, policy->span);
    }
}

static void serve(struct mesh *mesh, const struct mesh_route *route, struct cases *cases,
                  struct branch in)
{
    const struct data *field;
    uint32_t status = 301;
    refuse(mesh, route, cases, &in);
    if ((field = document_find(route->http, "redirect"))) {
        const struct data *code = document_find(field, "redirectCode");
        const struct data *policy = document_find(route->http, "corsPolicy");
        if (code)
            (void)data_get_number(code, 399, &status);
        if (policy && policy->kind == DATA_MAP)
            cluster_remark(mesh->cluster, "CG504", policy->span, STR(ENVOY_POLICY_UNASKED),
                           hash_str(hash_str(HASH_SEED, route->object->name), route->path));
        branch_redirect(cases, in, status,
                        value_unknown(mesh->model, STR("where this redirects to"),
                                      route->object->hash, field->span),
                        field->span);
    } else if ((field = document_find(route->http, "directResponse"))) {
        const struct data *code = document_find(field, "status");
        status = 200;
        if (code)
            (void)data_get_number(code, 599, &status);
        branch_answer(cases, in, status, field->span);
    } else if (!document_find(route->http, "route") ||
               document_is_open(route->cors, "allowOrigin")) {
        branch_answer_unknown(cases, in, STR("what this route does"),
                              hash_u64(route->object->hash, data_hash(route->cors)),
                              route->cors ? route->cors->span : route->http->span);
    } else if (route->cors) {
        struct envoy_cors cors = istio_policy(mesh->cluster, route->object, route->cors);
        struct envoy_passed passed;
        envoy_cors_run(cases, in, &cors, &passed);
        forward(mesh, route, cases, passed.allowed, true, &cors);
        forward(mesh, route, cases, passed.other, false, &cors);
    } else {
        forward(mesh, route, cases, in, false, NULL);
    }
}

// ---- gateways

// A server of one of the route's gateways that redirects http to https; else NULL.
static const struct data *redirecting_server(struct mesh *mesh, const struct mesh_route *route)
{
    struct cluster *cluster = mesh->cluster;
    const struct data *names = object_get(route->service, "spec.gateways");
    for (uint32_t i = 0; names && names->kind == DATA_LIST && i < names->count; i++) {
        Str name = names->entries[i].value->text, space = route->service->space, rest;
        if (str_cut(name, STR("/"), &space, &rest))
            name = rest;
        const struct object *gateway =
            objects_find(&cluster->objects, "networking.istio.io", "Gateway", space, name);
        const struct data *servers = gateway ? object_get(gateway, "spec.servers") : NULL;
        for (uint32_t s = 0; servers && servers->kind == DATA_LIST && s < servers->count; s++) {
            bool redirects = false;
            const struct data *said =
                document_find(document_find(servers->entries[s].value, "tls"), "httpsRedirect");
            if (said && data_get_bool(said, &redirects) && redirects)
                return said;
        }
    }
    return NULL;
}

static void note_gateways(struct mesh *mesh, const struct object *service)
{
    struct cluster *cluster = mesh->cluster;
    const struct data *names = object_get(service, "spec.gateways");
    uint32_t any = 0;
    if (!objects_next(&cluster->objects, "networking.istio.io", "Gateway", &any))
        return; // they are all somewhere else
    for (uint32_t i = 0; names && names->kind == DATA_LIST && i < names->count; i++) {
        Str name = names->entries[i].value->text, space = service->space, rest;
        if (str_is(name, "mesh") || names->entries[i].value->unrendered)
            continue;
        if (str_cut(name, STR("/"), &space, &rest))
            name = rest;
        if (!objects_find(&cluster->objects, "networking.istio.io", "Gateway", space, name))
            cluster_dangling(cluster, service, names->entries[i].value->span, "Gateway", space,
                             name);
    }
}

static void read_services(struct cluster *cluster, const struct controller *controller)
{
    struct mesh mesh = { .cluster = cluster, .model = cluster->model };
    struct rooted_list roots = { 0 };
    struct routed_list parts = { 0 };
    const struct object *object;
    uint32_t at = 0;
    note_delegates(&mesh);
    while (
        (object = objects_next(&cluster->objects, "networking.istio.io", "VirtualService", &at))) {
        struct rooted one = { .object = object, .root = { .service = object } };
        if (!read_hosts(&mesh, object, &one.root))
            continue;
        note_gateways(&mesh, object);
        *vec_push(cluster->arena, &roots) = one;
    }
    find_shared(cluster->arena, &roots);
    add_all(&mesh, &roots);
    if (!routes_resolve(mesh.model, mesh.routes.items, mesh.routes.count, ROUTES_HOST_FIRST,
                        WILD_ANY, (Span){ 0 }, &parts)) {
        cluster->good = false;
        return;
    }
    for (uint32_t i = 0; i < parts.count; i++) {
        const struct mesh_route *route = parts.items[i].route->owner;
        struct cases cases = cases_new(mesh.model, cluster->policy);
        struct branch all = cases_begin(&cases, parts.items[i].box), plain;
        const struct data *redirects = redirecting_server(&mesh, route);
        if (redirects) {
            branch_split(&cases, all, mesh.model->scheme, fa_literal(mesh.model->fa, STR("http")),
                         redirects->span, &plain, &all);
            branch_redirect(&cases, plain, 301,
                            value_unknown(mesh.model, STR("the same URL with https"),
                                          hash_str(HASH_SEED, STR("httpsRedirect")),
                                          redirects->span),
                            redirects->span);
        }
        serve(&mesh, route, &cases, all);
        cases_finish(&cases, (struct endpoint){ .layer = controller->product,
                                                .hosts = route->hosts,
                                                .host_count = route->host_count,
                                                .match = route->match,
                                                .path = route->path,
                                                .box = parts.items[i].box,
                                                .span = route->http->span });
    }
}

void istio_read(struct cluster *cluster, const struct controller *controller)
{
    uint32_t version = cluster_running(cluster, controller).version;
    bool newer = !version || version >= ISTIO_WILDCARDS;
    const struct route_engine engine = {
        .wildcards = newer,
        .shaped_star = newer,
        .forwards_refused = !newer,
    };
    read_services(cluster, controller);
    read_unmodelled_objects(cluster, controller); // EnvoyFilter
    http_routes_read(cluster, controller, &engine, false);
}
