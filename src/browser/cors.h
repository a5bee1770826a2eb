#pragma once
// cors: the Fetch Standard's CORS procedures on concrete requests and responses, as shipping
// browsers run them; errors are named as Chromium names them. Source: reference/browser.md
// sections 1.3 to 1.13 and 4.

#include "policy/request.h"

enum cors_mode { CORS_MODE_CORS, CORS_MODE_NO_CORS, CORS_MODE_SAME_ORIGIN };
enum cors_redirect_mode { CORS_REDIRECT_FOLLOW, CORS_REDIRECT_ERROR, CORS_REDIRECT_MANUAL };

// What a page asks for, and how far the browser has come with it.
struct cors_request {
    Str page;                     // the page's origin, or "null"
    Str url;                      // where the request goes
    Str method;                   // as the page wrote it
    const struct header *headers; // those that the page set, as it wrote them
    uint32_t header_count;
    enum cors_mode mode;
    enum cors_redirect_mode redirect;
    bool credentials;     // credentials mode "include"
    bool force_preflight; // a stream as body, or a listener for the upload
    // Changed by redirects:
    bool cors;          // the answer is judged by CORS from here on, wherever it comes from
    bool tainted;       // the page's origin is no longer told: "null"
    uint32_t redirects; // followed so far
};

struct cors_response {
    uint32_t status; // 0: none came
    const struct header *headers;
    uint32_t header_count;
};

enum cors_error {
    CORS_ALLOWED,
    // Of section 4, each of which has a form for the preflight as well:
    CORS_MISSING_ALLOW_ORIGIN,
    CORS_MULTIPLE_ALLOW_ORIGIN,
    CORS_INVALID_ALLOW_ORIGIN,
    CORS_ALLOW_ORIGIN_MISMATCH,
    CORS_WILDCARD_ORIGIN,
    CORS_INVALID_ALLOW_CREDENTIALS,
    // Of the preflight alone:
    CORS_PREFLIGHT_STATUS,
    CORS_PREFLIGHT_REDIRECT,
    CORS_INVALID_ALLOW_METHODS,
    CORS_INVALID_ALLOW_HEADERS,
    CORS_METHOD_DISALLOWED,
    CORS_HEADER_DISALLOWED,
    CORS_PREFLIGHT_TRANSPORT, // none came
    // Before and between:
    CORS_REDIRECT_CREDENTIALS,
    CORS_DISALLOWED_BY_MODE,
    CORS_DISABLED_SCHEME,
    CORS_NO_CORS_REDIRECT,
    // No CORS errors:
    CORS_FORBIDDEN_METHOD,
    CORS_TOO_MANY_REDIRECTS,
    CORS_REDIRECT_MODE,
    CORS_REDIRECT_LOCATION,
    CORS_TRANSPORT,
    CORS_BAD_PORT,
    // Fetched, but not for the page to see:
    CORS_OPAQUE,
    CORS_OPAQUE_REDIRECT,
};

struct cors_result {
    bool allowed;
    bool preflight; // it is the preflight that failed
    // Browsers let a "*" cover Authorization, which the Standard forbids.
    bool authorization_by_wildcard;
    enum cors_error error;
    Str subject; // the value, method or header that it is about
};
const char *cors_error_name(struct cors_result result); // empty when allowed
// One sentence, without a final stop, for somebody who does not know the Standard.
Str cors_explain(struct arena *arena, const struct cors_request *request,
                 struct cors_result result);

// How a request is fetched.
enum cors_class {
    CORS_CLASS_BASIC,     // the page's own origin, or data: no check
    CORS_CLASS_OPAQUE,    // sent, and the page does not see the answer
    CORS_CLASS_SIMPLE,    // sent and checked
    CORS_CLASS_PREFLIGHT, // asked for first
    CORS_CLASS_FAILED,    // not sent: *result says why
};
enum cors_class cors_classify(struct arena *arena, const struct cors_request *request,
                              struct cors_result *result);

// The names of the headers for which a preflight is needed: lower case, sorted, no repeats.
struct cors_names {
    Str *items;
    uint32_t count, capacity;
};
void cors_unsafe_names(struct arena *arena, const struct cors_request *request,
                       struct cors_names *out);
// The request headers of the preflight that matter: Origin and Access-Control-Request-*.
struct cors_headers {
    struct header *items;
    uint32_t count, capacity;
};
void cors_preflight_headers(struct arena *arena, const struct cors_request *request,
                            struct cors_headers *out);
Str cors_origin(const struct cors_request *request); // what is sent as Origin
// The headers of the page as they are sent: without those that it cannot set, repeated ones joined.
void cors_author_headers(struct arena *arena, const struct cors_request *request,
                         struct cors_headers *out);

// Whether the page may read this response.
struct cors_result cors_check(struct arena *arena, const struct cors_request *request,
                              const struct cors_response *response);
// Whether the request may be sent after this response to its preflight.
struct cors_result cors_check_preflight(struct arena *arena, const struct cors_request *request,
                                        const struct cors_response *response);
// The whole of a fetch without redirects; `preflight` is only looked at when one is needed.
struct cors_result cors_judge(struct arena *arena, const struct cors_request *request,
                              const struct cors_response *preflight,
                              const struct cors_response *response);
// Whether a script can read that header of a response that it may read.
bool cors_exposed(struct arena *arena, const struct cors_request *request,
                  const struct cors_response *response, Str name);

// What a response that redirects makes of the request. True when it was followed and *request has
// changed; otherwise *result holds the verdict (allowed when the response is the final one).
bool cors_follow(struct arena *arena, struct cors_request *request,
                 const struct cors_response *response, struct cors_result *result);
