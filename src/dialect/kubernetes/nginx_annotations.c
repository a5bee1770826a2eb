#include "dialect/kubernetes/nginx_annotations.h"

#include "dialect/kubernetes/versions.h"

#include <stdlib.h>
#include <string.h>

#define METHODS "GET, PUT, POST, DELETE, PATCH, OPTIONS"
#define HEADERS                                                                                    \
    "DNT,Keep-Alive,User-Agent,X-Requested-With,If-Modified-Since,Cache-Control,Content-Type,"     \
    "Range,Authorization"
#define OLD_HEADERS                                                                                \
    "DNT,X-CustomHeader,Keep-Alive,User-Agent,X-Requested-With,If-Modified-Since,Cache-Control,"   \
    "Content-Type,Authorization"

struct reader {
    struct cluster *cluster;
    const struct nginx_setup *setup;
    const struct object *object;
    struct nginx_ingress *out;
};

// ---- values

// The annotation of that name; NULL when there is none, or it is no text. One that a template
// leaves open makes the whole Ingress unknown.
static const struct data *find(struct reader *reader, const char *name)
{
    const struct data *map = object_annotations(reader->object);
    Str prefix = reader->setup->prefix, wanted = str_from(name);
    for (uint32_t i = map ? map->count : 0; i > 0; i--) {
        Str key = map->entries[i - 1].key->text;
        const struct data *value = map->entries[i - 1].value;
        if (!str_eat(&key, prefix) || !str_equal(key, wanted))
            continue;
        if (!reader->out->unknown.len &&
            (map->entries[i - 1].key->conditional || value->unrendered || value->conditional ||
             (!str_ends(wanted, STR("snippet")) && scalar_is_open(value)))) {
            reader->out->unknown =
                str_format(reader->cluster->arena,
                           "what %s is: a template that is not rendered says it", name);
            reader->out->unknown_span = value->span;
        }
        return scalar_is_text(value) || value->unrendered ? value : NULL;
    }
    return NULL;
}

// As Go reads a truth. False, and *out left alone, for anything else.
static bool go_bool(Str text, bool *out)
{
    static const char *const yes[] = { "1", "t", "T", "TRUE", "true", "True" };
    static const char *const no[] = { "0", "f", "F", "FALSE", "false", "False" };
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
        if (str_is(text, yes[i]) || str_is(text, no[i])) {
            *out = str_is(text, yes[i]);
            return true;
        }
    return false;
}

static bool find_bool(struct reader *reader, const char *name, bool otherwise, Span *span)
{
    const struct data *value = find(reader, name);
    bool out = otherwise;
    if (value && span)
        *span = value->span;
    if (value)
        (void)go_bool(value->text, &out);
    return out;
}

static bool is_integer(Str text)
{
    if (text.len > 1 && (text.ptr[0] == '-' || text.ptr[0] == '+'))
        text = str_slice(text, 1, text.len);
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return false;
    return text.len > 0 && text.len < 19;
}

static Str without_spaces(struct arena *arena, Str text)
{
    char *out = ARENA_ARRAY(arena, char, text.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] != ' ')
            out[len++] = text.ptr[i];
    return (Str){ out, len };
}

static bool fits(struct cluster *cluster, const char *expression, Str text)
{
    const struct pattern *pattern =
        model_pattern(cluster->model, str_from(expression), REGEX_GO, 0);
    return pattern->result.language && fa_accepts(pattern->result.language, text);
}

// A list that is sent as it is written, where the controller likes it.
static struct nginx_text find_list(struct reader *reader, const char *name, const char *expression,
                                   const char *otherwise)
{
    const struct data *value = find(reader, name);
    struct cluster *cluster = reader->cluster;
    if (value && fits(cluster, expression, without_spaces(cluster->arena, value->text)))
        return (struct nginx_text){ value->text, value->span };
    return (struct nginx_text){ str_from(otherwise),
                                value ? value->span : reader->out->cors.enabled_span };
}

// ---- origins

// What the controller's own expressions accept. The list: schemes, hosts, ports and commas in any
// number, each of them optional; an item: an origin with a scheme.
static bool list_is_valid(struct reader *reader, uint32_t version, Str value)
{
    const char *expression = version >= NGINX_VALIDATES
                                 ? "^(([a-z]+://)?(\\*\\.)?[A-Za-z0-9\\-.]*(:[0-9]+)?,?)*$|^\\*$"
                                 : "^((https?://)?(\\*\\.)?[A-Za-z0-9\\-.]*(:[0-9]+)?,?)*$|^\\*$";
    struct cluster *cluster = reader->cluster;
    if (memchr(value.ptr, '\n', value.len) || memchr(value.ptr, '\r', value.len))
        return false;
    return fits(cluster, expression, without_spaces(cluster->arena, value));
}

static bool item_is_valid(struct reader *reader, uint32_t version, Str item)
{
    const char *expression = version >= NGINX_VALIDATES
                                 ? "^[a-z]+://(\\*\\.)?[A-Za-z0-9\\-.]*(:[0-9]+)?$"
                                 : "^https?://(\\*\\.)?[A-Za-z0-9\\-.]*(:[0-9]+)?$";
    return (version >= NGINX_NULL && str_is(item, "null")) ||
           fits(reader->cluster, expression, item);
}

// The lines of a value, trimmed and put together.
static Str join_lines(struct arena *arena, Str value)
{
    Str out = STR(""), rest = value, line;
    while (str_cut(rest, STR("\n"), &line, &rest))
        out = str_concat(arena, out, str_trim(line));
    return str_concat(arena, out, str_trim(rest));
}

struct origins {
    bool any, buggy;
    struct nginx_texts list;
};

// reference/kubernetes.md 4.2.
static struct origins origins_of(struct reader *reader, uint32_t version, bool validates,
                                 const struct data *value)
{
    struct arena *arena = reader->cluster->arena;
    struct origins out = { 0 };
    if (!value || !str_trim(value->text).len ||
        (validates && !list_is_valid(reader, version, value->text))) {
        out.any = true;
        return out;
    }
    Str rest = join_lines(arena, value->text), item;
    for (bool more = true; more;) {
        more = str_cut(rest, STR(","), &item, &rest);
        item = str_trim(more ? item : rest);
        if (str_is(item, "*")) {
            out = (struct origins){ .any = true };
            return out;
        }
        if (item.len ? item_is_valid(reader, version, item) : version < NGINX_COMMA)
            *vec_push(arena, &out.list) = (struct nginx_text){ item, value->span };
        else if (item.len && version < NGINX_WRONG_ITEMS)
            out.buggy = true;
    }
    // One origin, or everybody.
    if (version < NGINX_LISTS &&
        (out.list.count != 1 || out.buggy ||
         memchr(out.list.items[0].text.ptr, '*', out.list.items[0].text.len)))
        return (struct origins){ .any = true };
    return out;
}

static bool same_origins(const struct origins *a, const struct origins *b)
{
    if (a->any != b->any || a->list.count != b->list.count)
        return false;
    for (uint32_t i = 0; i < a->list.count; i++)
        if (!str_equal(a->list.items[i].text, b->list.items[i].text))
            return false;
    return true;
}

static Str origins_text(struct arena *arena, const struct origins *origins)
{
    if (origins->any)
        return STR("every website");
    bool open = false;
    for (uint32_t i = 0; i < origins->list.count; i++)
        open |= !origins->list.items[i].text.len;
    if (open)
        return STR("every website, with credentials where they are allowed");
    if (!origins->list.count)
        return STR("nobody");
    return str_format(arena, "%u origin%s of the list", origins->list.count,
                      origins->list.count == 1 ? "" : "s");
}

static const struct kind version_matters = { "CG902", LEVEL_NOTE,
                                             "which version of ingress-nginx reads this" };

// Says from which release on it would be different.
static void note_versions(struct reader *reader, const struct data *value,
                          const struct origins *now)
{
    static const uint32_t releases[] = { NGINX_NULL - 1, NGINX_VALIDATES - 1, NGINX_COMMA - 1 };
    struct cluster *cluster = reader->cluster;
    if (reader->setup->version_known || !value || value->unrendered)
        return;
    for (size_t i = 0; i < sizeof releases / sizeof *releases; i++) {
        uint32_t version = releases[i];
        struct origins before = origins_of(reader, version, version >= NGINX_VALIDATES, value);
        if (same_origins(&before, now))
            continue;
        (void)diagf(cluster->run, &version_matters, value->span,
                    "in %.*s it stands for %.*s before %.*s, and for %.*s from then on",
                    STR_ARG(object_text(cluster->arena, reader->object)),
                    STR_ARG(origins_text(cluster->arena, &before)),
                    STR_ARG(version_text(cluster->arena, version + 1)),
                    STR_ARG(origins_text(cluster->arena, now)));
        return;
    }
}

static void read_cors(struct reader *reader)
{
    struct nginx_cors *cors = &reader->out->cors;
    const struct nginx_setup *setup = reader->setup;
    cors->enabled_span = reader->object->span;
    cors->enabled = find_bool(reader, "enable-cors", false, &cors->enabled_span);
    cors->credentials_span = cors->enabled_span;
    cors->credentials = find_bool(reader, "cors-allow-credentials", true, &cors->credentials_span);
    const struct data *value = find(reader, "cors-allow-origin");
    struct origins origins = origins_of(reader, setup->version, setup->validates, value);
    cors->any = origins.any;
    cors->origins = origins.list;
    cors->origins_span = value ? value->span : cors->enabled_span;
    if (cors->enabled && origins.buggy && setup->version >= NGINX_LISTS) {
        reader->out->unknown = STR("which origins a list with a wrong item stands for in a release "
                                   "before 1.1.2");
        reader->out->unknown_span = value->span;
    }
    if (cors->enabled)
        note_versions(reader, value, &origins);
    cors->methods = find_list(reader, "cors-allow-methods", "^([A-Za-z]+,?\\s?)+$", METHODS);
    cors->headers = find_list(reader, "cors-allow-headers", "^[A-Za-z0-9\\-_, ]*$",
                              setup->version < NGINX_RANGE ? OLD_HEADERS : HEADERS);
    cors->expose =
        find_list(reader, "cors-expose-headers", "^(([A-Za-z0-9\\-_]+|\\*),?\\s?)+$", "");
    const struct data *age = find(reader, "cors-max-age");
    cors->max_age = (struct nginx_text){ STR("1728000"), age ? age->span : cors->enabled_span };
    if (age && is_integer(age->text))
        cors->max_age.text = age->text;
}

// ---- the rest

static const struct data *find_snippet(struct reader *reader, const char *name)
{
    const struct data *snippet = find(reader, name);
    if (!snippet || !str_trim(snippet->text).len)
        return NULL;
    if (reader->setup->snippets == SWITCH_ON)
        return snippet;
    bool off = reader->setup->snippets == SWITCH_OFF;
    reader->out->unknown = STR("whether an Ingress with a snippet is served at all");
    reader->out->unknown_span = snippet->span;
    if (off)
        cluster_remark(reader->cluster, "CG507", snippet->span,
                       str_format(reader->cluster->arena,
                                  "%.*s is refused: the controller does not allow %s annotations",
                                  STR_ARG(object_text(reader->cluster->arena, reader->object)),
                                  name),
                       reader->object->hash);
    return NULL;
}

static void read_redirect(struct reader *reader)
{
    const struct data *permanent = find(reader, "permanent-redirect");
    const struct data *temporal = find(reader, "temporal-redirect");
    const struct data *code = find(reader, "permanent-redirect-code");
    const struct data *target = temporal ? temporal : permanent;
    if (!target || !target->text.len)
        return;
    reader->out->redirect = target->text;
    reader->out->redirect_span = target->span;
    reader->out->redirect_status = temporal ? 302 : 301;
    uint32_t status;
    if (!temporal && code && str_number(code->text, 308, &status) && status >= 300)
        reader->out->redirect_status = status;
}

static void read_headers(struct reader *reader)
{
    const struct data *name = find(reader, "custom-headers");
    struct nginx_headers *headers = &reader->out->headers;
    if (!name || !name->text.len || name->unrendered || reader->setup->version < 1010000)
        return;
    *headers = nginx_headers_read(reader->cluster, reader->object, name->text,
                                  reader->object->space, name->span);
    const struct nginx_texts *allowed = &reader->setup->allowed_headers;
    for (uint32_t i = 0; i < headers->count && reader->setup->config_map; i++) {
        bool known = false;
        for (uint32_t k = 0; k < allowed->count && !known; k++)
            known = str_equal(allowed->items[k].text, headers->items[i].name.text);
        reader->out->denied |= !known;
    }
}

void nginx_ingress_read(struct cluster *cluster, const struct nginx_setup *setup,
                        const struct object *object, struct nginx_ingress *out)
{
    *out = (struct nginx_ingress){ .identity = object_identity(cluster, object) };
    struct reader reader = { cluster, setup, object, out };
    ingress_read(cluster, object, &out->ingress);
    const struct data *metadata = object_get(object, "metadata");
    const struct data *annotations = object_get(object, "metadata.annotations");
    bool more = metadata && metadata->unrendered; // the annotations themselves, perhaps
    if (more || (annotations && (annotations->unrendered || annotations->conditional))) {
        out->unknown = STR("which annotations it has: a template that is not rendered says it");
        out->unknown_span = more ? object->span : annotations->span;
    }
    read_cors(&reader);
    out->is_canary = find_bool(&reader, "canary", false, NULL);
    out->use_regex = find_bool(&reader, "use-regex", false, NULL);
    const struct data *target = find(&reader, "rewrite-target");
    out->rewrite_target = target ? target->text : STR("");
    nginx_texts_read(cluster, find(&reader, "server-alias"), &out->aliases);
    nginx_texts_read(cluster, find(&reader, "custom-http-errors"), &out->errors);
    out->snippet = find_snippet(&reader, "configuration-snippet");
    out->server_snippet = find_snippet(&reader, "server-snippet");
    const struct data *auth = find(&reader, "auth-type"), *url = find(&reader, "auth-url");
    out->asks_password = auth && (str_is(auth->text, "basic") || str_is(auth->text, "digest"));
    out->asks_service = url && url->text.len;
    out->auth_span = auth ? auth->span : url ? url->span : object->span;
    read_redirect(&reader);
    read_headers(&reader);
}
