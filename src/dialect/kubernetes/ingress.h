#pragma once
// ingress: Ingress objects as every controller reads them: hosts, paths, where they lead.

#include "dialect/kubernetes/controllers.h"

enum path_type { PATH_PREFIX, PATH_EXACT, PATH_IMPLEMENTATION };

struct ingress_path {
    Str path; // "/" where none is written
    enum path_type type;
    bool typed;   // a pathType is written
    Str upstream; // "http://service.namespace:port"
    Span span;    // of the path, or of what has none
};
struct ingress_rule {
    Str host;  // as written; empty: any
    Span span; // of the host, or of the rule
    struct {
        struct ingress_path *items;
        uint32_t count, capacity;
    } paths;
};
struct ingress {
    const struct object *object;
    struct {
        struct ingress_rule *items;
        uint32_t count, capacity;
    } rules;
    bool has_default; // spec.defaultBackend
    Str default_upstream;
    Span default_span;
    struct {
        Str *items;
        uint32_t count, capacity;
    } tls_hosts;
    // Something in spec comes from a template that is not rendered: which hosts and paths it serves
    // is not known. It stands at `open_span`.
    bool is_open;
    Span open_span;
};

// Enters all of them, with who reads each, in cluster->ingresses.
void ingresses_find(struct cluster *cluster);
// The Ingress objects that a controller reads, one after another: start with *at = 0.
const struct object *ingress_next(const struct cluster *cluster,
                                  const struct controller *controller, uint32_t *at);
// Reads one. What has the wrong type is said and left out.
void ingress_read(struct cluster *cluster, const struct object *object, struct ingress *out);
