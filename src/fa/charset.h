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

struct charset charset_range(int lo, int hi);
struct charset charset_of(const char *bytes);    // of a string literal
struct charset charset_fold(struct charset set); // with both cases of its ASCII letters
bool charset_posix(const char *name, uint32_t length, struct charset *out); // alpha, digit, …
