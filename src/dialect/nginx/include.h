#pragma once
// include: which files an include statement names. Only for the loader.

#include "source/source.h"

#include <stdbool.h>

enum include_found {
    INCLUDE_FOUND,    // `out` has the files, perhaps none for a pattern
    INCLUDE_HARMLESS, // not there, and nothing that matters here ever is in it
    INCLUDE_MISSING,  // there is no such file
    INCLUDE_OUTSIDE,  // it lies outside the root
    INCLUDE_LIMIT,    // too many; reported
};

// Resolves the argument `name` of an include that stands at `at`, for a main file in `folder`. A
// path of the machine that will run nginx (/etc/nginx/conf.d/*.conf) is looked for by its longest
// tail that exists below `folder` or a folder above it. With `upwards`, so is a relative path.
enum include_found include_find(struct run *run, struct source *source, Str folder, bool upwards,
                                Str name, Span at, struct source_paths *out);
