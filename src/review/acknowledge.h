#pragma once
// acknowledge: the file by whose owners a project approves changes without asking a server
// (reference/ci.md 2.5): it lies in the tree under review, and the platform lets it be changed only
// with its owners' approval. Each entry is about one finding, by rule and fingerprint. An entry
// counts once: in the change that brings it. What is there already was about another change, even
// if it looks the same.

#include "base/buf.h"
#include "base/map.h"
#include "rule/rule.h"

struct acknowledgement {
    Str rule, reason;
    uint64_t fingerprint;
    Span span;
    uint32_t used; // findings that it is about
};
struct acknowledgements {
    struct acknowledgement *items;
    uint32_t count, capacity;
};

extern const struct kind acknowledge_malformed;

// Reads the text of the file with that number. False when it is no such file, which is in
// run->diags.
MUST_CHECK bool acknowledge_read(struct run *run, uint32_t file, Str text,
                                 struct acknowledgements *out);
// Leaves those that `before` has, too, word for word.
void acknowledge_subtract(struct arena *arena, struct acknowledgements *list,
                          const struct acknowledgements *before);
// Marks what is acknowledged of all that needs a review.
void acknowledge_apply(struct arena *arena, struct acknowledgements *list,
                       struct findings *findings);
// Writes an entry for each finding that needs a review, or is acknowledged. The reasons of new ones
// are left to people: without one, an entry is refused.
void acknowledge_write(struct arena *arena, const struct findings *findings, struct buf *out);
