// Which server answers for a host at a port (reference/nginx.md 2.1).
#include "base/hash.h"
#include "dialect/nginx/machine.h"
#include "dialect/nginx/ports.h"
#include "dialect/nginx/rendered.h"
#include "dialect/nginx/statements.h"

#include <stdlib.h>

enum name_kind { NAME_EXACT, NAME_LEADING, NAME_TRAILING, NAME_REGEX };
struct name {
    enum name_kind kind;
    Str text; // in lower case; a regex without its "~"
    uint32_t listener, order;
    const struct fa *hosts; // NULL for an exact one
};

static uint64_t port_hash(Str address, uint32_t port)
{
    return hash_u64(hash_str(HASH_SEED, address), port);
}

struct listeners *ports_get(const struct ports *ports, Str address, uint32_t number)
{
    uint32_t at = 0;
    struct listeners *port;
    while ((port = map_next(&ports->by_name, port_hash(address, number), &at)))
        if (port->port == number && str_equal(port->address, address))
            break;
    return port;
}

uint32_t listeners_default(const struct listeners *port)
{
    for (uint32_t i = 0; i < port->count; i++)
        if (port->items[i].is_default)
            return i;
    return 0;
}

void ports_find(struct nginx_config *config, struct ports *ports)
{
    struct arena *arena = config->model->arena;
    for (uint32_t s = 0; s < config->servers.count; s++) {
        const struct block *server = config->servers.items[s];
        for (uint32_t i = 0; i < server->listens.count; i++) {
            const struct listen *listen = &server->listens.items[i];
            struct listeners *port = ports_get(ports, listen->address, listen->port);
            if (!port) {
                port = ARENA_NEW(arena, struct listeners);
                port->address = listen->address;
                port->port = listen->port;
                map_add(arena, &ports->by_name, port_hash(port->address, port->port), port);
                *vec_push(arena, ports) = port;
            }
            *vec_push(arena, port) = (struct listener){ s, listen->is_default, listen->tls };
        }
    }
}

static bool has_upper(Str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] >= 'A' && s.ptr[i] <= 'Z')
            return true;
    return false;
}

const struct pattern *server_name_pattern(struct nginx_config *config, Str expression, Span span)
{
    return nginx_pattern(config, expression, has_upper(expression), span);
}

// The hosts that a name stands for, whatever other names there are.
static enum name_kind kind_of(Str name) // of a name that is no regular expression
{
    bool leading = str_starts(name, STR("*.")) || (name.len > 1 && name.ptr[0] == '.');
    return leading ? NAME_LEADING : str_ends(name, STR(".*")) ? NAME_TRAILING : NAME_EXACT;
}

static const struct fa *name_hosts(struct nginx_config *config, const struct name *name, Span span)
{
    struct fa_space *fa = config->model->fa;
    const struct fa *some = fa_subtract(fa, fa_all(fa), fa_empty(fa));
    switch (name->kind) {
    case NAME_EXACT:
        return fa_literal(fa, name->text);
    case NAME_LEADING:
        if (str_starts(name->text, STR("*."))) // *.b: any depth of labels, not b
            return fa_concat(fa, some, fa_literal(fa, str_slice(name->text, 1, name->text.len)));
        return fa_union(fa, fa_concat(fa, some, fa_literal(fa, name->text)),
                        fa_literal(fa, str_slice(name->text, 1, name->text.len)));
    case NAME_TRAILING:
        return fa_concat(fa, fa_literal(fa, str_slice(name->text, 0, name->text.len - 1)), some);
    case NAME_REGEX:
        break;
    }
    return server_name_pattern(config, name->text, span)->result.language;
}

const struct fa *server_name_hosts(struct nginx_config *config, Str text)
{
    struct name name = { .kind = kind_of(text), .text = text };
    return name_hosts(config, &name, (Span){ 0 });
}

static int compare_names(const void *a, const void *b)
{
    const struct name *x = a, *y = b;
    if (x->kind != y->kind)
        return (x->kind > y->kind) - (x->kind < y->kind);
    if (x->kind != NAME_REGEX && x->text.len != y->text.len) // longest first
        return (x->text.len < y->text.len) - (x->text.len > y->text.len);
    return (x->order > y->order) - (x->order < y->order);
}

struct names {
    struct name *items;
    uint32_t count, capacity;
};

static void collect_names(struct nginx_config *config, const struct listeners *port,
                          struct names *names)
{
    struct arena *arena = config->model->arena;
    struct map seen = { 0 };
    for (uint32_t l = 0; l < port->count; l++) {
        const struct block *server = config->servers.items[port->items[l].server];
        static const Str empty[] = { { "", 0 } };
        const Str *texts = server->names.count ? server->names.items : empty;
        uint32_t count = server->names.count ? server->names.count : 1;
        for (uint32_t i = 0; i < count; i++) {
            struct name name = { .text = texts[i], .listener = l, .order = names->count };
            if (str_eat(&name.text, STR("~"))) {
                name.kind = NAME_REGEX;
            } else {
                name.text = str_lower(arena, name.text);
                name.kind = kind_of(name.text);
                uint64_t hash = hash_str(name.kind, name.text);
                uint32_t at = 0;
                bool known = false;
                for (const Str *text; (text = map_next(&seen, hash, &at));)
                    known |= str_equal(*text, name.text);
                if (known) // of two servers with one name at one port the first wins
                    continue;
                Str *kept = ARENA_NEW(arena, Str);
                *kept = name.text;
                map_add(arena, &seen, hash, kept);
            }
            if (name.kind != NAME_EXACT)
                name.hosts = name_hosts(config, &name, server->span);
            *vec_push(arena, names) = name;
        }
    }
    qsort(names->items, names->count, sizeof *names->items, compare_names);
}

// The hosts of each server at a port: exact names first, then wildcards by length, then regular
// expressions, then the default.
static const struct fa **split_hosts(struct nginx_config *config, const struct listeners *port,
                                     uint32_t default_listener)
{
    struct fa_space *fa = config->model->fa;
    struct arena *arena = config->model->arena;
    const struct fa **hosts = ARENA_ARRAY(arena, const struct fa *, port->count);
    for (uint32_t i = 0; i < port->count; i++)
        hosts[i] = fa_none(fa);
    if (port->count == 1 && !config->rendered) { // a single server: names are not looked at
        hosts[0] = config->model->host->universe;
        return hosts;
    }
    struct names names = { 0 };
    collect_names(config, port, &names);
    Str *words = ARENA_ARRAY(arena, Str, names.count + 1);
    uint32_t *owners = ARENA_ARRAY(arena, uint32_t, names.count + 1);
    uint32_t exact = 0;
    for (; exact < names.count && names.items[exact].kind == NAME_EXACT; exact++) {
        words[exact] = names.items[exact].text;
        owners[exact] = names.items[exact].listener;
    }
    const struct fa *taken = fa_literals(fa, words, exact);
    Str *own = ARENA_ARRAY(arena, Str, exact + 1);
    uint32_t *first = ARENA_ARRAY(arena, uint32_t, port->count + 1); // counting sort by owner
    for (uint32_t i = 0; i < exact; i++)
        first[owners[i] + 1]++;
    for (uint32_t l = 0; l < port->count; l++)
        first[l + 1] += first[l];
    uint32_t *next = ARENA_ARRAY(arena, uint32_t, port->count + 1);
    for (uint32_t i = 0; i < exact; i++)
        own[first[owners[i]] + next[owners[i]]++] = words[i];
    for (uint32_t l = 0; l < port->count; l++)
        if (next[l])
            hosts[l] = fa_literals(fa, own + first[l], next[l]);
    for (uint32_t i = exact; i < names.count; i++) {
        const struct name *name = &names.items[i];
        const struct fa *mine = fa_subtract(fa, name->hosts, taken);
        taken = fa_union(fa, taken, name->hosts);
        hosts[name->listener] = fa_union(fa, hosts[name->listener], mine);
    }
    if (config->rendered && !config->rendered->has_default)
        return hosts;
    const struct fa *rest = fa_subtract(fa, config->model->host->universe, taken);
    hosts[default_listener] = fa_union(fa, hosts[default_listener], rest);
    return hosts;
}

// The requests that come to an address and port. Where one port has several addresses, which one
// was meant is not in the request.
static const struct box *port_box(struct nginx_config *config, const struct ports *ports,
                                  const struct listeners *port)
{
    struct model *model = config->model;
    if (config->rendered)
        return box_all(model);
    Str text = str_format(model->arena, "%u", port->port);
    const struct box *box =
        box_with(model, box_all(model), model->port, fa_literal(model->fa, text));
    for (uint32_t i = 0; i < ports->count; i++) {
        const struct listeners *other = ports->items[i];
        if (other->port != port->port)
            continue;
        const struct listeners *named = str_is(port->address, "*") ? other : port;
        bool asks = other != port && !str_is(named->address, "*");
        if (!asks)
            continue;
        Str question = str_format(model->arena, "whether the connection comes to %.*s:%u",
                                  STR_ARG(named->address), named->port);
        const struct var *choice =
            model_choice(model, question, 0, config->servers.items[named->items[0].server]->span);
        box = box_with(model, box, choice, model_choice_value(model, named == port));
    }
    return box;
}

void servings_find(struct nginx_config *config, struct servings *out)
{
    struct model *model = config->model;
    struct ports ports = { 0 };
    ports_find(config, &ports);
    for (uint32_t p = 0; p < ports.count; p++) {
        const struct listeners *port = ports.items[p];
        uint32_t default_listener = listeners_default(port);
        bool tls = false;
        for (uint32_t i = 0; i < port->count; i++)
            tls |= port->items[i].tls;
        const struct block *first = config_server(config, port->items[default_listener].server);
        bool keeps = !block_flag(first, offsetof(struct block, merge_slashes), true);
        const struct fa **hosts = split_hosts(config, port, default_listener);
        const struct box *base = port_box(config, &ports, port);
        const struct fa *scheme = fa_literal(model->fa, tls ? STR("https") : STR("http"));
        if (!config->rendered)
            base = box_with(model, base, model->scheme, scheme);
        for (uint32_t i = 0; i < port->count; i++) {
            const struct box *box = box_with(model, base, model->host, hosts[i]);
            if (box)
                *vec_push(model->arena, out) = (struct serving){
                    .server = port->items[i].server,
                    .box = box,
                    .port = config->rendered ? 0 : port->port,
                    .tls = tls || config->rendered,
                    .is_default = i == default_listener,
                    .keeps_slashes = keeps,
                };
        }
    }
}
