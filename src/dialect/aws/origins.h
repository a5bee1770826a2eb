#pragma once
// origins: lists of allowed origins of HTTP APIs and function URLs. Source: reference/gateways.md
// 4.1, 4.3, 15.

#include "dialect/aws/aws.h"

// Origins that an entry may allow.
struct open_origins {
    struct branch branch;
    Str reason;
    uint64_t identity;
    Span span;
};

// Splits a branch by whether the list allows the origin. *any: where every origin is answered with
// "*".
struct allowed {
    struct branch any, listed, refused;
    struct {
        struct open_origins *items;
        uint32_t count, capacity;
    } open;
    bool several; // the list has more than one entry
};
struct allowed aws_split_origins(struct aws *aws, struct cases *cases, struct branch in,
                                 const struct term *list, bool schemes);
