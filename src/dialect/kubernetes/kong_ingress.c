#include "dialect/kubernetes/kong_ingress.h"

#include "base/hash.h"
#include "dialect/kong/kong.h"
#include "dialect/kubernetes/http_route.h"
#include "dialect/kubernetes/ingress.h"

#include <string.h>

static const char group[] = "configuration.konghq.com";

struct translation {
    struct cluster *cluster;
    struct kong kong;
    struct map services; // struct kong_service, by target
    struct map used;     // KongPlugin objects that something names
};

// ---- plugins

static bool is_cors(const struct object *object)
{
    return str_is(document_text(object->root, "plugin"), "cors");
}

// Whether it decides anything about CORS: a cors plugin, or another that speaks of its headers.
static bool is_of_interest(const struct object *object)
{
    const struct data *disabled = document_find(object->root, "disabled");
    bool off = false;
    if (disabled && data_get_bool(disabled, &off) && off)
        return false;
    return is_cors(object) || kong_mentions_cors(object->root);
}

static struct kong_plugin *unknown_plugin(struct translation *to, Str reason, uint64_t identity,
                                          Span span)
{
    struct arena *arena = to->cluster->arena;
    struct kong_cors *cors = ARENA_NEW(arena, struct kong_cors);
    struct kong_plugin *plugin = ARENA_NEW(arena, struct kong_plugin);
    *cors = *kong_read_cors(&to->kong, NULL, NULL, span);
    cors->unknown = reason;
    cors->identity = identity;
    *plugin = (struct kong_plugin){
        .name = STR("cors"), .cors = cors, .identity = identity, .span = span
    };
    return plugin;
}

static struct kong_plugin *plugin_of(struct translation *to, const struct object *object)
{
    const struct data *config = document_find(object->root, "config");
    if (!is_cors(object)) {
        struct kong_plugin *other = ARENA_NEW(to->cluster->arena, struct kong_plugin);
        *other = (struct kong_plugin){ .name = document_text(object->root, "plugin"),
                                       .touches = true,
                                       .identity = object->hash,
                                       .span = object->span };
        return other;
    }
    if (document_find(object->root, "configFrom") || document_find(object->root, "configPatches") ||
        (config && data_is_open(config)))
        return unknown_plugin(to,
                              STR("the plugin's configuration comes from a secret or a template"),
                              object->hash, object->span);
    struct kong_plugin *plugin = ARENA_NEW(to->cluster->arena, struct kong_plugin);
    *plugin = (struct kong_plugin){
        .name = STR("cors"),
        .cors = kong_read_cors(&to->kong, config, NULL, config ? config->span : object->span),
        .identity = object->hash,
        .span = object->span,
    };
    return plugin;
}

static void note_used(struct translation *to, const struct object *object)
{
    map_add(to->cluster->arena, &to->used, object->hash,
            ARENA_NEW(to->cluster->arena, struct translation));
}

// The plugins that konghq.com/plugins of an object names. A name that is not there may be any
// plugin's: what it does is not known.
static void attach(struct translation *to, const struct object *from, struct kong_plugins *out)
{
    struct cluster *cluster = to->cluster;
    const struct data *annotation =
        from ? object_annotation(from, STR("konghq.com/plugins")) : NULL;
    uint64_t missing = 0;
    bool has_cors = false;
    Str rest = annotation && annotation->kind == DATA_SCALAR ? annotation->text : STR(""), one;
    if (data_is_open(annotation)) {
        *vec_push(cluster->arena, out) = unknown_plugin(
            to, STR("a template says which plugins these are"), from->hash, annotation->span);
        return;
    }
    while (rest.len) {
        if (!str_cut(rest, STR(","), &one, &rest)) {
            one = rest;
            rest = STR("");
        }
        Str space = from->space, name = str_trim(one), before, after;
        if (str_cut(name, STR(":"), &before, &after)) {
            space = before;
            name = after;
        }
        const struct object *object =
            objects_find(&cluster->objects, group, "KongPlugin", space, name);
        if (!object)
            object = objects_find(&cluster->objects, group, "KongClusterPlugin", STR(""), name);
        if (!object) {
            cluster_dangling(cluster, from, annotation->span, "KongPlugin", space, name);
            missing = hash_str(hash_str(hash_u64(HASH_SEED, missing), space), name);
            continue;
        }
        note_used(to, object);
        if (is_of_interest(object))
            *vec_push(cluster->arena, out) = plugin_of(to, object);
        has_cors |= is_cors(object);
    }
    if (missing && !has_cors)
        *vec_push(cluster->arena, out) = unknown_plugin(
            to, STR("a plugin that is not among the files"), missing, annotation->span);
}

// Cluster plugins for everything: one cors plugin counts, two cancel each other.
static void attach_global(struct translation *to)
{
    struct cluster *cluster = to->cluster;
    const struct object *object, *first = NULL, *second = NULL;
    uint32_t at = 0;
    while ((object = objects_next(&cluster->objects, group, "KongClusterPlugin", &at))) {
        const struct data *labels = object_get(object, "metadata.labels");
        if (!is_of_interest(object) || !str_is(document_text(labels, "global"), "true"))
            continue;
        note_used(to, object);
        if (!is_cors(object)) {
            *vec_push(cluster->arena, &to->kong.plugins) = plugin_of(to, object);
            continue;
        }
        second = first ? object : second;
        first = first ? first : object;
    }
    if (second)
        cluster_remark(cluster, "CG510", second->span,
                       str_format(cluster->arena,
                                  "%.*s and %.*s are both global cors plugins: none of them runs",
                                  STR_ARG(object_text(cluster->arena, first)),
                                  STR_ARG(object_text(cluster->arena, second))),
                       hash_u64(first->hash, second->hash));
    else if (first)
        *vec_push(cluster->arena, &to->kong.plugins) = plugin_of(to, first);
}

// ---- services and routes

// "http://name.namespace:port" of an Ingress backend.
static struct kong_service *service_of(struct translation *to, const struct object *ingress,
                                       Str target, Span span)
{
    struct cluster *cluster = to->cluster;
    uint64_t hash = hash_str(HASH_SEED, target);
    uint32_t at = 0;
    struct kong_service *service;
    while ((service = map_next(&to->services, hash, &at)))
        if (str_equal(service->target, target))
            return service;
    service = ARENA_NEW(cluster->arena, struct kong_service);
    *service = (struct kong_service){ .name = target, .target = target, .span = span };
    Str host = target, name, rest;
    (void)str_eat(&host, STR("http://"));
    if (!str_cut(host, STR("."), &name, &rest) && !str_cut(host, STR(":"), &name, &rest))
        name = host;
    attach(to, objects_find(&cluster->objects, "", "Service", ingress->space, name),
           &service->plugins);
    map_add(cluster->arena, &to->services, hash, service);
    *vec_push(cluster->arena, &to->kong.services) = service;
    return service;
}

static const struct fa *methods_of(struct translation *to, const struct object *ingress)
{
    const struct data *annotation = object_annotation(ingress, STR("konghq.com/methods"));
    enum { METHODS_MAX = 32 };
    Str list[METHODS_MAX], rest, one;
    uint32_t count = 0;
    if (!annotation || annotation->kind != DATA_SCALAR || annotation->unrendered)
        return NULL;
    for (rest = annotation->text; rest.len && count < METHODS_MAX;) {
        if (!str_cut(rest, STR(","), &one, &rest)) {
            one = rest;
            rest = STR("");
        }
        list[count++] = str_trim(one);
    }
    return fa_literals(to->cluster->model->fa, list, count);
}

static void add_path(struct translation *to, struct kong_route *route, Str text, bool is_regex,
                     Span span)
{
    *vec_push(to->cluster->arena, &route->paths) = (struct kong_path){ text, is_regex, span };
}

// An exact path is an expression, and so is the end of a prefix that has no slash there.
static void add_paths(struct translation *to, struct kong_route *route,
                      const struct ingress_path *path)
{
    struct arena *arena = to->cluster->arena;
    Str quoted = str_format(arena, "\\Q%.*s\\E$", STR_ARG(path->path));
    Str written = path->path;
    if (path->type == PATH_IMPLEMENTATION) {
        bool is_regex = str_eat(&written, STR("/~"));
        add_path(to, route, written, is_regex, path->span);
    } else if (path->type == PATH_EXACT) {
        add_path(to, route, quoted, true, path->span);
    } else if (str_ends(path->path, STR("/"))) {
        add_path(to, route, path->path, false, path->span);
    } else {
        add_path(to, route, str_concat(arena, path->path, STR("/")), false, path->span);
        add_path(to, route, quoted, true, path->span);
    }
}

static bool flag_of(const struct object *ingress, const char *key, bool otherwise)
{
    const struct data *annotation = object_annotation(ingress, str_from(key));
    return annotation && annotation->kind == DATA_SCALAR ? str_is(annotation->text, "true")
                                                         : otherwise;
}

static struct kong_route *route_new(struct translation *to, const struct object *ingress,
                                    Str upstream, Span span)
{
    struct kong_route *route = ARENA_NEW(to->cluster->arena, struct kong_route);
    *route = (struct kong_route){
        .name = ingress->name,
        .service = service_of(to, ingress, upstream, span),
        .methods = methods_of(to, ingress),
        .strips_path = flag_of(ingress, "konghq.com/strip-path", false),
        .keeps_host = flag_of(ingress, "konghq.com/preserve-host", true),
        .span = span,
    };
    attach(to, ingress, &route->plugins);
    *vec_push(to->cluster->arena, &to->kong.routes) = route;
    return route;
}

static void read_ingress(struct translation *to, const struct object *object)
{
    struct cluster *cluster = to->cluster;
    struct ingress ingress;
    ingress_read(cluster, object, &ingress);
    if (ingress.is_open) {
        cluster_open(cluster, object, ingress.open_span, 0);
        return;
    }
    for (uint32_t r = 0; r < ingress.rules.count; r++) {
        const struct ingress_rule *rule = &ingress.rules.items[r];
        for (uint32_t p = 0; p < rule->paths.count; p++) {
            const struct ingress_path *path = &rule->paths.items[p];
            struct kong_route *route = route_new(to, object, path->upstream, path->span);
            if (rule->host.len)
                *vec_push(cluster->arena, &route->hosts) = rule->host;
            add_paths(to, route, path);
        }
    }
    if (ingress.has_default) {
        struct kong_route *route =
            route_new(to, object, ingress.default_upstream, ingress.default_span);
        add_path(to, route, STR("/"), false, ingress.default_span);
    }
}

// Plugins that nothing here names: somebody's Ingress does. Each under a host of its own.
static void read_unused(struct translation *to, const char *kind)
{
    struct cluster *cluster = to->cluster;
    const struct object *object;
    uint32_t at = 0;
    while ((object = objects_next(&cluster->objects, group, kind, &at))) {
        uint32_t seen = 0;
        if (!is_of_interest(object) || map_next(&to->used, object->hash, &seen))
            continue;
        cluster_unknown(cluster, object, object->span,
                        str_format(cluster->arena,
                                   "what uses %.*s: it is shown under a host of its own",
                                   STR_ARG(object_text(cluster->arena, object))));
        struct kong_route *route = ARENA_NEW(cluster->arena, struct kong_route);
        struct kong_service *service = ARENA_NEW(cluster->arena, struct kong_service);
        *service = (struct kong_service){ .target = STR("http://service"), .span = object->span };
        *route = (struct kong_route){
            .name = object->name, .service = service, .keeps_host = true, .span = object->span
        };
        *vec_push(cluster->arena, &route->hosts) =
            document_own_host(cluster->arena, object_name(cluster->arena, object));
        add_path(to, route, STR("/"), false, object->span);
        *vec_push(cluster->arena, &route->plugins) = plugin_of(to, object);
        *vec_push(cluster->arena, &to->kong.services) = service;
        *vec_push(cluster->arena, &to->kong.routes) = route;
    }
}

void kong_ingress_read(struct cluster *cluster, const struct controller *controller)
{
    struct translation to = { .cluster = cluster };
    const struct object *ingress, *any = NULL;
    uint32_t at = 0, plugins = 0;
    any = ingress_next(cluster, controller, &at);
    if (!any)
        any = objects_next(&cluster->objects, group, "KongPlugin", &plugins);
    plugins = 0;
    if (!any)
        any = objects_next(&cluster->objects, group, "KongClusterPlugin", &plugins);
    http_routes_of(cluster, controller);
    if (!any)
        return;
    to.kong = (struct kong){ .model = cluster->model,
                             .policy = cluster->policy,
                             .document = any->document,
                             .root = any->root,
                             .gateway = box_all(cluster->model),
                             .good = true };
    attach_global(&to);
    at = 0;
    while ((ingress = ingress_next(cluster, controller, &at)))
        read_ingress(&to, ingress);
    read_unused(&to, "KongPlugin");
    read_unused(&to, "KongClusterPlugin");
    if (to.kong.routes.count)
        kong_endpoints(&to.kong);
    cluster->good &= to.kong.good;
}
