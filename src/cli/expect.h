#pragma once
// expect: what becomes of the expectations of .corsgate.yml, in one version or in both.

#include "cli/version.h"
#include "rule/expectation.h"

// The expectations of both configurations (`old` NULL: of one), each on the new version and, when
// there is one, on the old.
void expect_all(struct workspace *workspace, const struct version *old, const struct version *new,
                struct expectation_results *out);
