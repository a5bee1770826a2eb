#include "dialect/nginx/directives.h"

#include <string.h>

enum {
    NEAR = 2,       // edits at which a name is taken for a slip of another …
    NEAR_SHORT = 1, // … and of a short one, which is near to many
    SHORT = 4,
};

static int compare(Str name, const char *row)
{
    size_t i = 0;
    for (; i < name.len && row[i]; i++)
        if (name.ptr[i] != row[i])
            return (unsigned char)name.ptr[i] < (unsigned char)row[i] ? -1 : 1;
    return i < name.len ? 1 : row[i] ? -1 : 0;
}

// The first row of that name; the others follow it. directive_row_count when there is none.
static size_t first_row(Str name)
{
    size_t low = 0, high = directive_row_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare(name, directive_rows[middle].name) > 0)
            low = middle + 1;
        else
            high = middle;
    }
    bool found = low < directive_row_count && compare(name, directive_rows[low].name) == 0;
    return found ? low : directive_row_count;
}

static bool is_row(size_t row, Str name)
{
    return row < directive_row_count && compare(name, directive_rows[row].name) == 0;
}

const struct directive *directive_find(Str name, enum context context)
{
    for (size_t row = first_row(name); is_row(row, name); row++)
        if (directive_rows[row].contexts & context)
            return &directive_rows[row];
    return NULL;
}

unsigned directive_contexts(Str name)
{
    unsigned contexts = 0;
    for (size_t row = first_row(name); is_row(row, name); row++)
        contexts |= directive_rows[row].contexts;
    return contexts;
}

const char *directive_near(Str name)
{
    const char *nearest = NULL;
    size_t distance = (name.len > SHORT ? NEAR : NEAR_SHORT) + 1;
    for (size_t i = 0; i < directive_row_count; i++) {
        size_t here = str_distance(name, str_from(directive_rows[i].name), distance);
        if (here < distance) {
            nearest = directive_rows[i].name;
            distance = here;
        }
    }
    return nearest;
}

static bool takes(const struct directive *directive, uint32_t count)
{
    unsigned arguments = directive->arguments;
    if (arguments & ARGUMENTS_ANY)
        return true;
    if ((arguments & ARGUMENTS_1_OR_MORE) && count >= 1)
        return true;
    if ((arguments & ARGUMENTS_2_OR_MORE) && count >= 2)
        return true;
    return count < 8 && (arguments >> count & 1);
}

enum directive_check directive_check(const struct conf *conf, enum context context)
{
    if (context == CONTEXT_FREE)
        return DIRECTIVE_OK;
    return directive_check_as(conf, directive_find(conf_word(conf, 0), context));
}

enum directive_check directive_check_as(const struct conf *conf, const struct directive *directive)
{
    if (!directive)
        return directive_contexts(conf_word(conf, 0)) ? DIRECTIVE_WRONG_CONTEXT
                                                      : DIRECTIVE_UNKNOWN_NAME;
    if (conf->has_block != (directive->form != FORM_SIMPLE))
        return DIRECTIVE_WRONG_TERMINATOR;
    return takes(directive, conf->n_words - 1) ? DIRECTIVE_OK : DIRECTIVE_WRONG_COUNT;
}

enum context directive_inside(const struct conf *conf, enum context context)
{
    static const struct {
        const char *name;
        enum context inside;
    } blocks[] = {
        { "events", CONTEXT_EVENTS },     { "http", CONTEXT_HTTP },
        { "server", CONTEXT_SERVER },     { "location", CONTEXT_LOCATION },
        { "upstream", CONTEXT_UPSTREAM }, { "limit_except", CONTEXT_LIMIT_EXCEPT },
    };
    if (context == CONTEXT_FREE || !conf->n_words)
        return CONTEXT_FREE;
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++)
        if (conf_is(conf, blocks[i].name))
            return blocks[i].inside;
    if (!conf_is(conf, "if"))
        return CONTEXT_FREE;
    return context == CONTEXT_SERVER ? CONTEXT_SERVER_IF : CONTEXT_LOCATION_IF;
}
