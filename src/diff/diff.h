#pragma once
// diff: two policies to changes: who gains and who loses which capability at which endpoint, with a
// witness. It works on sets with an algebra and asks browser/access what they are; nothing here
// knows a product.

#include "browser/access.h"

enum direction { DIRECTION_GAINED, DIRECTION_LOST };
enum certainty { CERTAINTY_CERTAIN, CERTAINTY_POSSIBLE };
enum relation { RELATION_EQUAL, RELATION_WIDER, RELATION_NARROWER, RELATION_BOTH };

// The part of the URL space where one old and one new endpoint meet (one of them may be missing),
// after merging of all parts with the same changes.
struct region {
    const struct endpoint *old,
        *new; // the first ones that were merged; NULL: nothing served it in that version
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
    struct region **regions; // those with changes first
    uint32_t region_count, region_capacity;
    struct change *changes; // sorted: by region, gained first, capability
    uint32_t change_count, change_capacity;
    enum relation relation; // of everything
    uint32_t compared;      // endpoints compared, for the statement of proof
    uint32_t unknown;       // unknowns that could matter in the new version
};

void diff_policies(struct origin_space *space, const struct upstreams *old_upstreams,
                   const struct upstreams *new_upstreams, const struct policy *old,
                   const struct policy *new, struct diff *out);
const char *relation_name(enum relation relation);
