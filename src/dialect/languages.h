#pragma once
// languages: many texts and languages that a list names, united at once: one after the other would
// cost the square of their number.

#include "base/vec.h"
#include "policy/model.h"

struct languages {
    struct {
        VEC(Str) list;
    } words;
    struct {
        VEC(const struct fa *) list;
    } others;
};

void languages_add_word(struct model *model, struct languages *to, Str word);
void languages_add(struct model *model, struct languages *to, const struct fa *language);
// All of them; NULL when a limit is reached, as in fa.h, or there are more than `most` languages
// besides the words: what many patterns make together grows with their product.
enum { LANGUAGES_PATTERNS = 1000 };
const struct fa *languages_union(struct model *model, const struct languages *of, uint32_t most);
