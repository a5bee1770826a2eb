#pragma once
// refs: whether a name can be a revision at all, from the files of a repository alone. Starting the
// library that knows for certain costs more than a small comparison.

#include "base/arena.h"
#include "base/str.h"

#include <stdbool.h>

// False only when the repository around the current folder, if there is one, certainly knows no
// revision of that name.
bool refs_may_name(struct arena *arena, Str name);
