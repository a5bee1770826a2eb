#pragma once
// cache: what a shared cache makes of answers: the one that it kept for some request, handed to
// another request that it takes for the same. Source: RFC 9111 4, reference/browser.md 3 (K1 to
// K9), reference/cdn.md 10.2.

#include "policy/policy.h"

// Some requests of an endpoint, and their answer.
struct answered {
    const struct box *box;
    const struct response *response;
    uint32_t status;                       // final
    const struct header *upstream_headers; // that its upstream sends
    uint32_t upstream_header_count;
};

// Whether requests of `second` may be answered with what the cache kept for other origins.
enum cache_mix {
    CACHE_APART,   // no
    CACHE_PERHAPS, // not known
    CACHE_MIXED,   // yes
};
struct cache_mixed {
    enum cache_mix mix;
    const struct box *box; // the second's requests; model->kept_origin is the first's Origin in it
    struct lines lines;    // what they are answered, where that speaks of model->kept_origin
    uint32_t status;       // the first's
};
// What the cache, one of second's, hands to `second` of what it kept for `first`. Both are of one
// endpoint and of one method; either may be the other one. Where they are APART the rest of the
// result is not set.
struct cache_mixed cache_mix(struct model *model, const struct cache *cache,
                             const struct answered *first, const struct answered *second);

// A cache that nobody configured, behind all operations of an answer: a browser's, or one on the
// way. It goes by the answer alone, and keeps what is private, too.
struct cache cache_of_anybody(const struct response *response);

// Whether Vary, as it is sent, makes a cache tell origins apart.
bool cache_vary_names_origin(Str value);

// For value_map: a value of what the second is handed, for two given origins. `state` is a struct
// cache_origins.
struct cache_origins {
    struct model *model;
    Str kept, asked; // the first's Origin, the second's; empty: none
};
const struct value *cache_as_named(const void *state, const struct var *var);
