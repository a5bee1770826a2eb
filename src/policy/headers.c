#include "policy/headers.h"

#include <string.h>

bool header_is_named(Str line, Str name)
{
    if (!name.len || name.ptr[name.len - 1] != '*')
        return str_equal_nocase(name, line);
    Str stem = str_slice(name, 0, name.len - 1);
    return line.len >= stem.len && str_equal_nocase(str_slice(line, 0, stem.len), stem);
}

static bool is_listed(Str list, Str name)
{
    Str head, tail;
    for (bool more = true; more; list = tail) {
        more = str_cut(list, STR(","), &head, &tail);
        if (str_equal_nocase(str_trim(more ? head : list), name))
            return true;
    }
    return false;
}

Str header_keep(struct arena *arena, Str list, Str kept)
{
    Str out = STR(""), head, tail;
    for (bool more = true; more; list = tail) {
        more = str_cut(list, STR(","), &head, &tail);
        Str name = str_trim(more ? head : list);
        if (str_is(name, "*") || (name.len && is_listed(kept, name)))
            out = out.len ? str_format(arena, "%.*s, %.*s", STR_ARG(out), STR_ARG(name)) : name;
    }
    return out;
}

// ---- settling

static bool may_be_empty(const struct header_op *op)
{
    bool adds = op->verb == HEADER_APPEND || op->verb == HEADER_SET || op->verb == HEADER_DEFAULT;
    if (!adds || op->keep_empty || !op->value)
        return false;
    for (uint32_t i = 0; i < op->value->count; i++)
        if (op->value->parts[i].kind == PART_TEXT)
            return false;
    return true;
}

// The next operation from `from` on whose line another one asks about, and that may be empty;
// op_count when there is none.
static uint32_t next_open(const struct response *response, uint32_t from)
{
    uint32_t asks = response->op_count; // the last one that asks
    while (asks > 0 && response->ops[asks - 1].verb != HEADER_DEFAULT &&
           !response->ops[asks - 1].guards)
        asks--;
    for (uint32_t i = from; i + 1 < asks; i++)
        for (uint32_t k = i + 1; may_be_empty(&response->ops[i]) && k < asks; k++) {
            const struct header_op *op = &response->ops[k];
            if ((op->guards && header_is_named(response->ops[i].name, op->unless)) ||
                (op->verb == HEADER_DEFAULT && str_equal_nocase(op->name, response->ops[i].name)))
                return i;
        }
    return response->op_count;
}

// The same response where the line of one operation is empty: what it then does is to remove.
static struct response without_line(struct model *model, const struct response *response,
                                    uint32_t number)
{
    struct response out = *response;
    struct header_op *ops = ARENA_ARRAY(model->arena, struct header_op, response->op_count);
    memcpy(ops, response->ops, response->op_count * sizeof *ops);
    if (ops[number].verb == HEADER_SET) {
        ops[number].verb = HEADER_CLEAR;
        ops[number].value = NULL;
    } else { // an operation that does nothing, so that guards count as before
        ops[number].verb = HEADER_APPEND;
        ops[number].value = value_text(model, STR(""));
        ops[number].name = STR("");
    }
    out.ops = ops;
    return out;
}

struct settling {
    struct model *model;
    bool (*take)(void *state, const struct settled *part);
    void *state;
};

static bool settle(const struct settling *settling, const struct box *box,
                   const struct response *response, uint32_t from)
{
    struct model *model = settling->model;
    uint32_t open = next_open(response, from);
    struct boxes empty = { 0 }, sent = { 0 };
    if (open == response->op_count)
        return settling->take(settling->state, &(struct settled){ box, *response });
    value_split(model, box, response->ops[open].value, fa_empty(model->fa), &empty, &sent);
    struct response without =
        empty.count ? without_line(model, response, open) : (struct response){ 0 };
    for (uint32_t i = 0; i < empty.count; i++)
        if (!settle(settling, empty.items[i], &without, open + 1))
            return false;
    for (uint32_t i = 0; i < sent.count; i++)
        if (!settle(settling, sent.items[i], response, open + 1))
            return false;
    return true;
}

void headers_settle(struct model *model, const struct box *box, const struct response *response,
                    bool (*take)(void *state, const struct settled *part), void *state)
{
    (void)settle(&(struct settling){ model, take, state }, box, response, 0);
}
