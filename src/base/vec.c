#include "base/vec.h"

size_t vec_next(uint32_t *capacity)
{
    *capacity = *capacity ? *capacity * 2 : 8;
    return *capacity;
}
