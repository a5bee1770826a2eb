#include "base/map.h"

// Slots are probed one after another; at most half of them are taken.
static void place(struct map *map, uint64_t hash, void *value)
{
    uint32_t mask = map->capacity - 1;
    uint32_t slot = (uint32_t)hash & mask;
    while (map->slots[slot].value)
        slot = (slot + 1) & mask;
    map->slots[slot] = (struct map_slot){ hash, value };
}

void map_add(struct arena *arena, struct map *map, uint64_t hash, void *value)
{
    if ((map->count + 1) * 2 > map->capacity) {
        struct map bigger = { .capacity = map->capacity ? map->capacity * 2 : 16 };
        bigger.slots = ARENA_ARRAY(arena, struct map_slot, bigger.capacity);
        for (uint32_t i = 0; i < map->capacity; i++)
            if (map->slots[i].value)
                place(&bigger, map->slots[i].hash, map->slots[i].value);
        bigger.count = map->count;
        *map = bigger;
    }
    place(map, hash, value);
    map->count++;
}

void *map_next(const struct map *map, uint64_t hash, uint32_t *at)
{
    if (!map->capacity)
        return NULL;
    uint32_t mask = map->capacity - 1;
    for (uint32_t step = *at; step < map->capacity; step++) {
        const struct map_slot *slot = &map->slots[((uint32_t)hash + step) & mask];
        if (!slot->value)
            return NULL;
        if (slot->hash == hash) {
            *at = step + 1;
            return slot->value;
        }
    }
    return NULL;
}
