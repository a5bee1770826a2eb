#pragma once
// configured: a server that answers as a configuration says, for browser/fetch.h.

#include "browser/fetch.h"
#include "cli/page.h"
#include "policy/policy.h"

struct configured {
    struct policy *policy;
    const struct upstreams *upstreams;
    const struct page *page;
    Str guess; // what had to be assumed to give the answers; empty when nothing had
};

// `configured` must outlive the server.
struct fetch_server configured_server(struct configured *configured);
