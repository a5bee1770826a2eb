#pragma once
// rendered: nginx configuration that another product writes and runs, as a tree built in memory,
// with the places of what it is written from. What the product's own nginx does beside that is
// said in locations of a form that no nginx takes:
//
//     location =/ /p { ... }            serves /p and everything below /p/
//     location ... { location ? TEXT IDENTITY { ... } ... }
//                                       the inner one serves in its place when the condition TEXT
//                                       does not hold, which nobody knows
//     location ... { location ! TEXT IDENTITY; }
//                                       nobody knows what it answers, for the reason TEXT
//
// Ports and schemes are not looked at: what stands before the product decides about them.

#include "dialect/dialect.h"
#include "syntax/nginx.h"

struct rendered {
    const char *layer;       // of the endpoints
    const struct conf *root; // the main level
    bool has_default;        // hosts that no server names are the product's affair, too
};

struct rendered_kept; // for the version that this one is compared with
struct block;
struct nginx_config;

// Adds the endpoints of all servers to out->policy. `before` is what was kept of the version that
// this one is compared with, or NULL: servers that are the same in both, because all that decides
// them is, are left out of both policies. The tree must be one that nginx accepts.
void rendered_add(const struct rendered *rendered, struct model *model,
                  const struct dialect_options *options, struct source *source,
                  struct rendered_kept *before, struct dialect_result *out,
                  struct rendered_kept **kept);

// How a host "*.name" with one label in place of "*" is written as a server name.
Str rendered_wildcard(struct arena *arena, Str host);
// The server's names as people wrote them.
const Str *rendered_hosts(const struct nginx_config *config, const struct block *server);
