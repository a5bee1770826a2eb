#include "policy/box.h"

#include "base/hash.h"

#include <string.h>

static struct box *box_new(struct model *model, uint32_t count)
{
    size_t size = sizeof(struct box) + count * sizeof(struct box_item);
    struct box *box = arena_alloc(model->arena, size, _Alignof(struct box));
    box->count = count;
    return box;
}

const struct box *box_all(struct model *model)
{
    return box_new(model, 0);
}

// The place of `var` in the box: where it is, or where it would be.
static uint32_t find(const struct box *box, const struct var *var)
{
    uint32_t at = 0;
    while (at < box->count && box->items[at].var->order < var->order)
        at++;
    return at;
}

static bool has_at(const struct box *box, uint32_t at, const struct var *var)
{
    return at < box->count && box->items[at].var == var;
}

const struct fa *box_language(const struct box *box, const struct var *var)
{
    uint32_t at = find(box, var);
    return has_at(box, at, var) ? box->items[at].language : var->universe;
}

// A copy with `var` as `language`, whatever it was.
static const struct box *replace(struct model *model, const struct box *box, const struct var *var,
                                 const struct fa *language)
{
    uint32_t at = find(box, var);
    uint32_t had = has_at(box, at, var);
    uint32_t has = language != var->universe;
    struct box *out = box_new(model, box->count - had + has);
    out->inexact = box->inexact;
    memcpy(out->items, box->items, at * sizeof *out->items);
    if (has)
        out->items[at] = (struct box_item){ var, language };
    memcpy(out->items + at + has, box->items + at + had,
           (box->count - at - had) * sizeof *out->items);
    return out;
}

static const struct box *made_inexact(struct model *model, const struct box *box)
{
    if (box->inexact)
        return box;
    struct box *out = box_new(model, box->count);
    memcpy(out->items, box->items, box->count * sizeof *out->items);
    out->inexact = true;
    return out;
}

const struct box *box_with(struct model *model, const struct box *box, const struct var *var,
                           const struct fa *language)
{
    if (!box)
        return NULL;
    const struct fa *before = box_language(box, var);
    const struct fa *both = fa_intersect(model->fa, before, language);
    if (!both)
        return made_inexact(model, box);
    if (fa_is_none(both))
        return NULL;
    return both == before ? box : replace(model, box, var, both);
}

const struct box *box_without(struct model *model, const struct box *box, const struct var *var)
{
    return box ? replace(model, box, var, var->universe) : NULL;
}

const struct box *box_meet(struct model *model, const struct box *a, const struct box *b)
{
    if (!a || !b)
        return NULL;
    const struct box *out = b->inexact ? made_inexact(model, a) : a;
    for (uint32_t i = 0; out && i < b->count; i++)
        out = box_with(model, out, b->items[i].var, b->items[i].language);
    return out;
}

bool box_equal(const struct box *a, const struct box *b)
{
    if (a == b)
        return true;
    if (!a || !b || a->count != b->count || a->inexact != b->inexact)
        return false;
    for (uint32_t i = 0; i < a->count; i++)
        if (a->items[i].var != b->items[i].var || a->items[i].language != b->items[i].language)
            return false;
    return true;
}

bool box_join(struct model *model, const struct box *a, const struct box *b, const struct box **out)
{
    if (a->inexact != b->inexact)
        return false;
    const struct var *differs = NULL;
    for (uint32_t i = 0, j = 0; i < a->count || j < b->count;) {
        const struct var *left = i < a->count ? a->items[i].var : NULL;
        const struct var *right = j < b->count ? b->items[j].var : NULL;
        const struct var *var = !right || (left && left->order <= right->order) ? left : right;
        bool same = left == right && a->items[i].language == b->items[j].language;
        i += left == var;
        j += right == var;
        if (same)
            continue;
        if (differs)
            return false;
        differs = var;
    }
    if (!differs) {
        *out = a;
        return true;
    }
    const struct fa *both = fa_union(model->fa, box_language(a, differs), box_language(b, differs));
    if (!both)
        return false;
    *out = replace(model, a, differs, both);
    return true;
}

void box_subtract(struct model *model, const struct box *a, const struct box *b, struct boxes *out)
{
    const struct box *rest = a;
    for (uint32_t i = 0; rest && i < b->count && !b->inexact; i++) {
        const struct fa *outside = fa_complement(model->fa, b->items[i].language);
        if (!outside)
            break;
        const struct box *piece = box_with(model, rest, b->items[i].var, outside);
        if (piece)
            *vec_push(model->arena, out) = piece;
        rest = box_with(model, rest, b->items[i].var, b->items[i].language);
        if (i + 1 == b->count)
            return;
    }
    if (rest && (b->inexact || b->count)) // not taken apart: b is not exact, or a limit was reached
        *vec_push(model->arena, out) = made_inexact(model, rest);
}

uint64_t box_hash(const struct box *box)
{
    uint64_t sum = box->inexact; // items commute: their order is the model's, not the run's
    for (uint32_t i = 0; i < box->count; i++)
        sum += hash_u64(box->items[i].var->identity, fa_hash(box->items[i].language));
    return hash_u64(HASH_SEED, sum);
}
