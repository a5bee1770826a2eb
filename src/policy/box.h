#pragma once
// box: a set of requests, as one language for each variable: the requests whose every variable lies
// in its language. Immutable. NULL is the empty box.

#include "policy/model.h"

struct box_item {
    const struct var *var;
    const struct fa *language; // not empty, smaller than the variable's universe
};

struct box {
    bool inexact; // a limit was reached on the way: the box holds more than it should, never less
    uint32_t count;
    struct box_item items[]; // sorted by var->order
};

const struct box *box_all(struct model *model);
// The part of `box` where `var` lies in `language`; NULL when there is none. A `language` of NULL
// (a limit was reached) gives `box` itself, inexact.
const struct box *box_with(struct model *model, const struct box *box, const struct var *var,
                           const struct fa *language);
// The same without anything that was said about `var`.
const struct box *box_without(struct model *model, const struct box *box, const struct var *var);
const struct box *box_meet(struct model *model, const struct box *a, const struct box *b);
// What a variable can be: its language, or its universe.
const struct fa *box_language(const struct box *box, const struct var *var);
bool box_equal(const struct box *a, const struct box *b);
// If a and b differ in one variable at most: true, and their union, which is a box again.
bool box_join(struct model *model, const struct box *a, const struct box *b,
              const struct box **out);
uint64_t box_hash(const struct box *box); // the same in every run

// Boxes in a list, disjoint.
struct boxes {
    const struct box **items;
    uint32_t count, capacity; // as VEC has them
};
// a without b, as disjoint boxes appended to *out. Inexact boxes stay whole.
void box_subtract(struct model *model, const struct box *a, const struct box *b, struct boxes *out);
