#pragma once
// policy: the common model that every dialect produces and everything behind it reads: endpoints,
// their cells, their answers.

#include "base/map.h"
#include "policy/box.h"
#include "policy/value.h"

// A set of status codes, bit s of word s / 64.
struct statuses {
    uint64_t bits[16];
};
bool statuses_has(const struct statuses *set, uint32_t status); // NULL holds every status

// What configuration does to the headers of an answer, in the order in which it happens. First the
// headers of whatever answers (an upstream, nothing for the configuration's own answers), then each
// operation on what has come so far.
enum header_verb {
    HEADER_APPEND,  // one more line
    HEADER_SET,     // one line in place of all lines of that name; an empty value removes them
    HEADER_CLEAR,   // removes all lines of that name (a trailing "*" of the name stands for any
                    // ending)
    HEADER_DEFAULT, // one line if there is none of that name yet
    HEADER_UNKNOWN, // anything may have happened to the headers of that name (empty: to any
                    // header): value is an unknown
    HEADER_KEEP,    // of the names that the lines of that name list, only those of `value` (a list)
                    // stay, and "*"; a line that has none left is gone
};

struct header_op {
    enum header_verb verb;
    Str name;                        // as written
    const struct value *value;       // NULL for CLEAR. A line whose value is empty is not sent
    bool keep_empty;                 // ... except where this product sends it all the same
    const struct statuses *statuses; // only for these final statuses; NULL: for all
    // Not 0: this operation and those after it, so many in all, happen together or not at all: only
    // where no line is there yet whose name is `unless` (a trailing "*" stands for any ending).
    uint32_t guards;
    Str unless;
    Span span; // the directive
};

enum answer {
    ANSWER_OWN,      // the configuration answers, with `status`
    ANSWER_UPSTREAM, // something behind it answers; `upstream` says what
    ANSWER_FILE,     // a file is served, or 404: the file system decides
    ANSWER_NONE,     // the connection is closed without an answer
    ANSWER_UNKNOWN,  // not known what happens: `reason`
};

// What an upstream is sent instead of what came (struct response.forward).
struct forwarded_header {
    Str name;                  // of a request header, in lower case
    const struct value *value; // empty: it is not sent
};
struct forward {
    const struct value *host;   // the Host header; NULL: the target's host and port
    const struct value *path;   // as the upstream reads it (VAR_PATH); NULL: the request's
    const struct value *query;  // NULL: the request's
    const struct value *method; // NULL: the request's
    const struct forwarded_header *headers;
    uint32_t header_count;
    bool drops_others;  // headers that are not named are not sent, but Host
    const Str *servers; // that the target's name stands for, "app:8080"; none: it stands for itself
    uint32_t server_count;
};
// A request as it is passed on.
struct sent {
    Str upstream;                  // the target as written, e.g. http://app:8080
    const struct forward *forward; // NULL: all as it came, but Host as the target says
};

// A shared cache between the client and what answers.
enum cache_vary {
    CACHE_VARY_SPLITS,  // what an answer's Vary names belongs to the key (RFC 9111 4.1)
    CACHE_VARY_IGNORED, // the key alone counts
    CACHE_VARY_REFUSED, // an answer whose Vary names more than Accept-Encoding is not kept
};
enum cache_keeps {
    CACHE_KEEPS_ALL,     // answers that say nothing about it, too
    CACHE_KEEPS_FRESH,   // those that say for how long: Cache-Control max-age, s-maxage, Expires
    CACHE_KEEPS_UNKNOWN, // not known whether any
    CACHE_KEEPS_NONE,    // none of these requests
};
// What keeps an answer out of it.
enum cache_heeds {
    CACHE_HEEDS_CONTROL,  // Cache-Control: no-store, no-cache, private, max-age=0
    CACHE_HEEDS_NO_STORE, // no-store alone
    CACHE_HEEDS_NOTHING,  // Cache-Control does not even say for how long
};
struct cache {
    Str name; // for people, "proxy_cache api". In an endpoint, caches of one name are one cache
    const struct value *key;  // what tells requests for one URL apart besides the method; NULL:
                              // nothing does
    const struct fa *methods; // that it is for; NULL: GET and HEAD
    const struct statuses *statuses; // of answers that it keeps; NULL: those that HTTP lets any
                                     // cache keep (RFC 9110 15.1)
    enum cache_vary vary;
    enum cache_keeps keeps;
    enum cache_heeds heeds;
    bool bypassed;     // these requests get no answer out of it
    uint32_t op_count; // it keeps what the first so many operations of the response make; those
                       // behind are applied to what it hands out
    Span span;         // what makes it a cache
};

struct response {
    enum answer answer;
    uint32_t status; // OWN: of the answer; UPSTREAM: 0, or what the configuration turns every
                     // status into
    Str upstream;    // UPSTREAM: the target as written, e.g. http://app:8080
    const struct sent *asked_before; // an earlier answer of an upstream led here: it was sent this
    const struct forward *forward;   // UPSTREAM: NULL: all as it came, but Host as the target says
    const struct value *location;    // OWN and redirecting: where to; else NULL
    Str reason;                      // UNKNOWN
    uint64_t identity;               // UNKNOWN: see model_choice
    const struct header_op *ops;
    uint32_t op_count;
    const struct cache *caches; // those on the way, innermost first
    uint32_t cache_count;
    Span span; // what decided the answer: return, proxy_pass, location ...
};

struct cell {
    const struct box *box;
    const struct response *response;
};

enum match { MATCH_EXACT, MATCH_PREFIX, MATCH_REGEX, MATCH_GLOB, MATCH_ANY };

// A set of hosts and paths that one piece of configuration serves. Endpoints of a policy are
// disjoint.
struct endpoint {
    const char *layer; // the dialect's name: "nginx", "ingress-nginx", ...
    Str program; // which one, where a layer has several: the path of its main file. Endpoints of
                 // one program are never taken to pass requests on to one another
    const Str *hosts; // as written, for people and JSON: api.example.com, *.example.com, ~regex,
                      // "*" (any other)
    uint32_t host_count;
    enum match match;
    Str path;                 // as written: /v1/, or the regex
    const struct box *box;    // its requests: port, host, path (and scheme), complete and exact
    Str url;                  // an example that it serves: https://api.example.com/v1/
    Span span;                // where it is written
    const struct cell *cells; // disjoint, and together they cover `box`
    uint32_t cell_count;
    uint64_t hash; // of all that decides its behaviour; equal hashes (in one model) mean equal
                   // behaviour. 0: not known
    const struct endpoint *const *behind; // those that answer for it: compose.h
    uint32_t behind_count;
    bool keeps_slashes;     // "//" in a path is not merged to "/"
    bool first_header_only; // repeated request headers: the first counts (else they are joined)
};

// Something that is not known, however it came about: the place and the reason, for the report.
struct unknown {
    Span span;
    Str reason;
    uint64_t identity;
};

// A remark about a piece of configuration that no request can show: dead configuration, headers not
// inherited, a cache that forgets the origin ... `rule` is the id of the rule that weighs it,
// whatever else that rule looks at. In a comparison, a remark that both versions make does not
// count.
struct remark {
    const char *rule;
    Span span;                       // always a place
    Str message;                     // what and why, one sentence, no final stop
    const struct endpoint *endpoint; // or NULL
    uint64_t identity; // of what it is about, without place and wording; 0: the message
};

// An endpoint behind others.
struct inner {
    const struct endpoint *own;      // by itself
    const struct endpoint *composed; // with what stands behind it
};

struct policy {
    struct model *model;
    const struct endpoint **endpoints;
    // What answers a request whose path is malformed, at the ports of their boxes: for `simulate
    // --raw` only.
    const struct endpoint **malformed;
    struct unknown *unknowns;
    struct remark *remarks;
    uint32_t endpoint_count, endpoint_capacity;
    uint32_t malformed_count, malformed_capacity;
    uint32_t unknown_count, unknown_capacity;
    struct map own_hosts; // private to dialect/documents
    uint32_t remark_count, remark_capacity;
    // Those that only others ask, because compose() put them behind those: of `endpoints` no more.
    struct inner *inner;
    uint32_t inner_count;
    uint32_t files;    // read for it
    uint32_t left_out; // endpoints that the other version of a comparison has in just the same way
};

void policy_add_endpoint(struct policy *policy, const struct endpoint *endpoint);
void policy_add_malformed(struct policy *policy, const struct endpoint *endpoint);
void policy_add_unknown(struct policy *policy, struct unknown unknown);
void policy_add_remark(struct policy *policy, struct remark remark);

// A declared upstream of the configuration (.corsgate.yml upstreams:). Without one, an upstream
// adds no CORS headers.
struct upstream {
    Str target;                   // as in proxy_pass, compared without a trailing slash
    bool own;                     // it decides for itself: what it adds is unknown
    const struct header *headers; // else: what it always sends
    uint32_t header_count;
    uint32_t status; // 0: 200
};
struct upstreams {
    const struct upstream *items;
    uint32_t count;
};
// Whether both declare the same, in the same order; NULL declares nothing.
bool upstreams_equal(const struct upstreams *a, const struct upstreams *b);
const struct upstream *upstreams_find(const struct upstreams *upstreams, Str target);

// Whether a header of an answer decides CORS, or how caches keep it: Access-Control-*, Vary.
bool header_is_about_cors(Str name);

// The lines that reach the client in a cell, for a final status: what the upstream sends, then the
// operations. Values that depend on the request stay values; a line may be absent (value empty)
// depending on the request.
struct line {
    Str name;
    const struct value *value;
    bool keep_empty;
    bool unsure; // whether the line is there at all is not known (HEADER_UNKNOWN)
    Span span;
};
struct lines {
    struct line *items;
    uint32_t count, capacity;
    const struct header_op
        *unknown; // the first HEADER_UNKNOWN about any header that applied, or NULL
    Span removed; // the operation that removed the last Access-Control-Allow-Origin; file 0: none
};
void response_lines(struct model *model, const struct response *response, uint32_t status,
                    const struct header *upstream_headers, uint32_t upstream_header_count,
                    struct lines *out);
// The lines after some operations.
void lines_apply(struct model *model, const struct header_op *ops, uint32_t count, uint32_t status,
                 struct lines *lines);

// What the configuration answers to one concrete request: `simulate --raw`. A request without a
// path has a malformed one.
struct answer_lines {
    bool known;
    Str reason;      // when not known
    uint32_t status; // 0: the upstream's, which was not given
    // Access-Control-* and Vary, in order, names as sent.
    struct {
        struct header *items;
        uint32_t count, capacity;
    } headers;
    Span span;
    const struct endpoint *endpoint; // NULL when none serves the request
    struct {
        Span *items;
        uint32_t count, capacity;
    } spans;        // of `headers`, one each
    Span silent;    // of an Access-Control-Allow-Origin that is not sent because it is empty
    bool no_store;  // Cache-Control says that caches do not keep it
    bool closed;    // the connection is closed without an answer (known is false then)
    bool assumed;   // the status was not given: taken to be 200
    Str location;   // where it redirects to, as written; empty when it does not
    bool lost;      // ... it does, but where to is not known
    bool passed_on; // nothing listens at the URL's port, so that something in front passes it on
};
void policy_answer(struct policy *policy, const struct upstreams *upstreams,
                   const struct request *request, struct answer_lines *out);
