// Which servers are the same in two versions of a configuration, so that what they do need not be
// found out again. A server answers by its own text, by what stands around the servers, by the
// names of all servers that listen where it does, and by what nobody wrote down: files, and limits
// that were reached. All of that has to be equal, and is compared by content: a hash could be
// matched on purpose.
#include "dialect/nginx/ports.h"

// In place of a server's number.
#define UNSEEN UINT32_MAX
#define NO_PARTNER (UINT32_MAX - 1)

struct same_servers {
    struct nginx_config *before, *config;
    struct ports old_ports, ports;
    uint32_t *partners; // by number of a server: that of the old one, as far as listening goes
    bool context;       // what stands around the servers is equal
};

static bool same_options(const struct dialect_options *a, const struct dialect_options *b)
{
    return a->nginx_version == b->nginx_version && upstreams_equal(a->upstreams, b->upstreams);
}

// Variables that a server somewhere sets are "" elsewhere.
static bool same_names(const struct nginx_config *a, const struct nginx_config *b)
{
    bool same = a->assigned_names.count == b->assigned_names.count;
    for (uint32_t i = 0; same && i < a->assigned_names.count; i++)
        same = config_is_set(b, a->assigned_names.items[i]);
    return same;
}

static bool is_server(const struct conf *conf)
{
    return conf_is(conf, "server") && conf->has_block;
}

// The next statement from *at on that is no server's block, or NULL.
static const struct conf *next_statement(const struct conf *http, uint32_t *at)
{
    while (*at < http->n_children && is_server(&http->children[*at]))
        ++*at;
    return *at < http->n_children ? &http->children[(*at)++] : NULL;
}

static bool same_around(const struct conf *a, const struct conf *b)
{
    uint32_t i = 0, j = 0;
    for (;;) {
        const struct conf *old = next_statement(a, &i), *new = next_statement(b, &j);
        if (!old || !new)
            return old == new;
        if (!conf_same(old, new))
            return false;
    }
}

static bool same_main(const struct conf *a, const struct conf *b)
{
    if (a->n_children != b->n_children)
        return false;
    for (uint32_t i = 0; i < a->n_children; i++) {
        const struct conf *old = &a->children[i], *new = &b->children[i];
        bool http = conf_is(old, "http") && conf_is(new, "http");
        if (http ? !same_around(old, new) : !conf_same(old, new))
            return false;
    }
    return true;
}

static bool same_context(const struct nginx_config *a, const struct nginx_config *b)
{
    return !a->is_clouded && !b->is_clouded && a->code == b->code &&
           str_equal(a->prefix, b->prefix) && same_options(a->options, b->options) &&
           same_main(a->root, b->root) && same_names(a, b);
}

static bool same_server_names(const struct block *a, const struct block *b)
{
    if (a->names.count != b->names.count)
        return false;
    for (uint32_t i = 0; i < a->names.count; i++)
        if (!str_equal(a->names.items[i], b->names.items[i]))
            return false;
    return true;
}

// The addresses of a port number, in order: each of them takes requests from the others.
static bool same_addresses(const struct same_servers *same, uint32_t port)
{
    const struct ports *a = &same->old_ports, *b = &same->ports;
    for (uint32_t i = 0, j = 0;; i++, j++) {
        while (i < a->count && a->items[i]->port != port)
            i++;
        while (j < b->count && b->items[j]->port != port)
            j++;
        if (i == a->count || j == b->count)
            return i == a->count && j == b->count;
        if (!str_equal(a->items[i]->address, b->items[j]->address))
            return false;
    }
}

static bool merges_slashes(struct nginx_config *config, const struct listeners *port)
{
    uint32_t server = port->items[listeners_default(port)].server;
    return block_flag(config_server(config, server), offsetof(struct block, merge_slashes), true);
}

static bool same_listeners(const struct same_servers *same, const struct listeners *new)
{
    const struct listeners *old = ports_get(&same->old_ports, new->address, new->port);
    if (!old || old->count != new->count || !same_addresses(same, new->port))
        return false;
    for (uint32_t i = 0; i < new->count; i++) {
        const struct listener *a = &old->items[i], *b = &new->items[i];
        if (a->is_default != b->is_default || a->tls != b->tls ||
            !same_server_names(same->before->servers.items[a->server],
                               same->config->servers.items[b->server]))
            return false;
    }
    return merges_slashes(same->before, old) == merges_slashes(same->config, new);
}

// For each server the one that stands in its place at all ports where it listens.
static void find_partners(struct same_servers *same)
{
    for (uint32_t i = 0; i < same->config->servers.count; i++)
        same->partners[i] = UNSEEN;
    for (uint32_t p = 0; p < same->ports.count; p++) {
        const struct listeners *new = same->ports.items[p];
        const struct listeners *old = ports_get(&same->old_ports, new->address, new->port);
        bool equal = same_listeners(same, new);
        for (uint32_t i = 0; i < new->count; i++) {
            uint32_t *partner = &same->partners[new->items[i].server];
            if (!equal || (*partner != UNSEEN && *partner != old->items[i].server))
                *partner = NO_PARTNER;
            else
                *partner = old->items[i].server;
        }
    }
}

struct same_servers *same_servers_new(struct nginx_config *before, struct nginx_config *config)
{
    struct arena *arena = config->model->arena;
    struct same_servers *same = ARENA_NEW(arena, struct same_servers);
    same->before = before;
    same->config = config;
    same->context = same_context(before, config);
    if (!same->context)
        return same;
    ports_find(before, &same->old_ports);
    ports_find(config, &same->ports);
    same->partners = ARENA_ARRAY(arena, uint32_t, config->servers.count + 1);
    find_partners(same);
    return same;
}

bool same_server(const struct same_servers *same, uint32_t server, uint32_t *number)
{
    if (!same->context || same->partners[server] >= NO_PARTNER)
        return false;
    const struct nginx_config *before = same->before, *config = same->config;
    uint32_t partner = same->partners[server];
    const struct server_record *record = &before->records[partner];
    for (uint32_t i = 0; i < record->missing.count; i++)
        if (files_has_folder(config, record->missing.items[i]))
            return false;
    *number = partner;
    return record->notes == 0 &&
           before->servers.items[partner]->listens.count ==
               config->servers.items[server]->listens.count &&
           conf_same(before->server_trees.items[partner], config->server_trees.items[server]);
}
