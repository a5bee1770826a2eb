#include "cli/config_shape.h"

#include "cli/options.h"

#include <string.h>

static const struct kind unknown_key = { "", LEVEL_ERROR, "unknown key" };
static const struct kind wrong_value = { "", LEVEL_ERROR, "wrong value" };

static bool is_form(const struct shape *shape, const struct data *value)
{
    switch (shape->kind) {
    case SHAPE_TEXT:
    case SHAPE_SCALAR:
    case SHAPE_WORD:
    case SHAPE_NUMBER:
    case SHAPE_BOOL:
        return value->kind == DATA_SCALAR;
    case SHAPE_LIST:
        return value->kind == DATA_LIST;
    case SHAPE_MAP:
    case SHAPE_TABLE:
        return value->kind == DATA_MAP;
    case SHAPE_EITHER:
        break;
    }
    return false;
}

const struct shape *shape_choose(const struct shape *shape, const struct data *value)
{
    for (const struct shape *const *one = shape->choices; *one; one++)
        if (is_form(*one, value))
            return *one;
    return NULL;
}

const struct shape *shape_find(const struct shape *map, const char *key)
{
    for (const struct shape_key *one = map->keys; one->name; one++)
        if (strcmp(one->name, key) == 0)
            return one->value;
    return NULL;
}

static bool is_word(const char *words, Str text)
{
    Str rest = str_from(words), word;
    while (str_cut(rest, STR(" "), &word, &rest))
        if (str_equal(word, text))
            return true;
    return str_equal(rest, text);
}

static bool refuse(struct run *run, const struct shape *shape, const struct data *value, Str name)
{
    return diagf(run, &wrong_value, value->span, "%.*s must be %s", STR_ARG(name), shape->expected);
}

static bool refuse_key(struct run *run, const struct shape *map, const struct data *key)
{
    enum { NAMES = 24 };
    const char *names[NAMES];
    uint32_t count = 0;
    struct buf known = { .arena = run->arena };
    for (const struct shape_key *one = map->keys; one->name && count < NAMES; one++) {
        buf_addf(&known, "%s%s", count ? ", " : "", one->name);
        names[count++] = one->name;
    }
    const char *near = options_suggest(key->text, names, count);
    if (near)
        return diagf(run, &unknown_key, key->span, "\"%.*s\"; did you mean \"%s\"?",
                     STR_ARG(key->text), near);
    return diagf(run, &unknown_key, key->span, "\"%.*s\"; known are %.*s", STR_ARG(key->text),
                 STR_ARG(buf_str(&known)));
}

// The depth of a shape bounds the depth of the calls: what lies deeper is refused by then.
static bool check_map(struct run *run, const struct shape *map, const struct data *value, Str name)
{
    bool good = true;
    for (const struct shape_key *one = map->keys; one->name; one++)
        if (one->needed && !data_find(value, str_from(one->name)))
            good =
                diagf(run, &wrong_value, value->span, "%.*s needs a %s", STR_ARG(name), one->name);
    for (uint32_t i = 0; i < value->count; i++) {
        const struct data *key = value->entries[i].key;
        const struct shape_key *one = map->keys;
        while (one->name && !(key->kind == DATA_SCALAR && str_is(key->text, one->name)))
            one++;
        if (!one->name)
            good = refuse_key(run, map, key);
        else
            good = shape_check(run, one->value, value->entries[i].value, key->text) && good;
    }
    return good;
}

static bool check_items(struct run *run, const struct shape *shape, const struct data *value,
                        Str name)
{
    bool good = true;
    for (uint32_t i = 0; i < value->count; i++) {
        const struct data *key = value->entries[i].key;
        Str item = key && key->kind == DATA_SCALAR
                       ? key->text
                       : str_format(run->arena, "an entry of %.*s", STR_ARG(name));
        good = shape_check(run, shape->item, value->entries[i].value, item) && good;
    }
    return good;
}

bool shape_check(struct run *run, const struct shape *shape, const struct data *value, Str name)
{
    uint32_t number;
    bool truth;
    const struct shape *choice;
    if (shape->kind == SHAPE_EITHER) {
        choice = shape_choose(shape, value);
        if (!choice)
            return refuse(run, shape, value, name);
        if (choice->kind == SHAPE_MAP || choice->kind == SHAPE_LIST)
            return shape_check(run, choice, value, name);
        struct shape either = *choice; // what all choices have in common to say
        either.expected = shape->expected;
        return shape_check(run, &either, value, name);
    }
    if (!is_form(shape, value))
        return refuse(run, shape, value, name);
    switch (shape->kind) {
    case SHAPE_TEXT:
        return (value->text.len &&
                (data_is_text(value) || (shape->null && str_is(value->text, "null")))) ||
               refuse(run, shape, value, name);
    case SHAPE_SCALAR:
        return !data_is_null(value) || refuse(run, shape, value, name);
    case SHAPE_WORD:
        return is_word(shape->words, value->text) ||
               (shape->off && data_get_bool(value, &truth) && !truth) ||
               refuse(run, shape, value, name);
    case SHAPE_NUMBER:
        return (data_get_number(value, shape->high, &number) && number >= shape->low) ||
               refuse(run, shape, value, name);
    case SHAPE_BOOL:
        return data_get_bool(value, &truth) || refuse(run, shape, value, name);
    case SHAPE_LIST:
    case SHAPE_TABLE:
        return check_items(run, shape, value, name);
    case SHAPE_MAP:
        return check_map(run, shape, value, name);
    case SHAPE_EITHER:
        break;
    }
    return false;
}
