#pragma once
// origins: lists of allowed origins of HTTP APIs and function URLs. Source: reference/gateways.md
// 4.1, 4.3, 15.

#include "dialect/aws/aws.h"

// Origins that entries may allow that are not known, all of them together: what they are not in
// one version must not hide what another one adds.
struct open_origins {
    bool some;
    struct branch branch;
    Str reason; // of the first
    uint64_t identity;
    Span span;
};

// Splits a branch by whether the list allows the origin. *any: where every origin is answered with
// "*".
struct allowed {
    struct branch any, listed, refused;
    struct open_origins open;
    bool several; // the list has more than one entry
};
struct allowed aws_split_origins(struct aws *aws, struct cases *cases, struct branch in,
                                 const struct term *list, bool schemes);
