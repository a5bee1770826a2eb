#pragma once
// router: which of Kong's routes a request of some hosts and paths can come to. Only for Kong.
// Source: the order of the router "traditional_compatible", Kong's default since 3.0.

#include "dialect/kong/kong.h"

// A route as it is asked: with the paths of one kind only, because its rank depends on them.
struct kong_ask {
    const struct kong_route *route;
    VEC(const struct kong_path *) paths; // none: any path
    uint64_t rank[6];                    // greater first
    uint32_t order;                      // its place among all
    Str unknown_path;                    // a path whose language is not known; empty: none
};

struct kong_asks {
    const struct kong_ask **items;
    uint32_t count, capacity;
};

// Hosts that the same routes are asked for.
struct kong_hosts {
    VEC(Str) names;            // as written; "*" for all that no route names
    const struct fa *language; // of them
    struct kong_asks asks;     // in the order in which they are asked
    uint64_t hash;             // of those
};

// Paths for which the same of them are asked.
struct kong_paths {
    const struct fa *language;
    Str text; // as written
    enum match match;
    struct kong_asks asks;
};
struct kong_paths_list {
    struct kong_paths *items;
    uint32_t count, capacity;
};

struct kong_hosts_list {
    struct kong_hosts *items;
    uint32_t count, capacity;
};

// Disjoint hosts that cover all; false when a limit was reached.
MUST_CHECK bool kong_split_hosts(struct kong *kong, struct kong_hosts_list *out);
// Disjoint paths that cover all; false when a limit was reached.
MUST_CHECK bool kong_split_paths(struct kong *kong, const struct kong_hosts *hosts,
                                 struct kong_paths_list *out);
// The ports that a route asks for on those hosts; NULL: any.
const struct fa *kong_ports(struct kong *kong, const struct kong_route *route,
                            const struct kong_hosts *hosts);
