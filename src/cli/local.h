#pragma once
// local: files and folders that the command line names, outside of any source.

#include "base/arena.h"
#include "base/diag.h"
#include "base/str.h"

#include <stdbool.h>

// Reads a file, or standard input for "-". False with the reason when it cannot be read.
MUST_CHECK bool local_read(struct arena *arena, Str path, size_t max, Str *out, Str *reason);
// Writes a file so that it is there in whole or not at all (a device or pipe is written directly).
MUST_CHECK bool local_write(struct arena *arena, Str path, Str content, Str *reason);
bool local_exists(struct arena *arena, Str path);
bool local_is_folder(struct arena *arena, Str path);
// The absolute path without links, "." and ".."; false when there is no such file.
bool local_real(struct arena *arena, Str path, Str *out);
// If absolute `path` is `folder` or lies below it: true, and the path from there ("" for itself).
bool local_below(Str folder, Str path, Str *out);
