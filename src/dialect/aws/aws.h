#pragma once
// aws: API Gateway (HTTP and REST APIs) and Lambda function URLs, however they are written:
// CloudFormation, SAM, OpenAPI extensions, dumps of the command line, the Serverless Framework.
// reference/gateways.md section 4 is what they do.

#include "base/map.h"
#include "dialect/cases.h"
#include "dialect/cloudformation/template.h"
#include "dialect/hostname.h"

extern const struct dialect dialect_aws;

// ---- private to this folder

// What is read, and where to put what is found.
struct aws {
    struct model *model;
    struct policy *policy;
    struct reading *reading;
    const struct document *document;
    struct terms *terms;
    struct template *template; // NULL: this is no template
    Str adopted;               // a REST API of the template that somebody else reads
    Str at;                    // what is read, for complaints: "resource Api"
    bool good;
    struct host_names *hosts; // of all documents
    struct map said;          // remarks and what is not known, each once: private to aws.c
};

extern const struct kind aws_malformed; // CG901

#if defined(__GNUC__)
__attribute__((format(printf, 3, 4)))
#endif
void aws_complain(struct aws *aws, Span span, const char *format, ...);
// Once for each place and rule.
#if defined(__GNUC__)
__attribute__((format(printf, 4, 5)))
#endif
void aws_remark(struct aws *aws, const char *rule, Span span, const char *format, ...);
// Enters what is not known of the value of a header.
void aws_leave_unknown(struct aws *aws, const struct value *value);
// Says CG506 for each key of a map that is none of `keys` (ended by NULL): `what` it stands in.
void aws_check_keys(struct aws *aws, const struct term *map, const char *const *keys,
                    const char *what);

// ---- where an API is

struct aws_site {
    Str host;   // lower case
    Str prefix; // of every path, without a slash at its end; may be empty
};
struct aws_sites {
    struct aws_site *items;
    uint32_t count, capacity;
};
// See hostname.h; no other document has it.
Str aws_host(const struct aws *aws, Str id, const char *service);
// The requests of a host below a prefix.
const struct box *aws_box(struct model *model, const struct aws_site *site);

// ---- the CORS settings of an HTTP API or a function URL (4.1, 4.3)

struct aws_cors {
    Span span;                  // where it is written; file 0: there is none
    const struct part *unknown; // not NULL: nothing of it is known
    struct term origins, methods, headers, expose, max_age, credentials;
};
enum aws_spelling {
    AWS_UPPER,
    AWS_LOWER,
    AWS_SERVERLESS
}; // AllowOrigins, allowOrigins, allowedOrigins

// Reads the settings. False when `term` is none.
bool aws_cors_read(struct aws *aws, const struct term *term, enum aws_spelling spelling,
                   struct aws_cors *out);
// Parts of `over` in place of those of `cors`.
void aws_cors_merge(struct aws_cors *cors, const struct aws_cors *over);

// Who is asked before a preflight is answered.
enum aws_guard { GUARD_NONE, GUARD_REFUSES, GUARD_MAYBE };

// An HTTP API in one case. Its endpoint is the same for all paths: settings are of the whole API.
struct http_api {
    const struct aws_cors *cors; // NULL: the backends' own headers pass
    const struct fa *refused;    // paths whose preflight an authorizer refuses; or NULL
    const struct fa *maybe;      // paths whose preflight an authorizer may refuse; or NULL
    Span guard;                  // where the authorizer is set
    Str prefix;                  // of every path
    Str upstream;
    Span span;
    bool is_function; // a function URL
};
void http_api_cells(struct aws *aws, struct cases *cases, struct branch all,
                    const struct http_api *api);

// Texts joined by ",", as a header's value; NULL when the list is not there or empty.
const struct value *aws_joined(struct aws *aws, const struct term *list);

// ---- paths of routes and resources: "/pets/{id}", "/{proxy+}", "$default"

const struct fa *aws_path(struct model *model, Str prefix, Str path);
// Which of two paths takes a request that both hold: negative when it is `a`. Names before
// "{variable}" before "{greedy+}", segment by segment.
int aws_path_order(Str a, Str b);

// Where an integration leads, as `upstreams:` of the project's configuration names it:
// "lambda:Function" or a URL; `fallback` when it cannot be told.
Str aws_target(struct aws *aws, const struct term *uri, Str fallback);
// Whether a Lambda function, API or resource is named by a term: its logical id; empty when not.
Str aws_named(const struct term *term);

// ---- HTTP APIs

struct http_route {
    Str method, path; // "ANY", "OPTIONS" ...; "$default"
    enum aws_guard guard;
    Span span;
};
struct http_routes {
    struct http_route *items;
    uint32_t count, capacity;
};
// Which preflights the routes' authorizers see, for api->refused and api->maybe.
void http_api_guards(struct aws *aws, const struct http_routes *routes, struct http_api *api);
// The routes of an OpenAPI document.
void aws_openapi_routes(struct aws *aws, const struct term *root, struct http_routes *out);
// Its root x-amazon-apigateway-cors; false when it has none.
bool aws_openapi_cors(struct aws *aws, const struct term *root, struct aws_cors *out);

// All APIs of a template, of a kind each.
void aws_read_http_apis(struct aws *aws);
void aws_read_function_urls(struct aws *aws);
void aws_read_rest_apis(struct aws *aws);
void aws_read_serverless(struct aws *aws);
void aws_read_openapi(struct aws *aws);
void aws_read_dump(struct aws *aws);

// Hosts of an API by the template's custom domains, in every case the same; at least its own.
void aws_sites(struct aws *aws, Str id, bool is_rest, struct aws_sites *out);
// The endpoint of an API, one for each prefix of its sites; adds nothing yet.
struct endpoint aws_endpoint(struct aws *aws, const char *layer, const struct aws_site *site,
                             Span span);
// What AWS refuses in the settings of a function URL (4.3).
void aws_check_function_cors(struct aws *aws, const struct aws_cors *cors);
