#pragma once
// uncovered: endpoints that stand behind others in one version only. By themselves they may be what
// they were, so that neither appearing nor disappearing is a change of access.

#include "policy/policy.h"

// The policy, and of its inner endpoints those that `other` has outermost at the same URLs.
const struct policy *policy_uncovered(const struct policy *policy, const struct policy *other);
