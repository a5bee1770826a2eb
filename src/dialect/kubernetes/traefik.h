#pragma once
// traefik: Middleware, IngressRoute and Ingress as Traefik runs them. Source:
// reference/kubernetes.md section 5.

#include "dialect/cases.h"
#include "dialect/kubernetes/controllers.h"

// "*" with credentials echoes, exposed headers go with preflights, no age unless it is said: from
// 3.6.22 on in 3.6, from 3.7.6 on after.
enum { TRAEFIK_ECHO_36 = 3006022, TRAEFIK_ECHO_37 = 3007006 };
bool traefik_echoes(uint32_t version); // 0: the newest

// ---- one middleware: traefik_headers.c

enum traefik_kind {
    TRAEFIK_NOTHING, // nothing that matters here
    TRAEFIK_HEADERS,
    TRAEFIK_REFUSES,   // it may answer itself: authorisation, lists of addresses, rates
    TRAEFIK_SECURES,   // redirectScheme
    TRAEFIK_REDIRECTS, // redirectRegex
    TRAEFIK_UNKNOWN,   // a plugin
    TRAEFIK_MISSING,   // it is not there, or cannot be built: its routers do not work
};

struct traefik_headers {
    bool is_cors;
    // In the order in which they are asked: exact origins, "*", exact ones behind it, expressions.
    const struct fa *echoed;          // origins that are echoed
    bool has_star;                    // the others get "*"
    VEC(const struct pattern *) open; // expressions that are not regular
    VEC(Span) open_spans;
    Span origins_span;
    bool credentials, vary, echoes;
    Str methods, headers, expose, max_age; // empty: not sent
    Span methods_span, headers_span, expose_span, age_span, credentials_span, vary_span;
    VEC(struct header_op) custom; // customResponseHeaders about CORS
    bool has_unknown;             // some of it comes from a template that is not rendered
    uint64_t identity;
    Span span;
};

struct traefik_middleware {
    enum traefik_kind kind;
    const struct object *object; // NULL: missing
    struct traefik_headers headers;
    uint32_t status;   // REFUSES, SECURES
    uint64_t identity; // of all that it says; of its name where it is missing
    Span span;         // of the reference
};
struct traefik_chain {
    struct traefik_middleware *items;
    uint32_t count, capacity;
};

// Adds the middleware of that name, and those of a chain in its place.
void traefik_enter(struct cluster *cluster, const struct object *from, Str space, Str name,
                   Span span, struct traefik_chain *out);

// A request through the chain, and on to the service.
struct traefik_router {
    struct cluster *cluster;
    const struct traefik_chain *chain;
    Str upstream;
    Span span;
};
void traefik_serve(const struct traefik_router *router, struct cases *cases, struct branch in);

// ---- rules: traefik_rule.c

// The requests of a rule like "Host(`a.test`) && PathPrefix(`/x`)", as disjoint boxes. False, and
// *why: it cannot be read.
bool traefik_rule(struct cluster *cluster, const struct object *object, const struct data *rule,
                  struct boxes *out, const char **why);

// ---- the provider that reads ingress-nginx's annotations: traefik_nginx.c

// Whether it reads the Ingress objects of a class: the configuration or its own flags say so.
bool traefik_has_nginx_class(const struct cluster *cluster, Str class_name);
// What the annotations of such an Ingress ask for. False: nothing.
bool traefik_from_annotations(struct cluster *cluster, const struct object *ingress,
                              struct traefik_headers *out);

void traefik_read(struct cluster *cluster, const struct controller *controller);
