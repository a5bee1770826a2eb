#pragma once
// notes: what somebody should know about a fetch besides its verdict: what caches keep, where
// redirects lead, what other browsers do differently. Source: reference/browser.md 1.4 to 1.13, 3.

#include "browser/fetch.h"

struct note {
    const char *id; // in JSON; never changes its meaning
    Str text;       // one sentence, without a final stop
};
struct notes {
    struct note *items;
    uint32_t count, capacity;
};

// What the recorded steps alone tell. `request` is the one that the page made.
void notes_of(struct arena *arena, const struct cors_request *request, const struct fetch *fetch,
              struct notes *out);
// Whether caches mix up the answers for several origins: asks `server` again, as other pages would.
void notes_about_caches(struct arena *arena, const struct fetch_server *server,
                        const struct fetch *fetch, struct notes *out);
