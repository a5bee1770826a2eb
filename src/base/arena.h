#pragma once
// arena: memory that is given back all at once. One per run; a second one is scratch, rewound after
// each use. Out of memory ends the program, in arena.c and nowhere else.

#include <stddef.h>

struct arena;
struct arena_mark {
    size_t chunk, used;
};

struct arena *arena_new(void);
void arena_free(struct arena *arena); // takes NULL

// Zeroed memory that lives as long as the arena.
void *arena_alloc(struct arena *arena, size_t size, size_t align);
// Grows the block at `old` (of `old_size` bytes, NULL for none) to `new_size`; in place where it is
// the last one.
void *arena_grow(struct arena *arena, void *old, size_t old_size, size_t new_size, size_t align);

// Everything allocated after the mark is released by the rewind (and poisoned under
// AddressSanitizer).
struct arena_mark arena_mark(const struct arena *arena);
void arena_rewind(struct arena *arena, struct arena_mark mark);

size_t arena_bytes(const struct arena *arena); // handed out so far, for limits and statistics

#define ARENA_NEW(arena, type) ((type *)arena_alloc((arena), sizeof(type), _Alignof(type)))
#define ARENA_ARRAY(arena, type, count)                                                            \
    ((type *)arena_alloc((arena), sizeof(type) * (size_t)(count), _Alignof(type)))
