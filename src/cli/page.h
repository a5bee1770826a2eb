#pragma once
// page: a request as a page makes it, read from the JSON of simulate and why: {"method", "url",
// "origin", "headers", "credentials"}.

#include "browser/cors.h"
#include "cli/reading.h"

struct page {
    struct cors_request request;
    // For simulate:
    uint32_t port; // where the connection comes to; 0: that of the URL
    Str address;   // the client's; empty when not known
    uint32_t upstream_status;
    struct headers upstream_headers;
};

// False when the object describes no request that a browser can make (said in run->diags).
MUST_CHECK bool page_read(const struct reading *reading, const struct data *object,
                          struct page *out);
// The same for a line of JSON. reading->at is where it stands.
MUST_CHECK bool page_parse(const struct reading *reading, Str line, struct page *out);
