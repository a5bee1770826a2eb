#include "base/arena.h"

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#if defined(__SANITIZE_ADDRESS__)
#define ARENA_POISONS 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_POISONS 1
#endif
#endif

#if defined(ARENA_POISONS)
#include <sanitizer/asan_interface.h>
#define POISON(ptr, size) ASAN_POISON_MEMORY_REGION((ptr), (size))
#define UNPOISON(ptr, size) ASAN_UNPOISON_MEMORY_REGION((ptr), (size))
#else
#define POISON(ptr, size) ((void)(ptr), (void)(size))
#define UNPOISON(ptr, size) ((void)(ptr), (void)(size))
#endif

enum { CHUNK_FIRST = 32 * 1024, CHUNK_MAX = 4 * 1024 * 1024, LARGE = 2 * 1024 * 1024 };

struct chunk {
    struct chunk *before;
    size_t number;     // of the chunk in its arena, from 1
    size_t size, used; // bytes of `data`
    max_align_t data[];
};

struct arena {
    struct chunk *last;
    size_t next_size; // of the next chunk
    size_t bytes;     // in the chunks before the last
};

static _Noreturn void out_of_memory(void)
{
    fputs("corsgate: out of memory\n", stderr);
    exit(2);
}

// Large pages where the system has them: thousands of small ones cost more to get than to fill.
static void ask_for_large_pages(void *begin, size_t size)
{
#if defined(MADV_HUGEPAGE)
    enum { PAGE = 4096 };
    uintptr_t from = ((uintptr_t)begin + PAGE - 1) & ~(uintptr_t)(PAGE - 1);
    uintptr_t to = ((uintptr_t)begin + size) & ~(uintptr_t)(PAGE - 1);
    if (size >= LARGE)
        (void)madvise((char *)begin + (from - (uintptr_t)begin), to - from, MADV_HUGEPAGE);
#else
    (void)begin;
    (void)size;
#endif
}

static void chunk_add(struct arena *arena, size_t need)
{
    size_t size = arena->next_size;
    if (size < need)
        size = need;
    else if (arena->next_size < CHUNK_MAX)
        arena->next_size *= 2;
    if (size > SIZE_MAX - sizeof(struct chunk))
        out_of_memory();
    struct chunk *chunk = malloc(sizeof *chunk + size);
    if (!chunk)
        out_of_memory();
    *chunk = (struct chunk){
        .before = arena->last,
        .number = arena->last ? arena->last->number + 1 : 1,
        .size = size,
    };
    ask_for_large_pages(chunk, sizeof *chunk + size);
    POISON(chunk->data, size);
    if (arena->last)
        arena->bytes += arena->last->used;
    arena->last = chunk;
}

struct arena *arena_new(void)
{
    struct arena *arena = malloc(sizeof *arena);
    if (!arena)
        out_of_memory();
    *arena = (struct arena){ .next_size = CHUNK_FIRST };
    return arena;
}

static void chunk_free(struct chunk *chunk)
{
    UNPOISON(chunk->data, chunk->size);
    free(chunk);
}

void arena_free(struct arena *arena)
{
    if (!arena)
        return;
    for (struct chunk *chunk = arena->last, *before; chunk; chunk = before) {
        before = chunk->before;
        chunk_free(chunk);
    }
    free(arena);
}

void *arena_alloc(struct arena *arena, size_t size, size_t align)
{
    assert(align && (align & (align - 1)) == 0 && align <= _Alignof(max_align_t));
    if (size > SIZE_MAX / 2)
        out_of_memory();
    size_t used = 0;
    if (arena->last)
        used = (arena->last->used + align - 1) & ~(align - 1);
    if (!arena->last || used > arena->last->size || arena->last->size - used < size) {
        chunk_add(arena, size);
        used = 0;
    }
    char *place = (char *)arena->last->data + used;
    arena->last->used = used + size;
    UNPOISON(place, size);
    return size ? memset(place, 0, size) : place;
}

// Makes a chunk of `need` bytes of the last one, which holds one block of `used` bytes: the system
// moves its pages instead of copying them.
static void *chunk_grow(struct arena *arena, size_t used, size_t need)
{
    struct chunk *chunk = arena->last;
    UNPOISON(chunk->data, chunk->size);
    if (need > SIZE_MAX / 2 || !(chunk = realloc(chunk, sizeof *chunk + need)))
        out_of_memory();
    chunk->size = chunk->used = need;
    ask_for_large_pages(chunk, sizeof *chunk + need);
    memset((char *)chunk->data + used, 0, need - used);
    arena->last = chunk;
    return chunk->data;
}

void *arena_grow(struct arena *arena, void *old, size_t old_size, size_t new_size, size_t align)
{
    assert(new_size >= old_size);
    struct chunk *last = arena->last;
    if (old && last) {
        size_t begin = (size_t)((char *)old - (char *)last->data);
        bool is_last = (char *)old >= (char *)last->data && begin + old_size == last->used;
        if (is_last && new_size <= last->size - begin) {
            UNPOISON(old, new_size);
            memset((char *)old + old_size, 0, new_size - old_size);
            last->used = begin + new_size;
            return old;
        }
        if (is_last && begin == 0 && last->size >= LARGE)
            return chunk_grow(arena, old_size, new_size);
    }
    void *place = arena_alloc(arena, new_size, align);
    if (old_size)
        memcpy(place, old, old_size);
    return place;
}

struct arena_mark arena_mark(const struct arena *arena)
{
    return (struct arena_mark){ arena->last ? arena->last->number : 0,
                                arena->last ? arena->last->used : 0 };
}

void arena_rewind(struct arena *arena, struct arena_mark mark)
{
    while (arena->last && arena->last->number > mark.chunk) {
        struct chunk *before = arena->last->before;
        chunk_free(arena->last);
        arena->last = before;
        if (before)
            arena->bytes -= before->used;
    }
    if (arena->last) {
        POISON((char *)arena->last->data + mark.used, arena->last->size - mark.used);
        arena->last->used = mark.used;
    }
}

size_t arena_bytes(const struct arena *arena)
{
    return arena->bytes + (arena->last ? arena->last->used : 0);
}
