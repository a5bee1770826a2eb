#include "base/hash.h"

#include <endian.h>
#include <string.h>

// A multiply-and-fold over eight bytes at a time, read in little-endian order on every machine.
static uint64_t mix(uint64_t a, uint64_t b)
{
    __extension__ typedef unsigned __int128 wide;
    wide product = (wide)(a ^ UINT64_C(0x9e3779b97f4a7c15)) * (b ^ UINT64_C(0xd6e8feb86659fd93));
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static uint64_t load8(const unsigned char *bytes)
{
    uint64_t value;
    memcpy(&value, bytes, sizeof value);
    return le64toh(value);
}

static uint64_t load4(const unsigned char *bytes)
{
    uint32_t value;
    memcpy(&value, bytes, sizeof value);
    return le32toh(value);
}

// One to seven bytes; parts that overlap say the same.
static uint64_t load_rest(const unsigned char *bytes, size_t count)
{
    if (count >= 4)
        return load4(bytes) | load4(bytes + count - 4) << (8 * (count - 4));
    return bytes[0] | (uint64_t)bytes[count / 2] << (8 * (count / 2)) |
           (uint64_t)bytes[count - 1] << (8 * (count - 1));
}

uint64_t hash_u64(uint64_t seed, uint64_t value)
{
    return mix(seed, value);
}

uint64_t hash_bytes(uint64_t seed, const void *bytes, size_t size)
{
    const unsigned char *at = bytes;
    uint64_t hash = mix(seed, size);
    for (; size >= 8; size -= 8, at += 8)
        hash = mix(hash, load8(at));
    return size ? mix(hash, load_rest(at, size)) : hash;
}

uint64_t hash_str(uint64_t seed, Str s)
{
    return hash_bytes(seed, s.ptr, s.len);
}
