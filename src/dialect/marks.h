#pragma once
// marks: whether any of some texts stands in a file: those of which every dialect of documents has
// at least one in each of its files. Most files of a repository have none, and are only looked
// through.

#include "base/arena.h"
#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

struct marks;

// The texts of several lists, each ended by NULL; a text has two bytes at least.
const struct marks *marks_new(struct arena *arena, const char *const *const *lists, uint32_t count);
// Reads each byte about once in so many as the shortest of the texts has.
bool marks_stand_in(const struct marks *marks, Str text);
