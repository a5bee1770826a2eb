#pragma once
// kong: declarative configuration of the Kong gateway, and the state files of deck.
// Source: reference/gateways.md section 3.

#include "base/map.h"
#include "dialect/cases.h"
#include "dialect/documents.h"
#include "fa/pcre.h"

extern const struct dialect dialect_kong;
extern const struct kind kong_malformed;

struct kong_plugin;
struct kong_plugins {
    struct kong_plugin **items;
    uint32_t count, capacity;
};

struct kong_service {
    struct kong_plugins plugins;
    Str id, name;
    Str target; // http://host:port
    Str path;   // in front of the request's
    Span span;
};

struct kong_path {
    Str text; // without the "~" of a regular expression
    bool is_regex;
    Span span;
};
struct kong_header {
    Str name;
    const struct fa *values; // NULL: not known
    uint64_t identity;
    Span span;
};

struct kong_route {
    struct kong_plugins plugins;
    Str id, name;
    struct kong_service *service; // or NULL
    VEC(Str) hosts;
    VEC(struct kong_path) paths;
    VEC(struct kong_header) headers;
    const struct fa *methods; // NULL: any
    Str unknown;              // what else it asks for that no request shows; empty: nothing
    uint64_t identity;        // of that
    uint32_t regex_priority;
    bool has_expression, strips_path, keeps_host, only_https;
    uint32_t redirect; // the status of what comes over http, where it is only_https
    Span span;
};

// How the plugin finds its answer to an origin: section 3.3.
enum kong_kind {
    KONG_ANY,     // no origins, or "*" alone: anyone
    KONG_STARRED, // "*" among others: anyone who has an origin
    KONG_STATIC,  // one that is no expression: sent to everybody
    KONG_LIST,    // compared, one after the other
};
struct kong_regex {
    const struct pattern *pattern;
    Span span;
};
struct kong_origins {
    enum kong_kind kind;
    Str text; // STATIC: what is sent to everybody
    Span span;
    // LIST: header values that are echoed as they are, and those in brackets, which lose them.
    const struct fa *plain, *bracketed;
    VEC(struct kong_regex) open; // what is not regular
};

struct kong_cors {
    const struct data *config;
    Str unknown; // why nothing is known of it; empty: all is
    uint64_t identity;
    struct kong_origins origins;
    const struct value *methods, *headers, *exposed, *max_age; // NULL: none
    bool has_headers;
    bool credentials, preflight_continue, private_network, skips_absent;
    Span span, methods_span, headers_span, exposed_span, credentials_span, max_age_span;
    Span private_span;
};

struct kong_plugin {
    Str name;
    struct kong_service *service; // of these only; NULL: of any
    struct kong_route *route;
    const struct kong_cors *cors; // of a cors plugin
    uint64_t identity;            // of its configuration
    bool touches;                 // it speaks of CORS headers, and is no cors plugin
    Span span;
};

// One document.
struct kong {
    struct model *model;
    struct policy *policy;
    const struct document *document;
    const struct data *root;
    const struct box *gateway; // requests that come to it
    VEC(struct kong_service *) services;
    VEC(struct kong_route *) routes;
    struct map service_names, route_names; // by id and by name
    struct kong_plugins plugins;           // of everything
    bool guesses_regex; // formats before 3.0: a path is a regular expression when it looks like one
    bool good;
};

// ---- entities.c
void kong_entities(struct kong *kong);
// Reports that Kong refuses what stands there.
#if defined(__GNUC__)
__attribute__((format(printf, 3, 4)))
#endif
void kong_complain(struct kong *kong, Span span, const char *format, ...);
// Whether a text is a placeholder that is filled in elsewhere: ${X}, {{ x }}, {vault://x}.
bool kong_is_open(Str text);
// Whether a plugin says anything about CORS headers.
bool kong_mentions_cors(const struct data *config);
// The plugin of that name that Kong runs for a route (NULL: for what no route matches), or NULL.
const struct kong_plugin *kong_plugin_for(const struct kong *kong, Str name,
                                          const struct kong_route *route);

// ---- config.c
// Reads the configuration of a cors plugin; NULL stands for an empty one. `shared` (or NULL) says
// what it does not say itself.
const struct kong_cors *kong_read_cors(struct kong *kong, const struct data *config,
                                       const struct data *shared, Span span);

// ---- origins.c
void kong_read_origins(struct kong *kong, const struct data *list, struct kong_cors *cors);

// Languages of header values: origins.c. `kong_bracketed` has an IPv6 address for a host.
const struct fa *kong_plain(struct model *model);
const struct fa *kong_bracketed(struct model *model);

// ---- cors.c
// What comes behind the plugin, for a response that is on its way back.
struct kong_next {
    // It comes from whatever answers requests that the plugin does not.
    void (*pass)(struct cases *cases, struct branch in, const void *state);
    // The plugin answers with 200.
    void (*answer)(struct cases *cases, struct branch in, Span span, const void *state);
    const void *state;
};
// What the plugin does to the headers of a response on its way back. NULL: nothing.
void kong_filter(struct cases *cases, struct branch in, const struct kong_cors *cors,
                 struct kong_next next);
// A preflight: answered, or handed on.
void kong_preflight(struct cases *cases, struct branch in, const struct kong_cors *cors,
                    struct kong_next next);

// ---- router.c
void kong_endpoints(struct kong *kong);
