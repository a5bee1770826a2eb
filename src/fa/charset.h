#pragma once
// charset: a set of bytes, as a value. Private to fa/.

#include <stdbool.h>
#include <stdint.h>

struct charset {
    uint64_t bits[4];
};

static inline bool charset_has(struct charset set, int byte)
{
    return set.bits[byte >> 6] >> (byte & 63) & 1;
}

static inline void charset_add(struct charset *set, int byte)
{
    set->bits[byte >> 6] |= UINT64_C(1) << (byte & 63);
}

static inline struct charset charset_invert(struct charset set)
{
    for (int i = 0; i < 4; i++)
        set.bits[i] = ~set.bits[i];
    return set;
}

static inline struct charset charset_union(struct charset a, struct charset b)
{
    for (int i = 0; i < 4; i++)
        a.bits[i] |= b.bits[i];
    return a;
}

static inline bool charset_is_empty(struct charset set)
{
    return (set.bits[0] | set.bits[1] | set.bits[2] | set.bits[3]) == 0;
}

static inline bool charset_equal(struct charset a, struct charset b)
{
    return ((a.bits[0] ^ b.bits[0]) | (a.bits[1] ^ b.bits[1]) | (a.bits[2] ^ b.bits[2]) |
            (a.bits[3] ^ b.bits[3])) == 0;
}

// The number of members up to `byte`.
static inline uint32_t charset_rank(struct charset set, int byte)
{
    int rank = 0;
    for (int i = 0; i < byte >> 6; i++)
        rank += __builtin_popcountll(set.bits[i]);
    rank += __builtin_popcountll(set.bits[byte >> 6] << (63 - (byte & 63)));
    return (uint32_t)rank;
}

// The first member from `byte` on; 256 for none.
static inline int charset_next(struct charset set, int byte)
{
    if (byte > UINT8_MAX)
        return UINT8_MAX + 1;
    int word = byte >> 6;
    uint64_t bits = set.bits[word] >> (byte & 63) << (byte & 63);
    while (!bits && ++word < 4)
        bits = set.bits[word];
    return bits ? word * 64 + __builtin_ctzll(bits) : UINT8_MAX + 1;
}

struct charset charset_range(int lo, int hi);
struct charset charset_of(const char *bytes);    // of a string literal
struct charset charset_fold(struct charset set); // with both cases of its ASCII letters
bool charset_posix(const char *name, uint32_t length, struct charset *out); // alpha, digit, …
