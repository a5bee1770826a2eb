#pragma once
// quick: whether words belong to a language, for many words of one language one after another.
// Private to fa/.

#include "fa/pool.h"

// The table of the language that has been asked for most bytes in a row, when that is `a`; else
// NULL. `bytes`: of the word that is asked now.
const struct fa_quick *quick_get(const struct fa *a, size_t bytes);
bool quick_accepts(const struct fa_quick *quick, Str word);
