#include "dialect/languages.h"

void languages_add_word(struct model *model, struct languages *to, Str word)
{
    *vec_push(model->arena, &to->words.list) = word;
}

void languages_add(struct model *model, struct languages *to, const struct fa *language)
{
    *vec_push(model->arena, &to->others.list) = language;
}

// Halves first: the sizes stay even.
static const struct fa *union_of(struct fa_space *fa, const struct fa *const *items, uint32_t count)
{
    uint32_t half = count / 2;
    if (count <= 1)
        return count ? items[0] : fa_none(fa);
    return fa_union(fa, union_of(fa, items, half), union_of(fa, items + half, count - half));
}

const struct fa *languages_union(struct model *model, const struct languages *of, uint32_t most)
{
    if (of->others.list.count > most)
        return NULL;
    const struct fa *words = fa_literals(model->fa, of->words.list.items, of->words.list.count);
    return fa_union(model->fa, words,
                    union_of(model->fa, of->others.list.items, of->others.list.count));
}
