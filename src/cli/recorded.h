#pragma once
// recorded: a request with the answers that somebody recorded, and what a browser makes of them.

#include "browser/notes.h"
#include "cli/page.h"

struct recorded_hop {
    bool has_preflight, has_response;
    struct cors_response preflight, response; // status 0: none came
};

struct recorded {
    struct cors_request request;
    struct {
        struct recorded_hop *items;
        uint32_t count, capacity;
    } hops;                   // in order; all but the last redirect
    bool sent;                // the browser sent the request, so that its preflight had passed
    bool cut;                 // where it redirects to is another record
    bool credentials_unknown; // request.credentials is a guess ...
    bool failed;              // ... and the browser says that the page got nothing
    bool origin_guessed;
    bool from_cache;  // the answer was in the browser's cache
    bool revalidated; // ... and stayed there: its CORS headers are not in the recording
};

// Why a recording is allowed, blocked or leaves it open, and what else there is to say.
void recorded_judge(struct arena *arena, struct recorded *recorded, struct fetch *out,
                    struct notes *notes);

// Reads {"request", "preflight", "response", "redirects"}. False when it is no recording (said in
// run->diags).
MUST_CHECK bool recorded_parse(const struct reading *reading, Str line, struct recorded *out);
