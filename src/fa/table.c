#include "fa/table.h"

static uint32_t spread(uint64_t key)
{
    key ^= key >> 32;
    key *= UINT64_C(0x9e3779b97f4a7c15);
    return (uint32_t)(key >> 32);
}

static struct table_slot *place(const struct table *table, uint64_t key)
{
    uint32_t at = spread(key) & (table->size - 1);
    while (table->slots[at].value != TABLE_ABSENT && table->slots[at].key != key)
        at = (at + 1) & (table->size - 1);
    return &table->slots[at];
}

static void grow(struct arena *arena, struct table *table)
{
    enum { FIRST = 32 };
    struct table next = { .size = table->size ? table->size * 2 : FIRST, .used = table->used };
    next.slots = ARENA_ARRAY(arena, struct table_slot, next.size);
    for (uint32_t i = 0; i < next.size; i++)
        next.slots[i].value = TABLE_ABSENT;
    for (uint32_t i = 0; i < table->size; i++)
        if (table->slots[i].value != TABLE_ABSENT)
            *place(&next, table->slots[i].key) = table->slots[i];
    *table = next;
}

void table_clear(struct table *table)
{
    for (uint32_t i = 0; i < table->size; i++)
        table->slots[i].value = TABLE_ABSENT;
    table->used = 0;
}

uint32_t table_get(const struct table *table, uint64_t key)
{
    return table->size ? place(table, key)->value : TABLE_ABSENT;
}

uint32_t table_add(struct arena *arena, struct table *table, uint64_t key, uint32_t value)
{
    if (table->used * 4 >= table->size * 3)
        grow(arena, table);
    struct table_slot *slot = place(table, key);
    if (slot->value == TABLE_ABSENT) {
        *slot = (struct table_slot){ key, value };
        table->used++;
    }
    return slot->value;
}
