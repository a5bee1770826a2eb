#include "dialect/cloudformation/choices.h"

#include <string.h>

struct choices choices_new(struct model *model)
{
    struct choices choices = { .model = model };
    (void)vec_push(model->arena, &choices.open); // the case in which nothing is decided
    return choices;
}

bool choices_next(struct choices *choices)
{
    if (!choices->open.count)
        return false;
    choices->made = choices->open.items[--choices->open.count];
    choices->begun++;
    return true;
}

static const struct decision *find(const struct choices *choices, const struct var *choice)
{
    for (uint32_t i = 0; i < choices->made.count; i++)
        if (choices->made.items[i].choice == choice)
            return &choices->made.items[i];
    return NULL;
}

bool choices_decided(const struct choices *choices, Str text, uint64_t identity, Span span,
                     bool *out)
{
    const struct decision *known =
        find(choices, model_choice(choices->model, text, identity, span));
    if (known)
        *out = known->holds;
    return known;
}

static struct decisions copy_of(struct arena *arena, const struct decisions *from)
{
    struct decisions copy = { 0 };
    for (uint32_t i = 0; i < from->count; i++)
        *vec_push(arena, &copy) = from->items[i];
    return copy;
}

bool choices_decide(struct choices *choices, Str text, uint64_t identity, Span span, bool *out)
{
    struct arena *arena = choices->model->arena;
    if (choices_decided(choices, text, identity, span, out))
        return true;
    if (choices->begun + choices->open.count >= CHOICES_MAX) {
        choices->full = true;
        return false;
    }
    const struct var *choice = model_choice(choices->model, text, identity, span);
    struct decisions other = copy_of(arena, &choices->made);
    *vec_push(arena, &other) = (struct decision){ choice, false };
    *vec_push(arena, &choices->open) = other;
    *vec_push(arena, &choices->made) = (struct decision){ choice, true };
    *out = true;
    return true;
}

const struct box *choices_box(const struct choices *choices)
{
    struct model *model = choices->model;
    const struct box *box = box_all(model);
    for (uint32_t i = 0; i < choices->made.count; i++) {
        const struct decision *made = &choices->made.items[i];
        box = box_with(model, box, made->choice, model_choice_value(model, made->holds));
    }
    return box;
}
