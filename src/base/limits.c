#include "base/limits.h"

const struct limits limits_default = {
    .file_bytes = (size_t)1 << 30,
    .total_bytes = (size_t)4 << 30,
    .files = 200000,
    .nesting = 200,
    .include_depth = 32,
    .fa_states = 200000,
    .fa_steps = 20000000,
    .cells = 4096,
    .endpoints = 200000,
    .headers = 1000,
    .redirects = 16,
};
