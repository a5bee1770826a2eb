#pragma once
// diff: two policies to changes: who gains and who loses which capability at which endpoint, with a
// witness. It works on sets with an algebra and asks browser/access what they are; nothing here
// knows a product.

#include "browser/access.h"

enum direction { DIRECTION_GAINED, DIRECTION_LOST };
enum certainty { CERTAINTY_CERTAIN, CERTAINTY_POSSIBLE };
enum relation { RELATION_EQUAL, RELATION_WIDER, RELATION_NARROWER, RELATION_BOTH };

// An old and a new endpoint that meet; NULL: nothing served it in that version.
struct pair {
    const struct endpoint *old, *new;
};

// The part of the URL space where old and new endpoints meet and access changes, after merging of
// all parts with the same changes.
struct region {
    const struct endpoint *old, *new; // the first pair
    const struct pair *pairs;         // all of them: `merged` many
    const struct box *box;            // where the first pair meets
    const Str *hosts;
    uint32_t host_count;
    enum match match;
    Str path;
    const char *layer;
    Str url; // an example inside
    enum relation relation;
    uint32_t merged; // how many pairs of endpoints this stands for
};

struct change {
    const struct region *region;
    enum direction direction;
    enum certainty certainty;
    struct capability capability;
    struct origins origins;       // who gains or loses
    struct origins before, after; // who had and who has the capability (may-sets)
    Str condition;                // when only under a condition: its text, else empty
    Span old_span, new_span;      // the decisive place in each version; file 0 when there is none
    const struct unknown *why;    // of a possible change: the unknown that makes it so
    uint64_t id; // covers capability, direction, endpoint (layer, hosts, path), old set, new set:
                 // no file, line, wording
};

struct diff {
    struct model *model;
    const struct policy *old, *new;
    struct region **regions; // with changes, in the order of the new version
    uint32_t region_count;
    struct change *changes; // sorted: by region, gained first, capability
    uint32_t change_count;
    enum relation relation; // of everything
    uint32_t compared;      // pairs of endpoints, for the statement of proof
    uint32_t unknown;       // unknowns of the new version that do not cancel against the old one's
};

void diff_policies(struct origin_space *space, const struct upstreams *old_upstreams,
                   const struct upstreams *new_upstreams, const struct policy *old,
                   const struct policy *new, struct diff *out);
const char *direction_name(enum direction direction); // gained, lost
const char *certainty_name(enum certainty certainty); // certain, possible
const char *relation_name(enum relation relation);
