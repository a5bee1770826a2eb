#pragma once
// google: URL maps of Google's load balancers, and the services of its Media CDN.
// Source: reference/cdn.md sections 4, 10, 11 and 13.
//
// The data plane is Envoy's; where Google may deviate is not established, and taken not to.

#include "dialect/documents.h"
#include "dialect/engine/envoy_cors.h"

extern const struct dialect dialect_google;
extern const struct kind google_malformed; // CG901

// What decides whether the fields for CORS count at all.
enum google_scheme {
    GOOGLE_SCHEME_UNKNOWN,
    GOOGLE_SCHEME_CLASSIC, // EXTERNAL: only rewrites of the URL count
    GOOGLE_SCHEME_MESH,    // INTERNAL_SELF_MANAGED: expressions for origins count, too
    GOOGLE_SCHEME_OTHER,
};

struct google {
    struct model *model;
    struct policy *policy;
    const struct reading *reading;
    struct {
        VEC(const struct data *) list;
    } backends; // backend services and buckets, of all documents
    bool good;
};

// One URL map, or one service of the Media CDN.
struct google_map {
    struct google *google;
    const struct data *root; // that has hostRules
    bool is_media;
    enum google_scheme scheme;
    const struct box *box; // its requests: documents_instance
    Str name;              // may be empty
    uint64_t identity;     // of its name and place among the documents
};

// ---- google_fields.c: what is written

#if defined(__GNUC__)
__attribute__((format(printf, 3, 4)))
#endif
void google_complain(struct google *google, const struct data *at, const char *format, ...);
// A list below one of two names (Config Connector has them in the singular); none when there is no
// list, which is reported if it is something else.
uint32_t google_list(struct google *google, const struct data *map, const char *key,
                     const char *other, const struct data **list);
bool google_bool(struct google *google, const struct data *map, const char *key, bool otherwise);
// What a reference to a backend names: the last part of a URL, or the name of a resource.
Str google_service(const struct data *reference);
// The backend service or bucket of that name, if it is among what was read; else NULL.
const struct data *google_backend(const struct google *google, Str name);
// A field of a backend.
const struct data *google_backend_field(const struct data *backend, const char *key);

// ---- google_match.c: which requests a rule takes

struct google_match {
    enum match match;
    Str path;
    const struct box *rest; // NULL: none
};
// A pattern of pathRules: the path, or what lies below it ("/*" at its end).
struct google_match google_path(struct google *google, const struct data *path);
// One of matchRules.
struct google_match google_rule(struct google *google, const struct data *rule);

// ---- google_cors.c: what happens to the headers

// The policy of a route's action. False: there is none, or it is disabled.
bool google_cors(const struct google_map *map, const struct data *action, bool with_regexes,
                 struct envoy_cors *out);
// Whether that policy has expressions for origins, of which it is not known whether they count.
bool google_has_open_regexes(const struct google_map *map, const struct data *action);
// What a headerAction does to the answer.
void google_change_headers(const struct google_map *map, struct cases *cases, struct branch *branch,
                           const struct data *action);
// Whether a backend's own customResponseHeaders have a part in CORS, and what they do before all
// that. Whether they take the place of what the backend sends or come beside it is not established.
bool google_backend_decides(const struct data *backend);
void google_backend_headers(const struct google_map *map, struct cases *cases,
                            struct branch *branch, const struct data *backend, bool replaces);

// ---- google_serve.c, google_map.c: the rules

// What one rule, or what holds where none matches, takes and does.
struct google_route {
    const struct google_map *map;
    const struct data *matcher; // NULL: of the map itself
    const struct data *node;    // pathRule, routeRule; else what has the default
    bool is_default;
    const Str *hosts;
    uint32_t host_count;
    struct google_match match;
    uint64_t rank; // smaller ones are asked first
    uint32_t order;
};
// Makes the endpoint of these requests.
void google_serve(const struct google_route *rule, const struct box *box);

void google_map_read(const struct google_map *map);
