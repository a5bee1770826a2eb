#pragma once
// situations: an overlap cut into parts inside which the cells of both versions differ by nothing
// but the origin, the method and what a preflight asks for.

#include "diff/overlap.h"

enum { SITUATIONS_MOST = 64 };

// The overlap's requests as far as the comparison goes: what stands behind the configuration
// answers 200, and unless the project says what it adds, no headers of its own.
const struct box *situations_assume(struct model *model, const struct overlap *overlap,
                                    bool upstreams_declared);

// Cuts an overlap where cells look at the URL (port, scheme, host, path): different places, not
// different conditions. Disjoint, and together the overlap; at most SITUATIONS_MOST.
void situations_places(struct model *model, const struct overlap *overlap, struct boxes *out);

// The parts are disjoint and together make up the overlap. When there would be more than
// SITUATIONS_MOST, some are not cut any further: access_of is then asked about several cases at
// once.
void situations_cut(struct model *model, const struct overlap *overlap, struct boxes *out);

// What is special about a part of the overlap, in words: "the query argument debug is 1"; empty
// when nothing is.
Str situation_text(struct model *model, const struct box *overlap, const struct box *situation);

// The conditions of the part about which nothing is known, if there are any: the first one.
const struct unknown *situation_unknown(struct model *model, const struct policy *old,
                                        const struct policy *new, const struct box *overlap,
                                        const struct box *situation);
