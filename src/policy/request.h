#pragma once
// request: one concrete request, as it goes over the wire.

#include "policy/model.h"

struct box;

struct header {
    Str name, value;
};

struct request {
    Str method;
    Str scheme;    // "http" or "https"
    Str authority; // host and port as the URL writes them
    Str host;      // as asked for, without port
    uint32_t port;
    bool port_implied; // the request does not say the port: what listens elsewhere may answer, too
    Str target;        // path and query, as sent
    Str path;          // normalised as the product that reads it does (VAR_PATH)
    Str query;
    Str address; // the client's; empty when not known
    const struct header *headers;
    uint32_t header_count;
    bool first_header_only; // of a repeated header only the first line counts; else they are joined
                            // by ", "
    // What stands behind the configuration answers, where it is asked. 0: not said.
    uint32_t upstream_status;
    const struct header *upstream_headers;
    uint32_t upstream_header_count;
    // Headers that are sent besides `headers`, with values that nobody knows: lower case, a
    // trailing
    // "*" stands for any ending.
    const Str *unsaid;
    uint32_t unsaid_count;
    bool file_is_there; // a file that GET or HEAD asks for is taken to exist
};

// Reads "scheme://host[:port]/path?query" into scheme, host, port and target (fragment dropped).
// False when it is no http(s) URL.
MUST_CHECK bool request_set_url(struct arena *arena, struct request *request, Str url);
// The path of a target, percent-decoded, with "." and ".." resolved and (if asked) slashes merged,
// as nginx does (reference/nginx.md 2.2). False when the target is malformed: a product answers
// 400.
MUST_CHECK bool request_normalise(struct arena *arena, Str target, bool merge_slashes, Str *path,
                                  Str *query);
// The header's value ("" when absent), several joined by ", " (`first_only`: the first one alone).
Str request_header(struct arena *arena, const struct request *request, Str name, bool first_only);
// The value of an argument in a query, its name in any case; "" when it is absent.
Str request_argument(Str query, Str name);
// The value of a variable in this request; false for a choice, which no request determines, and
// for what is unsaid.
bool request_value(struct arena *arena, const struct request *request, const struct var *var,
                   Str *out);
// Whether the request lies in the box. A variable of the box whose value is not known is written to
// *open (the first one) and taken as fitting.
bool request_in_box(struct arena *arena, const struct request *request, const struct box *box,
                    const struct var **open);
