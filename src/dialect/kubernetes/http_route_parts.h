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

// ---- filters: http_route_filters.c

// The first filter of that type among `filters`, or NULL.
const struct data *route_filter(const struct data *filters, const char *type);
// Whether a template still has to say something of them, origins in a list of CORS aside.
bool route_filters_open(const struct data *filters);
// ResponseHeaderModifier of the part's rule.
void route_change_headers(const struct route_part *part, struct cases *cases, struct branch *branch,
                          bool beside_cors);
// ExtensionRef: filters of a product's own kinds may do anything to an answer.
void route_extend(const struct cluster *cluster, const struct route_part *part, struct cases *cases,
                  struct branch *in, const struct data *filters);
// Of a route and of Kong's plugins, as far as they are among the files.
uint64_t route_kong_identity(const struct cluster *cluster, const struct object *route);

// ---- CORS: http_route_cors.c

// Shows the SecurityPolicy objects of which nobody can say whose they are, as not known.
void security_unused(struct cluster *cluster);
// Of all of them.
uint64_t security_identity(const struct cluster *cluster);

// The "cors" of a filter or of a SecurityPolicy, as an implementation reads it.
struct envoy_cors route_policy(struct cluster *cluster, const struct object *object,
                               const struct data *cors, const struct route_engine *engine);
// The `cors` of the SecurityPolicy that counts for a route, and the policy; NULL: none.
const struct data *security_cors(struct cluster *cluster, const struct route_part *part,
                                 const struct object **policy);
