#include "dialect/envoy/envoy.h"

#include "base/hash.h"

#include <string.h>

const struct kind envoy_malformed = { "CG901", LEVEL_ERROR, "Envoy refuses this" };

static const char *const marks[] = { "virtual_hosts",   "virtualHosts",     "static_resources",
                                     "staticResources", "RoutesConfigDump", NULL };

static const char cors_filter[] = "envoy.filters.http.cors";

// ---- which documents

static bool has_type(const struct data *list, const char *type)
{
    for (uint32_t i = 0; list && list->kind == DATA_LIST && i < list->count; i++)
        if (envoy_is_type(list->entries[i].value, type))
            return true;
    return false;
}

static bool claims(const struct document *document, Str *why)
{
    const struct data *root = document->root;
    if (document_find(root, "apiVersion") || document_find(root, "Resources"))
        return false; // a Kubernetes object, a CloudFormation template
    if (envoy_field(root, "static_resources") || envoy_field(root, "dynamic_resources"))
        *why = STR("it has Envoy's static_resources or dynamic_resources");
    else if (envoy_field(root, "virtual_hosts") &&
             envoy_field(root, "virtual_hosts")->kind == DATA_LIST)
        *why = STR("it has virtual_hosts, as Envoy's route configurations have");
    else if (has_type(document_find(root, "resources"), ".RouteConfiguration"))
        *why = STR("it lists Envoy's route configurations");
    else if (has_type(document_find(root, "configs"), "RoutesConfigDump"))
        *why = STR("it is a dump of Envoy's configuration");
    return why->len > 0;
}

// ---- filters

// Filters that may answer a request themselves, and those that may change any header.
static const char *const refusing[] = { "ext_authz", "jwt_authn", "rbac",       "basic_auth",
                                        "oauth2",    "ratelimit", "rate_limit", "fault",
                                        "csrf",      "api_key",   "lua",        "wasm",
                                        "ext_proc",  "golang",    NULL };
static const char *const rewriting[] = { "lua", "wasm", "ext_proc", "golang", "header_mutation",
                                         NULL };

static bool is_one_of(const struct data *filter, const char *const *names)
{
    Str name = envoy_text(filter, "name");
    Str type = document_text(envoy_field(filter, "typed_config"), "@type");
    for (; *names; names++)
        if (str_contains(name, str_from(*names)) || str_contains(type, str_from(*names)))
            return true;
    return false;
}

static bool is_cors(const struct data *filter)
{
    return str_is(envoy_text(filter, "name"), cors_filter) ||
           envoy_is_type(envoy_field(filter, "typed_config"), ".cors.v3.Cors");
}

static void note_filter(struct envoy_filters *filters, const struct data *filter)
{
    if (!filters->first)
        filters->first = filter;
    filters->identity = hash_u64(filters->identity, data_hash(filter));
}

static struct envoy_chain read_chain(const struct data *manager)
{
    struct envoy_chain chain = { .known = true,
                                 .filter = str_from(cors_filter),
                                 .span = manager->span };
    const struct data *filters = envoy_field(manager, "http_filters");
    for (uint32_t i = 0; filters && filters->kind == DATA_LIST && i < filters->count; i++) {
        const struct data *filter = filters->entries[i].value;
        if (is_cors(filter) && envoy_bool(filter, "disabled") != TRI_YES) {
            chain.has_cors = true;
            chain.filter = envoy_text(filter, "name");
        }
        if (!chain.has_cors && is_one_of(filter, refusing))
            note_filter(&chain.refuses, filter);
        if (is_one_of(filter, rewriting))
            note_filter(&chain.rewrites, filter);
    }
    if (!chain.has_cors)
        chain.refuses.first = NULL; // nothing that it could keep from being added
    return chain;
}

// ---- listeners

struct manager {
    const struct data *message;
    Str port; // of its listener; empty: not said
};

struct found {
    VEC(struct manager) managers;
    VEC(const struct data *) configs; // route configurations that stand by themselves
};

static void find_managers(struct envoy *envoy, const struct data *listener, struct found *out)
{
    const struct data *address = envoy_field(envoy_field(listener, "address"), "socket_address");
    const struct data *chains = envoy_field(listener, "filter_chains");
    const struct data *last = envoy_field(listener, "default_filter_chain");
    for (uint32_t c = 0; c <= (chains && chains->kind == DATA_LIST ? chains->count : 0); c++) {
        bool is_last = !chains || chains->kind != DATA_LIST || c == chains->count;
        const struct data *filters =
            envoy_field(is_last ? last : chains->entries[c].value, "filters");
        for (uint32_t f = 0; filters && filters->kind == DATA_LIST && f < filters->count; f++) {
            const struct data *config = envoy_field(filters->entries[f].value, "typed_config");
            if (!config)
                config = envoy_field(filters->entries[f].value, "config");
            if (config && (envoy_field(config, "http_filters") ||
                           envoy_field(config, "route_config") || envoy_field(config, "rds")))
                *vec_push(envoy->model->arena, &out->managers) =
                    (struct manager){ config, envoy_text(address, "port_value") };
        }
    }
}

static void find_listeners(struct envoy *envoy, const struct data *list, struct found *out)
{
    for (uint32_t i = 0; list && list->kind == DATA_LIST && i < list->count; i++) {
        const struct data *one = list->entries[i].value;
        const struct data *state = envoy_field(one, "active_state");
        const struct data *inner = envoy_field(state ? state : one, "listener");
        find_managers(envoy, inner ? inner : one, out);
    }
}

static void find_configs(struct envoy *envoy, const struct data *list, struct found *out)
{
    for (uint32_t i = 0; list && list->kind == DATA_LIST && i < list->count; i++) {
        const struct data *one = list->entries[i].value;
        const struct data *inner = envoy_field(one, "route_config");
        *vec_push(envoy->model->arena, &out->configs) = inner ? inner : one;
    }
}

static void find_all(struct envoy *envoy, struct found *out)
{
    const struct data *root = envoy->document->root;
    const struct data *configs = document_find(root, "configs"), *one;
    find_listeners(envoy, envoy_field(envoy_field(root, "static_resources"), "listeners"), out);
    if (envoy_field(root, "virtual_hosts"))
        *vec_push(envoy->model->arena, &out->configs) = root;
    const struct data *resources = document_find(root, "resources");
    for (uint32_t i = 0; resources && resources->kind == DATA_LIST && i < resources->count; i++) {
        one = resources->entries[i].value;
        if (envoy_is_type(one, ".RouteConfiguration"))
            *vec_push(envoy->model->arena, &out->configs) = one;
        else if (envoy_is_type(one, ".Listener"))
            find_managers(envoy, one, out);
    }
    for (uint32_t i = 0; configs && configs->kind == DATA_LIST && i < configs->count; i++) {
        one = configs->entries[i].value;
        find_configs(envoy, envoy_field(one, "static_route_configs"), out);
        find_configs(envoy, envoy_field(one, "dynamic_route_configs"), out);
        find_listeners(envoy, envoy_field(one, "static_listeners"), out);
        find_listeners(envoy, envoy_field(one, "dynamic_listeners"), out);
    }
}

// ---- policies that no filter reads

static bool has_policy(const struct data *message, uint32_t depth, Span *where)
{
    for (uint32_t i = 0; message && depth > 0 && i < message->count; i++) {
        const struct data_entry *entry = &message->entries[i];
        bool is_policy = entry->key && (str_is(entry->key->text, "cors") ||
                                        str_is(entry->key->text, cors_filter));
        if (is_policy && entry->value->kind == DATA_MAP) {
            *where = entry->key->span;
            return true;
        }
        if (has_policy(entry->value, depth - 1, where))
            return true;
    }
    return false;
}

static void remark_unread(struct envoy *envoy, const struct data *config)
{
    Span where;
    if (has_policy(config, 10, &where))
        policy_add_remark(
            envoy->policy,
            (struct remark){ .rule = "CG507",
                             .span = where,
                             .message = STR("this policy does nothing: the filter "
                                            "envoy.filters.http.cors is not among the http_filters "
                                            "of this listener") });
}

// ---- reading

static const struct data *config_of(const struct found *found, const struct data *manager)
{
    const struct data *own = envoy_field(manager, "route_config");
    Str name = envoy_text(envoy_field(manager, "rds"), "route_config_name");
    for (uint32_t i = 0; !own && name.len && i < found->configs.count; i++)
        if (str_equal(envoy_text(found->configs.items[i], "name"), name))
            return found->configs.items[i];
    return own;
}

// Listeners at several ports are told apart by them; one alone is asked whatever the URL's port.
static bool has_several_ports(const struct found *found)
{
    for (uint32_t i = 1; i < found->managers.count; i++)
        if (!str_equal(found->managers.items[i].port, found->managers.items[0].port))
            return true;
    return false;
}

static void read_document(struct envoy *envoy)
{
    struct model *model = envoy->model;
    struct found found = { 0 };
    find_all(envoy, &found);
    envoy_find_clusters(envoy);
    bool *used = ARENA_ARRAY(model->arena, bool, found.configs.count + 1);
    bool by_port = has_several_ports(&found);
    const struct box *all = envoy->box;
    for (uint32_t m = 0; m < found.managers.count; m++) {
        const struct manager *manager = &found.managers.items[m];
        const struct data *config = config_of(&found, manager->message);
        struct envoy_chain chain = read_chain(manager->message);
        for (uint32_t i = 0; i < found.configs.count; i++)
            used[i] |= found.configs.items[i] == config;
        if (!config)
            continue;
        if (!chain.has_cors)
            remark_unread(envoy, config);
        envoy->box = by_port && manager->port.len
                         ? box_with(model, all, model->port, fa_literal(model->fa, manager->port))
                         : all;
        envoy_routes(envoy, config, &chain);
        envoy->box = all;
    }
    // Route configurations that no listener here asks for: somebody's listener does.
    const struct envoy_chain unseen = { .filter = str_from(cors_filter) };
    for (uint32_t i = 0; i < found.configs.count; i++)
        if (!used[i])
            envoy_routes(envoy, found.configs.items[i], &unseen);
}

static bool read(struct reading *reading)
{
    bool good = true;
    for (uint32_t i = 0; i < reading->documents.count; i++) {
        struct envoy envoy = {
            .model = reading->model,
            .policy = reading->out->policy,
            .document = reading->documents.items[i],
            .box = documents_instance(reading, i, "Envoy"),
            .good = true,
        };
        if (envoy.document->root->kind == DATA_MAP)
            read_document(&envoy);
        good &= envoy.good;
    }
    return good;
}

const struct dialect dialect_envoy = {
    .name = "envoy",
    .what = "Envoy configuration",
    .marks = marks,
    .claims = claims,
    .read = read,
};
