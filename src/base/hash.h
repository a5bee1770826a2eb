#pragma once
// hash: content hashes that are the same on every machine and in every run. Not for adversarial
// authentication.

#include "base/str.h"

#include <stdint.h>

#define HASH_SEED UINT64_C(0xcbf29ce484222325)

uint64_t hash_bytes(uint64_t seed, const void *bytes, size_t size);
uint64_t hash_str(uint64_t seed,
                  Str s); // covers the length, so that ("a","bc") differs from ("ab","c")
uint64_t hash_u64(uint64_t seed, uint64_t value);
