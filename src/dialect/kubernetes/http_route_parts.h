#pragma once
// http_route_parts: what http_route.c and its neighbours share.

#include "dialect/kubernetes/http_route.h"

// One match of one rule.
struct route_part {
    const struct object *object;  // the HTTPRoute
    const struct object *gateway; // its first parent that is a Gateway here; or NULL
    const struct data *rule;
    Str *hosts;
    uint32_t host_count;
    enum match match;
    Str path;
    const struct box *rest;
    // In order of precedence: greater goes first.
    uint32_t exact, length, method, headers, queries, position;
};

// The requests that a match takes, besides the host, and how specific it is. False: none.
bool route_match(struct cluster *cluster, const struct object *object, const struct data *match,
                 struct route_part *out);

// The filter CORS among `filters`, or NULL.
const struct data *route_filter(const struct data *filters, const char *type);
// The "cors" of a filter or of a SecurityPolicy, as an implementation reads it.
struct envoy_cors route_policy(struct cluster *cluster, const struct object *object,
                               const struct data *cors, const struct route_engine *engine);
// The `cors` of the SecurityPolicy that counts for a route, and the policy; NULL: none.
const struct data *security_cors(struct cluster *cluster, const struct route_part *part,
                                 const struct object **policy);
