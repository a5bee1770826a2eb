#include "dialect/nginx/rendered.h"

#include "base/buf.h"
#include "dialect/nginx/config.h"

#define ONE_LABEL "~^[\\w-]+"

Str rendered_wildcard(struct arena *arena, Str host)
{
    struct buf out = { .arena = arena };
    buf_add_text(&out, ONE_LABEL);
    for (size_t i = 1; i < host.len; i++) {
        if (host.ptr[i] == '.')
            buf_add_char(&out, '\\');
        buf_add_char(&out, host.ptr[i]);
    }
    buf_add_char(&out, '$');
    return buf_str(&out);
}

static Str shown(struct arena *arena, Str name)
{
    if (!str_eat(&name, STR(ONE_LABEL)))
        return name;
    struct buf out = { .arena = arena };
    buf_add_char(&out, '*');
    for (size_t i = 0; i + 1 < name.len; i++)
        if (name.ptr[i] != '\\')
            buf_add_char(&out, name.ptr[i]);
    return buf_str(&out);
}

const Str *rendered_hosts(const struct nginx_config *config, const struct block *server)
{
    if (!config->rendered)
        return server->names.items;
    Str *names = ARENA_ARRAY(config->model->arena, Str, server->names.count);
    for (uint32_t i = 0; i < server->names.count; i++)
        names[i] = shown(config->model->arena, server->names.items[i]);
    return names;
}
