#pragma once
// scan_nginx: nginx's own verdict on the form of a configuration file, before a tree is built. Only
// for read_nginx.

#include "base/diag.h"
#include "base/map.h"
#include "base/str.h"
#include "syntax/nginx.h"

#include <stdbool.h>
#include <stdint.h>

// Whole statements that stand side by side: they mean the same by themselves, wherever they stand.
struct nginx_piece {
    uint32_t begin, end;            // of the text; pieces are in order and do not overlap
    uint32_t nesting;               // how deep blocks stand in one another in it
    const struct nginx_piece *same; // in the reading before; NULL: new
    const struct conf *confs;       // its statements, once read
    uint32_t conf_count;
};
struct nginx_pieces {
    struct nginx_piece *items;
    uint32_t count, capacity;
};

struct nginx_reading {
    struct conf conf;
    Str text;
    uint32_t file, base;
    struct nginx_pieces pieces;
    struct map starts; // pieces by what they begin with
};

// What a piece at `at` of a text begins with, as a hash.
uint64_t scan_start_hash(Str text, uint32_t at);

enum scan_result {
    SCAN_OK,     // nginx reads it
    SCAN_BROKEN, // it does not, but around the error there is sense in it
    SCAN_LOST,   // a limit was reached, or the text is something else altogether
};

// Looks at `text`, which stands at offset `base` of a file, and reports what is wrong with it. When
// all is well and `out` is not NULL, it is filled with pieces of about `piece` bytes; of those that
// stand in `before` (or NULL), too, neither the form nor the tree has to be looked at again.
enum scan_result scan_nginx(struct run *run, Str text, uint32_t file, uint32_t base, uint32_t piece,
                            const struct nginx_reading *before, struct nginx_pieces *out);

// What stands between nginx's quotes and escapes: reference/nginx.md 1.1. `raw` has no outer
// quotes.
Str scan_unescape(struct arena *arena, Str raw);
