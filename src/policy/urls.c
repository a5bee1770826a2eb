#include "policy/urls.h"

#include "policy/request.h"

static bool refuse(Str *reason, Str why)
{
    *reason = why;
    return false;
}

static bool is_host(Str host)
{
    for (size_t i = 0; i < host.len; i++) {
        char c = host.ptr[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
                     c == '_' || c == '[' || c == ']' || c == ':';
        if (!plain)
            return false;
    }
    return host.len > 0;
}

// "host:8080" into host and port. False when what follows the colon is no port.
static bool cut_port(Str authority, Str *host, uint32_t *port)
{
    size_t end = authority.len;
    while (end > 0 && authority.ptr[end - 1] != ':' && authority.ptr[end - 1] != ']')
        end--;
    *host = authority;
    *port = 0;
    if (end == 0 || authority.ptr[end - 1] == ']')
        return true;
    *host = str_slice(authority, 0, end - 1);
    return str_number(str_slice(authority, end, authority.len), 65535, port) && *port > 0;
}

const struct fa *urls_hosts(struct model *model, Str host)
{
    struct fa_space *fa = model->fa;
    if (str_is(host, "*"))
        return fa_all(fa);
    bool below = str_eat(&host, STR("*."));
    if (!is_host(host))
        return NULL;
    const struct fa *one = fa_literal(fa, host);
    if (!below)
        return one;
    const struct fa *labels = fa_subtract(fa, fa_all(fa), fa_empty(fa));
    return fa_concat(fa, fa_concat(fa, labels, fa_literal(fa, STR("."))), one);
}

static const struct fa *path_language(struct model *model, Str path, enum urls_end end)
{
    struct fa_space *fa = model->fa;
    const struct fa *out = fa_empty(fa);
    Str head, rest = path;
    while (str_cut(rest, STR("*"), &head, &rest))
        out = fa_concat(fa, fa_concat(fa, out, fa_literal(fa, head)), fa_all(fa));
    out = fa_concat(fa, out, fa_literal(fa, rest));
    if (end == URLS_BELOW && str_ends(path, STR("/")))
        out = fa_union(fa, fa_concat(fa, out, fa_all(fa)), fa_before(fa, out, STR("/")));
    return out;
}

bool urls_parse(struct model *model, Str text, enum urls_end end, struct urls *out, Str *reason)
{
    struct urls urls = { .text = text };
    Str rest, authority, path, host, query;
    if (!str_cut(text, STR("://"), &urls.scheme, &rest))
        return refuse(reason, STR("it has no scheme; write \"https://\" before it"));
    urls.scheme = str_lower(model->arena, urls.scheme);
    if (!str_is(urls.scheme, "http") && !str_is(urls.scheme, "https") && !str_is(urls.scheme, "*"))
        return refuse(reason, STR("only http and https are looked at"));
    size_t slash = 0;
    while (slash < rest.len && rest.ptr[slash] != '/')
        slash++;
    authority = str_lower(model->arena, str_slice(rest, 0, slash));
    path = str_slice(rest, slash, rest.len);
    if (!path.len)
        return refuse(reason, STR("it has no path; write \"/\" behind the host"));
    if (!cut_port(authority, &host, &urls.port))
        return refuse(reason, STR("its port is no number from 1 to 65535"));
    urls.authority = authority;
    bool star = str_contains(path, STR("*"));
    bool more = end == URLS_BELOW && str_ends(path, STR("/"));
    if (str_contains(path, STR("#")) || (star && str_contains(path, STR("?"))))
        return refuse(reason, STR("wildcards are for paths without a query"));
    if (!star && !request_normalise(model->arena, path, true, &path, &query))
        return refuse(reason, STR("no server accepts this path"));
    const struct fa *hosts = urls_hosts(model, host);
    if (!hosts)
        return refuse(reason, STR("\"*\" can stand for the host or for its leading labels"));
    urls.is_one = !star && !more && !str_contains(host, STR("*"));
    urls.places = box_with(model, box_all(model), model->host,
                           fa_intersect(model->fa, hosts, model->host->universe));
    if (urls.places)
        urls.places = box_with(
            model, urls.places, model->path,
            fa_intersect(model->fa, path_language(model, path, end), model->path->universe));
    if (urls.places && urls.port)
        urls.places =
            box_with(model, urls.places, model->port,
                     fa_literal(model->fa, str_format(model->arena, "%u", (unsigned)urls.port)));
    if (!urls.places)
        return refuse(reason, STR("no request can have such a URL"));
    *out = urls;
    return true;
}
