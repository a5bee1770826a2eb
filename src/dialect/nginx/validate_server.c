// The handlers of listen and server_name, and what shows when all servers are known:
// reference/nginx.md 2.1.
#include "dialect/nginx/validate.h"

#include "base/hash.h"

#include <arpa/inet.h>
#include <string.h>

enum { CACHE_LINE = 64 }; // of the machines that nginx usually runs on

struct listener {
    Str address; // normalised, with the port
    const struct conf *last_server;
    const struct conf *last_options; // of the statement that set socket options
    bool has_default;
    VEC(const struct conf *) servers;
};

uint32_t hash_entry_max(const struct scope *http, const char *setting)
{
    while (http->outer && http->context != CONTEXT_HTTP)
        http = http->outer;
    const struct conf *conf = conf_find(http->block, setting);
    uint32_t size;
    if (!conf || !number_parse(conf_word(conf, 1), &size) || size == 0 || size > 1 << 20)
        size = CACHE_LINE;
    size = (size + CACHE_LINE - 1) / CACHE_LINE * CACHE_LINE;
    return size - 2 * 8 - 2; // two pointers, and the two bytes of the length
}

static bool is_port(Str text)
{
    uint32_t port;
    return number_parse(text, &port) && port >= 1 && port <= 65535;
}

static bool is_port_range(Str text)
{
    Str first, last;
    uint32_t a, b;
    if (!str_cut(text, STR("-"), &first, &last))
        return is_port(text);
    return is_port(first) && is_port(last) && number_parse(first, &a) && number_parse(last, &b) &&
           a <= b;
}

// Writes the address in one notation. False when nginx does not take it.
static bool normalise(struct arena *arena, Str text, Str *out)
{
    Str host = text, port = STR("80"), rest;
    if (str_starts(text, STR("unix:"))) {
        *out = text;
        return text.len > 5;
    }
    if (str_starts(text, STR("["))) {
        char name[INET6_ADDRSTRLEN + 1];
        unsigned char bytes[sizeof(struct in6_addr)];
        if (!str_cut(str_slice(text, 1, text.len), STR("]"), &host, &rest) ||
            host.len >= sizeof name || (rest.len && !str_eat(&rest, STR(":"))))
            return false;
        memcpy(name, host.ptr, host.len);
        name[host.len] = '\0';
        port = rest.len ? rest : port;
        if (inet_pton(AF_INET6, name, bytes) != 1 || !inet_ntop(AF_INET6, bytes, name, sizeof name))
            return false;
        *out = str_format(arena, "[%s]:%.*s", name, STR_ARG(port));
        return is_port_range(port);
    }
    Str digits, dummy;
    uint32_t number;
    if (!str_cut(text, STR(":"), &host, &port)) {
        digits = text;
        str_cut(text, STR("-"), &digits, &dummy);
        bool only_port = number_parse(digits, &number);
        host = only_port ? STR("*") : text;
        port = only_port ? text : STR("80");
    }
    if (host.len == 0 || str_contains(text, STR("/")) || str_contains(text, STR("?")) ||
        !is_port_range(port))
        return false;
    if (str_is(host, "0.0.0.0"))
        host = STR("*");
    while (port.len > 1 && port.ptr[0] == '0')
        port = str_slice(port, 1, port.len);
    *out = str_format(arena, "%.*s:%.*s", STR_ARG(host), STR_ARG(port));
    return true;
}

static struct listener *listener_get(struct validate *validate, Str address)
{
    uint64_t hash = hash_str(HASH_SEED, address);
    struct listener *listener;
    for (uint32_t i = 0; (listener = map_next(&validate->listeners, hash, &i));)
        if (str_equal(listener->address, address))
            return listener;
    listener = ARENA_NEW(validate->scratch, struct listener);
    listener->address = address;
    map_add(validate->scratch, &validate->listeners, hash, listener);
    return listener;
}

// A parameter of listen. Writes whether it sets an option of the socket.
static bool is_parameter(Str text, bool *is_option)
{
    static const struct {
        const char *name;
        enum { PLAIN, NUMBER, SIZE, SWITCH, ANY } kind;
        bool option;
    } parameters[] = {
        { "default_server", PLAIN, false },
        { "default", PLAIN, false },
        { "ssl", PLAIN, false },
        { "http2", PLAIN, false },
        { "spdy", PLAIN, false },
        { "quic", PLAIN, false },
        { "proxy_protocol", PLAIN, false },
        { "bind", PLAIN, true },
        { "deferred", PLAIN, true },
        { "reuseport", PLAIN, true },
        { "backlog=", NUMBER, true },
        { "fastopen=", NUMBER, true },
        { "rcvbuf=", SIZE, true },
        { "sndbuf=", SIZE, true },
        { "ipv6only=", SWITCH, true },
        { "so_keepalive=", ANY, true },
        { "accept_filter=", ANY, false },
        { "setfib=", NUMBER, true },
        { "multipath", PLAIN, true },
    };
    uint32_t number;
    for (size_t i = 0; i < sizeof parameters / sizeof *parameters; i++) {
        Str value = text;
        if (!str_eat(&value, str_from(parameters[i].name)))
            continue;
        *is_option |= parameters[i].option;
        switch (parameters[i].kind) {
        case PLAIN:
            if (value.len == 0)
                return true;
            break;
        case NUMBER:
            return number_parse(value, &number) &&
                   (number || !str_is(str_from(parameters[i].name), "backlog="));
        case SIZE:
            return size_parse(value, false);
        case SWITCH:
            return str_is(value, "on") || str_is(value, "off");
        case ANY:
            return value.len > 0;
        }
    }
    return false;
}

static bool check_listen(struct validate *validate, const struct conf *conf,
                         const struct scope *scope)
{
    Str address;
    if (!normalise(validate->scratch, conf->words[1].text, &address))
        return refuse(validate, conf->words[1].span, "\"%.*s\" is neither an address nor a port",
                      STR_ARG(conf->words[1].text));
    bool is_default = false, is_option = false;
    for (uint32_t i = 2; i < conf->n_words; i++) {
        if (!is_parameter(conf->words[i].text, &is_option))
            return refuse(validate, conf->words[i].span, "\"%.*s\" is no parameter of listen",
                          STR_ARG(conf->words[i].text));
        is_default |=
            str_is(conf->words[i].text, "default_server") || str_is(conf->words[i].text, "default");
    }
    struct listener *listener = listener_get(validate, address);
    if (listener->last_server == scope->block)
        return refuse(validate, conf->head, "this server listens there already");
    listener->last_server = scope->block;
    if (is_option && listener->last_options)
        return refuse(validate, conf->head, "another server has set options for this address");
    if (is_option)
        listener->last_options = conf;
    if (is_default && listener->has_default)
        return refuse(validate, conf->head, "a second default server for this address");
    listener->has_default |= is_default;
    *vec_push(validate->scratch, &listener->servers) = scope->block;
    return true;
}

static bool check_server_name(struct validate *validate, const struct conf *conf,
                              const struct scope *scope)
{
    (void)scope;
    for (uint32_t i = 1; i < conf->n_words; i++) {
        const struct conf_word *word = &conf->words[i];
        Str name = word->text;
        if ((str_starts(name, STR("*")) && (name.len < 3 || name.ptr[1] != '.')) ||
            str_is(name, "."))
            return refuse(validate, word->span, "\"%.*s\" is not a name with a wildcard",
                          STR_ARG(name));
        if (!str_eat(&name, STR("~")))
            continue;
        bool upper = false; // then case does not count
        for (size_t j = 0; j < name.len; j++)
            upper |= name.ptr[j] >= 'A' && name.ptr[j] <= 'Z';
        if (name.len == 0)
            return refuse(validate, word->span, "the regular expression is empty");
        if (!pattern_check(validate, name, upper, word->span))
            return false;
    }
    return true;
}

static bool has_groups(const struct conf *server)
{
    for (uint32_t i = 0; i < server->n_children; i++)
        for (uint32_t j = 1;
             conf_is(&server->children[i], "server_name") && j < server->children[i].n_words; j++) {
            Str name = conf_word(&server->children[i], j);
            if (str_starts(name, STR("~")) && str_contains(name, STR("(")))
                return true;
        }
    return false;
}

static bool wildcard_is_wrong(Str name)
{
    size_t stars = 0;
    for (size_t i = 0; i < name.len; i++)
        stars += name.ptr[i] == '*';
    bool wildcard = str_starts(name, STR("*.")) || (name.len > 2 && str_ends(name, STR(".*")));
    return stars > 1 || (stars == 1 && !wildcard) || str_contains(name, STR(".."));
}

// Names are only looked at by nginx where several servers share an address.
static void check_names(struct validate *validate, const struct conf *server, uint32_t name_max)
{
    for (uint32_t i = 0; i < server->n_children; i++) {
        const struct conf *conf = &server->children[i];
        for (uint32_t j = 1; conf_is(conf, "server_name") && j < conf->n_words; j++) {
            Str name = conf->words[j].text;
            if (str_starts(name, STR("~")))
                continue;
            if (wildcard_is_wrong(name))
                refuse(validate, conf->words[j].span, "\"%.*s\" is not a name with a wildcard",
                       STR_ARG(name));
            else if (name.len > name_max && !str_starts(name, STR("*.")) &&
                     !str_starts(name, STR(".")) && !str_ends(name, STR(".*")))
                refuse(validate, conf->words[j].span,
                       "the name is longer than %u bytes: server_names_hash_bucket_size must be "
                       "increased",
                       name_max);
        }
    }
}

// A server of an upstream: an address, then parameters.
static bool check_upstream_server(struct validate *validate, const struct conf *conf)
{
    static const char *const numbers[] = { "weight=", "max_conns=", "max_fails=" };
    static const char *const others[] = { "backup", "down", "drain", "resolve" };
    Str address = conf->words[1].text, host, port;
    bool unix_socket = str_starts(address, STR("unix:"));
    bool bad =
        address.len == 0 ||
        (!unix_socket && (str_contains(address, STR("/")) || str_contains(address, STR("?"))));
    if (!unix_socket && !str_starts(address, STR("[")) && str_cut(address, STR(":"), &host, &port))
        bad |= host.len == 0 || !is_port(port);
    if (bad)
        return refuse(validate, conf->words[1].span, "\"%.*s\" is no address of a server",
                      STR_ARG(address));
    for (uint32_t i = 2; i < conf->n_words; i++) {
        Str text = conf->words[i].text, value = text;
        uint32_t number;
        uint64_t seconds;
        bool good = str_starts(text, STR("service=")) || str_starts(text, STR("route=")) ||
                    str_starts(text, STR("slow_start="));
        for (size_t j = 0; j < sizeof numbers / sizeof *numbers; j++)
            if (str_eat(&value, str_from(numbers[j])))
                good = number_parse(value, &number) && (j > 0 || number);
        if (str_eat(&value, STR("fail_timeout=")))
            good = duration_parse(value, false, &seconds);
        for (size_t j = 0; j < sizeof others / sizeof *others; j++)
            good |= str_is(text, others[j]);
        if (!good)
            return refuse(validate, conf->words[i].span, "\"%.*s\" is no parameter of a server",
                          STR_ARG(text));
    }
    return true;
}

static bool check_server(struct validate *validate, const struct conf *conf,
                         const struct scope *scope)
{
    if (scope->context != CONTEXT_HTTP)
        return check_upstream_server(validate, conf);
    bool listens = false;
    for (uint32_t i = 0; i < conf->n_children && !listens; i++)
        listens = conf_is(&conf->children[i], "listen") || conf_is(&conf->children[i], "include");
    if (!listens)
        *vec_push(validate->scratch, &listener_get(validate, STR("*:80"))->servers) = conf;
    return locations_check(validate, conf);
}

void listeners_check(struct validate *validate)
{
    for (uint32_t i = 0; i < validate->listeners.capacity; i++) {
        const struct listener *listener = validate->listeners.slots[i].value;
        if (!listener)
            continue;
        bool looks = listener->servers.count > 1;
        for (uint32_t j = 0; j < listener->servers.count; j++)
            looks |= has_groups(listener->servers.items[j]);
        for (uint32_t j = 0; looks && j < listener->servers.count; j++)
            check_names(validate, listener->servers.items[j], validate->name_max);
    }
}

static bool check_single(struct validate *validate, const struct conf *conf,
                         const struct scope *scope)
{
    const char *name = conf_is(conf, "http") ? "http" : "events";
    return conf_find(scope->block, name) == conf ||
           refuse(validate, conf->words[0].span, "a second \"%s\" block", name);
}

static bool check_http(struct validate *validate, const struct conf *conf,
                       const struct scope *scope)
{
    struct scope http = { CONTEXT_HTTP, conf, scope };
    validate->name_max = hash_entry_max(&http, "server_names_hash_bucket_size");
    return check_single(validate, conf, scope);
}

const struct handler handlers_server[] = {
    { "listen", check_listen }, { "server_name", check_server_name }, { "server", check_server },
    { "http", check_http },     { "events", check_single },           { NULL, NULL },
};
