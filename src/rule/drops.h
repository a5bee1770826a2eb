#pragma once
// drops: remarks on headers that a block no longer inherits (CG508), found from an answer that
// misses them.

#include "base/map.h"
#include "policy/policy.h"

struct map drops_index(struct arena *arena, const struct policy *policy);
// The remark on the header that took the place of those which `endpoint` misses; NULL when there is
// none, or no endpoint.
const struct remark *drops_find(const struct map *drops, const struct endpoint *endpoint);
