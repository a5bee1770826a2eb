#pragma once
// scan_nginx: nginx's own verdict on the form of a configuration file, before a tree is built. Only
// for read_nginx.

#include "base/diag.h"
#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

enum scan_result {
    SCAN_OK,     // nginx reads it
    SCAN_BROKEN, // it does not, but around the error there is sense in it
    SCAN_LOST,   // a limit was reached, or the text is something else altogether
};

// Looks at `text`, which stands at offset `base` of a file, and reports what is wrong with it.
enum scan_result scan_nginx(struct run *run, Str text, uint32_t file, uint32_t base);

// What stands between nginx's quotes and escapes: reference/nginx.md 1.1. `raw` has no outer
// quotes.
Str scan_unescape(struct arena *arena, Str raw);
