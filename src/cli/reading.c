#include "cli/reading.h"

#include "base/buf.h"
#include "base/vec.h"

static const struct kind bad_request = { "", LEVEL_ERROR, "this is no request" };

bool reading_refuse(const struct reading *reading, Str field, const char *expected)
{
    return diagf(reading->run, &bad_request, reading->at, "%.*s must be %s", STR_ARG(field),
                 expected);
}

// Names and values go over the wire: nothing that ends a line.
static bool is_wire_text(Str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] == '\r' || text.ptr[i] == '\n' || text.ptr[i] == '\0')
            return false;
    return true;
}

static bool add_header(const struct reading *reading, Str name, const struct data *value, Str field,
                       struct headers *out)
{
    if (!name.len || !is_wire_text(name) || value->kind != DATA_SCALAR || value->plain ||
        !is_wire_text(value->text))
        return reading_refuse(reading, field, "names with texts, without line ends");
    Str trimmed = value->text; // as nginx reads it: without spaces around it, but with tabs
    while (str_eat(&trimmed, STR(" ")))
        continue;
    while (str_ends(trimmed, STR(" ")))
        trimmed.len--;
    *vec_push(reading->run->arena, &out->list) = (struct header){ name, trimmed };
    return true;
}

bool reading_within_limits(const struct headers *headers)
{
    size_t bytes = 0;
    for (uint32_t i = 0; i < headers->list.count && i <= READING_HEADERS; i++)
        bytes += headers->list.items[i].name.len + headers->list.items[i].value.len;
    return headers->list.count <= READING_HEADERS && bytes <= READING_HEADER_BYTES;
}

static bool read_headers(const struct reading *reading, const struct data *object, Str field,
                         struct headers *out)
{
    const struct data *data = data_find(object, field);
    if (!data)
        return true;
    if (data->kind == DATA_SCALAR)
        return reading_refuse(reading, field, "a map or a list of pairs");
    for (uint32_t i = 0; i < data->count; i++) {
        const struct data_entry *entry = &data->entries[i];
        const struct data *value = entry->value;
        if (!entry->key) {
            if (value->kind != DATA_LIST || value->count != 2 ||
                value->entries[0].value->kind != DATA_SCALAR)
                return reading_refuse(reading, field, "a map or a list of pairs");
            if (!add_header(reading, value->entries[0].value->text, value->entries[1].value, field,
                            out))
                return false;
            continue;
        }
        for (uint32_t j = 0; value->kind == DATA_LIST && j < value->count; j++)
            if (!add_header(reading, entry->key->text, value->entries[j].value, field, out))
                return false;
        if (value->kind != DATA_LIST && !add_header(reading, entry->key->text, value, field, out))
            return false;
    }
    return true;
}

bool reading_headers(const struct reading *reading, const struct data *object, Str field,
                     struct headers *out)
{
    return read_headers(reading, object, field, out) &&
           (reading_within_limits(out) ||
            reading_refuse(reading, field, "at most 1000 lines and 256 KiB"));
}

const struct header *reading_find(const struct headers *headers, Str name)
{
    for (uint32_t i = 0; i < headers->list.count; i++)
        if (str_equal_nocase(headers->list.items[i].name, name))
            return &headers->list.items[i];
    return NULL;
}

static const struct data *find_given(const struct data *object, Str field)
{
    const struct data *data = data_find(object, field);
    return data && !data_is_null(data) ? data : NULL;
}

bool reading_number(const struct reading *reading, const struct data *object, Str field,
                    uint32_t min, uint32_t max, uint32_t *out)
{
    const struct data *data = find_given(object, field);
    uint32_t number;
    if (!data)
        return true;
    if (!data_get_number(data, max, &number) || number < min)
        return reading_refuse(reading, field, "a number in its range");
    *out = number;
    return true;
}

bool reading_bool(const struct reading *reading, const struct data *object, Str field, bool *out)
{
    const struct data *data = find_given(object, field);
    if (!data || data_get_bool(data, out))
        return true;
    return reading_refuse(reading, field, "true or false");
}

bool reading_choice(const struct reading *reading, const struct data *object, Str field,
                    const char *const *words, uint32_t count, uint32_t *out)
{
    const struct data *data = find_given(object, field);
    struct buf list = { .arena = reading->run->arena };
    if (!data)
        return true;
    for (uint32_t i = 0; i < count; i++) {
        if (data->kind == DATA_SCALAR && !data->plain && str_is(data->text, words[i])) {
            *out = i;
            return true;
        }
        buf_addf(&list, "%s\"%s\"", i ? " or " : "", words[i]);
    }
    return reading_refuse(reading, field, str_terminated(reading->run->arena, buf_str(&list)));
}

bool reading_fields(const struct reading *reading, const struct data *object,
                    const char *const *names, size_t count)
{
    for (uint32_t i = 0; i < object->count; i++) {
        Str name = object->entries[i].key->text;
        bool known = false;
        for (size_t j = 0; j < count; j++)
            known |= str_is(name, names[j]);
        if (!known)
            return diagf(reading->run, &bad_request, reading->at,
                         "there is no field \"%.*s\" in %s", STR_ARG(name), reading->object);
    }
    return true;
}

bool reading_text(const struct reading *reading, const struct data *object, Str field, Str *out)
{
    const struct data *data = data_find(object, field);
    if (!data)
        return true;
    if (data->kind != DATA_SCALAR || data->plain || !data->text.len || !is_wire_text(data->text))
        return reading_refuse(reading, field, "a text");
    *out = data->text;
    return true;
}
