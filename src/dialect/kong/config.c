// The configuration of a cors plugin: reference/gateways.md section 3.1.
#include "dialect/kong/kong.h"

#include "base/buf.h"
#include "base/hash.h"

#include <stdlib.h>
#include <string.h>

static const char *const fields[] = {
    "origins",
    "methods",
    "headers",
    "exposed_headers",
    "credentials",
    "max_age",
    "preflight_continue",
    "private_network",
    "allow_origin_absent",
    NULL,
};

static const char *const all_methods = "GET,HEAD,PUT,PATCH,POST,DELETE,OPTIONS,TRACE,CONNECT";

struct reader {
    struct kong *kong;
    struct kong_cors *cors;
    const struct data *config, *shared;
};

// What the plugin's own configuration says, or else the shared one. NULL for nothing.
static const struct data *field(const struct reader *reader, const char *key)
{
    const struct data *own = document_find(reader->config, key);
    if (own)
        return data_is_null(own) ? NULL : own;
    const struct data *shared = document_find(reader->shared, key);
    return shared && !data_is_null(shared) ? shared : NULL;
}

static void leave_open(struct reader *reader, const char *key, const struct data *value)
{
    reader->cors->unknown =
        str_format(reader->kong->model->arena, "%s of the plugin is not known: %.*s", key,
                   STR_ARG(value->text));
}

static void refuse(struct reader *reader, const char *key, const struct data *value,
                   const char *wanted)
{
    kong_complain(reader->kong, value->span, "%s of the cors plugin is %s, not %s", key,
                  data_kind_text(value), wanted);
    reader->cors->unknown = STR("Kong refuses the plugin");
}

static void check_fields(struct reader *reader, const struct data *config)
{
    for (uint32_t i = 0; config && config->kind == DATA_MAP && i < config->count; i++) {
        const struct data *key = config->entries[i].key;
        const char *const *known = fields;
        size_t least = 4;
        const char *meant = NULL;
        while (*known && !str_is(key->text, *known))
            known++;
        if (*known)
            continue;
        for (known = fields; *known; known++) {
            size_t distance = str_distance(key->text, str_from(*known), least);
            if (distance < least) {
                least = distance;
                meant = *known;
            }
        }
        kong_complain(reader->kong, key->span, "the cors plugin has no field %.*s%s%s%s",
                      STR_ARG(key->text), meant ? "; did you mean " : "", meant ? meant : "",
                      meant ? "?" : "");
        reader->cors->unknown = STR("Kong refuses the plugin");
    }
}

static bool read_flag(struct reader *reader, const char *key, bool usual, Span *span)
{
    const struct data *value = field(reader, key);
    bool flag = usual;
    if (!value)
        return usual;
    *span = value->span;
    if (data_get_bool(value, &flag))
        return flag;
    if (value->kind == DATA_SCALAR && kong_is_open(value->text))
        leave_open(reader, key, value);
    else
        refuse(reader, key, value, "true or false");
    return usual;
}

// The items of a list joined by commas; *count says how many. NULL when there is no list.
static const struct value *read_joined(struct reader *reader, const char *key, uint32_t *count,
                                       Span *span)
{
    const struct data *list = field(reader, key);
    struct buf out = { .arena = reader->kong->model->arena };
    *count = 0;
    if (!list)
        return NULL;
    *span = list->span;
    if (list->kind != DATA_LIST) {
        if (list->kind == DATA_SCALAR && kong_is_open(list->text))
            leave_open(reader, key, list);
        else
            refuse(reader, key, list, "a list");
        return NULL;
    }
    for (uint32_t i = 0; i < list->count; i++) {
        const struct data *item = list->entries[i].value;
        if (item->kind != DATA_SCALAR)
            refuse(reader, key, item, "a text");
        else if (kong_is_open(item->text))
            leave_open(reader, key, item);
        else
            buf_addf(&out, "%s%.*s", i ? "," : "", STR_ARG(item->text));
    }
    *count = list->count;
    return value_text(reader->kong->model, buf_str(&out));
}

static bool is_method(Str text)
{
    Str rest = str_from(all_methods), one;
    while (str_cut(rest, STR(","), &one, &rest))
        if (str_equal(one, text))
            return true;
    return str_equal(rest, text);
}

static void check_methods(struct reader *reader)
{
    const struct data *list = field(reader, "methods");
    for (uint32_t i = 0; list && list->kind == DATA_LIST && i < list->count; i++) {
        const struct data *item = list->entries[i].value;
        if (item->kind == DATA_SCALAR && !kong_is_open(item->text) && !is_method(item->text)) {
            kong_complain(reader->kong, item->span,
                          "\"%.*s\" is none of the methods of the cors plugin",
                          STR_ARG(item->text));
            reader->cors->unknown = STR("Kong refuses the plugin");
        }
    }
}

// As Lua writes it.
static Str written_number(struct arena *arena, Str text)
{
    uint32_t whole;
    if (str_number(text, UINT32_MAX, &whole))
        return str_format(arena, "%u", whole);
    return str_format(arena, "%.14g", strtod(str_terminated(arena, text), NULL));
}

static void read_max_age(struct reader *reader)
{
    const struct data *value = field(reader, "max_age");
    if (!value)
        return;
    reader->cors->max_age_span = value->span;
    if (value->kind == DATA_SCALAR && kong_is_open(value->text))
        leave_open(reader, "max_age", value);
    else if (value->kind != DATA_SCALAR || strcmp(data_kind_text(value), "a number") != 0)
        refuse(reader, "max_age", value, "a number");
    else
        reader->cors->max_age = value_text(reader->kong->model,
                                           written_number(reader->kong->model->arena, value->text));
}

static void read_origins(struct reader *reader)
{
    const struct data *list = field(reader, "origins");
    if (list && list->kind != DATA_LIST) {
        if (list->kind == DATA_SCALAR && kong_is_open(list->text))
            leave_open(reader, "origins", list);
        else
            refuse(reader, "origins", list, "a list");
        return;
    }
    kong_read_origins(reader->kong, list, reader->cors);
}

const struct kong_cors *kong_read_cors(struct kong *kong, const struct data *config,
                                       const struct data *shared, Span span)
{
    struct kong_cors *cors = ARENA_NEW(kong->model->arena, struct kong_cors);
    *cors = (struct kong_cors){
        .config = config,
        .identity = hash_u64(data_hash(config), data_hash(shared)),
        .span = span,
        .methods_span = span,
        .headers_span = span,
        .credentials_span = span,
        .private_span = span,
    };
    cors->origins.span = span;
    struct reader reader = { kong, cors, config, shared };
    if (config && config->kind != DATA_MAP && !data_is_null(config))
        refuse(&reader, "config", config, "a map");
    check_fields(&reader, config);
    read_origins(&reader);
    uint32_t count;
    cors->methods = read_joined(&reader, "methods", &count, &cors->methods_span);
    // Null is no list: the plugin's code has the same nine for it as the schema has by default.
    if (!cors->methods)
        cors->methods = value_text(kong->model, str_from(all_methods));
    check_methods(&reader);
    cors->headers = read_joined(&reader, "headers", &count, &cors->headers_span);
    cors->has_headers = count > 0;
    cors->exposed = read_joined(&reader, "exposed_headers", &count, &cors->exposed_span);
    if (!count)
        cors->exposed = NULL;
    read_max_age(&reader);
    Span unused;
    cors->credentials = read_flag(&reader, "credentials", false, &cors->credentials_span);
    cors->preflight_continue = read_flag(&reader, "preflight_continue", false, &unused);
    cors->private_network = read_flag(&reader, "private_network", false, &cors->private_span);
    cors->skips_absent = !read_flag(&reader, "allow_origin_absent", true, &unused);
    return cors;
}
