#pragma once
// nginx_setup: how one ingress-nginx is set up: its version, its flags, its ConfigMap.
// reference/kubernetes.md 4.5, 4.7.

#include "dialect/kubernetes/controllers.h"

struct nginx_text { // a value, and where it is written
    Str text;
    Span span;
};
struct nginx_header {
    struct nginx_text name, value;
};
struct nginx_headers {
    struct nginx_header *items;
    uint32_t count, capacity;
    Str unknown; // empty, or why nobody knows which headers these are
    Span span;
};
struct nginx_texts {
    struct nginx_text *items;
    uint32_t count, capacity;
};

enum nginx_switch { SWITCH_OFF, SWITCH_ON, SWITCH_UNKNOWN };

struct nginx_setup {
    uint32_t version; // that is taken to run
    bool version_known;
    bool validates;                  // annotation values are checked
    Str prefix;                      // of its annotations
    const struct object *config_map; // NULL: not among the manifests
    enum nginx_switch snippets;      // whether snippets in annotations count
    struct nginx_headers add_headers;
    struct nginx_texts hide_headers, errors, allowed_headers;
    const struct data *http_snippet, *server_snippet, *location_snippet; // scalars, or NULL
};

void nginx_setup_read(struct cluster *cluster, const struct controller *controller,
                      struct nginx_setup *out);

// The headers in a ConfigMap named "namespace/name" or "name" (then in `space`), for an object that
// refers to it at `span`.
struct nginx_headers nginx_headers_read(struct cluster *cluster, const struct object *from,
                                        Str reference, Str space, Span span);
// The items of a list with commas, each with its place where that can be told.
void nginx_texts_read(struct cluster *cluster, const struct data *list, struct nginx_texts *out);
