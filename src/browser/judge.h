#pragma once
// judge: one kind of request that a page's wish leads to, the preflight or the request itself: for
// which origins a browser is content with the answers. Private to browser/.

#include "browser/access.h"

// What a browser asks of one answer.
struct demand {
    bool credentials;
    bool preflight;
    Str method; // the method that the preflight is about
    Str header; // the header that it is about; empty for none
    Str expose; // the header that must be readable; empty for none
};

// For requests with that method inside `situation` (see access_of).
struct access judge_requests(struct origin_space *space, const struct upstreams *upstreams,
                             const struct endpoint *endpoint, const struct box *situation,
                             const struct demand *demand, Str method);
