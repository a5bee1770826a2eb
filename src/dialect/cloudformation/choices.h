#pragma once
// choices: the cases that conditions of a template make. Whoever reads the template runs once for
// each case; a condition that is met on the way is decided one way, and the other way becomes a
// case of its own, which is run later.
//
//     struct choices choices = choices_new(model);
//     while (choices_next(&choices)) {
//         if (choices_decide(&choices, text, identity, span)) ... else ...
//         ... what was found holds for choices_box(&choices)
//     }
//
// The boxes of all cases are disjoint and together hold every request.

#include "policy/box.h"

struct decision {
    const struct var *choice;
    bool holds;
};
struct decisions {
    struct decision *items;
    uint32_t count, capacity;
};

struct choices {
    struct model *model;
    struct decisions made; // in the case at hand
    struct {
        struct decisions *items;
        uint32_t count, capacity;
    } open; // cases that are still to be run: how they begin
    uint32_t begun;
    bool full; // CHOICES_MAX was reached: conditions that are not decided yet are unknown
};

enum { CHOICES_MAX = 64 };

struct choices choices_new(struct model *model);
// Begins the next case. False when all are done.
bool choices_next(struct choices *choices);
// Whether a condition holds in the case at hand. `text` ("whether ..."), `identity` and `span` as
// for model_choice. False, and nothing written, when there are too many cases (choices->full).
bool choices_decide(struct choices *choices, Str text, uint64_t identity, Span span, bool *out);
// The same without deciding anything: false when it is not decided in this case.
bool choices_decided(const struct choices *choices, Str text, uint64_t identity, Span span,
                     bool *out);
// The requests of the case at hand.
const struct box *choices_box(const struct choices *choices);
