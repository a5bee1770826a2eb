#include "browser/sent.h"

#include "base/vec.h"
#include "browser/names.h"

// What a browser leaves out of a preflight, and of a request without credentials.
static bool is_left_out(const struct var *var, const struct demand *demand)
{
    static const char *const preflight[] = { "authorization", "content-type", "x-requested-with",
                                             "x-csrf-token",  "x-xsrf-token", "x-api-key" };
    if (var->kind == VAR_COOKIE)
        return demand->preflight || !demand->credentials;
    if (var->kind != VAR_HEADER)
        return false;
    if (str_is(var->name, "cookie"))
        return demand->preflight || !demand->credentials;
    for (size_t i = 0; i < sizeof preflight / sizeof *preflight && demand->preflight; i++)
        if (str_is(var->name, preflight[i]))
            return true;
    // A request that shows authorization without having asked is one with credentials.
    return str_is(var->name, "authorization") && !demand->credentials &&
           !str_is(demand->header, "authorization");
}

static const struct box *restrict_var(struct model *model, const struct demand *demand,
                                      const struct box *box, const struct var *var)
{
    bool asked =
        var->kind == VAR_HEADER && demand->header.len && str_equal(var->name, demand->header);
    if (!asked && !is_left_out(var, demand))
        return box;
    const struct fa *value = fa_empty(model->fa);
    if (asked && !demand->preflight)
        value = fa_complement(model->fa, value);
    return box_with(model, box_without(model, box, var), var, value);
}

const struct box *sent_requests(struct model *model, const struct fa *origins,
                                const struct endpoint *endpoint, const struct box *situation,
                                const struct demand *demand, Str method)
{
    const struct fa *asked = fa_literal(model->fa, demand->preflight ? demand->method : STR(""));
    const struct fa *header = fa_literal(model->fa, demand->preflight ? demand->header : STR(""));
    const struct box *box = situation;
    VEC(const struct var *) seen = { 0 };
    for (uint32_t c = 0; c <= endpoint->cell_count; c++) {
        const struct box *from = c ? endpoint->cells[c - 1].box : situation;
        for (uint32_t i = 0; i < from->count && box; i++) {
            const struct var *var = from->items[i].var;
            bool new = var->kind == VAR_COOKIE || var->kind == VAR_HEADER;
            for (uint32_t k = 0; k < seen.count && new; k++)
                new = seen.items[k] != var;
            if (!new)
                continue;
            *vec_push(model->arena, &seen) = var;
            box = restrict_var(model, demand, box, var);
        }
    }
    if (box)
        box = box_with(model, box, model->method, fa_literal(model->fa, method));
    if (box)
        box = box_with(model, box, model->request_method, asked);
    if (box)
        box = box_with(model, box, model->request_headers, header);
    return box ? box_with(model, box, model->origin, origins) : NULL;
}
