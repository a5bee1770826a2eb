#pragma once
// hidden: changes of an inner layer that the layers in front of it hide (rule CG909).

#include "diff/diff.h"

// Adds a remark to `new` for every inner endpoint whose own answers changed although nothing did at
// any outermost endpoint that it stands behind. `diff` is of the outermost ones, old->inner and
// new->inner have the inner ones.
void diff_hidden(struct origin_space *space, const struct upstreams *old_upstreams,
                 const struct upstreams *new_upstreams, const struct diff *diff,
                 struct policy *new);
