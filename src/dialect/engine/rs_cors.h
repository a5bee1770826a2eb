#pragma once
// rs_cors: what the Go package github.com/rs/cors does with a request, for the products that are
// built on it. Source: reference/gateways.md section 5.

#include "dialect/cases.h"

// One list of the configuration; its defaults where it is empty.
struct rs_cors_list {
    const Str *items;
    uint32_t count;
    Span span;
};

struct rs_cors {
    struct rs_cors_list origins, methods, headers, exposed;
    bool credentials, private_network;
    bool passes_options; // a preflight is handed on, with what was found out about it
    bool replaces;       // what comes from behind is dropped where the package has set the header;
                         // else both are sent
    uint32_t status;     // of a preflight; 0: 204
    Str max_age;         // seconds as they are sent; empty: none
    Span span, credentials_span, max_age_span;
};

// Who goes on with a request.
struct rs_cors_next {
    // `is_preflight`: one that was handed on.
    void (*pass)(struct cases *cases, struct branch in, bool is_preflight, const void *state);
    // The package answers a preflight.
    void (*answer)(struct cases *cases, struct branch in, uint32_t status, const void *state);
    const void *state;
};

// The requests of `in`: preflights are answered or handed on, all others handed on. What the
// package sets stands before what comes from behind.
void rs_cors_serve(struct cases *cases, struct branch in, const struct rs_cors *cors,
                   struct rs_cors_next next);

// Seconds as the package sends them: nothing for 0, "0" for less.
Str rs_cors_seconds(struct arena *arena, double seconds);
// The header values that are allowed; `all` when "*" is among them.
const struct fa *rs_cors_origins(struct model *model, const struct rs_cors_list *list, bool *all);
// Reports what of the list can match no browser's origin.
void rs_cors_remark(struct policy *policy, const struct rs_cors_list *list);
