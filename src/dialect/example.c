#include "dialect/example.h"

#include "base/buf.h"

#include <string.h>

static bool is_plain(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c && strchr("-._~/!$&'()*+,;=:@", c));
}

Str example_encode(struct arena *arena, Str path)
{
    struct buf out = { .arena = arena };
    for (size_t i = 0; i < path.len; i++) {
        if (is_plain(path.ptr[i]))
            buf_add_char(&out, path.ptr[i]);
        else
            buf_addf(&out, "%%%02X", (unsigned)(unsigned char)path.ptr[i]);
    }
    return buf_str(&out);
}

void example_taste(uint8_t taste[256])
{
    for (int c = 0; c < 256; c++)
        taste[c] = c >= 'a' && c <= 'z'   ? (uint8_t)(c - 'a')
                   : c >= '0' && c <= '9' ? (uint8_t)(c - '0' + 26)
                   : is_plain((char)c)    ? 40
                                          : 90;
}

static Str example_host(struct model *model, const struct endpoint *endpoint)
{
    const struct fa *hosts = box_language(endpoint->box, model->host);
    for (uint32_t i = 0; hosts && i < endpoint->host_count; i++) {
        Str name = str_lower(model->arena, endpoint->hosts[i]), rest = name;
        if (str_eat(&rest, STR("*.")) || str_eat(&rest, STR(".")))
            name = str_concat(model->arena, STR("www."), rest);
        else if (str_ends(name, STR(".*")) && name.len > 2)
            name = str_concat(model->arena, str_slice(name, 0, name.len - 1), STR("example"));
        if (name.len && !str_contains(name, STR("*")) && fa_accepts(hosts, name))
            return name;
    }
    Str any = STR("any.example"), out;
    if (hosts && fa_accepts(hosts, any))
        return any;
    uint8_t taste[256];
    example_taste(taste);
    const struct fa *named = fa_subtract(model->fa, hosts, fa_empty(model->fa));
    return named && fa_shortest(model->arena, named, taste, &out) ? out : any;
}

static Str example_path(struct model *model, const struct endpoint *endpoint)
{
    const struct fa *paths = box_language(endpoint->box, model->path);
    bool text = endpoint->match != MATCH_REGEX && endpoint->match != MATCH_GLOB;
    if (text && paths && fa_accepts(paths, endpoint->path))
        return endpoint->path;
    uint8_t taste[256];
    example_taste(taste);
    Str out;
    return paths && fa_shortest(model->arena, paths, taste, &out) ? out : STR("/");
}

static Str example_port(struct model *model, const struct endpoint *endpoint, bool tls)
{
    const struct fa *ports = box_language(endpoint->box, model->port);
    Str out;
    if (!ports || fa_accepts(ports, tls ? STR("443") : STR("80")) ||
        !fa_shortest(model->arena, ports, NULL, &out))
        return STR("");
    return str_concat(model->arena, STR(":"), out);
}

Str example_url(struct model *model, const struct endpoint *endpoint)
{
    const struct fa *schemes = box_language(endpoint->box, model->scheme);
    bool tls = !schemes || fa_accepts(schemes, STR("https"));
    Str host = example_host(model, endpoint);
    Str port = example_port(model, endpoint, tls);
    Str path = example_encode(model->arena, example_path(model, endpoint));
    return str_format(model->arena, "%s://%.*s%.*s%.*s", tls ? "https" : "http", STR_ARG(host),
                      STR_ARG(port), STR_ARG(path));
}
