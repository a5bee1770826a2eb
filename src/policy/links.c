#include "policy/links.h"

#include "base/hash.h"
#include "base/map.h"

#include <string.h>

// ---- targets

// "http://app:8080/path", "app:8080", "app". Where it names no host (a variable, a socket), that is
// left empty.
static struct target target_parse(struct arena *arena, Str text)
{
    Str scheme = STR("http"), rest = text;
    (void)str_cut(text, STR("://"), &scheme, &rest);
    for (size_t i = 0; i < rest.len; i++)
        if (rest.ptr[i] == '/' || rest.ptr[i] == '?' || rest.ptr[i] == '#') {
            rest.len = i;
            break;
        }
    rest = str_lower(arena, rest);
    bool is_address = str_starts(rest, STR("["));
    size_t colon = rest.len;
    while (colon > 0 && rest.ptr[colon - 1] >= '0' && rest.ptr[colon - 1] <= '9')
        colon--;
    bool has_port = colon > 1 && colon < rest.len && rest.ptr[colon - 1] == ':';
    struct target out = { .scheme = str_lower(arena, scheme) };
    if (str_is(out.scheme, "grpc") || str_is(out.scheme, "grpcs"))
        out.scheme = str_is(out.scheme, "grpc") ? STR("http") : STR("https");
    Str host = has_port ? str_slice(rest, 0, colon - 1) : rest;
    if (str_ends(host, STR(".")))
        host.len--;
    if (!host.len || memchr(host.ptr, '$', host.len) ||
        (!is_address && memchr(host.ptr, ':', host.len)))
        return out;
    bool tls = str_is(out.scheme, "https");
    out.host = host;
    out.port = has_port ? str_slice(rest, colon, rest.len) : tls ? STR("443") : STR("80");
    return out;
}

bool links_sent(const struct response *response, struct sent *out)
{
    if (response->asked_before)
        *out = *response->asked_before;
    else if (response->answer == ANSWER_UPSTREAM)
        *out = (struct sent){ response->upstream, response->forward };
    else
        return false;
    return true;
}

void targets_of(struct arena *arena, const struct sent *sent, struct targets *out)
{
    const struct forward *forward = sent->forward;
    struct target one = target_parse(arena, sent->upstream);
    for (uint32_t i = 0; forward && i < forward->server_count; i++) {
        struct target server = target_parse(arena, forward->servers[i]);
        server.scheme = one.scheme;
        bool known = false;
        for (uint32_t k = 0; k < out->count && !known; k++)
            known = str_equal(out->items[k].host, server.host) &&
                    str_equal(out->items[k].port, server.port);
        if (!known)
            *vec_push(arena, out) = server;
    }
    if (!out->count)
        *vec_push(arena, out) = one;
}

// ---- which endpoints there are

enum { HOSTS_FEW = 8 };

struct named {
    Str host;
    VEC(uint32_t) numbers;
};

static bool is_any(Str host)
{
    return host.len == 0 || str_is(host, "*") || str_is(host, "_");
}

static bool is_plain(Str host)
{
    for (size_t i = 0; i < host.len; i++)
        if (strchr("*~^$()[]|?+\\", host.ptr[i]))
            return false;
    return !str_starts(host, STR("."));
}

bool stack_is_layer(Str name, const struct endpoint *endpoint, Str path)
{
    return str_is(name, endpoint->layer) || str_equal(name, path);
}

static struct named *named_get(struct arena *arena, struct map *map, Str host, bool make)
{
    Str lower = str_lower(arena, host);
    uint64_t hash = hash_str(HASH_SEED, lower);
    uint32_t at = 0;
    struct named *named;
    while ((named = map_next(map, hash, &at)))
        if (str_equal(named->host, lower))
            return named;
    if (!make)
        return NULL;
    named = ARENA_NEW(arena, struct named);
    named->host = lower;
    map_add(arena, map, hash, named);
    return named;
}

struct links links_new(struct model *model, const struct stack *stack)
{
    return (struct links){ .model = model, .stack = stack };
}

static void add_names(struct links *links, const struct endpoint *endpoint, uint32_t number)
{
    struct arena *arena = links->model->arena;
    bool wild = false;
    for (uint32_t h = 0; h < endpoint->host_count; h++) {
        Str host = endpoint->hosts[h];
        if (is_any(host))
            continue;
        if (!is_plain(host)) {
            wild = true;
            continue;
        }
        struct named *named = named_get(arena, &links->by_name, host, true);
        *vec_push(arena, &named->numbers) = number;
    }
    if (wild)
        *vec_push(arena, &links->wild) = number;
}

static void add_hosts(struct links *links, const struct endpoint *endpoint, uint32_t number)
{
    struct arena *arena = links->model->arena;
    const struct fa *hosts = box_language(endpoint->box, links->model->host);
    Str few[HOSTS_FEW];
    if (!hosts || fa_count(hosts) > HOSTS_FEW) {
        *vec_push(arena, &links->wide) = number;
        return;
    }
    size_t count = fa_enumerate(arena, hosts, few, HOSTS_FEW);
    for (size_t i = 0; i < count; i++) {
        struct named *named = named_get(arena, &links->by_host, few[i], true);
        *vec_push(arena, &named->numbers) = number;
    }
}

void links_add(struct links *links, const struct endpoint *endpoint, Str path)
{
    uint32_t number = links->count, level = UINT32_MAX;
    for (uint32_t i = 0; links->stack && i < links->stack->count && level == UINT32_MAX; i++)
        if (stack_is_layer(links->stack->names[i], endpoint, path))
            level = i;
    add_names(links, endpoint, number);
    if (links->stack)
        add_hosts(links, endpoint, number);
    *vec_push(links->model->arena, links) = (struct linked){ endpoint, level };
}

// ---- which of them an answer leads to

// One search: from an endpoint to those at a level of the stack (without a stack: any).
struct search {
    struct links *links;
    uint32_t from, level;
    Str port; // empty: not known
    struct led *out;
};

static bool is_other_layer(const struct endpoint *a, const struct endpoint *b)
{
    return strcmp(a->layer, b->layer) != 0 || !str_equal(a->program, b->program);
}

// Names by which every machine calls itself.
static bool is_self(Str host)
{
    return str_is(host, "localhost") || str_is(host, "[::1]") || str_starts(host, STR("127."));
}

static bool is_address(Str host)
{
    for (size_t i = 0; i < host.len; i++)
        if (!strchr("0123456789.", host.ptr[i]))
            return str_starts(host, STR("["));
    return host.len > 0;
}

// Adds an endpoint that stands where it is looked for and listens at the port.
static void consider(const struct search *search, uint32_t number)
{
    const struct links *links = search->links;
    const struct linked *from = &links->items[search->from], *to = &links->items[number];
    bool may_stand =
        links->stack ? to->level == search->level : is_other_layer(from->endpoint, to->endpoint);
    if (number == search->from || !may_stand)
        return;
    const struct fa *ports = box_language(to->endpoint->box, links->model->port);
    if (search->port.len && ports && !fa_accepts(ports, search->port))
        return;
    for (uint32_t i = 0; i < search->out->count; i++)
        if (search->out->items[i] == number)
            return;
    *vec_push(links->model->arena, search->out) = number;
}

// A host without its port.
static Str name_of(Str host)
{
    Str name, port;
    return !str_starts(host, STR("[")) && str_cut(host, STR(":"), &name, &port) ? name : host;
}

// The endpoints that name a host, be it by a pattern; a port behind it does not count.
static void find_by_host(const struct search *search, Str host)
{
    struct links *links = search->links;
    host = name_of(host);
    const struct named *named = named_get(links->model->arena, &links->by_name, host, false);
    for (uint32_t i = 0; named && i < named->numbers.count; i++)
        consider(search, named->numbers.items[i]);
    for (uint32_t i = 0; i < links->wild.count; i++) {
        const struct endpoint *endpoint = links->items[links->wild.items[i]].endpoint;
        const struct fa *hosts = box_language(endpoint->box, links->model->host);
        if (hosts && fa_accepts(hosts, host))
            consider(search, links->wild.items[i]);
    }
}

static void find_by_own_hosts(const struct search *search)
{
    const struct endpoint *from = search->links->items[search->from].endpoint;
    for (uint32_t h = 0; h < from->host_count; h++)
        if (is_plain(from->hosts[h]))
            find_by_host(search, from->hosts[h]);
}

// The endpoints that serve a host, by whatever name.
static void find_serving(const struct search *search, Str host)
{
    struct links *links = search->links;
    Str name = str_lower(links->model->arena, name_of(host));
    const struct named *named = named_get(links->model->arena, &links->by_host, name, false);
    for (uint32_t i = 0; named && i < named->numbers.count; i++)
        consider(search, named->numbers.items[i]);
    for (uint32_t i = 0; i < links->wide.count; i++) {
        const struct endpoint *endpoint = links->items[links->wide.items[i]].endpoint;
        const struct fa *hosts = box_language(endpoint->box, links->model->host);
        if (!hosts || fa_accepts(hosts, name))
            consider(search, links->wide.items[i]);
    }
}

// All endpoints of the layer: which host they are asked for depends on the request.
static void find_serving_any(const struct search *search)
{
    for (uint32_t i = 0; i < search->links->count; i++)
        if (search->links->items[i].level == search->level)
            consider(search, i);
}

// The endpoints that serve some host that the outer one does.
static void find_serving_same(const struct search *search)
{
    struct links *links = search->links;
    struct model *model = links->model;
    const struct fa *own = box_language(links->items[search->from].endpoint->box, model->host);
    Str one;
    if (own && fa_is_literal(model->arena, own, &one)) {
        find_serving(search, one);
        return;
    }
    for (uint32_t i = 0; i < links->count; i++) {
        const struct fa *hosts = box_language(links->items[i].endpoint->box, model->host);
        if (links->items[i].level == search->level &&
            !(own && hosts && fa_is_disjoint(model->fa, own, hosts)))
            consider(search, i);
    }
}

static bool is_as_asked(struct model *model, const struct value *host)
{
    return value_is_var(host, model->host) || value_is_var(host, model_header(model, STR("host")));
}

// In a stack: the next layer that has anything for the request. What the product says that it sends
// as Host decides; where it says nothing, the target's name, and where nobody has that name, the
// host that was asked for: *host is changed to it.
static void find_in_stack(struct search *search, const struct sent *sent,
                          const struct target *target, const struct value **host)
{
    struct links *links = search->links;
    struct led *out = search->out;
    bool says = sent->forward && sent->forward->host;
    Str text;
    for (search->level = links->items[search->from].level + 1; search->level < links->stack->count;
         search->level++) {
        if (says && value_is_text(*host, &text))
            find_serving(search, text);
        else if (says && is_as_asked(links->model, *host))
            find_serving_same(search);
        else if (says)
            find_serving_any(search);
        else if (target->host.len)
            find_by_host(search, target->host);
        if (out->count)
            return;
        find_serving_same(search);
        if (out->count) {
            *host = value_var(links->model, links->model->host);
            return;
        }
    }
}

// The name that the next layer is asked for: what is forwarded, else the target's.
static const struct value *host_seen(struct links *links, const struct forward *forward,
                                     const struct target *target)
{
    if (forward && forward->host)
        return forward->host;
    return target->host.len ? value_text(links->model, target->host)
                            : value_var(links->model, links->model->host);
}

void links_find(struct links *links, uint32_t from, const struct sent *sent,
                const struct target *target, const struct value **host, struct led *out)
{
    struct search search = { links, from, 0, target->port, out };
    Str text;
    *host = host_seen(links, sent->forward, target);
    if (links->stack) {
        if (links->items[from].level != UINT32_MAX)
            find_in_stack(&search, sent, target, host);
        return;
    }
    if (!target->host.len)
        return;
    // An address has no name: what is asked for there has.
    if (is_address(target->host) && value_is_text(*host, &text))
        find_by_host(&search, text);
    else if (!is_self(target->host))
        find_by_host(&search, target->host);
    if (!out->count || is_address(target->host) ||
        (value_is_text(*host, &text) && str_equal(text, target->host)))
        return;
    // The target is known; which of its endpoints answers, the Host header says.
    if (value_is_text(*host, &text))
        find_by_host(&search, text);
    find_by_own_hosts(&search);
}

static bool leads_somewhere(struct links *links, uint32_t from)
{
    const struct endpoint *endpoint = links->items[from].endpoint;
    for (uint32_t c = 0; c < endpoint->cell_count; c++) {
        const struct response *response = endpoint->cells[c].response;
        struct targets targets = { 0 };
        struct sent sent;
        if (!links_sent(response, &sent) || (c && response == endpoint->cells[c - 1].response))
            continue;
        targets_of(links->model->arena, &sent, &targets);
        for (uint32_t t = 0; t < targets.count; t++) {
            struct led found = { 0 };
            const struct value *host;
            links_find(links, from, &sent, &targets.items[t], &host, &found);
            if (found.count)
                return true;
        }
    }
    return false;
}

bool links_any(struct links *links)
{
    bool differ = false;
    for (uint32_t i = 1; i < links->count && !differ; i++)
        differ = is_other_layer(links->items[0].endpoint, links->items[i].endpoint);
    for (uint32_t i = 0; differ && i < links->count; i++)
        if (leads_somewhere(links, i))
            return true;
    return false;
}
