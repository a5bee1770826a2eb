#pragma once
// origin_space: the automata that the origin*.c share: the universe of reference/browser.md 1.17
// and its parts. Private to policy/origin*.

#include "base/map.h"
#include "policy/origins.h"

enum { ORIGIN_PARTS = ORIGINS_PART_LOCAL + 1 };

struct origin_space {
    struct model *model;
    struct fa_space *fa;
    struct arena *arena;
    const struct fa *host;                // HOST
    const struct fa *ports;               // ":" and a port, or nothing; the scheme's own port too
    const struct fa *parts[ORIGIN_PARTS]; // those that were asked for so far
    const struct fa *nice, *addresses;    // see origin_nice, origin_addresses
    struct map described;                 // struct described, by the sets asked about
};

// Small languages, written down.
const struct fa *origin_text(struct origin_space *space, const char *text);
// One byte of `ranges`, which holds pairs "az09" and, after a space, single bytes "-_".
const struct fa *origin_class(struct origin_space *space, const char *ranges);
const struct fa *origin_join(struct origin_space *space, const struct fa *a, const struct fa *b);
const struct fa *origin_either(struct origin_space *space, const struct fa *a, const struct fa *b);

// An address inside brackets, as reference/browser.md has it from RFC 5952.
const struct fa *origin_v6(struct origin_space *space);
// { "http://" h p, "https://" h p } inside the universe, for the hosts h and any port or none.
const struct fa *origin_web(struct origin_space *space, const struct fa *hosts);
// Web origins of plain names: labels of a-z, 0-9 and inner "-", two or more of them, any port.
const struct fa *origin_nice(struct origin_space *space);

// Web origins on IPv4 and IPv6 addresses.
const struct fa *origin_addresses(struct origin_space *space);

// The pieces of a serialised origin. False when it has no "://".
struct origin {
    Str scheme, host, port; // no ":" in the port; empty when none is written
};
MUST_CHECK bool origin_cut(Str text, struct origin *out);
bool origin_is_address(Str host); // IPv4, or IPv6 in brackets
