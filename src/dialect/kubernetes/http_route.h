#pragma once
// http_route: HTTPRoute of the Gateway API, with the filter CORS, as each implementation runs it.
// Source: reference/kubernetes.md 9.4 and 10.

#include "dialect/engine/envoy_cors.h"
#include "dialect/kubernetes/controllers.h"

// What an implementation makes of the filter.
struct route_engine {
    bool ignores; // it does not know the filter: what is written has no effect
    bool unknown; // what it does is not established
    // "*." in an origin stands for any labels; else such an origin is a literal that nobody sends.
    bool wildcards;
    bool shaped_star;      // "*" takes what looks like an origin; else everything, null, too
    bool forwards_refused; // preflights of other origins
    bool any_options;      // every OPTIONS is answered, and the upstream's headers stay beside its
                           // own
    bool hidden_preflight; // a match by method takes the preflights for it, too
};

// The endpoints of the routes whose Gateways are a controller's. `policies`: whether it reads
// SecurityPolicy objects.
void http_routes_read(struct cluster *cluster, const struct controller *controller,
                      const struct route_engine *engine, bool policies);
// The same by the table of implementations.
void http_routes_of(struct cluster *cluster, const struct controller *controller);
// Those of Gateways that nobody here is known to run.
void http_routes_unowned(struct cluster *cluster);

// Rows of controllers.c.
void envoy_gateway_read(struct cluster *cluster, const struct controller *controller);
void kgateway_read(struct cluster *cluster, const struct controller *controller);
