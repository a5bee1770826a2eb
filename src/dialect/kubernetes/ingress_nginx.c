// The servers and locations that ingress-nginx makes of all Ingresses (reference/kubernetes.md
// 4.6), written as nginx configuration and read by the nginx interpreter.
#include "dialect/kubernetes/ingress_nginx.h"

#include "base/hash.h"
#include "dialect/kubernetes/kubernetes.h"
#include "dialect/kubernetes/nginx_render.h"
#include "dialect/nginx/rendered.h"

#include <stdlib.h>
#include <string.h>

#define DEFAULT_BACKEND "http://upstream-default-backend"

enum { DOUBTS_MAX = 4 }; // Ingresses of which any may be the one that counts

// An Ingress that defines a location.
struct definition {
    const struct nginx_ingress *ingress;
    Str upstream;
    Span span;
};
struct location {
    Str path;
    bool exact;
    struct {
        struct definition *items;
        uint32_t count, capacity;
    } by; // in the order of the Ingresses
};
struct server {
    Str host; // lower case; empty: any other
    struct {
        struct location **items;
        uint32_t count, capacity;
    } locations;
    struct map by_path; // of locations
    struct {
        const struct nginx_ingress **items;
        uint32_t count, capacity;
    } ingresses; // that name the host, in their order
    bool is_regex;
};

struct controller_state {
    struct cluster *cluster;
    struct arena *arena;
    struct nginx_setup setup;
    struct {
        struct nginx_ingress *items;
        uint32_t count, capacity;
    } ingresses;
    struct {
        struct server **items;
        uint32_t count, capacity;
    } servers;
    struct map by_host;
};

// ---- the order of Ingresses

static Str created(const struct nginx_ingress *ingress)
{
    const struct data *time = object_get(ingress->ingress.object, "metadata.creationTimestamp");
    return time && time->kind == DATA_SCALAR && !data_is_null(time) ? time->text : STR("");
}

static bool order_is_known(const struct nginx_ingress *a, const struct nginx_ingress *b)
{
    Str first = created(a), second = created(b);
    return first.len && second.len;
}

// The oldest first; of the same age (one apply), by namespace and name, descending.
static int by_age(const void *left, const void *right)
{
    const struct nginx_ingress *a = left, *b = right;
    int order = order_is_known(a, b) ? str_compare(created(a), created(b)) : 0;
    if (!order)
        order = str_compare(b->ingress.object->space, a->ingress.object->space);
    if (!order)
        order = str_compare(b->ingress.object->name, a->ingress.object->name);
    if (!order)
        order = (a->ingress.object->span.file > b->ingress.object->span.file) -
                (a->ingress.object->span.file < b->ingress.object->span.file);
    return order;
}

// ---- servers and locations

static struct server *server_of(struct controller_state *state, Str host)
{
    uint64_t hash = hash_str(HASH_SEED, host);
    uint32_t at = 0;
    struct server *server;
    while ((server = map_next(&state->by_host, hash, &at)))
        if (str_equal(server->host, host))
            return server;
    server = ARENA_NEW(state->arena, struct server);
    server->host = host;
    map_add(state->arena, &state->by_host, hash, server);
    *vec_push(state->arena, &state->servers) = server;
    return server;
}

static struct location *location_of(struct controller_state *state, struct server *server, Str path,
                                    bool exact)
{
    uint64_t hash = hash_u64(hash_str(HASH_SEED, path), exact);
    uint32_t at = 0;
    struct location *location;
    while ((location = map_next(&server->by_path, hash, &at)))
        if (str_equal(location->path, path) && location->exact == exact)
            return location;
    location = ARENA_NEW(state->arena, struct location);
    location->path = path;
    location->exact = exact;
    map_add(state->arena, &server->by_path, hash, location);
    *vec_push(state->arena, &server->locations) = location;
    return location;
}

static void name_host(struct controller_state *state, struct server *server,
                      const struct nginx_ingress *ingress)
{
    uint32_t count = server->ingresses.count;
    if (!count || server->ingresses.items[count - 1] != ingress)
        *vec_push(state->arena, &server->ingresses) = ingress;
}

static void add_rule(struct controller_state *state, const struct nginx_ingress *ingress,
                     const struct ingress_rule *rule)
{
    struct server *server = server_of(state, str_lower(state->arena, rule->host));
    name_host(state, server, ingress);
    for (uint32_t i = 0; i < rule->paths.count; i++) {
        const struct ingress_path *path = &rule->paths.items[i];
        Str target = ingress->rewrite_target;
        server->is_regex |= ingress->use_regex || (target.len && !str_equal(target, path->path));
        struct location *location =
            location_of(state, server, path->path, path->type == PATH_EXACT);
        *vec_push(state->arena, &location->by) =
            (struct definition){ ingress, path->upstream, path->span };
    }
}

static void add_ingress(struct controller_state *state, const struct nginx_ingress *ingress)
{
    const struct ingress *read = &ingress->ingress;
    if (ingress->is_canary) // contributes backends only
        return;
    for (uint32_t i = 0; i < read->rules.count; i++)
        add_rule(state, ingress, &read->rules.items[i]);
    if (read->rules.count || !read->has_default)
        return;
    struct server *server = server_of(state, STR(""));
    name_host(state, server, ingress);
    *vec_push(state->arena, &location_of(state, server, STR("/"), false)->by) =
        (struct definition){ ingress, read->default_upstream, read->default_span };
}

// A host without a prefix "/" gets it all the same, with the annotations of the first Ingress that
// names the host.
static void add_root(struct controller_state *state, struct server *server)
{
    struct location *root = location_of(state, server, STR("/"), false);
    if (root->by.count)
        return;
    for (uint32_t i = 0; i < server->ingresses.count; i++) {
        const struct nginx_ingress *ingress = server->ingresses.items[i];
        Str upstream = ingress->ingress.default_upstream;
        *vec_push(state->arena, &root->by) =
            (struct definition){ ingress, upstream.len ? upstream : STR(DEFAULT_BACKEND),
                                 ingress->ingress.object->span };
    }
}

// ---- what they say

static bool same_confs(const struct nginx_confs *a, const struct nginx_confs *b)
{
    if (a->count != b->count)
        return false;
    for (uint32_t i = 0; i < a->count; i++)
        if (!conf_is(&a->items[i], "proxy_pass") && !conf_same(&a->items[i], &b->items[i]))
            return false;
    return true;
}

static Str hex(struct arena *arena, uint64_t number)
{
    return str_format(arena, "%016llx", (unsigned long long)number);
}

static void remark_conflict(struct controller_state *state, const struct server *server,
                            const struct location *location, const struct definition *first,
                            const struct definition *second)
{
    struct arena *arena = state->arena;
    if (!first->ingress->cors.enabled && !second->ingress->cors.enabled)
        return;
    Str host = server->host.len ? server->host : STR("any host");
    Str message = str_format(
        arena,
        "%.*s and %.*s treat %.*s%.*s differently: the older of the two counts, and manifests do "
        "not say which that is",
        STR_ARG(object_text(arena, first->ingress->ingress.object)),
        STR_ARG(object_text(arena, second->ingress->ingress.object)), STR_ARG(host),
        STR_ARG(location->path));
    cluster_remark(state->cluster, "CG510", second->span, message, hash_str(HASH_SEED, message));
}

// What nobody knows about two objects that define the same location.
static Str doubt_text(struct arena *arena, const struct object *a, const struct object *b)
{
    if (str_equal(a->name, b->name) && str_equal(a->space, b->space))
        return str_format(arena, "whether %.*s is applied from %.*s, not from %.*s",
                          STR_ARG(object_text(arena, a)), STR_ARG(a->document->path),
                          STR_ARG(b->document->path));
    return str_format(arena, "whether %.*s is older than %.*s", STR_ARG(object_text(arena, a)),
                      STR_ARG(object_text(arena, b)));
}

// What the Ingresses make of one location; where they differ and nobody knows which is the oldest,
// each may be the one that counts.
static void render_definitions(struct controller_state *state, const struct server *server,
                               const struct location *location, struct nginx_confs *out)
{
    struct arena *arena = state->arena;
    struct nginx_confs bodies[DOUBTS_MAX];
    const struct definition *kept[DOUBTS_MAX];
    uint32_t count = 0;
    bool more = false;
    uint64_t identity = 0; // of them all
    for (uint32_t i = 0; i < location->by.count; i++)
        identity = hash_u64(identity, location->by.items[i].ingress->identity);
    for (uint32_t i = 0; i < location->by.count && !more; i++) {
        const struct definition *by = &location->by.items[i];
        if (count && order_is_known(kept[0]->ingress, by->ingress))
            continue;
        struct nginx_confs body = { 0 };
        nginx_render_location(state->cluster, &state->setup, by->ingress, by->upstream, by->span,
                              &body);
        bool known = false;
        for (uint32_t k = 0; k < count && !known; k++)
            known = same_confs(&bodies[k], &body);
        more = !known && count == DOUBTS_MAX;
        if (known || more)
            continue;
        if (count)
            remark_conflict(state, server, location, kept[0], by);
        bodies[count] = body;
        kept[count++] = by;
    }
    if (more) {
        NGINX_PUT(arena, out, kept[0]->span, STR("location"), STR("!"),
                  STR("which of many Ingresses is the oldest"), hex(arena, identity));
        return;
    }
    for (uint32_t i = count; i-- > 1;) { // the last one inside the one before
        Str text = doubt_text(arena, kept[i - 1]->ingress->ingress.object,
                              kept[i]->ingress->ingress.object);
        const Str words[] = { STR("location"), STR("?"), text, STR("0") };
        nginx_put_block(arena, &bodies[i - 1], kept[i]->span, kept[i]->span, words, 4, &bodies[i]);
    }
    *out = bodies[0];
}

static bool has_errors(const struct controller_state *state, const struct server *server)
{
    bool some = state->setup.errors.count > 0;
    for (uint32_t i = 0; i < server->ingresses.count; i++)
        some |= server->ingresses.items[i]->errors.count > 0;
    return some;
}

// Longer paths first, then in reverse alphabetical order: how regular expressions are tried.
static int by_length(const void *left, const void *right)
{
    const struct location *a = *(struct location *const *)left;
    const struct location *b = *(struct location *const *)right;
    if (a->path.len != b->path.len)
        return (a->path.len < b->path.len) - (a->path.len > b->path.len);
    int order = str_compare(b->path, a->path);
    return order ? order : (int)b->exact - (int)a->exact;
}

static void render_location(struct controller_state *state, const struct server *server,
                            const struct location *location, struct nginx_confs *out)
{
    struct arena *arena = state->arena;
    struct nginx_confs body = { 0 };
    Str path = location->path, words[3] = { STR("location"), path };
    uint32_t count = 2;
    render_definitions(state, server, location, &body);
    if (server->is_regex || location->exact) {
        words[1] = server->is_regex ? STR("~*") : STR("=");
        words[2] = server->is_regex ? str_concat(arena, STR("^"), path) : path;
        count = 3;
    } else if (!str_is(path, "/")) {
        words[1] = STR("=/");
        words[2] = str_ends(path, STR("/")) ? str_slice(path, 0, path.len - 1) : path;
        count = 3;
    }
    Span span = location->by.items[0].span;
    nginx_put_block(arena, out, span, span, words, count, &body);
}

// The snippet of the first Ingress that has one.
static void render_server_snippet(struct controller_state *state, const struct server *server,
                                  struct nginx_confs *out)
{
    const struct data *first = NULL;
    for (uint32_t i = 0; i < server->ingresses.count; i++) {
        const struct nginx_ingress *ingress = server->ingresses.items[i];
        if (!ingress->server_snippet)
            continue;
        if (!first) {
            first = ingress->server_snippet;
        } else if (!str_equal(first->text, ingress->server_snippet->text)) {
            Str message = str_format(state->arena,
                                     "%.*s: another Ingress of host %.*s has a server-snippet, "
                                     "too, and only that of the older one counts",
                                     STR_ARG(object_text(state->arena, ingress->ingress.object)),
                                     STR_ARG(server->host));
            cluster_remark(state->cluster, "CG510", ingress->server_snippet->span, message,
                           hash_str(HASH_SEED, message));
        }
    }
    if (state->setup.server_snippet)
        (void)nginx_snippet_read(state->cluster, state->setup.server_snippet, SNIPPET_SERVER, out);
    if (first)
        (void)nginx_snippet_read(state->cluster, first, SNIPPET_SERVER, out);
}

static bool is_host(const struct controller_state *state, Str name)
{
    uint32_t at = 0;
    const struct server *server;
    while ((server = map_next(&state->by_host, hash_str(HASH_SEED, name), &at)))
        if (str_equal(server->host, name))
            return true;
    return false;
}

static void render_names(struct controller_state *state, const struct server *server, Span span,
                         struct nginx_confs *out)
{
    struct arena *arena = state->arena;
    struct {
        Str *items;
        uint32_t count, capacity;
    } words = { 0 };
    *vec_push(arena, &words) = STR("server_name");
    bool wild = str_starts(server->host, STR("*."));
    *vec_push(arena, &words) = wild ? rendered_wildcard(arena, server->host) : server->host;
    for (uint32_t i = 0; i < server->ingresses.count; i++) {
        const struct nginx_texts *aliases = &server->ingresses.items[i]->aliases;
        for (uint32_t k = 0; k < aliases->count; k++)
            if (!is_host(state, str_lower(arena, aliases->items[k].text)))
                *vec_push(arena, &words) = aliases->items[k].text;
        if (aliases->count)
            break;
    }
    nginx_put(arena, out, span, words.items, words.count);
}

static void render_server(struct controller_state *state, struct server *server,
                          struct nginx_confs *out)
{
    struct arena *arena = state->arena;
    struct nginx_confs body = { 0 };
    const struct object *object = server->ingresses.items[0]->ingress.object;
    Span span = object->span;
    bool is_default = !server->host.len;
    bool asks = false;
    if (is_default)
        NGINX_PUT(arena, &body, span, STR("listen"), STR("80"), STR("default_server"));
    else
        render_names(state, server, span, &body);
    render_server_snippet(state, server, &body);
    add_root(state, server);
    if (server->is_regex)
        qsort(server->locations.items, server->locations.count, sizeof *server->locations.items,
              by_length);
    for (uint32_t i = 0; i < server->locations.count; i++)
        if (server->locations.items[i]->by.count)
            render_location(state, server, server->locations.items[i], &body);
    for (uint32_t i = 0; i < server->ingresses.count; i++)
        asks |= server->ingresses.items[i]->asks_service;
    if (has_errors(state, server)) {
        struct nginx_confs page = { 0 };
        NGINX_PUT(arena, &page, span, STR("proxy_pass"), STR(DEFAULT_BACKEND));
        const Str words[] = { STR("location"), STR("@custom_errors") };
        nginx_put_block(arena, &body, span, span, words, 2, &page);
    }
    if (asks) {
        struct nginx_confs service = { 0 };
        NGINX_PUT(arena, &service, span, STR("internal"));
        NGINX_PUT(arena, &service, span, STR("proxy_pass"), STR("http://external-auth"));
        const Str words[] = { STR("location"), STR("="), STR("/_external-auth") };
        nginx_put_block(arena, &body, span, span, words, 3, &service);
    }
    const Str words[] = { STR("server") };
    nginx_put_block(arena, out, span, object->whole, words, 1, &body);
}

static void render_http(struct controller_state *state, struct nginx_confs *out)
{
    struct arena *arena = state->arena;
    const struct nginx_setup *setup = &state->setup;
    for (uint32_t i = 0; i < setup->add_headers.count; i++) {
        const struct nginx_header *header = &setup->add_headers.items[i];
        NGINX_PUT(arena, out, header->value.span, STR("more_set_headers"),
                  str_format(arena, "%.*s: %.*s", STR_ARG(header->name.text),
                             STR_ARG(header->value.text)));
    }
    if (setup->add_headers.unknown.len)
        NGINX_PUT(arena, out, setup->add_headers.span, STR("include"), setup->add_headers.unknown);
    for (uint32_t i = 0; i < setup->hide_headers.count; i++)
        NGINX_PUT(arena, out, setup->hide_headers.items[i].span, STR("proxy_hide_header"),
                  setup->hide_headers.items[i].text);
    for (uint32_t i = 0; i < setup->errors.count; i++) {
        if (!i)
            NGINX_PUT(arena, out, setup->errors.items[i].span, STR("proxy_intercept_errors"),
                      STR("on"));
        NGINX_PUT(arena, out, setup->errors.items[i].span, STR("error_page"),
                  setup->errors.items[i].text, STR("="), STR("@custom_errors"));
    }
    if (setup->http_snippet)
        (void)nginx_snippet_read(state->cluster, setup->http_snippet, SNIPPET_HTTP, out);
    for (uint32_t i = 0; i < state->servers.count; i++)
        render_server(state, state->servers.items[i], out);
}

// ---- all of it

static void read_all(struct controller_state *state, const struct controller *controller)
{
    struct cluster *cluster = state->cluster;
    uint32_t at = 0;
    const struct object *object;
    while ((object = ingress_next(cluster, controller, &at))) {
        struct nginx_ingress read;
        nginx_ingress_read(cluster, &state->setup, object, &read);
        nginx_annotations_remark(cluster, &state->setup, &read);
        if (!object_get(object, "spec.rules") && !read.ingress.has_default && !read.ingress.is_open)
            cluster_outside(
                cluster, object, object->span,
                str_format(state->arena,
                           "what becomes of %.*s, which has neither rules nor a default "
                           "backend: it may be a patch of another one",
                           STR_ARG(object_text(state->arena, object))),
                0);
        else if (read.ingress.is_open)
            cluster_open(cluster, object, read.ingress.open_span,
                         state->setup.config_map ? state->setup.config_map->hash : 0);
        else
            *vec_push(state->arena, &state->ingresses) = read;
    }
    if (state->ingresses.count)
        qsort(state->ingresses.items, state->ingresses.count, sizeof *state->ingresses.items,
              by_age);
    for (uint32_t i = 0; i < state->ingresses.count; i++)
        add_ingress(state, &state->ingresses.items[i]);
}

void ingress_nginx_read(struct cluster *cluster, const struct controller *controller)
{
    struct arena *arena = cluster->arena;
    struct controller_state state = { .cluster = cluster, .arena = arena };
    nginx_setup_read(cluster, controller, &state.setup);
    read_all(&state, controller);
    if (!state.servers.count)
        return;
    struct nginx_confs http = { 0 }, top = { 0 };
    render_http(&state, &http);
    Span span = state.servers.items[0]->ingresses.items[0]->ingress.object->span;
    const Str words[] = { STR("http") };
    nginx_put_block(arena, &top, span, span, words, 1, &http);
    struct conf *root = ARENA_NEW(arena, struct conf);
    *root = (struct conf){ .children = top.items, .n_children = 1, .has_block = true };
    root->hash = conf_hash(root);
    struct rendered *rendered = ARENA_NEW(arena, struct rendered);
    *rendered = (struct rendered){ .layer = controller->product,
                                   .root = root,
                                   .has_default = is_host(&state, STR("")) };
    struct dialect_result *out = cluster->reading->out;
    struct rendered_kept *kept,
        *before = dialect_kept(out, &dialect_kubernetes, str_from(controller->product), false);
    rendered_add(rendered, cluster->model, cluster->options, cluster->reading->source, before, out,
                 &kept);
    *vec_push(arena, &out->roots) =
        (struct dialect_root){ &dialect_kubernetes, str_from(controller->product), kept };
}
