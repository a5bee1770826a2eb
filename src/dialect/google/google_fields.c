// What stands in the fields of URL maps and their kin.
#include "dialect/google/google.h"

#include <stdarg.h>
#include <stdio.h>

void google_complain(struct google *google, const struct data *at, const char *format, ...)
{
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    (void)diagf(google->model->run, &google_malformed, at->span, "%s", text);
    google->good = false;
}

uint32_t google_list(struct google *google, const struct data *map, const char *key,
                     const char *other, const struct data **list)
{
    *list = document_find(map, key);
    if (!*list && other)
        *list = document_find(map, other);
    if (!*list || data_is_null(*list))
        return 0;
    if ((*list)->kind == DATA_LIST)
        return (*list)->count;
    google_complain(google, *list, "%s is %s, where a list stands", key, data_kind_text(*list));
    return 0;
}

bool google_bool(struct google *google, const struct data *map, const char *key, bool otherwise)
{
    const struct data *field = document_find(map, key);
    bool out = otherwise;
    if (field && !data_is_null(field) && !data_get_bool(field, &out))
        google_complain(google, field, "%s is neither true nor false", key);
    return out;
}

static Str last_part(Str text)
{
    size_t begin = text.len;
    while (begin > 0 && text.ptr[begin - 1] != '/')
        begin--;
    return str_slice(text, begin, text.len);
}

Str google_service(const struct data *reference)
{
    if (!reference)
        return STR("");
    if (reference->kind == DATA_SCALAR)
        return last_part(reference->text);
    // Config Connector: {backendServiceRef: {name}}, or a reference to what it does not manage.
    if (reference->kind == DATA_MAP) {
        Str name = document_text(reference, "name"), url = document_text(reference, "external");
        if (name.len || url.len)
            return name.len ? name : last_part(url);
        for (uint32_t i = 0; i < reference->count; i++)
            if (reference->entries[i].value->kind == DATA_MAP)
                return google_service(reference->entries[i].value);
    }
    return STR("");
}

// Config Connector has the fields below `spec`.
const struct data *google_backend_field(const struct data *backend, const char *key)
{
    const struct data *spec = document_find(backend, "spec");
    return document_find(spec ? spec : backend, key);
}

static Str backend_name(const struct data *backend)
{
    Str id = document_text(document_find(backend, "spec"), "resourceID");
    Str name = document_text(document_find(backend, "metadata"), "name");
    return id.len ? id : name.len ? name : document_text(backend, "name");
}

const struct data *google_backend(const struct google *google, Str name)
{
    for (uint32_t i = 0; name.len && i < google->backends.list.count; i++)
        if (str_equal(backend_name(google->backends.list.items[i]), name))
            return google->backends.list.items[i];
    return NULL;
}
