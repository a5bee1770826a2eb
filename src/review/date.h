#pragma once
// date: days, as people write them: 2027-01-31.

#include "base/diag.h"

#include <stdint.h>

// A day as the number 20270131; 0: none.
MUST_CHECK bool date_parse(Str text, uint32_t *out);
// The day (in UTC) of a number of seconds since 1970.
uint32_t date_of(uint64_t seconds);
