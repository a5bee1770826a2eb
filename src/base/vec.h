#pragma once
// vec: a growable array in an arena. `struct { VEC(T) list; }`, then `*vec_push(arena, &x.list) =
// item;`.

#include "base/arena.h"

#include <stdint.h>

#define VEC(type)                                                                                  \
    struct {                                                                                       \
        type *items;                                                                               \
        uint32_t count, capacity;                                                                  \
    }

// The place for one more item, zeroed. `v` is evaluated more than once.
#define vec_push(arena, v)                                                                         \
    ((v)->count == (v)->capacity                                                                   \
         ? (void)((v)->items = arena_grow((arena), (v)->items, (v)->count * sizeof *(v)->items,    \
                                          vec_next(&(v)->capacity) * sizeof *(v)->items,           \
                                          _Alignof(max_align_t)))                                  \
         : (void)0,                                                                                \
     &(v)->items[(v)->count++])

// Doubles *capacity (from nothing to 8) and returns it.
size_t vec_next(uint32_t *capacity);
