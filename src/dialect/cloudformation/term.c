#include "dialect/cloudformation/term.h"

#include "base/hash.h"

struct term term_as_written(struct model *model, const struct data *data)
{
    struct term term = { .span = data->span, .data = data };
    switch (data->kind) {
    case DATA_LIST:
        term.kind = TERM_LIST;
        break;
    case DATA_MAP:
        term.kind = TERM_MAP;
        break;
    case DATA_SCALAR:
        term.kind = data_is_null(data) ? TERM_NULL : TERM_TEXT;
        term.value = value_text(model, data->text);
        break;
    }
    return term;
}

static struct term resolve_plain(struct terms *terms, const struct data *data)
{
    return term_as_written(terms->model, data);
}

struct terms terms_plain(struct model *model)
{
    return (struct terms){ .model = model, .resolve = resolve_plain };
}

struct term term_of(struct terms *terms, const struct data *data)
{
    return data ? terms->resolve(terms, data) : (struct term){ 0 };
}

struct term term_get(struct terms *terms, const struct term *map, Str key)
{
    if (map->kind == TERM_UNKNOWN)
        return *map;
    return map->kind == TERM_MAP ? term_of(terms, data_find(map->data, key)) : (struct term){ 0 };
}

struct term term_find(struct terms *terms, const struct term *map, const char *key)
{
    return term_get(terms, map, str_from(key));
}

struct term term_at(struct terms *terms, const struct term *list, uint32_t i)
{
    return term_of(terms, list->data->entries[i].value);
}

uint32_t term_count(const struct term *term)
{
    return term->kind == TERM_LIST || term->kind == TERM_MAP ? term->data->count : 0;
}

Str term_key(const struct term *map, uint32_t i)
{
    return map->data->entries[i].key->text;
}

Span term_key_span(const struct term *map, uint32_t i)
{
    return map->data->entries[i].key->span;
}

struct term term_from_value(const struct value *value, const struct data *data)
{
    return (struct term){ .kind = TERM_TEXT, .span = data->span, .data = data, .value = value };
}

struct term term_text(struct model *model, Str text, const struct data *data)
{
    return term_from_value(value_text(model, text), data);
}

struct term term_unknown(struct model *model, Str reason, uint64_t identity,
                         const struct data *data)
{
    struct term term = term_from_value(value_unknown(model, reason, identity, data->span), data);
    term.kind = TERM_UNKNOWN;
    return term;
}

bool term_is_there(const struct term *term)
{
    return term->kind != TERM_NONE && term->kind != TERM_NULL;
}

bool term_is_known(const struct term *term, Str *out)
{
    return term->kind == TERM_TEXT && value_is_text(term->value, out);
}

bool term_get_bool(const struct term *term, bool *out)
{
    Str text;
    if (!term_is_known(term, &text))
        return false;
    if (!str_is_nocase(text, "true") && !str_is_nocase(text, "false"))
        return false;
    *out = str_is_nocase(text, "true");
    return true;
}

bool term_get_number(const struct term *term, uint32_t max, uint32_t *out)
{
    Str text;
    return term_is_known(term, &text) && str_number(text, max, out);
}

const char *term_kind_text(const struct term *term)
{
    switch (term->kind) {
    case TERM_NONE:
    case TERM_NULL:
        return "nothing";
    case TERM_TEXT:
        return "a text";
    case TERM_LIST:
        return "a list";
    case TERM_MAP:
        return "a map";
    case TERM_UNKNOWN:
        break;
    }
    return "something unknown";
}
