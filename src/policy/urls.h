#pragma once
// urls: a set of URLs as people write it: "https://*.example.com/v1/*". "*." before the host stands
// for any labels, "*" as the host for any host, "*" in the path for any text.

#include "policy/box.h"

enum urls_end {
    URLS_EXACT, // "/v1/" is that path
    URLS_BELOW, // "/v1/" is that path, with or without its last slash, and everything below it
};

struct urls {
    Str text;
    Str scheme;    // "http", "https", or "*" for either
    Str authority; // host and port as written
    uint32_t port; // 0: not written
    bool is_one;   // no wildcard and nothing below: one URL
    const struct box
        *places; // its requests, whatever their scheme; and port, where none is written
};

// The hosts that a text in lower case stands for: "api.example.com", "*.example.com" or "*". NULL
// when it is none of these.
const struct fa *urls_hosts(struct model *model, Str host);
// False with a reason, and nothing written, when it is no such thing.
MUST_CHECK bool urls_parse(struct model *model, Str text, enum urls_end end, struct urls *out,
                           Str *reason);
