#pragma once
// har: the requests of a HAR export (HTTP Archive 1.2, as browsers write it) that CORS is about.

#include "cli/recorded.h"

struct har_record {
    struct recorded recorded;
    uint32_t entry; // its index among the entries
};
struct har {
    struct har_record *items;
    uint32_t count, capacity;
    uint32_t entries; // of the export, all of them
};
// Whether a tree is such an export.
bool har_is(const struct data *data);
// Preflights are joined to the requests that they are for. False when some entry is malformed (said
// in run->diags); the others are in *out all the same.
MUST_CHECK bool har_read(struct run *run, const struct data *data, struct har *out);
