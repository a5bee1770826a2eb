#pragma once
// origin_sites: who owns the hosts of a set: the registrable domains in it, by reading its
// automaton from the right. Private to policy/origin*.

#include "policy/origin_space.h"

struct sites {
    struct {
        Str *items;
        uint32_t count, capacity;
    } list,      // registrable domains and addresses, sorted
        unowned, // last labels under which nobody can register, and public suffixes themselves
        shared;  // suffixes of services that give names away, below which the set has hosts
    bool many_unowned; // more than are listed
    bool many; // more than ORIGINS_SITES registrable domains, or nobody could say how many; the
               // lists are incomplete
};

// `set` holds web origins that are not local.
void sites_find(struct origin_space *space, const struct fa *set, struct sites *out);
// Web origins on names that lie under one of the suffixes, at any depth.
const struct fa *sites_below(struct origin_space *space, const Str *suffixes, uint32_t count);
