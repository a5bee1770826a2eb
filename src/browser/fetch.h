#pragma once
// fetch: all of what a browser does for one request of a page: it asks first where it has to, sends
// the request, follows redirects, and judges each answer (browser/cors.h). Who answers is up to the
// caller: configuration, or a recording.

#include "base/diag.h"
#include "browser/cors.h"

// What goes over the wire.
struct fetch_wire {
    Str method, url;
    const struct header *headers; // those that are known, in the order of cors.h
    uint32_t header_count;
    bool preflight;
    bool credentials; // cookies and the like go with it
};

struct fetch_answer {
    bool known;
    Str reason;    // when not
    bool unseen;   // of a preflight: it may have passed, the request is looked at all the same
    bool assumed;  // the status was not given
    bool lost;     // it redirects, nobody knows where to
    bool no_store; // caches do not keep it
    struct cors_response response; // Location among its headers
    const Span *spans;             // of its headers, one each; NULL: not known
    Span span;                     // of the answer as a whole
};

struct fetch_server {
    void (*answer)(void *context, const struct fetch_wire *wire, struct fetch_answer *out);
    void *context;
};

enum fetch_verdict { FETCH_ALLOWED, FETCH_BLOCKED, FETCH_UNKNOWN };
const char *fetch_verdict_name(enum fetch_verdict verdict); // as in JSON

// One request over the wire and its answer.
struct fetch_step {
    struct cors_request request; // as it was then
    struct fetch_answer answer;
    bool preflight;
};

struct fetch {
    enum fetch_verdict verdict;  // whether the page can read the answer
    struct cors_result result;   // unless unknown
    Str reason;                  // when unknown
    struct cors_request request; // as the redirects left it
    struct {
        struct fetch_step *items;
        uint32_t count, capacity;
    } steps;
    Span span;   // what decided
    bool unseen; // a preflight was
};
void fetch_run(struct arena *arena, const struct cors_request *request,
               const struct fetch_server *server, struct fetch *out);
// The last step of that kind, or NULL.
const struct fetch_step *fetch_last(const struct fetch *fetch, bool preflight);
