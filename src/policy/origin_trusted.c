#include "policy/origin_space.h"
#include "policy/origin_suffix.h"

// The entries of trusted_origins: an origin as a browser sends it, with "*." before the host, or
// with
// "*" for the port.

static bool refuse(Str *reason, Str why)
{
    *reason = why;
    return false;
}

static bool has_byte(Str text, const char *bytes)
{
    for (; *bytes; bytes++)
        if (str_contains(text, (Str){ bytes, 1 }))
            return true;
    return false;
}

// Why a text is no origin although it looks like one.
static Str explain(struct origin_space *space, Str text)
{
    struct origin origin;
    Str lower = str_lower(space->arena, text), rest, head;
    if (!str_equal(lower, text) && origins_valid(space, lower))
        return str_format(space->arena, "browsers send it in lower case: \"%.*s\"", STR_ARG(lower));
    if (!origin_cut(text, &origin))
        return STR("it has no scheme; write \"https://\" before it");
    rest = str_slice(text, origin.scheme.len + 3, text.len);
    if (str_cut(rest, STR("/"), &head, &rest))
        return STR("browsers send no path and no final slash");
    if ((str_is(origin.scheme, "https") && str_is(origin.port, "443")) ||
        (str_is(origin.scheme, "http") && str_is(origin.port, "80")))
        return STR("browsers leave the scheme's own port out");
    if (has_byte(text, "*"))
        return STR(
            "\"*\" can stand for leading labels (\"https://*.example.com\") or for the port, and "
            "nowhere else");
    return STR("no browser sends this as an origin");
}

bool origins_parse_trusted(struct origin_space *space, Str text, const struct fa **out, Str *reason)
{
    struct fa_space *fa = space->fa;
    const struct fa *whole = origins_part(space, ORIGINS_PART_WHOLE);
    Str scheme, rest;
    if (str_is(text, "null"))
        return refuse(reason, STR("\"null\" is what any page can send from a sandboxed frame"));
    if (!str_cut(text, STR("://"), &scheme, &rest))
        return refuse(reason, explain(space, text));
    Str host = rest;
    bool any_port = str_ends(rest, STR(":*"));
    if (any_port)
        host.len -= 2;
    bool below = str_eat(&host, STR("*."));
    Str sample = str_concat(space->arena, str_concat(space->arena, scheme, STR("://")), host);
    if (!origins_valid(space, sample) || (has_byte(host, "*")))
        return refuse(reason, explain(space, text));
    struct origin parts;
    if (!origin_cut(sample, &parts))
        return refuse(reason, explain(space, text));
    bool web = str_is(scheme, "http") || str_is(scheme, "https");
    if ((below || any_port) && !web)
        return refuse(reason, STR("wildcards are for http and https"));
    if (below && origin_is_address(parts.host))
        return refuse(reason, STR("an address has no subdomains"));
    if (below && suffix_of(parts.host) != SUFFIX_NOT)
        return refuse(reason, str_format(space->arena, "anyone can get a name under %.*s",
                                         STR_ARG(parts.host)));
    const struct fa *hosts = fa_literal(fa, host);
    if (below)
        hosts = fa_concat(fa, origin_join(space, fa_all(fa), origin_text(space, ".")), hosts);
    if (any_port)
        hosts = fa_concat(fa, hosts, space->ports);
    hosts =
        fa_concat(fa, origin_join(space, fa_literal(fa, scheme), origin_text(space, "://")), hosts);
    *out = fa_intersect(fa, hosts, whole);
    return true;
}
