// What a document lists: services, routes and plugins, nested or by reference.
#include "dialect/kong/kong.h"

#include "base/hash.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void kong_complain(struct kong *kong, Span span, const char *format, ...)
{
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    kong->good = false;
    (void)diagf(kong->model->run, &kong_malformed, span, "%s", text);
}

bool kong_is_open(Str text)
{
    return str_contains(text, STR("${")) || str_contains(text, STR("{{")) ||
           str_contains(text, STR("{vault://"));
}

// ---- lists

static bool is_absent(const struct data *data)
{
    return !data || data_is_null(data);
}

// The list at a key; NULL when there is none.
static const struct data *list_at(struct kong *kong, const struct data *map, const char *key)
{
    const struct data *list = document_find(map, key);
    if (is_absent(list))
        return NULL;
    if (list->kind == DATA_LIST)
        return list;
    kong_complain(kong, list->span, "%s is %s, not a list", key, data_kind_text(list));
    return NULL;
}

static bool is_entity(struct kong *kong, const struct data *item, const char *what)
{
    if (item->kind == DATA_MAP)
        return true;
    kong_complain(kong, item->span, "a %s is %s, not a map", what, data_kind_text(item));
    return false;
}

// What a reference names: a text, or a map with an id or a name.
static Str reference(const struct data *data)
{
    if (is_absent(data))
        return STR("");
    if (data->kind == DATA_SCALAR)
        return data->text;
    Str id = document_text(data, "id");
    return id.len ? id : document_text(data, "name");
}

static void enter(struct kong *kong, struct map *names, Str id, Str name, void *entity)
{
    if (id.len)
        map_add(kong->model->arena, names, hash_str(HASH_SEED, id), entity);
    if (name.len && !str_equal(name, id))
        map_add(kong->model->arena, names, hash_str(HASH_SEED, name), entity);
}

static void dangle(struct kong *kong, const char *what, Str name, const struct data *at)
{
    if (!kong_is_open(name))
        policy_add_remark(kong->policy,
                          (struct remark){ .rule = "CG908",
                                           .span = at->span,
                                           .message = str_format(kong->model->arena,
                                                                 "there is no %s \"%.*s\" here",
                                                                 what, STR_ARG(name)) });
}

// ---- services

static Str target_of(struct arena *arena, const struct data *node)
{
    Str url = document_text(node, "url"), scheme, rest, path;
    if (url.len) {
        if (!str_cut(url, STR("://"), &scheme, &rest))
            return url;
        if (!str_cut(rest, STR("/"), &rest, &path))
            return url;
        return str_format(arena, "%.*s://%.*s", STR_ARG(scheme), STR_ARG(rest));
    }
    Str host = document_text(node, "host"), port = document_text(node, "port");
    Str protocol = document_text(node, "protocol");
    if (!protocol.len)
        protocol = STR("http");
    if (!port.len)
        port = str_is(protocol, "https") ? STR("443") : STR("80");
    bool usual = str_is(protocol, "https") ? str_is(port, "443")
                                           : str_is(protocol, "http") && str_is(port, "80");
    return usual ? str_format(arena, "%.*s://%.*s", STR_ARG(protocol), STR_ARG(host))
                 : str_format(arena, "%.*s://%.*s:%.*s", STR_ARG(protocol), STR_ARG(host),
                              STR_ARG(port));
}

static Str service_path(const struct data *node)
{
    Str url = document_text(node, "url"), scheme, rest, path;
    if (!url.len)
        return document_text(node, "path");
    if (!str_cut(url, STR("://"), &scheme, &rest) || !str_cut(rest, STR("/"), &rest, &path))
        return STR("");
    return (Str){ path.ptr - 1, path.len + 1 };
}

static struct kong_service *find_service(const struct kong *kong, Str name)
{
    uint32_t at = 0;
    struct kong_service *service;
    while ((service = map_next(&kong->service_names, hash_str(HASH_SEED, name), &at)))
        if (str_equal(service->id, name) || str_equal(service->name, name))
            break;
    return service;
}

// ---- routes

static void read_paths(struct kong *kong, const struct data *node, struct kong_route *route)
{
    const struct data *list = list_at(kong, node, "paths");
    for (uint32_t i = 0; list && i < list->count; i++) {
        const struct data *item = list->entries[i].value;
        Str text = item->text, rest = text;
        bool is_regex = str_eat(&rest, STR("~"));
        if (kong->guesses_regex && !is_regex)
            for (size_t k = 0; k < text.len && !is_regex; k++) {
                char c = text.ptr[k];
                is_regex = !((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                             (c >= '0' && c <= '9') || strchr(".-_~/%", c));
            }
        if (item->kind != DATA_SCALAR || !text.len || (rest.len && rest.ptr[0] != '/')) {
            kong_complain(kong, item->span, "a path begins with / or ~/");
            continue;
        }
        *vec_push(kong->model->arena, &route->paths) =
            (struct kong_path){ rest, is_regex, item->span };
    }
}

static void read_hosts(struct kong *kong, const struct data *node, struct kong_route *route)
{
    const struct data *list = list_at(kong, node, "hosts");
    for (uint32_t i = 0; list && i < list->count; i++)
        if (list->entries[i].value->text.len)
            *vec_push(kong->model->arena, &route->hosts) =
                str_lower(kong->model->arena, list->entries[i].value->text);
}

static void read_methods(struct kong *kong, const struct data *node, struct kong_route *route)
{
    const struct data *list = list_at(kong, node, "methods");
    if (!list || !list->count)
        return;
    Str *names = ARENA_ARRAY(kong->model->arena, Str, list->count);
    for (uint32_t i = 0; i < list->count; i++)
        names[i] = list->entries[i].value->text;
    route->methods = fa_literals(kong->model->fa, names, list->count);
}

// Values are compared in any case; a single one behind "~*" is a regular expression.
static void read_headers(struct kong *kong, const struct data *node, struct kong_route *route)
{
    struct model *model = kong->model;
    const struct data *map = document_find(node, "headers");
    if (is_absent(map) || map->kind != DATA_MAP)
        return;
    for (uint32_t i = 0; i < map->count; i++) {
        const struct data *values = map->entries[i].value;
        struct kong_header header = { .name = map->entries[i].key->text,
                                      .identity = data_hash(values),
                                      .span = values->span };
        if (values->kind == DATA_LIST && values->count) {
            Str *texts = ARENA_ARRAY(model->arena, Str, values->count);
            bool plain = true;
            for (uint32_t k = 0; k < values->count; k++) {
                texts[k] = values->entries[k].value->text;
                plain &= !str_starts(texts[k], STR("~*")) && !kong_is_open(texts[k]);
            }
            if (plain)
                header.values = fa_literals_nocase(model->fa, texts, values->count);
        }
        *vec_push(model->arena, &route->headers) = header;
    }
}

// Conditions that a request over HTTP does not show.
static void read_conditions(const struct data *node, struct kong_route *route)
{
    static const struct {
        const char *key, *text;
    } rows[] = {
        { "snis", "whether the name that the client asks for in TLS is one of the route's snis" },
        { "sources", "whether the client's address is one of the route's sources" },
        { "destinations", "whether the request came to one of the route's destinations" },
        { "expression", "whether the route's expression holds" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct data *value = document_find(node, rows[i].key);
        if (is_absent(value) || (value->kind != DATA_SCALAR && !value->count))
            continue;
        route->unknown = str_from(rows[i].text);
        route->identity = hash_u64(route->identity + i + 1, data_hash(value));
        route->has_expression |= strcmp(rows[i].key, "expression") == 0;
    }
}

static bool speaks_http(struct kong *kong, const struct data *node, struct kong_route *route)
{
    const struct data *list = list_at(kong, node, "protocols");
    bool http = !list || !list->count, https = http;
    for (uint32_t i = 0; list && i < list->count; i++) {
        Str text = list->entries[i].value->text;
        http |= str_is(text, "http") || str_is(text, "grpc") || str_is(text, "ws");
        https |= str_is(text, "https") || str_is(text, "grpcs") || str_is(text, "wss");
    }
    route->only_https = https && !http;
    return http || https;
}

static void read_plugins(struct kong *kong, const struct data *node, struct kong_service *service,
                         struct kong_route *route);

static void read_route(struct kong *kong, const struct data *node, struct kong_service *service)
{
    if (!is_entity(kong, node, "route"))
        return;
    struct kong_route *route = ARENA_NEW(kong->model->arena, struct kong_route);
    bool flag = true;
    *route = (struct kong_route){ .id = document_text(node, "id"),
                                  .name = document_text(node, "name"),
                                  .service = service,
                                  .strips_path = true,
                                  .redirect = 426,
                                  .span = node->span };
    const struct data *strip = document_find(node, "strip_path");
    if (!is_absent(strip) && data_get_bool(strip, &flag))
        route->strips_path = flag;
    const struct data *keep = document_find(node, "preserve_host");
    if (!is_absent(keep) && data_get_bool(keep, &flag))
        route->keeps_host = flag;
    const struct data *number = document_find(node, "regex_priority");
    if (number)
        (void)data_get_number(number, UINT32_MAX, &route->regex_priority);
    number = document_find(node, "https_redirect_status_code");
    if (number)
        (void)data_get_number(number, 999, &route->redirect);
    const struct data *named = document_find(node, "service");
    if (!service && !is_absent(named)) {
        route->service = find_service(kong, reference(named));
        if (!route->service)
            dangle(kong, "service", reference(named), named);
    }
    read_hosts(kong, node, route);
    read_paths(kong, node, route);
    read_methods(kong, node, route);
    read_headers(kong, node, route);
    read_conditions(node, route);
    if (!speaks_http(kong, node, route))
        return; // a stream: no web page comes there
    *vec_push(kong->model->arena, &kong->routes) = route;
    enter(kong, &kong->route_names, route->id, route->name, route);
    read_plugins(kong, node, NULL, route);
}

static struct kong_route *find_route(const struct kong *kong, Str name)
{
    uint32_t at = 0;
    struct kong_route *route;
    while ((route = map_next(&kong->route_names, hash_str(HASH_SEED, name), &at)))
        if (str_equal(route->id, name) || str_equal(route->name, name))
            break;
    return route;
}

// ---- plugins

bool kong_mentions_cors(const struct data *data)
{
    if (data->kind == DATA_SCALAR) {
        Str lower = data->text;
        for (size_t i = 0; i + 15 <= lower.len; i++)
            if (str_is_nocase(str_slice(lower, i, i + 15), "access-control-"))
                return true;
        return false;
    }
    for (uint32_t i = 0; i < data->count; i++)
        if (kong_mentions_cors(data->entries[i].value) ||
            (data->entries[i].key && kong_mentions_cors(data->entries[i].key)))
            return true;
    return false;
}

static bool refers(struct kong *kong, const struct data *node, struct kong_plugin *plugin)
{
    const struct data *service = document_find(node, "service");
    const struct data *route = document_find(node, "route");
    if (!is_absent(service) && !plugin->service) {
        plugin->service = find_service(kong, reference(service));
        if (!plugin->service) {
            dangle(kong, "service", reference(service), service);
            return false;
        }
    }
    if (!is_absent(route) && !plugin->route) {
        plugin->route = find_route(kong, reference(route));
        if (!plugin->route) {
            dangle(kong, "route", reference(route), route);
            return false;
        }
    }
    return true;
}

static void read_plugin(struct kong *kong, const struct data *node, struct kong_service *service,
                        struct kong_route *route)
{
    static const char *const scopes[] = { "consumer", "consumer_group", NULL };
    if (!is_entity(kong, node, "plugin"))
        return;
    struct kong_plugin *plugin = ARENA_NEW(kong->model->arena, struct kong_plugin);
    *plugin = (struct kong_plugin){ .name = document_text(node, "name"),
                                    .service = service,
                                    .route = route,
                                    .identity = data_hash(node),
                                    .span = node->span };
    const struct data *enabled = document_find(node, "enabled");
    bool on = true;
    if (enabled && data_get_bool(enabled, &on) && !on)
        return;
    bool is_cors = str_is(plugin->name, "cors");
    for (const char *const *scope = scopes; *scope; scope++)
        if (!is_absent(document_find(node, *scope)) && is_cors) {
            kong_complain(kong, node->span, "a cors plugin cannot be that of a %s", *scope);
            return;
        }
    if (!refers(kong, node, plugin))
        return;
    const struct data *config = document_find(node, "config");
    if (is_cors) {
        Str shared = document_text(node, "_config");
        const struct data *all = document_find(kong->root, "_plugin_configs");
        const struct data *rest = shared.len && all ? data_find(all, shared) : NULL;
        if (shared.len && !rest)
            dangle(kong, "_plugin_configs entry", shared, document_find(node, "_config"));
        plugin->cors = kong_read_cors(kong, config, rest, node->span);
    } else if (config && kong_mentions_cors(config)) {
        plugin->touches = true;
    } else {
        return; // says nothing about CORS
    }
    struct kong_plugins *scope = plugin->route     ? &plugin->route->plugins
                                 : plugin->service ? &plugin->service->plugins
                                                   : &kong->plugins;
    *vec_push(kong->model->arena, scope) = plugin;
}

static void read_plugins(struct kong *kong, const struct data *node, struct kong_service *service,
                         struct kong_route *route)
{
    const struct data *list = list_at(kong, node, "plugins");
    for (uint32_t i = 0; list && i < list->count; i++)
        read_plugin(kong, list->entries[i].value, service, route);
}

// Of a route and of a service at once is narrower than of the route alone.
static const struct kong_plugin *pick(const struct kong_plugins *plugins, Str name,
                                      const struct kong_service *service)
{
    const struct kong_plugin *best = NULL;
    for (uint32_t i = 0; i < plugins->count; i++) {
        const struct kong_plugin *plugin = plugins->items[i];
        if (!str_equal(plugin->name, name) || (plugin->service && plugin->service != service))
            continue;
        if (!best || (plugin->service && !best->service))
            best = plugin;
    }
    return best;
}

const struct kong_plugin *kong_plugin_for(const struct kong *kong, Str name,
                                          const struct kong_route *route)
{
    const struct kong_plugin *found = NULL;
    if (route)
        found = pick(&route->plugins, name, route->service);
    if (!found && route && route->service)
        found = pick(&route->service->plugins, name, route->service);
    return found ? found : pick(&kong->plugins, name, NULL);
}

// ---- all of it

static void read_service(struct kong *kong, const struct data *node)
{
    struct kong_service *service = ARENA_NEW(kong->model->arena, struct kong_service);
    *service = (struct kong_service){ .id = document_text(node, "id"),
                                      .name = document_text(node, "name"),
                                      .target = target_of(kong->model->arena, node),
                                      .path = service_path(node),
                                      .span = node->span };
    *vec_push(kong->model->arena, &kong->services) = service;
    enter(kong, &kong->service_names, service->id, service->name, service);
}

static bool is_on(const struct data *node)
{
    const struct data *enabled = document_find(node, "enabled");
    bool on = true;
    return !enabled || !data_get_bool(enabled, &on) || on;
}

void kong_entities(struct kong *kong)
{
    kong->guesses_regex = document_text(kong->root, "_format_version").ptr[0] < '3';
    const struct data *services = list_at(kong, kong->root, "services");
    const struct data *routes = list_at(kong, kong->root, "routes");
    uint32_t next = 0;
    for (uint32_t i = 0; services && i < services->count; i++)
        if (is_entity(kong, services->entries[i].value, "service"))
            read_service(kong, services->entries[i].value);
    // Routes before plugins that name them; services before both.
    for (uint32_t i = 0; services && i < services->count; i++) {
        const struct data *node = services->entries[i].value;
        if (node->kind != DATA_MAP)
            continue;
        struct kong_service *service = kong->services.items[next++];
        const struct data *nested = list_at(kong, node, "routes");
        for (uint32_t k = 0; nested && k < nested->count && is_on(node); k++)
            read_route(kong, nested->entries[k].value, service);
        read_plugins(kong, node, service, NULL);
    }
    for (uint32_t i = 0; routes && i < routes->count; i++)
        read_route(kong, routes->entries[i].value, NULL);
    read_plugins(kong, kong->root, NULL, NULL);
}
