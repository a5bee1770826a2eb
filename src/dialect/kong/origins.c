// How the cors plugin decides about an origin: reference/gateways.md section 3.3.
//
// What the plugin compares is the origin as LuaSocket's URL reader takes it apart and the plugin
// puts it together again: without a default port, a path and the brackets of an IPv6 address. Three
// kinds of header values cover what browsers send, and are told apart here:
//   as it is   scheme://host[:port] that comes out as it went in, and what has no host ("null"),
//              which is its own host
//   bracketed  scheme://[address][:port], which comes out without brackets
//   odd        all others: no browser sends them
#include "dialect/kong/kong.h"

#include <string.h>

enum { PAIRS_MAX = 256 };

#define SCHEME "[A-Za-z0-9][-A-Za-z0-9+.]*"
#define HOST "[^/?#@:\\[\\]]+"
#define PORT "(?::[^:/?#@\\[\\]]*)?"

static const struct fa *language(struct model *model, const char *pattern)
{
    return model_pattern(model, str_from(pattern), REGEX_PCRE2, REGEX_FULL)->result.language;
}

static const struct fa *with_host(struct model *model)
{
    struct fa_space *fa = model->fa;
    const struct fa *usual = fa_union(fa, language(model, "http://" HOST ":80"),
                                      language(model, "https://" HOST ":443"));
    return fa_subtract(fa, language(model, SCHEME "://" HOST PORT), usual);
}

static const struct fa *without_host(struct model *model)
{
    struct fa_space *fa = model->fa;
    const struct fa *any = fa_subtract(fa, fa_all(fa), fa_empty(fa));
    return fa_subtract(fa, any, language(model, "(?:" SCHEME ":)?//[\\s\\S]*"));
}

const struct fa *kong_plain(struct model *model)
{
    return fa_union(model->fa, with_host(model), without_host(model));
}

const struct fa *kong_bracketed(struct model *model)
{
    struct fa_space *fa = model->fa;
    const char *all = SCHEME "://\\[[^\\[\\]/?#@]*:[^\\[\\]/?#@]*\\]" PORT;
    const struct fa *usual = fa_union(fa, language(model, "http://\\[[\\s\\S]*\\]:80"),
                                      language(model, "https://\\[[\\s\\S]*\\]:443"));
    return fa_subtract(fa, language(model, all), usual);
}

// The bracketed values whose form without brackets lies in `wanted`; NULL: there are too many ways
// to cut it.
static const struct fa *put_brackets(struct model *model, const struct fa *wanted)
{
    struct fa_space *fa = model->fa;
    struct fa_pair *heads = ARENA_ARRAY(model->arena, struct fa_pair, PAIRS_MAX);
    struct fa_pair *tails = ARENA_ARRAY(model->arena, struct fa_pair, PAIRS_MAX);
    const struct fa *inner = language(model, "[^\\[\\]/?#@]*:[^\\[\\]/?#@]*");
    wanted =
        fa_intersect(fa, wanted, language(model, SCHEME "://[^\\[\\]/?#@]*:[^\\[\\]/?#@]*" PORT));
    const struct fa *out = fa_none(fa);
    uint32_t head_count = fa_splits(fa, wanted, heads, PAIRS_MAX);
    if (head_count > PAIRS_MAX)
        return NULL;
    for (uint32_t i = 0; i < head_count; i++) {
        const struct fa *head = fa_intersect(fa, heads[i].left, language(model, SCHEME "://"));
        if (fa_is_none(head))
            continue;
        uint32_t tail_count = fa_splits(fa, heads[i].right, tails, PAIRS_MAX);
        if (tail_count > PAIRS_MAX)
            return NULL;
        for (uint32_t k = 0; k < tail_count; k++) {
            const struct fa *host = fa_intersect(fa, tails[k].left, inner);
            const struct fa *port = fa_intersect(fa, tails[k].right, language(model, PORT));
            const struct fa *one = fa_concat(fa, head, fa_literal(fa, STR("[")));
            one = fa_concat(fa, fa_concat(fa, one, host), fa_literal(fa, STR("]")));
            out = fa_union(fa, out, fa_concat(fa, one, port));
        }
    }
    return fa_intersect(fa, out, kong_bracketed(model));
}

// Header values whose host lies in `hosts`.
static const struct fa *by_host(struct model *model, const struct fa *hosts)
{
    struct fa_space *fa = model->fa;
    const struct fa *named = fa_concat(fa, language(model, SCHEME "://"),
                                       fa_intersect(fa, hosts, language(model, HOST)));
    named = fa_concat(fa, named, language(model, PORT));
    return fa_union(fa, fa_intersect(fa, named, with_host(model)),
                    fa_intersect(fa, hosts, without_host(model)));
}

static const struct fa *by_bracketed_host(struct model *model, const struct fa *hosts)
{
    struct fa_space *fa = model->fa;
    const struct fa *named = fa_concat(fa, language(model, SCHEME "://\\["),
                                       fa_concat(fa, hosts, language(model, "\\]" PORT)));
    return fa_intersect(fa, named, kong_bracketed(model));
}

// ---- entries

static bool is_literal(Str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                     strchr(".:/-", c);
        if (!plain || !c)
            return false;
    }
    return text.len > 0;
}

// A literal entry as the plugin normalises it.
static Str normalise(struct arena *arena, Str text)
{
    Str rest = text, scheme = { 0 }, port = { 0 };
    size_t colon = 0;
    while (colon < text.len && text.ptr[colon] != ':' && text.ptr[colon] != '/')
        colon++;
    if (colon && colon < text.len && text.ptr[colon] == ':' && text.ptr[0] != '.' &&
        text.ptr[0] != '-') {
        scheme = str_slice(text, 0, colon);
        rest = str_slice(text, colon + 1, text.len);
    }
    if (!str_eat(&rest, STR("//")))
        return text;
    size_t end = 0;
    while (end < rest.len && rest.ptr[end] != '/')
        end++;
    Str host = str_slice(rest, 0, end);
    size_t last = host.len;
    while (last > 0 && host.ptr[last - 1] != ':')
        last--;
    bool has_port = last > 0;
    if (has_port) {
        port = str_slice(host, last, host.len);
        host = str_slice(host, 0, last - 1);
    }
    if (!host.len)
        return text;
    if ((str_is(scheme, "http") && str_is(port, "80")) ||
        (str_is(scheme, "https") && str_is(port, "443")))
        has_port = false;
    if (!has_port)
        port = STR("");
    return str_format(arena, "%.*s%s%.*s%s%.*s", STR_ARG(scheme), scheme.len ? "://" : "",
                      STR_ARG(host), has_port ? ":" : "", STR_ARG(port));
}

static void add_regex(struct kong *kong, Str entry, Span span, struct kong_origins *origins)
{
    struct model *model = kong->model;
    struct fa_space *fa = model->fa;
    Str text = str_ends(entry, STR("$")) ? entry : str_concat(model->arena, entry, STR("$"));
    (void)str_eat(&text, STR("^"));
    bool is_host = !str_contains(text, STR(":"));
    const struct pattern *pattern = model_pattern(model, text, REGEX_PCRE2, REGEX_ANCHORED);
    const struct fa *matched = pattern->result.language;
    if (!matched) {
        *vec_push(model->arena, &origins->open) = (struct kong_regex){ pattern, span };
        return;
    }
    const struct fa *plain =
        is_host ? by_host(model, matched) : fa_intersect(fa, matched, kong_plain(model));
    const struct fa *bare =
        is_host ? by_bracketed_host(model, matched) : put_brackets(model, matched);
    origins->plain = fa_union(fa, origins->plain, plain);
    origins->bracketed = fa_union(fa, origins->bracketed, bare);
}

// Whether Kong takes the list, and knows all of it.
static bool check_entries(struct kong *kong, const struct data *list, struct kong_cors *cors)
{
    for (uint32_t i = 0; i < list->count; i++) {
        const struct data *item = list->entries[i].value;
        if (item->kind != DATA_SCALAR || !data_is_text(item)) {
            kong_complain(kong, item->span, "an origin of the cors plugin is %s, not a text",
                          data_kind_text(item));
            cors->unknown = STR("Kong refuses the plugin");
        } else if (kong_is_open(item->text)) {
            cors->unknown =
                str_format(kong->model->arena, "an origin of the plugin is not known: %.*s",
                           STR_ARG(item->text));
        } else if (!str_is(item->text, "*")) {
            const struct pattern *pattern = model_pattern(kong->model, item->text, REGEX_PCRE2, 0);
            if (pattern->result.status == REGEX_INVALID) {
                kong_complain(kong, item->span, "this origin is no regular expression: %s",
                              pattern->result.why);
                cors->unknown = STR("Kong refuses the plugin");
            }
        }
    }
    return !cors->unknown.len;
}

static void remark_dead(struct kong *kong, const struct data *item, Str text)
{
    if (str_contains(text, STR("://")) || str_is(text, "null"))
        return;
    policy_add_remark(kong->policy, (struct remark){ .rule = "CG507",
                                                     .span = item->span,
                                                     .message = str_format(
                                                         kong->model->arena,
                                                         "\"%.*s\" has no scheme, so that it is "
                                                         "no browser's origin",
                                                         STR_ARG(text)) });
}

void kong_read_origins(struct kong *kong, const struct data *list, struct kong_cors *cors)
{
    struct model *model = kong->model;
    struct fa_space *fa = model->fa;
    struct kong_origins *origins = &cors->origins;
    origins->plain = origins->bracketed = fa_none(fa);
    if (list)
        origins->span = list->span;
    if (!list || !list->count || !check_entries(kong, list, cors))
        return;
    Str *literals = ARENA_ARRAY(model->arena, Str, list->count);
    uint32_t literal_count = 0;
    for (uint32_t i = 0; i < list->count; i++) {
        const struct data *item = list->entries[i].value;
        if (str_is(item->text, "*")) {
            origins->kind = list->count == 1 ? KONG_ANY : KONG_STARRED;
            return; // wherever it stands
        }
    }
    if (list->count == 1 && is_literal(list->entries[0].value->text)) {
        origins->kind = KONG_STATIC;
        origins->text = list->entries[0].value->text;
        origins->span = list->entries[0].value->span;
        return;
    }
    origins->kind = KONG_LIST;
    for (uint32_t i = 0; i < list->count; i++) {
        const struct data *item = list->entries[i].value;
        if (is_literal(item->text)) {
            literals[literal_count++] = normalise(model->arena, item->text);
            remark_dead(kong, item, literals[literal_count - 1]);
        } else {
            add_regex(kong, item->text, item->span, origins);
        }
    }
    const struct fa *listed = fa_literals(fa, literals, literal_count);
    origins->plain = fa_union(fa, origins->plain, fa_intersect(fa, listed, kong_plain(model)));
    origins->bracketed = fa_union(fa, origins->bracketed, put_brackets(model, listed));
}
