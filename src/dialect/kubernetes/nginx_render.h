#pragma once
// nginx_render: the statements that ingress-nginx writes for a location, as a tree in memory with
// the places of the annotations that they come from. reference/kubernetes.md 4.3 to 4.5.

#include "dialect/kubernetes/nginx_annotations.h"
#include "syntax/nginx.h"

struct nginx_confs { // statements under construction
    struct conf *items;
    uint32_t count, capacity;
};

// One statement without a block.
void nginx_put(struct arena *arena, struct nginx_confs *out, Span span, const Str *words,
               uint32_t count);
#define NGINX_PUT(arena, out, span, ...)                                                           \
    nginx_put((arena), (out), (span), (const Str[]){ __VA_ARGS__ },                                \
              sizeof((const Str[]){ __VA_ARGS__ }) / sizeof(Str))
// One with a block of `children`; `whole` is the span of all of it.
void nginx_put_block(struct arena *arena, struct nginx_confs *out, Span span, Span whole,
                     const Str *words, uint32_t count, const struct nginx_confs *children);

// What an Ingress puts into each of its locations. `upstream`: where the location leads.
void nginx_render_location(struct cluster *cluster, const struct nginx_setup *setup,
                           const struct nginx_ingress *ingress, Str upstream, Span span,
                           struct nginx_confs *out);

// The statements of a snippet, with places in the file. What is wrong with it is reported; its
// statements are left out then, and false returned.
enum snippet_place { SNIPPET_HTTP, SNIPPET_SERVER, SNIPPET_LOCATION };
bool nginx_snippet_read(struct cluster *cluster, const struct data *snippet,
                        enum snippet_place place, struct nginx_confs *out);
