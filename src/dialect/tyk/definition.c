// What an API definition says: the classic form and that of OpenAPI differ in names only.
#include "dialect/tyk/tyk.h"

#include "base/hash.h"

#include <string.h>

// Names of the settings, classic and OpenAPI.
enum name {
    NAME_ENABLE,
    NAME_ORIGINS,
    NAME_METHODS,
    NAME_HEADERS,
    NAME_EXPOSED,
    NAME_CREDENTIALS,
    NAME_MAX_AGE,
    NAME_PASSTHROUGH,
    NAME_DEBUG,
    NAMES,
};
static const char *const names[2][NAMES] = {
    { "enable", "allowed_origins", "allowed_methods", "allowed_headers", "exposed_headers",
      "allow_credentials", "max_age", "options_passthrough", "debug" },
    { "enabled", "allowedOrigins", "allowedMethods", "allowedHeaders", "exposedHeaders",
      "allowCredentials", "maxAge", "optionsPassthrough", "debug" },
};

struct reader {
    struct model *model;
    struct policy *policy;
    const struct data *config;
    const char *const *names;
    struct tyk_api *api;
    bool good;
};

static const struct data *oas_of(const struct data *root)
{
    return document_find(root, "x-tyk-api-gateway");
}

static const struct data *down(const struct data *data, const char *const *keys)
{
    for (; data && *keys; keys++)
        data = document_find(data, *keys);
    return data;
}
#define DOWN(data, ...) down((data), (const char *const[]){ __VA_ARGS__, NULL })

bool tyk_claims(const struct document *document, Str *why)
{
    const struct data *root = document->root;
    if (oas_of(root)) {
        *why = STR("it has x-tyk-api-gateway");
        return true;
    }
    if (!DOWN(root, "proxy", "listen_path"))
        return false;
    *why = STR("it has proxy.listen_path and what else an API of Tyk has");
    return document_find(root, "CORS") || document_find(root, "api_id") ||
           document_find(root, "version_data");
}

// A value that is looked up when Tyk loads the API.
static bool is_open(Str text)
{
    static const char *const marks[] = { "env://", "secrets://", "consul://", "vault://", NULL };
    for (const char *const *mark = marks; *mark; mark++)
        if (str_starts(text, str_from(*mark)))
            return true;
    return str_contains(text, STR("${")) || str_contains(text, STR("{{"));
}

static void refuse(struct reader *reader, const char *key, const struct data *value,
                   const char *wanted)
{
    if (value->kind == DATA_SCALAR && is_open(value->text)) {
        reader->api->unknown =
            str_format(reader->model->arena, "%s is not known: %.*s", key, STR_ARG(value->text));
        return;
    }
    reader->good = false;
    (void)diagf(reader->model->run, &tyk_malformed, value->span, "%s is %s, not %s", key,
                data_kind_text(value), wanted);
}

// ---- settings

static void read_list(struct reader *reader, enum name name, struct rs_cors_list *out)
{
    const char *key = reader->names[name];
    const struct data *list = document_find(reader->config, key);
    out->span = reader->config->span;
    if (!list || data_is_null(list))
        return;
    out->span = list->span;
    if (list->kind != DATA_LIST) {
        refuse(reader, key, list, "a list");
        return;
    }
    Str *items = ARENA_ARRAY(reader->model->arena, Str, list->count + 1);
    for (uint32_t i = 0; i < list->count; i++) {
        const struct data *item = list->entries[i].value;
        if (item->kind != DATA_SCALAR || !data_is_text(item))
            refuse(reader, key, item, "a text");
        else if (is_open(item->text))
            refuse(reader, key, item, "known");
        else
            items[out->count++] = item->text;
    }
    out->items = items;
}

static bool read_flag(struct reader *reader, enum name name, Span *span)
{
    const struct data *value = document_find(reader->config, reader->names[name]);
    bool flag = false;
    if (!value || data_is_null(value))
        return false;
    *span = value->span;
    if (!data_get_bool(value, &flag))
        refuse(reader, reader->names[name], value, "true or false");
    return flag;
}

static void read_max_age(struct reader *reader, struct rs_cors *out)
{
    const struct data *value = document_find(reader->config, reader->names[NAME_MAX_AGE]);
    uint32_t seconds = 0;
    if (!value || data_is_null(value))
        return;
    out->max_age_span = value->span;
    Str rest = value->text;
    bool minus = value->kind == DATA_SCALAR && value->plain && str_eat(&rest, STR("-"));
    if (minus && str_number(rest, INT32_MAX, &seconds))
        out->max_age = seconds ? STR("0") : STR("");
    else if (data_get_number(value, INT32_MAX, &seconds))
        out->max_age = rs_cors_seconds(reader->model->arena, seconds);
    else
        refuse(reader, reader->names[NAME_MAX_AGE], value, "a number");
}

static void check_names(struct reader *reader)
{
    const struct data *config = reader->config;
    for (uint32_t i = 0; i < config->count; i++) {
        Str key = config->entries[i].key->text;
        const char *meant = NULL;
        size_t least = 5;
        bool known = false;
        for (size_t n = 0; n < NAMES; n++) {
            // Go's reader of JSON takes names in any case.
            known |= str_is_nocase(key, reader->names[n]);
            size_t distance = str_distance(key, str_from(reader->names[n]), least);
            if (distance < least) {
                least = distance;
                meant = reader->names[n];
            }
        }
        if (known)
            continue;
        bool opens = meant && strcmp(meant, reader->names[NAME_ORIGINS]) == 0 &&
                     !document_find(config, meant);
        Str message =
            str_format(reader->model->arena, "Tyk knows no %.*s here%s%s%s%s", STR_ARG(key),
                       meant ? "; did you mean " : "", meant ? meant : "", meant ? "?" : "",
                       opens ? " Without that, any origin is allowed" : "");
        policy_add_remark(reader->policy, (struct remark){ .rule = "CG506",
                                                           .span = config->entries[i].key->span,
                                                           .message = message });
    }
}

static bool read_cors(struct model *model, struct policy *policy, struct tyk_api *api, bool is_oas)
{
    const struct data *config = api->cors_config;
    struct reader reader = { model, policy, config, names[is_oas], api, true };
    if (config->kind != DATA_MAP)
        return diagf(model->run, &tyk_malformed, config->span, "CORS is %s, not a map",
                     data_kind_text(config));
    Span unused;
    struct rs_cors *cors = &api->cors;
    *cors = (struct rs_cors){ .replaces = true,
                              .span = config->span,
                              .credentials_span = config->span };
    check_names(&reader);
    api->has_cors = read_flag(&reader, NAME_ENABLE, &unused);
    api->passes_options = read_flag(&reader, NAME_PASSTHROUGH, &unused);
    (void)read_flag(&reader, NAME_DEBUG, &unused);
    read_list(&reader, NAME_ORIGINS, &cors->origins);
    read_list(&reader, NAME_METHODS, &cors->methods);
    read_list(&reader, NAME_HEADERS, &cors->headers);
    read_list(&reader, NAME_EXPOSED, &cors->exposed);
    cors->credentials = read_flag(&reader, NAME_CREDENTIALS, &cors->credentials_span);
    read_max_age(&reader, cors);
    if (api->has_cors)
        rs_cors_remark(policy, &cors->origins);
    if (is_oas && !document_find(config, "enabled"))
        policy_add_remark(policy, (struct remark){ .rule = "CG507",
                                                   .span = config->span,
                                                   .message = STR("cors without enabled is off") });
    return reader.good;
}

// ---- the API

static Str text_of(const struct data *data)
{
    return data && data->kind == DATA_SCALAR ? data->text : STR("");
}

static bool flag_of(const struct data *data)
{
    bool flag = false;
    return data && data_get_bool(data, &flag) && flag;
}

bool tyk_read_api(struct model *model, struct policy *policy, const struct data *root,
                  struct tyk_api *out)
{
    const struct data *oas = oas_of(root);
    bool good = true;
    *out = (struct tyk_api){ .root = root, .span = root->span };
    if (oas) {
        out->name = text_of(DOWN(oas, "info", "name"));
        out->host = text_of(DOWN(oas, "server", "customDomain", "name"));
        out->path = text_of(DOWN(oas, "server", "listenPath", "value"));
        out->strips_path = flag_of(DOWN(oas, "server", "listenPath", "strip"));
        out->target = text_of(DOWN(oas, "upstream", "url"));
        out->cors_config = DOWN(oas, "middleware", "global", "cors");
        out->span = oas->span;
    } else {
        out->name = document_text(root, "name");
        out->host = document_text(root, "domain");
        out->path = text_of(DOWN(root, "proxy", "listen_path"));
        out->strips_path = flag_of(DOWN(root, "proxy", "strip_listen_path"));
        out->target = text_of(DOWN(root, "proxy", "target_url"));
        out->cors_config = document_find(root, "CORS");
    }
    if (!str_starts(out->path, STR("/")))
        out->path = str_concat(model->arena, STR("/"), out->path);
    if (out->cors_config && data_is_null(out->cors_config))
        out->cors_config = NULL;
    if (out->cors_config) {
        out->identity = data_hash(out->cors_config);
        good = read_cors(model, policy, out, oas != NULL);
    }
    if (!good && !out->unknown.len)
        out->unknown = STR("Tyk refuses the API");
    return good;
}
