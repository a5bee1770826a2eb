#pragma once
// rest: what a REST API (API Gateway v1) answers, as all formats that declare one say it. Source:
// reference/gateways.md 4.2, 4.5, 4.6.

#include "base/map.h"
#include "dialect/aws/aws.h"

struct rest_header {
    Str name;
    struct term value; // an expression: 'text', integration.response.header.X ...
};
struct rest_headers {
    struct rest_header *items;
    uint32_t count, capacity;
};

// A response of an integration.
struct rest_response {
    Str pattern; // selection pattern; empty or "default": where no other fits
    uint32_t status;
    struct rest_headers headers;
    struct term templates; // a map from content types to texts
    const struct fa *echo; // not NULL: origins that a generated template echoes
    Span span;
};
struct rest_declared {
    Str status, header; // in lower case
};

enum rest_kind {
    REST_MOCK,   // answers by itself
    REST_PROXY,  // what stands behind answers as it likes
    REST_MAPPED, // what stands behind is translated
    REST_OPEN,   // not known: `reason`
};

struct rest_method {
    Str method; // "ANY" for all that are not named
    Span span;
    enum rest_kind kind;
    Str reason; // OPEN
    uint64_t identity;
    Str upstream;
    enum aws_guard guard;
    bool by_key; // the guard is an API key
    Span guard_span;
    struct term requests; // MOCK: request templates, which say the status
    struct {
        struct rest_response *items;
        uint32_t count, capacity;
    } responses;
    struct {
        struct rest_declared *items;
        uint32_t count, capacity;
    } declared;    // by method responses
    bool declares; // there are method responses
};

struct rest_path {
    Str path;
    Span span;
    struct {
        struct rest_method *items;
        uint32_t count, capacity;
    } methods;
};

// What the gateway answers by itself when something is wrong.
struct rest_gateway {
    Str type; // "DEFAULT_4XX", "UNAUTHORIZED" ...
    uint32_t status;
    struct rest_headers headers;
    Span span;
};

struct rest_api {
    struct {
        struct rest_path **items;
        uint32_t count, capacity;
    } paths;
    struct {
        struct rest_gateway *items;
        uint32_t count, capacity;
    } gateway;
    Span span;
    bool is_there; // in this case
    Str reason;    // not empty: what it holds is not known
    uint64_t identity;
    struct map by_path; // private
};

struct rest_path *rest_path_get(struct aws *aws, struct rest_api *api, Str path, Span span);
// A method of a path, made when there is none; *is_new says whether.
struct rest_method *rest_method_get(struct aws *aws, struct rest_path *path, Str method, Span span,
                                    bool *is_new);

// One API, case by case: the requests of each case and what is there then.
struct rest_cases {
    struct {
        const struct box **items;
        uint32_t count, capacity;
    } boxes;
    struct {
        struct rest_api **items;
        uint32_t count, capacity;
    } apis;
};
// Makes the endpoints: one for each path, and one for all others.
void rest_finish(struct aws *aws, const struct rest_cases *cases, const struct aws_site *site,
                 Span span);

// ---- reading, shared by the formats

// How a format names things: PascalCase of CloudFormation, camelCase of OpenAPI and of the command
// line.
enum rest_spelling { REST_UPPER, REST_LOWER };

// A map of "method.response.header.Name" (with that prefix) to expressions.
void rest_read_headers(struct aws *aws, const struct term *map, const char *prefix,
                       struct rest_headers *out);
// Type, request templates, target and responses of an integration.
void rest_read_integration(struct aws *aws, const struct term *integration,
                           enum rest_spelling spelling, struct rest_method *out);
// Methods and gateway responses of a template that belong to the API with that logical id, in the
// case at hand.
void rest_read_parts(struct aws *aws, Str id, Str host, struct rest_api *api);
// All that an OpenAPI document says about a REST API.
void aws_openapi_rest(struct aws *aws, const struct term *root, struct rest_api *out);
void rest_add_declared(struct aws *aws, struct rest_method *method, Str status, Str header);

// ---- private to the rest of REST

// The value of a header by its expression. `request` allows method.request.header.X. NULL: it is
// not sent (said why).
const struct value *rest_value(struct aws *aws, const struct rest_header *header, bool request);
// What a template of a response does to Access-Control-Allow-Origin: nothing, or it echoes the
// origins of *echoed, or nobody knows.
enum rest_override { OVERRIDE_NONE, OVERRIDE_ECHO, OVERRIDE_UNKNOWN };
enum rest_override rest_override(struct aws *aws, const struct rest_response *response,
                                 const struct fa **echoed);
// The status that a mock's request template gives; 0: not known.
uint32_t rest_mock_status(struct aws *aws, const struct term *requests);
