#pragma once
// table: 64-bit keys to 32-bit values, open addressing, in an arena. Growing leaves the old table
// behind.

#include "base/arena.h"

#include <stdint.h>

#define TABLE_ABSENT UINT32_MAX

struct table_slot {
    uint64_t key;
    uint32_t value; // TABLE_ABSENT for an empty slot
};

struct table {
    struct table_slot *slots;
    uint32_t size, used; // size is a power of two or 0
};

void table_clear(struct table *table);                       // keeps the room
uint32_t table_get(const struct table *table, uint64_t key); // TABLE_ABSENT when there is none
// The value of `key`, set to `value` (not TABLE_ABSENT) when there was none.
uint32_t table_add(struct arena *arena, struct table *table, uint64_t key, uint32_t value);
