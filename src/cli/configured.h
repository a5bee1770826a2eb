#pragma once
// configured: a server that answers as a configuration says, for browser/fetch.h.

#include "browser/notes.h"
#include "cli/page.h"
#include "policy/policy.h"
#include "rule/parts.h"

struct configured {
    struct policy *policy;
    const struct upstreams *upstreams;
    const struct page *page;
    // What had to be assumed to give the answers:
    bool guessed_upstream;           // that an upstream answers 200, without CORS headers
    bool guessed_file;               // that a file is there
    const struct endpoint *endpoint; // that answered last, to what is no preflight
};

// `configured` must outlive the server.
struct fetch_server configured_server(struct configured *configured);
// Says what had to be assumed so far.
void configured_notes(const struct configured *configured, struct notes *out);
// Says what the caches of the configuration make of the endpoint that answered last.
void configured_cache_notes(const struct configured *configured, const struct judge *judge,
                            struct notes *out);
