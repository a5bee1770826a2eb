#pragma once
// waiver: a finding that a project accepts, as .corsgate.yml says it: a rule,
// an endpoint, why, and until when.

#include "policy/urls.h"

struct waiver {
    Str rule;
    struct urls endpoint;
    uint32_t until; // the last day on which it counts (date.h); 0: for ever
    Str reason;
    Span span;
};
