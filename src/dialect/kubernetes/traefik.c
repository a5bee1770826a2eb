#include "dialect/kubernetes/traefik.h"

#include "base/hash.h"
#include "dialect/kubernetes/http_route.h"
#include "dialect/kubernetes/ingress.h"
#include "dialect/routes.h"

#include <stdlib.h>
#include <string.h>

static const char middlewares_key[] = "traefik.ingress.kubernetes.io/router.middlewares";
static const char priority_key[] = "traefik.ingress.kubernetes.io/router.priority";
static const char matcher_key[] = "traefik.ingress.kubernetes.io/router.pathmatcher";

// A router: a rule, how it is ranked, what stands in front of the service.
struct router {
    struct boxes boxes; // the requests of its rule
    uint32_t priority, position;
    enum match match;
    Str path;
    struct traefik_chain chain;
    Str upstream;
    Span span;
};
struct routers {
    struct router *items;
    uint32_t count, capacity;
};

struct traefik {
    struct cluster *cluster;
    struct model *model;
    struct routers routers;
    struct map used; // Middleware objects that some router uses
};

static void note_used(struct traefik *traefik, const struct traefik_chain *chain)
{
    for (uint32_t i = 0; i < chain->count; i++)
        if (chain->items[i].object)
            map_add(traefik->cluster->arena, &traefik->used, chain->items[i].object->hash,
                    ARENA_NEW(traefik->cluster->arena, char));
}

static bool is_used(const struct traefik *traefik, const struct object *object)
{
    uint32_t at = 0;
    return map_next(&traefik->used, object->hash, &at) != NULL;
}

// ---- IngressRoute

// The path that a rule names first, for people.
static void find_path(Str rule, enum match *match, Str *path)
{
    static const struct {
        const char *name;
        enum match match;
    } names[] = { { "PathPrefix(`", MATCH_PREFIX },
                  { "PathRegexp(`", MATCH_REGEX },
                  { "Path(`", MATCH_EXACT } };
    *match = MATCH_PREFIX;
    *path = STR("/");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        Str before, rest, text;
        if (str_cut(rule, str_from(names[i].name), &before, &rest) &&
            str_cut(rest, STR("`"), &text, &rest)) {
            *match = names[i].match;
            *path = text;
            return;
        }
    }
}

static Str service_target(struct cluster *cluster, const struct object *object,
                          const struct data *route)
{
    const struct data *services = document_find(route, "services");
    const struct data *first = services && services->kind == DATA_LIST && services->count
                                   ? services->entries[0].value
                                   : NULL;
    Str name = document_text(first, "name"), space = document_text(first, "namespace");
    Str port = document_text(first, "port");
    if (!space.len)
        space = object->space;
    return str_format(cluster->arena, "http://%.*s%s%.*s%s%.*s", STR_ARG(name),
                      space.len ? "." : "", STR_ARG(space), port.len ? ":" : "", STR_ARG(port));
}

static void read_route(struct traefik *traefik, const struct object *object,
                       const struct data *route)
{
    struct cluster *cluster = traefik->cluster;
    const struct data *rule = document_find(route, "match");
    const struct data *priority = document_find(route, "priority");
    const struct data *list =
        field_list(cluster->run, object, route, "middlewares", &cluster->good);
    struct router router = { .position = traefik->routers.count, .span = route->span };
    const char *why;
    if (!rule || rule->kind != DATA_SCALAR) {
        cluster->good =
            diagf(cluster->run, &object_malformed, route->span, "%.*s: a route needs a match",
                  STR_ARG(object_text(cluster->arena, object)));
        return;
    }
    if (scalar_is_open(rule) || data_is_open(priority) || route->unrendered || route->conditional ||
        data_is_open(list)) {
        cluster_open(cluster, object, rule->span, 0);
        return;
    }
    if (!traefik_rule(cluster, object, rule, &router.boxes, &why)) {
        cluster->good = diagf(cluster->run, &object_malformed, rule->span, "%.*s: this rule %s",
                              STR_ARG(object_text(cluster->arena, object)), why);
        return;
    }
    router.priority = (uint32_t)rule->text.len;
    if (priority)
        (void)data_get_number(priority, UINT32_MAX - 1, &router.priority);
    find_path(rule->text, &router.match, &router.path);
    for (uint32_t i = 0; list && i < list->count; i++) {
        const struct data *one = list->entries[i].value;
        Str space = document_text(one, "namespace");
        traefik_enter(cluster, object, space.len ? space : object->space,
                      document_text(one, "name"), one->span, &router.chain);
    }
    router.upstream = service_target(cluster, object, route);
    note_used(traefik, &router.chain);
    *vec_push(cluster->arena, &traefik->routers) = router;
}

static void read_ingress_routes(struct traefik *traefik, const char *group)
{
    struct cluster *cluster = traefik->cluster;
    const struct object *object;
    uint32_t at = 0;
    while ((object = objects_next(&cluster->objects, group, "IngressRoute", &at))) {
        const struct data *routes =
            field_list(cluster->run, object, object_get(object, "spec"), "routes", &cluster->good);
        if (routes && routes->unrendered)
            cluster_open(cluster, object, routes->span, 0);
        for (uint32_t i = 0; routes && i < routes->count; i++)
            read_route(traefik, object, routes->entries[i].value);
    }
}

// ---- Ingress

// "ns-name@kubernetescrd,...": which "-" ends the namespace, the objects say.
static void enter_annotated(struct cluster *cluster, const struct object *ingress,
                            const struct data *annotation, struct traefik_chain *out)
{
    Str rest = annotation->text, one;
    while (rest.len) {
        if (!str_cut(rest, STR(","), &one, &rest)) {
            one = rest;
            rest = STR("");
        }
        one = str_trim(one);
        if (str_ends(one, STR("@kubernetescrd")))
            one.len -= strlen("@kubernetescrd");
        else if (str_contains(one, STR("@")))
            continue; // of another provider: static configuration
        Str space = STR(""), name = one;
        for (size_t i = 0; i < one.len; i++) {
            if (one.ptr[i] != '-')
                continue;
            Str before = str_slice(one, 0, i), after = str_slice(one, i + 1, one.len);
            bool is_own = str_equal(before, ingress->space);
            if (!is_own && space.len)
                continue;
            space = before;
            name = after;
            if (is_own)
                break;
        }
        traefik_enter(cluster, ingress, space, name, annotation->span, out);
    }
}

// Below a prefix character by character; element by element where the provider for ingress-nginx
// reads it.
static const struct fa *paths_of(struct model *model, Str path, bool exact, bool by_element)
{
    const struct fa *whole = fa_literal(model->fa, path);
    if (exact)
        return whole;
    if (!by_element || str_ends(path, STR("/")))
        return fa_concat(model->fa, whole, fa_all(model->fa));
    const struct fa *below =
        fa_concat(model->fa, fa_literal(model->fa, str_concat(model->arena, path, STR("/"))),
                  fa_all(model->fa));
    return fa_union(model->fa, whole, below);
}

static void read_ingress(struct traefik *traefik, const struct object *object)
{
    struct cluster *cluster = traefik->cluster;
    struct model *model = traefik->model;
    struct ingress ingress;
    struct traefik_chain chain = { 0 };
    const struct data *annotation = object_annotation(object, str_from(middlewares_key));
    const struct data *priority = object_annotation(object, str_from(priority_key));
    const struct data *matcher = object_annotation(object, str_from(matcher_key));
    ingress_read(cluster, object, &ingress);
    if (ingress.is_open || data_is_open(annotation)) {
        cluster_open(cluster, object, ingress.is_open ? ingress.open_span : annotation->span, 0);
        return;
    }
    bool by_nginx = traefik_has_nginx_class(cluster, controller_of_ingress(cluster, object).class);
    struct traefik_middleware annotated = { .kind = TRAEFIK_HEADERS,
                                            .object = object,
                                            .span = object->span };
    if (by_nginx && traefik_from_annotations(cluster, object, &annotated.headers))
        *vec_push(cluster->arena, &chain) = annotated;
    else if (!by_nginx && annotation && annotation->kind == DATA_SCALAR)
        enter_annotated(cluster, object, annotation, &chain);
    note_used(traefik, &chain);
    for (uint32_t r = 0; r < ingress.rules.count; r++) {
        const struct ingress_rule *rule = &ingress.rules.items[r];
        for (uint32_t p = 0; p < rule->paths.count; p++) {
            const struct ingress_path *path = &rule->paths.items[p];
            bool exact = path->type == PATH_EXACT;
            if (path->type == PATH_IMPLEMENTATION && matcher)
                exact = str_is(matcher->text, "Path");
            struct router router = {
                .position = traefik->routers.count,
                .match = exact ? MATCH_EXACT : MATCH_PREFIX,
                .path = path->path,
                .chain = chain,
                .upstream = path->upstream,
                .span = path->span,
            };
            const struct box *box = box_with(model, box_all(model), model->path,
                                             paths_of(model, path->path, exact, by_nginx));
            if (rule->host.len && box)
                box = box_with(model, box, model->host, route_host(model, rule->host, WILD_ONE));
            if (!box)
                continue;
            *vec_push(cluster->arena, &router.boxes) = box;
            // as long as Host(`...`) && PathPrefix(`...`) is
            size_t length = path->path.len + (exact ? 8 : 14);
            if (rule->host.len)
                length += rule->host.len + 8 + 4;
            router.priority = (uint32_t)length;
            if (priority && priority->kind == DATA_SCALAR)
                (void)str_number(priority->text, UINT32_MAX - 1, &router.priority);
            *vec_push(cluster->arena, &traefik->routers) = router;
        }
    }
    if (ingress.has_default) {
        struct router router = { .position = traefik->routers.count,
                                 .match = MATCH_ANY,
                                 .path = STR("/"),
                                 .chain = chain,
                                 .upstream = ingress.default_upstream,
                                 .span = ingress.default_span,
                                 .priority = 1 };
        *vec_push(cluster->arena, &router.boxes) = box_all(model);
        *vec_push(cluster->arena, &traefik->routers) = router;
    }
}

// ---- Middleware that nothing here uses: somebody's route does

static void read_unused(struct traefik *traefik, const char *group)
{
    struct cluster *cluster = traefik->cluster;
    struct model *model = traefik->model;
    const struct object *object;
    uint32_t at = 0;
    while ((object = objects_next(&cluster->objects, group, "Middleware", &at))) {
        struct traefik_chain chain = { 0 };
        if (is_used(traefik, object) || !object_get(object, "spec.headers"))
            continue;
        traefik_enter(cluster, object, object->space, object->name, object->span, &chain);
        Str used =
            str_format(cluster->arena, "which routes use %.*s: it is shown under a host of its own",
                       STR_ARG(object_text(cluster->arena, object)));
        if (chain.count && chain.items[0].kind == TRAEFIK_UNKNOWN) {
            cluster_outside(cluster, object, object->span, used, 0);
            continue;
        }
        if (!chain.count || chain.items[0].kind != TRAEFIK_HEADERS ||
            (!chain.items[0].headers.is_cors && !chain.items[0].headers.custom.count))
            continue;
        cluster_unknown(cluster, object, object->span, used);
        Str host = document_own_host(cluster->arena, object_name(cluster->arena, object));
        struct router router = { .position = traefik->routers.count,
                                 .priority = UINT32_MAX,
                                 .match = MATCH_ANY,
                                 .path = STR("/"),
                                 .chain = chain,
                                 .upstream = STR("http://service"),
                                 .span = object->span };
        *vec_push(cluster->arena, &router.boxes) =
            box_with(model, box_all(model), model->host, fa_literal(model->fa, host));
        if (router.boxes.items[0])
            *vec_push(cluster->arena, &traefik->routers) = router;
    }
}

// ---- endpoints

static int by_priority(const void *a, const void *b)
{
    const struct router *x = a, *y = b;
    if (x->priority != y->priority)
        return x->priority > y->priority ? -1 : 1;
    return (x->position > y->position) - (x->position < y->position);
}

// The hosts of a box as names, where they are few; else any.
static void name_hosts(struct model *model, const struct box *box, struct route *route)
{
    enum { NAMES_MAX = 64 };
    const struct fa *hosts = box_language(box, model->host);
    uint64_t count = hosts && hosts != model->host->universe ? fa_count(hosts) : FA_INFINITE;
    if (count > NAMES_MAX)
        return;
    Str *names = ARENA_ARRAY(model->arena, Str, NAMES_MAX);
    route->host_count = (uint32_t)fa_enumerate(model->arena, hosts, names, NAMES_MAX);
    route->hosts = names;
}

static void add_endpoints(struct traefik *traefik, const char *layer)
{
    struct cluster *cluster = traefik->cluster;
    struct model *model = traefik->model;
    struct routed_list parts = { 0 };
    struct {
        VEC(struct route) list;
    } routes = { 0 };
    struct routers *routers = &traefik->routers;
    if (routers->count)
        qsort(routers->items, routers->count, sizeof *routers->items, by_priority);
    for (uint32_t i = 0; i < routers->count; i++)
        for (uint32_t k = 0; k < routers->items[i].boxes.count; k++) {
            const struct box *box = routers->items[i].boxes.items[k];
            struct route route = { .rest = box, .owner = &routers->items[i] };
            name_hosts(model, box, &route);
            if (route.host_count)
                route.rest = box_without(model, box, model->host);
            *vec_push(cluster->arena, &routes.list) = route;
        }
    if (!routes_resolve(model, routes.list.items, routes.list.count, ROUTES_FIRST, WILD_ONE,
                        (Span){ 0 }, &parts)) {
        cluster->good = false;
        return;
    }
    for (uint32_t i = 0; i < parts.count; i++) {
        const struct route *route = parts.items[i].route;
        const struct router *router = route->owner;
        const struct traefik_router serving = { cluster, &router->chain, router->upstream,
                                                router->span };
        struct cases cases = cases_new(model, cluster->policy);
        static const Str any[] = { { "*", 1 } };
        traefik_serve(&serving, &cases, cases_begin(&cases, parts.items[i].box));
        cases_finish(&cases,
                     (struct endpoint){ .layer = layer,
                                        .hosts = route->host_count ? route->hosts : any,
                                        .host_count = route->host_count ? route->host_count : 1,
                                        .match = router->match,
                                        .path = router->path,
                                        .box = parts.items[i].box,
                                        .span = router->span });
    }
}

void traefik_read(struct cluster *cluster, const struct controller *controller)
{
    struct traefik traefik = { .cluster = cluster, .model = cluster->model };
    const struct object *ingress;
    uint32_t at = 0;
    read_ingress_routes(&traefik, "traefik.io");
    read_ingress_routes(&traefik, "traefik.containo.us");
    while ((ingress = ingress_next(cluster, controller, &at)))
        read_ingress(&traefik, ingress);
    read_unused(&traefik, "traefik.io");
    read_unused(&traefik, "traefik.containo.us");
    add_endpoints(&traefik, controller->product);
    http_routes_of(cluster, controller);
}
