// Directives about passing requests on (reference/nginx.md 3.5).
#include "base/hash.h"
#include "dialect/nginx/statements.h"

const char *family_name(enum family family)
{
    static const char *const names[FAMILIES] = {
        [FAMILY_PROXY] = "proxy_", [FAMILY_FASTCGI] = "fastcgi_", [FAMILY_UWSGI] = "uwsgi_",
        [FAMILY_SCGI] = "scgi_",   [FAMILY_GRPC] = "grpc_",       [FAMILY_MEMCACHED] = "memcached_",
    };
    return names[family];
}

enum family family_of(const struct conf *conf)
{
    for (int i = 0; i < FAMILIES; i++)
        if (str_starts(conf_word(conf, 0), str_from(family_name((enum family)i))))
            return (enum family)i;
    return FAMILY_PROXY;
}

void read_pass(struct nginx_config *config, struct block *block, const struct conf *conf)
{
    block->handler = HANDLER_UPSTREAM;
    block->family = family_of(conf);
    block->upstream = conf_word(conf, 1);
    block->target = argument(config, conf, 1);
    block->handler_span = conf->head;
}

static void add_sent(struct nginx_config *config, struct block *block, const struct conf *conf,
                     Str name)
{
    *vec_push(config->model->arena, &block->sent[family_of(conf)]) =
        (struct sent_line){ name, argument(config, conf, 2), conf->head };
}

void read_sent_header(struct nginx_config *config, struct block *block, const struct conf *conf)
{
    add_sent(config, block, conf, str_lower(config->model->arena, conf_word(conf, 1)));
}

// HTTP_X_Y is the header x-y to what stands behind. Others count only in that the inherited ones
// are gone.
void read_param(struct nginx_config *config, struct block *block, const struct conf *conf)
{
    Str name = conf_word(conf, 1);
    if (!str_eat(&name, STR("HTTP_"))) {
        add_sent(config, block, conf, STR(""));
        return;
    }
    name = str_lower(config->model->arena, name);
    char *bytes = (char *)(uintptr_t)name.ptr;
    for (size_t i = 0; i < name.len; i++)
        bytes[i] = bytes[i] == '_' ? '-' : bytes[i];
    add_sent(config, block, conf, name);
}

void read_method(struct nginx_config *config, struct block *block, const struct conf *conf)
{
    block->method = argument(config, conf, 1);
}

static bool has_parameter(const struct conf *server, const char *name)
{
    for (uint32_t i = 2; i < server->n_words; i++)
        if (str_is(server->words[i].text, name))
            return true;
    return false;
}

// A server without a port is asked at 80.
static Str with_port(struct arena *arena, Str server)
{
    if (str_starts(server, STR("unix:")))
        return server;
    size_t colon = server.len;
    while (colon > 0 && server.ptr[colon - 1] != ':' && server.ptr[colon - 1] != ']')
        colon--;
    bool has_port = colon > 0 && server.ptr[colon - 1] == ':';
    return has_port ? server : str_format(arena, "%.*s:80", STR_ARG(server));
}

// Servers that are down are not asked, backups only where there is nothing else.
void read_upstream(struct nginx_config *config, struct block *block, const struct conf *conf)
{
    (void)block;
    struct arena *arena = config->model->arena;
    struct upstream_block out = { .name = conf_word(conf, 1) };
    for (int backups = 0; backups < 2 && !out.servers.count; backups++)
        for (uint32_t i = 0; i < conf->n_children; i++) {
            const struct conf *server = &conf->children[i];
            if (conf_is(server, "server") && !has_parameter(server, "down") &&
                has_parameter(server, "backup") == (backups == 1))
                *vec_push(arena, &out.servers) = with_port(arena, conf_word(server, 1));
        }
    *vec_push(arena, &config->upstreams) = out;
}
