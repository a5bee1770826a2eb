#pragma once
// baseline: findings that a project had when it began to use corsgate, by fingerprint, so that only
// new ones count. A JSON file that `check --write-baseline` writes.

#include "base/buf.h"
#include "base/map.h"
#include "rule/rule.h"
#include "source/files.h"

struct baseline {
    struct map known; // of struct baseline_entry, by fingerprint
    uint32_t count;
};

extern const struct kind baseline_malformed;

// Reads the text of the file with that number. False when it is no baseline, which is in
// run->diags.
MUST_CHECK bool baseline_read(struct run *run, uint32_t file, Str text, struct baseline *out);
bool baseline_has(const struct baseline *baseline, const struct finding *finding);
// Writes all findings that count, sorted, each fingerprint once.
void baseline_write(struct arena *arena, struct files *files, const struct findings *findings,
                    struct buf *out);
