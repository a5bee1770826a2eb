#pragma once
// envoy: Envoy's own configuration: bootstrap, listeners, route configurations, configuration
// dumps. Source: reference/gateways.md section 6.

#include "base/map.h"
#include "dialect/documents.h"
#include "dialect/engine/envoy_cors.h"

extern const struct dialect dialect_envoy;
extern const struct kind envoy_malformed;

// ---- messages of proto3 JSON: names may be in snake_case or lowerCamelCase

// The field `name` (given in snake_case) of a message; NULL when there is none.
const struct data *envoy_field(const struct data *message, const char *name);
Str envoy_text(const struct data *message, const char *name); // empty when there is none
// A boolean field, or one wrapped as {"value": true}.
enum tri envoy_bool(const struct data *message, const char *name);
// Whether the message's @type ends in `type`.
bool envoy_is_type(const struct data *message, const char *type);

// What is read from one document.
struct envoy {
    struct model *model;
    struct policy *policy;
    const struct document *document;
    const struct box *box; // the requests that come to it
    struct map clusters;   // that stand in it, by name: envoy_find_clusters
    bool good;
};
bool envoy_complain(struct envoy *envoy, const struct data *at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

// ---- policies: envoy_policy.c

// The words of a StringMatcher. False when nobody can know them (*identity covers the matcher);
// *out is NULL where a limit was reached.
bool envoy_matcher(struct envoy *envoy, const struct data *matcher, const struct fa **out,
                   uint64_t *identity);
struct envoy_cors envoy_read_policy(struct envoy *envoy, const struct data *message);

// The policies of one level: typed ones by the name of the filter, else the legacy one.
struct envoy_level {
    const struct envoy_cors *typed, *legacy; // or NULL
    bool disabled;                           // the filter does not run
};
// `holder` has typed_per_filter_config; `legacy` (may be NULL) has the field cors.
struct envoy_level envoy_read_level(struct envoy *envoy, const struct data *holder,
                                    const struct data *legacy, Str filter);

// ---- what a cluster is sent: envoy_forward.c. What the fields do is said beside them in
// route_components.proto (E3)

enum { ENVOY_LEVELS = 4 };

// A request on its way to a cluster.
struct envoy_onward {
    const struct data *action, *match;       // of its route
    const struct data *levels[ENVOY_LEVELS]; // the cluster's share (or NULL), the route, its
                                             // virtual host, the route configuration
    Str cluster;                             // empty: chosen by a header
    uint64_t rewriters;                      // identity of filters that may change any header; 0:
                                             // there are none
};

void envoy_find_clusters(struct envoy *envoy);
Str envoy_target(const struct envoy *envoy, Str name); // of a cluster, as a URL
const struct forward *envoy_forward(struct envoy *envoy, const struct envoy_onward *onward);

// ---- routes: envoy_routes.c

// Filters of a kind, in order.
struct envoy_filters {
    const struct data *first; // NULL: none
    uint64_t identity;        // of all of them
};
// What stands in front of the routes.
struct envoy_chain {
    bool known; // the filters are known; else CORS is taken to be among them
    bool has_cors;
    Str filter;                    // the configured name of the CORS filter
    struct envoy_filters refuses;  // before it, which may answer themselves
    struct envoy_filters rewrites; // anywhere, which may change headers
    Span span;
};
// The endpoints of a route configuration.
void envoy_routes(struct envoy *envoy, const struct data *config, const struct envoy_chain *chain);

// The requests that a route's match takes, besides the host. NULL: none.
const struct box *envoy_match(struct envoy *envoy, const struct data *match, enum match *kind,
                              Str *path);
