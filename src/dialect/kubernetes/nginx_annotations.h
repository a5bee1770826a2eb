#pragma once
// nginx_annotations: what an Ingress asks of ingress-nginx: its annotations with the controller's
// own defaults and its own treatment of values that it does not like. reference/kubernetes.md 4.1,
// 4.2, 4.5.

#include "dialect/kubernetes/ingress.h"
#include "dialect/kubernetes/nginx_setup.h"

struct nginx_cors {
    bool enabled, any; // any: "*" for everybody; else `origins`, which may be none
    bool credentials;
    struct nginx_texts origins; // as in the list, "*" for one label; an empty one is everybody
    Span origins_span, credentials_span, enabled_span;
    struct nginx_text methods, headers, expose, max_age; // expose may be empty
};

struct nginx_ingress {
    struct ingress ingress;
    struct nginx_cors cors;
    Str unknown; // empty, or why nobody knows what it asks for
    Span unknown_span;
    uint64_t identity; // of what is not known about it
    bool is_canary, use_regex, denied;
    Str rewrite_target;
    struct nginx_texts aliases, errors;
    struct nginx_headers headers;                // custom-headers
    const struct data *snippet, *server_snippet; // scalars, or NULL
    bool asks_password, asks_service;            // auth-type, auth-url
    Span auth_span;
    Str redirect; // permanent-redirect, temporal-redirect: where to; empty: no
    uint32_t redirect_status;
    Span redirect_span;
};

void nginx_ingress_read(struct cluster *cluster, const struct nginx_setup *setup,
                        const struct object *object, struct nginx_ingress *out);

// Annotations of an Ingress of this controller that do nothing: CG506, CG507.
void nginx_annotations_remark(struct cluster *cluster, const struct nginx_setup *setup,
                              const struct nginx_ingress *ingress);
