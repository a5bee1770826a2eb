#pragma once
// map: from 64-bit hashes to pointers, in an arena. The caller compares keys: several entries may
// share a hash.

#include "base/arena.h"

#include <stdint.h>

struct map {
    struct map_slot *slots;
    uint32_t count, capacity; // capacity is 0 or a power of two
};

struct map_slot {
    uint64_t hash;
    void *value; // NULL: free
};

void map_add(struct arena *arena, struct map *map, uint64_t hash, void *value);
// The entries of a hash, one after another: start with *at = 0 and call until it gives NULL.
void *map_next(const struct map *map, uint64_t hash, uint32_t *at);
