#pragma once
// distribution: what a distribution of CloudFront does with a request. Source: reference/cdn.md 3.4
// to 3.6.

#include "dialect/cloudfront/cloudfront.h"

struct cf_error {
    uint32_t status, instead; // of what answers; of what is answered in its place, 0: not known
    uint64_t identity;
    Span span;
};
enum cf_stage { CF_VIEWER_REQUEST, CF_ORIGIN_REQUEST, CF_ORIGIN_RESPONSE, CF_VIEWER_RESPONSE };
enum { CF_STAGES = CF_VIEWER_RESPONSE + 1 };
// What runs code of the project's.
struct cf_function {
    bool is_there;
    uint64_t identity;
    Span span;
};
enum cf_viewer { CF_ALLOW_ALL, CF_REDIRECT, CF_HTTPS_ONLY, CF_VIEWER_OPEN };

struct cf_behaviour {
    Str pattern;            // as written, with a slash in front; empty: of all other paths
    const struct fa *paths; // NULL: not known
    Span span;
    const struct fa *methods; // NULL: not known
    enum cf_viewer viewer;
    uint64_t pattern_identity, methods_identity, viewer_identity; // where they are not known
    bool has_policy;
    struct cf_policy policy;
    struct cf_forwarding forwarding;
    struct cf_target target;
    struct cf_function functions[CF_STAGES];
};
struct cf_behaviours {
    struct cf_behaviour *items; // the default one is the last
    uint32_t count, capacity;
};
struct cf_aliases {
    Str *items; // in lower case
    uint32_t count, capacity;
};

// A distribution in one case of its template.
struct cf_case {
    const struct box *box;
    bool is_there;
    Str unknown; // why nothing of it is known; empty: it is
    uint64_t identity;
    struct cf_behaviours behaviours;
    struct cf_aliases aliases;
    struct {
        VEC(struct cf_error) list;
    } errors;
};
struct cf_site {
    struct cloudfront *cf;
    Str host; // that stands for the name that AWS gives
    Span span;
    struct cf_aliases aliases; // of all cases
    struct {
        VEC(struct cf_case) list;
    } cases;
};
struct cf_sites {
    struct cf_site **items;
    uint32_t count, capacity;
};

// Reads the distributions and policies of a document; adds the endpoints of policies that are for
// others, and what is read of distributions to `sites`.
void cf_read_template(struct cloudfront *cf, struct cf_sites *sites);
void cf_read_distribution(struct cloudfront *cf, const struct data *config, struct cf_sites *sites);
void cf_read_policy(struct cloudfront *cf, const struct data *config);

// Reads the configuration of a distribution in the case at hand.
void cf_case_read(struct cloudfront *cf, const struct term *config, struct cf_case *out);

// Adds the endpoints of all sites. Of names that several have, the most specific one counts. False
// when there are too many.
MUST_CHECK bool cf_sites_add(const struct cf_sites *sites);

// Requests with a path: it begins with a slash, and its segments "." and ".." are resolved.
const struct box *cf_paths(struct model *model);

// Answers requests by a behaviour.
void cf_serve(struct cases *cases, struct branch in, const struct cf_case *of,
              const struct cf_behaviour *behaviour);
