#pragma once
// observe: what there is to see at one endpoint of one version, whether or not a rule minds it.

#include "rule/parts.h"

enum observation_kind {
    OBSERVED_ACCESS,              // `part` can read, with or without cookies
    OBSERVED_VARY_MISSING,        // the answer depends on Origin, and not every answer says so
    OBSERVED_CACHE_MIXES,         // a cache hands one origin's answer to another
    OBSERVED_DUPLICATE,           // a header of which one is allowed comes twice
    OBSERVED_NEVER_MATCHES,       // a value that no origin equals
    OBSERVED_CREDENTIALS,         // Access-Control-Allow-Credentials is not "true"
    OBSERVED_PREFLIGHT_FAILS,     // who can read fails at the preflight, which was meant to work
    OBSERVED_WILDCARD,            // "*" together with credentials
    OBSERVED_MISSPELT,            // a header that browsers do not know
    OBSERVED_METHOD,              // a method that no request has
    OBSERVED_ERRORS_WITHOUT_CORS, // success has the headers, errors have not
    OBSERVED_MAX_AGE,             // how long a preflight's answer is kept
    OBSERVED_AUTHORIZATION,       // "*" is to cover Authorization
    OBSERVED_PRIVATE_NETWORK      // a header of private network access, which is no more
};

struct observation {
    enum observation_kind kind;
    const struct endpoint *endpoint;
    struct part_of part; // access; preflight: who fails
    bool credentials;
    bool intended; // preflight: the configuration says something about preflights there
    Str header, value, problem, suggestion;
    uint32_t status;
    uint32_t seconds; // max-age: as browsers understand the value
    Span span;
};
struct observations {
    struct observation *items;
    uint32_t count, capacity;
};

// What the configuration answers to some requests of an endpoint.
struct view {
    const struct box *box;
    const struct response *response;
    uint32_t status;                 // final
    const struct upstream *upstream; // declared, and it does not decide for itself; else NULL
    struct lines lines;
    bool open; // more headers than these may come: something unknown, or an upstream that decides
};
struct views {
    struct view *items;
    uint32_t count, capacity;
};

// The views of an endpoint for requests in `box` with that method; answers that are not known are
// left out.
void views_of(struct model *model, const struct upstreams *upstreams,
              const struct endpoint *endpoint, const struct box *box, Str method,
              struct views *out);
// The status of the redirect that all these requests are answered with; 0 where some are not.
uint32_t views_redirect(struct model *model, const struct upstreams *upstreams,
                        const struct endpoint *endpoint, const struct box *box, Str method);
// The line of a header that certainly or possibly is sent, from number *at on; NULL when there is
// none.
const struct line *view_find(struct model *model, const struct view *view, const char *name,
                             uint32_t *at);
const char *observation_name(enum observation_kind kind);
uint64_t observation_hash(const struct observation *observation); // without endpoint and place
bool observation_same(const struct observation *a, const struct observation *b);

// `alone`: no other endpoint serves the same hosts.
void observe(const struct judge *judge, const struct upstreams *upstreams,
             const struct endpoint *endpoint, bool alone, struct observations *out);

// Parts of observe(): what can be told from the header lines alone.
void observe_headers(struct model *model, struct origin_space *space,
                     const struct endpoint *endpoint, const struct view *view,
                     struct observations *out);
// What caches make of the answers, in each of these situations.
void observe_caches(const struct judge *judge, const struct upstreams *upstreams,
                    const struct endpoint *endpoint, const struct boxes *situations,
                    struct observations *out);
// The same for the answer to a preflight.
void observe_preflight_headers(struct model *model, const struct endpoint *endpoint,
                               const struct view *view, struct observations *out);
void observe_add(struct model *model, struct observation observation, struct observations *out);
