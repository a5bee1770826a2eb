#pragma once
// across: what moved from one product to another: requests that one version serves through one
// layer and the other version through another, compared by what they are answered.

#include "diff/overlap.h"

// Pairs overlaps that have no old endpoint with those that have no new one, where they are of
// different layers and serve the same requests. Two rules make different products comparable: where
// only one side says at which ports and schemes it is reached, what stands before the other decides
// that, so that its ports are not looked at (of several on the other side, https counts); and an
// endpoint that is paired and has names is reached by them, not by every host that nobody serves.
void overlaps_across(struct model *model, struct overlaps *overlaps);
