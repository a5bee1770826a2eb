#pragma once
// istio: VirtualService and what stands around it. Source: reference/kubernetes.md 9.1 and 9.3.

#include "dialect/engine/envoy_cors.h"
#include "dialect/kubernetes/controllers.h"

enum istio_release {
    ISTIO_UNMATCHED = 1023000, // unmatchedPreflights
    ISTIO_WILDCARDS = 1030000, // HTTPRoute: "*." in an origin, refused preflights, null
};

void istio_read(struct cluster *cluster, const struct controller *controller);

// A {exact | prefix | regex} message as the words that it takes. False when it is refused (said) or
// open; *out is NULL where a limit was reached.
bool istio_matcher(struct cluster *cluster, const struct object *object, const struct data *matcher,
                   bool ignore_case, const struct fa **out);
// The corsPolicy of a route.
struct envoy_cors istio_policy(struct cluster *cluster, const struct object *object,
                               const struct data *policy);

// One HTTPMatchRequest, besides the host; NULL: it takes nothing.
const struct box *istio_match(struct cluster *cluster, const struct object *object,
                              const struct data *match, enum match *kind, Str *path);
