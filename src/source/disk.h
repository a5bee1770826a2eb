#pragma once
// disk: the sources that read from the file system and from standard input. Only for source/.

#include "source/source.h"

extern const struct source_ops source_disk;  // source->root is the folder
extern const struct source_ops source_input; // the file "-"

enum source_entry disk_stat(const char *path); // of any path, links followed

void source_sort(struct source_paths *paths); // by byte order
Str source_under(struct arena *arena, Str folder, Str name);
