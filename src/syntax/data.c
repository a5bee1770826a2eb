#include "syntax/data.h"

#include "base/hash.h"

#include <stddef.h>

const struct data *data_find(const struct data *data, Str key)
{
    if (!data || data->kind != DATA_MAP)
        return NULL;
    for (uint32_t i = data->count; i > 0; i--) {
        const struct data_entry *entry = &data->entries[i - 1];
        if (entry->key->kind == DATA_SCALAR && str_equal(entry->key->text, key))
            return entry->value;
    }
    return NULL;
}

bool scalar_is_open(const struct data *scalar)
{
    size_t at = 0;
    if (scalar->unrendered || scalar->conditional)
        return true;
    for (; at + 3 < scalar->text.len; at++) {
        char c = scalar->text.ptr[at + 2];
        bool name = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
        if (scalar->text.ptr[at] == '$' && scalar->text.ptr[at + 1] == '{' && name)
            return true;
    }
    return false;
}

bool data_is_open(const struct data *data)
{
    if (!data)
        return false;
    if (data->kind == DATA_SCALAR)
        return scalar_is_open(data);
    if (data->unrendered || data->conditional)
        return true;
    for (uint32_t i = 0; i < data->count; i++)
        if ((data->entries[i].key && data_is_open(data->entries[i].key)) ||
            data_is_open(data->entries[i].value))
            return true;
    return false;
}

static const struct data *copy(struct arena *arena, const struct data *data, uint32_t file)
{
    struct data *out = ARENA_NEW(arena, struct data);
    *out = *data;
    out->span.file = file;
    if (!data->count)
        return out;
    struct data_entry *entries = ARENA_ARRAY(arena, struct data_entry, data->count);
    for (uint32_t i = 0; i < data->count; i++) {
        const struct data_entry *entry = &data->entries[i];
        entries[i] = (struct data_entry){
            .key = entry->key ? copy(arena, entry->key, file) : NULL,
            .value = copy(arena, entry->value, file),
        };
    }
    out->entries = entries;
    return out;
}

const struct data *data_in_file(struct arena *arena, const struct data *data, uint32_t file)
{
    enum { WEIGHT_MOST = 100000 };
    return data->weight <= WEIGHT_MOST ? copy(arena, data, file) : NULL;
}

uint64_t data_hash(const struct data *data)
{
    if (!data)
        return HASH_SEED;
    uint64_t hash = hash_u64(HASH_SEED, (uint64_t)data->kind << 1 | data->plain);
    hash = hash_str(hash_str(hash, data->tag), data->text);
    hash = hash_u64(hash_u64(hash, data->count), data->template);
    for (uint32_t i = 0; i < data->count; i++) {
        if (data->entries[i].key)
            hash = hash_u64(hash, data_hash(data->entries[i].key));
        hash = hash_u64(hash, data_hash(data->entries[i].value));
    }
    return hash;
}

static bool is_plain_one_of(const struct data *data, const char *const *words)
{
    if (data->kind != DATA_SCALAR || !data->plain)
        return false;
    for (; *words; words++)
        if (str_is(data->text, *words))
            return true;
    return false;
}

bool data_is_null(const struct data *data)
{
    static const char *const words[] = { "", "~", "null", "Null", "NULL", NULL };
    return is_plain_one_of(data, words);
}

bool data_get_bool(const struct data *data, bool *out)
{
    static const char *const yes[] = { "true", "True", "TRUE", NULL };
    static const char *const no[] = { "false", "False", "FALSE", NULL };
    bool is_yes = is_plain_one_of(data, yes);
    if (!is_yes && !is_plain_one_of(data, no))
        return false;
    *out = is_yes;
    return true;
}

static bool eat_digits(Str *text, const char *digits)
{
    size_t len = 0;
    while (len < text->len && str_contains(str_from(digits), str_slice(*text, len, len + 1)))
        len++;
    *text = str_slice(*text, len, text->len);
    return len > 0;
}

static bool eat_any(Str *text, const char *const *words)
{
    for (; *words; words++)
        if (str_eat(text, str_from(*words)))
            return true;
    return false;
}

// The forms of the core schema: -1, +0.5e9, .5, 0o17, 0xff, .inf, .nan.
static bool is_number(Str text)
{
    static const char *const signs[] = { "-", "+", NULL };
    static const char *const infinities[] = { ".inf", ".Inf", ".INF", NULL };
    static const char *const nans[] = { ".nan", ".NaN", ".NAN", NULL };
    static const char *const exponents[] = { "e", "E", NULL };
    Str rest = text;
    if (str_eat(&rest, STR("0x")))
        return eat_digits(&rest, "0123456789abcdefABCDEF") && !rest.len;
    if (str_eat(&rest, STR("0o")))
        return eat_digits(&rest, "01234567") && !rest.len;
    if (eat_any(&rest, nans))
        return !rest.len;
    eat_any(&rest, signs);
    if (eat_any(&rest, infinities))
        return !rest.len;
    bool whole = eat_digits(&rest, "0123456789");
    bool fraction = str_eat(&rest, STR(".")) && eat_digits(&rest, "0123456789");
    if (!whole && !fraction)
        return false;
    if (eat_any(&rest, exponents)) {
        eat_any(&rest, signs);
        if (!eat_digits(&rest, "0123456789"))
            return false;
    }
    return !rest.len;
}

bool data_get_number(const struct data *data, uint32_t max, uint32_t *out)
{
    return data->kind == DATA_SCALAR && data->plain && str_number(data->text, max, out);
}

bool data_is_text(const struct data *data)
{
    bool truth;
    if (data->kind != DATA_SCALAR)
        return false;
    if (!data->plain)
        return true;
    return !data_is_null(data) && !data_get_bool(data, &truth) && !is_number(data->text);
}

const char *data_kind_text(const struct data *data)
{
    bool truth;
    switch (data->kind) {
    case DATA_LIST:
        return "a list";
    case DATA_MAP:
        return "a map";
    case DATA_SCALAR:
        break;
    }
    if (data_is_null(data))
        return "nothing";
    if (data_get_bool(data, &truth))
        return "true or false";
    return data_is_text(data) ? "a text" : "a number";
}
