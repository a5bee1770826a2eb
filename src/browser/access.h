#pragma once
// access: what a browser lets a page do with an endpoint, lifted from concrete responses to cells:
// for each capability the origins that certainly have it and those that possibly have it. Source:
// the Fetch Standard as in reference/browser.md section 1.

#include "policy/origins.h"
#include "policy/policy.h"

enum capability_kind {
    CAPABILITY_READ,   // read the answer to a simple GET ("credentials": with cookies)
    CAPABILITY_METHOD, // send `name` (HEAD and POST need no preflight) and read the answer
    CAPABILITY_HEADER, // send the request header `name`, with some method
    CAPABILITY_EXPOSE, // read the response header `name`
};

struct capability {
    enum capability_kind kind;
    Str name;         // method, lower-case header name, or "*": any name at all
    bool credentials; // the request carries cookies (credentials mode "include")
};
Str capability_text(
    struct arena *arena,
    struct capability capability); // as in JSON: read, credentials, method:PUT, header:x, expose:*
bool capability_equal(struct capability a, struct capability b);

struct capabilities {
    struct capability *items;
    uint32_t count, capacity;
};
// Adds every capability that the endpoint's cells can make a difference for: what they name, and
// "*" where any name is allowed.
void access_capabilities(struct origin_space *space, const struct endpoint *endpoint,
                         struct capabilities *out);

// The origins that have a capability, in one situation.
struct access {
    const struct fa *must,
        *may;  // inside the universe of what browsers send; must is a subset of may
    Span span; // what decided: the Access-Control-* line or the answer that matters most
    const struct unknown *why; // when must and may differ: the first reason, or NULL
};
// The access that `endpoint` gives to requests inside `situation` (a box over everything but
// origin, method and the preflight headers; the endpoint's cells are each restricted to it).
struct access access_of(struct origin_space *space, const struct upstreams *upstreams,
                        const struct endpoint *endpoint, const struct box *situation,
                        struct capability capability);
