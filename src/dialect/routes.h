#pragma once
// routes: which of a product's routes serves a request, for products that list routes: turns routes
// that overlap into disjoint sets of requests.
//
// Hosts as products write them: a name; "*.name" (one or more labels, or any text, before ".name":
// `wild_labels`); "*-name" and "name.*" (any text that is not empty in place of the star;
// ROUTES_HOST_FIRST only); "*" or none: any host. In any case of letters, compared without a port.

#include "policy/box.h"

enum wild_labels { WILD_ONE, WILD_ANY }; // how many labels "*." stands for

struct route {
    const Str *hosts; // none: any host
    uint32_t host_count;
    const struct box *rest; // what else it asks for: path, method, headers; NULL: it takes nothing
    const void *owner;      // the caller's
};

enum routes_choice {
    // The most specific host that any route names takes the request (exact before wildcard, longer
    // wildcard before shorter, "name.*" after those, then "*"); there, the first route in order
    // whose `rest` holds it.
    // Where none does, nobody serves it, whatever less specific hosts offer.
    ROUTES_HOST_FIRST,
    // The same, but where none does, the next less specific host is asked.
    ROUTES_HOST_THEN_NEXT,
    // The first route in order that holds it.
    ROUTES_FIRST,
};

// A part of what a route serves: requests that no other route takes.
struct routed {
    const struct route *route;
    const struct box *box; // with the host
};
struct routed_list {
    struct routed *items;
    uint32_t count, capacity;
};

// The parts of every route, in the order of the routes; a route that others hide entirely has none.
// Parts of one route with the same `rest` are one. Near linear where each host has few routes, or
// routes whose paths begin differently. False when there are more parts than limits.endpoints,
// or the routes of one host overlap in too many ways, which is then reported at `span`.
MUST_CHECK bool routes_resolve(struct model *model, const struct route *routes, uint32_t count,
                               enum routes_choice choice, enum wild_labels wild, Span span,
                               struct routed_list *out);
// What no route serves, of everything: under ROUTES_HOST_FIRST what the product answers with "no
// route". Disjoint boxes.
void routes_unserved(struct model *model, const struct routed_list *parts, struct boxes *out);

// The hosts that a written one stands for.
const struct fa *route_host(struct model *model, Str written, enum wild_labels wild);
