// What a cluster is sent: where it stands, and what becomes of the request on the way.
#include "base/hash.h"
#include "dialect/envoy/envoy.h"

#include <string.h>

// ---- clusters

struct cluster {
    const struct data *data;
    uint64_t identity;
    VEC(Str) servers; // that the configuration itself gives; none where it leaves any open
    Str name;         // by which all of them are known; empty: not by one name
    bool is_named;    // by names of their own
};

static const struct cluster *find_cluster(const struct envoy *envoy, Str name)
{
    const struct cluster *found;
    uint32_t at = 0;
    while ((found = map_next(&envoy->clusters, hash_str(HASH_SEED, name), &at)))
        if (str_equal(envoy_text(found->data, "name"), name))
            return found;
    return NULL;
}

// One endpoint, or one of the `hosts` of old. False when it has no address to read.
static bool add_server(struct envoy *envoy, const struct data *endpoint, struct cluster *out)
{
    struct arena *arena = envoy->model->arena;
    const struct data *address = envoy_field(endpoint, "address");
    const struct data *socket =
        envoy_field(address && address->kind == DATA_MAP ? address : endpoint, "socket_address");
    Str host = envoy_text(socket, "address"), port = envoy_text(socket, "port_value");
    Str name = envoy_text(endpoint, "hostname");
    if (!host.len || !port.len)
        return false;
    out->is_named |= name.len > 0;
    name = name.len ? name : host;
    out->name = !out->servers.count || str_equal(out->name, name) ? name : STR("");
    bool is_v6 = memchr(host.ptr, ':', host.len) && !str_starts(host, STR("["));
    *vec_push(arena, &out->servers) =
        str_format(arena, is_v6 ? "[%.*s]:%.*s" : "%.*s:%.*s", STR_ARG(host), STR_ARG(port));
    return true;
}

static bool read_servers(struct envoy *envoy, struct cluster *out)
{
    const struct data *load = envoy_field(out->data, "load_assignment");
    const struct data *places = envoy_field(load, "endpoints");
    const struct data *hosts = envoy_field(out->data, "hosts");
    if (out->data->unrendered || data_is_open(load) || data_is_open(hosts))
        return false;
    for (uint32_t i = 0; places && places->kind == DATA_LIST && i < places->count; i++) {
        const struct data *ends = envoy_field(places->entries[i].value, "lb_endpoints");
        for (uint32_t k = 0; ends && ends->kind == DATA_LIST && k < ends->count; k++)
            if (!add_server(envoy, envoy_field(ends->entries[k].value, "endpoint"), out))
                return false;
    }
    for (uint32_t i = 0; hosts && hosts->kind == DATA_LIST && i < hosts->count; i++)
        if (!add_server(envoy, hosts->entries[i].value, out))
            return false;
    return true;
}

static void note_cluster(struct envoy *envoy, const struct data *data)
{
    struct arena *arena = envoy->model->arena;
    Str name = envoy_text(data, "name");
    if (!name.len || find_cluster(envoy, name)) // Envoy refuses a second one of the name
        return;
    struct cluster *cluster = ARENA_NEW(arena, struct cluster);
    *cluster = (struct cluster){ .data = data, .identity = data_hash(data) };
    if (!read_servers(envoy, cluster))
        *cluster = (struct cluster){ .data = data, .identity = cluster->identity };
    map_add(arena, &envoy->clusters, hash_str(HASH_SEED, name), cluster);
}

static void note_clusters(struct envoy *envoy, const struct data *list)
{
    for (uint32_t i = 0; list && list->kind == DATA_LIST && i < list->count; i++) {
        const struct data *one = list->entries[i].value;
        const struct data *inner = envoy_field(one, "cluster"); // of a dump
        bool is_other = document_find(one, "@type") && !envoy_is_type(one, ".Cluster");
        if (inner && inner->kind == DATA_MAP)
            note_cluster(envoy, inner);
        else if (!is_other)
            note_cluster(envoy, one);
    }
}

void envoy_find_clusters(struct envoy *envoy)
{
    const struct data *root = envoy->document->root;
    const struct data *configs = document_find(root, "configs");
    note_clusters(envoy, envoy_field(envoy_field(root, "static_resources"), "clusters"));
    note_clusters(envoy, document_find(root, "resources"));
    for (uint32_t i = 0; configs && configs->kind == DATA_LIST && i < configs->count; i++) {
        const struct data *one = configs->entries[i].value;
        note_clusters(envoy, envoy_field(one, "static_clusters"));
        note_clusters(envoy, envoy_field(one, "dynamic_active_clusters"));
    }
}

static bool is_tls(const struct data *cluster)
{
    const struct data *socket = envoy_field(cluster, "transport_socket");
    return envoy_field(cluster, "tls_context") ||
           str_contains(envoy_text(socket, "name"), STR("tls")) ||
           envoy_is_type(envoy_field(socket, "typed_config"), ".UpstreamTlsContext");
}

Str envoy_target(const struct envoy *envoy, Str name)
{
    const struct cluster *cluster = find_cluster(envoy, name);
    if (!name.len)
        return STR("http://$cluster"); // chosen by a header
    return str_concat(envoy->model->arena,
                      cluster && is_tls(cluster->data) ? STR("https://") : STR("http://"), name);
}

// ---- the Host header

static bool is_left_open(const struct data *field)
{
    return data_is_open(field) || (field && field->conditional);
}

// All that says how a request is rewritten, and which requests it is.
static uint64_t rewrite_identity(const struct envoy *envoy, const struct envoy_onward *onward)
{
    uint64_t identity = hash_u64(data_hash(onward->action), data_hash(onward->match));
    identity = hash_u64(identity, data_hash(onward->levels[0]));
    const struct cluster *cluster = find_cluster(envoy, onward->cluster);
    return hash_u64(identity, cluster ? cluster->identity : 0);
}

static const struct value *unknown_host(struct envoy *envoy, const struct envoy_onward *onward)
{
    return value_unknown(envoy->model, STR("the Host header that is passed on"),
                         rewrite_identity(envoy, onward), onward->action->span);
}

// The name of the endpoint that is chosen, where names are what the cluster finds its endpoints by,
// or where they are given; elsewhere auto_host_rewrite does nothing.
static const struct value *host_of_endpoint(struct envoy *envoy, const struct envoy_onward *onward)
{
    struct model *model = envoy->model;
    const struct cluster *cluster = find_cluster(envoy, onward->cluster);
    if (!cluster || !cluster->servers.count)
        return unknown_host(envoy, onward);
    const struct data *type = envoy_field(cluster->data, "type");
    bool by_name = type && (str_is(type->text, "STRICT_DNS") || str_is(type->text, "LOGICAL_DNS"));
    bool by_address =
        !envoy_field(cluster->data, "cluster_type") && (!type || str_is(type->text, "STATIC"));
    if (is_left_open(type))
        return unknown_host(envoy, onward);
    if (by_address && !cluster->is_named)
        return value_var(model, model->host);
    return cluster->name.len && (by_name || by_address) ? value_text(model, cluster->name)
                                                        : unknown_host(envoy, onward);
}

static const struct value *host_sent(struct envoy *envoy, const struct envoy_onward *onward)
{
    static const char *const others[] = { "host_rewrite_header", "auto_host_rewrite_header",
                                          "host_rewrite_path_regex", "host_rewrite_path" };
    struct model *model = envoy->model;
    const struct data *const literals[] = {
        envoy_field(onward->action, "host_rewrite_literal"),
        envoy_field(onward->action, "host_rewrite"), // of old
        envoy_field(onward->levels[0], "host_rewrite_literal"),
    };
    const struct data *automatic = envoy_field(onward->action, "auto_host_rewrite"),
                      *literal = NULL;
    bool chosen = automatic && envoy_bool(onward->action, "auto_host_rewrite") != TRI_NO;
    uint32_t count = chosen;
    for (size_t i = 0; i < sizeof literals / sizeof *literals; i++)
        if (literals[i]) {
            literal = literals[i];
            count++;
        }
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (envoy_field(onward->action, others[i]))
            return unknown_host(envoy, onward);
    if (!count)
        return value_var(model, model->host);
    if (count > 1 || is_left_open(literal) || is_left_open(automatic))
        return unknown_host(envoy, onward);
    if (chosen)
        return host_of_endpoint(envoy, onward);
    return literal->kind == DATA_SCALAR && literal->text.len ? value_text(model, literal->text)
                                                             : unknown_host(envoy, onward);
}

// ---- the path

// prefix_rewrite stands in place of what the route's match took of the path; NULL: nobody can know.
static const struct value *swapped(struct model *model, const struct data *match,
                                   const struct data *with)
{
    const struct data *prefix = envoy_field(match, "prefix");
    const struct data *exact = envoy_field(match, "path");
    if (with->kind != DATA_SCALAR || is_left_open(with) || is_left_open(match) ||
        memchr(with->text.ptr, '?', with->text.len) || memchr(with->text.ptr, '#', with->text.len))
        return NULL;
    if (exact || envoy_field(match, "safe_regex"))
        return value_text(model, with->text);
    if (!prefix)
        prefix = envoy_field(match, "path_separated_prefix");
    if (!prefix || prefix->kind != DATA_SCALAR || str_contains(prefix->text, STR("\\E")))
        return NULL;
    Str text = str_format(model->arena, "^\\Q%.*s\\E([\\s\\S]*)$", STR_ARG(prefix->text));
    bool fold = envoy_bool(match, "case_sensitive") == TRI_NO;
    const struct pattern *rest = model_pattern(model, text, REGEX_PCRE2, fold ? REGEX_CASELESS : 0);
    return value_concat(model, value_text(model, with->text),
                        value_capture(model, rest, 1, value_var(model, model->path)));
}

static void set_path(struct envoy *envoy, const struct envoy_onward *onward, struct forward *out)
{
    static const char *const others[] = { "regex_rewrite", "path_rewrite_policy", "path_rewrite" };
    struct model *model = envoy->model;
    const struct data *with = envoy_field(onward->action, "prefix_rewrite");
    bool is_open = false;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        is_open |= envoy_field(onward->action, others[i]) != NULL;
    if (!is_open &&
        (!with || (with->kind == DATA_SCALAR && !with->text.len && !is_left_open(with))))
        return; // an empty text is what a field that is not there has
    out->path = is_open ? NULL : swapped(model, onward->match, with);
    if (out->path)
        return;
    uint64_t identity = rewrite_identity(envoy, onward);
    out->path = value_unknown(model, STR("the path that the URL is rewritten to"), identity,
                              onward->action->span);
    out->query = value_unknown(model, STR("the query that the URL is rewritten to"),
                               hash_u64(identity, 1), onward->action->span);
}

// ---- other headers

// What the levels of a route say about the request's headers.
struct edits {
    struct envoy *envoy;
    struct forward *out;
    uint64_t identity; // of all of it
    Span span;
    VEC(struct forwarded_header *) list;
    struct map by_name; // what is in `list`
};

static const struct value *unknown_edit(const struct edits *edits, Str name)
{
    return value_unknown(edits->envoy->model,
                         str_format(edits->envoy->model->arena,
                                    "what Envoy makes of the request's %.*s", STR_ARG(name)),
                         hash_str(edits->identity, name), edits->span);
}

// `value` is what the header is when nothing else is said about it.
static void edit(struct edits *edits, Str name, const struct value *value)
{
    struct arena *arena = edits->envoy->model->arena;
    name = str_lower(arena, name);
    if (str_is(name, "host") || str_is(name, ":authority")) {
        edits->out->host = unknown_edit(edits, name);
        return;
    }
    if (str_is(name, ":path")) {
        edits->out->path = unknown_edit(edits, name);
        edits->out->query = unknown_edit(edits, STR("query"));
        return;
    }
    if (str_is(name, ":method")) {
        edits->out->method = unknown_edit(edits, name);
        return;
    }
    uint64_t hash = hash_str(HASH_SEED, name);
    const struct value *empty = value_text(edits->envoy->model, STR(""));
    struct forwarded_header *known;
    uint32_t at = 0;
    while ((known = map_next(&edits->by_name, hash, &at)))
        if (str_equal(known->name, name)) {
            bool removed_again = value_equal(known->value, empty) && value_equal(value, empty);
            known->value = removed_again ? empty : unknown_edit(edits, name);
            return;
        }
    known = ARENA_NEW(arena, struct forwarded_header);
    *known = (struct forwarded_header){ name, value };
    map_add(arena, &edits->by_name, hash, known);
    *vec_push(arena, &edits->list) = known;
}

// A field that is added: known where it is a text that stands in place of what came.
static const struct value *added_value(const struct edits *edits, const struct data *option)
{
    const struct data *header = envoy_field(option, "header");
    const struct data *text = envoy_field(header, "value");
    bool replaces =
        str_is(envoy_text(option, "append_action"), "OVERWRITE_IF_EXISTS_OR_ADD") ||
        (!envoy_field(option, "append_action") && envoy_bool(option, "append") == TRI_NO);
    if (!replaces || !text || text->kind != DATA_SCALAR || !text->text.len ||
        is_left_open(option) || memchr(text->text.ptr, '%', text->text.len))
        return unknown_edit(edits, envoy_text(header, "key"));
    return value_text(edits->envoy->model, text->text);
}

static void edit_anything(struct edits *edits)
{
    static const char *const names[] = { "host",
                                         ":path",
                                         ":method",
                                         "origin",
                                         "access-control-request-method",
                                         "access-control-request-headers",
                                         "access-control-request-private-network" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        edit(edits, str_from(names[i]), unknown_edit(edits, str_from(names[i])));
}

static void read_level(struct edits *edits, const struct data *level)
{
    const struct data *added = envoy_field(level, "request_headers_to_add");
    const struct data *removed = envoy_field(level, "request_headers_to_remove");
    const struct value *empty = value_text(edits->envoy->model, STR(""));
    bool is_open = is_left_open(removed) || (added && (added->unrendered || added->conditional));
    for (uint32_t i = 0; added && added->kind == DATA_LIST && i < added->count; i++) {
        const struct data *option = added->entries[i].value;
        const struct data *key = envoy_field(envoy_field(option, "header"), "key");
        is_open |= is_left_open(key) || option->unrendered;
        if (key && key->kind == DATA_SCALAR)
            edit(edits, key->text, added_value(edits, option));
    }
    for (uint32_t i = 0; removed && removed->kind == DATA_LIST && i < removed->count; i++)
        if (removed->entries[i].value->kind == DATA_SCALAR)
            edit(edits, removed->entries[i].value->text, empty);
    if (is_open)
        edit_anything(edits);
}

static void set_headers(struct envoy *envoy, const struct envoy_onward *onward, struct forward *out)
{
    struct edits edits = {
        .envoy = envoy, .out = out, .identity = onward->rewriters, .span = onward->action->span
    };
    bool any = onward->rewriters != 0;
    for (size_t i = 0; i < ENVOY_LEVELS; i++)
        any |= envoy_field(onward->levels[i], "request_headers_to_add") ||
               envoy_field(onward->levels[i], "request_headers_to_remove");
    if (!any)
        return;
    for (size_t i = 0; i < ENVOY_LEVELS; i++) {
        const struct data *level = onward->levels[i];
        edits.identity =
            hash_u64(edits.identity, data_hash(envoy_field(level, "request_headers_to_add")));
        edits.identity =
            hash_u64(edits.identity, data_hash(envoy_field(level, "request_headers_to_remove")));
    }
    edits.identity = hash_u64(edits.identity, rewrite_identity(envoy, onward));
    for (size_t i = 0; i < ENVOY_LEVELS; i++)
        read_level(&edits, onward->levels[i]);
    if (onward->rewriters)
        edit_anything(&edits);
    struct forwarded_header *headers =
        ARENA_ARRAY(envoy->model->arena, struct forwarded_header, edits.list.count + 1);
    for (uint32_t i = 0; i < edits.list.count; i++)
        headers[i] = *edits.list.items[i];
    out->headers = headers;
    out->header_count = edits.list.count;
}

const struct forward *envoy_forward(struct envoy *envoy, const struct envoy_onward *onward)
{
    const struct cluster *cluster = find_cluster(envoy, onward->cluster);
    struct forward *out = ARENA_NEW(envoy->model->arena, struct forward);
    *out = (struct forward){ .host = host_sent(envoy, onward) };
    if (cluster) {
        out->servers = cluster->servers.items;
        out->server_count = cluster->servers.count;
    }
    set_path(envoy, onward, out);
    set_headers(envoy, onward, out);
    return out;
}
