#pragma once
// comments: suppressions written beside what they accept, in formats whose comments begin with "#":
//
//     # corsgate-ignore-next-line CG404 until=2027-01-31 -- sandboxed preview frames
//
// The comment stands on a line of its own and is about the next line that is neither empty nor a
// comment.

#include "base/map.h"
#include "base/vec.h"
#include "rule/rule.h"
#include "source/files.h"

struct comment {
    const Str *rules; // ids, at least one
    uint32_t rule_count;
    uint32_t until; // the last day on which it counts (date.h); 0: for ever
    Str reason;
    Span span;
    uint32_t line;     // of the same file: what it is about; 0: nothing follows
    Str flaw;          // why it does not count; empty when it does
    uint32_t used;     // findings that it suppressed
    uint64_t identity; // of what it says, wherever that stands
};
struct comments {
    struct comment *items; // by file and place
    uint32_t count, capacity;
};

// Reads those of the files numbered `first` to before `end`. `today` as date.h has days.
void comments_read(struct arena *arena, struct files *files, uint32_t first, uint32_t end,
                   const struct rule_settings *settings, uint32_t today, struct comments *out);
// The number of the first comment of that file about that line or a later one: in the order of the
// lines that they are about, those about nothing last.
uint32_t comments_find(const struct comments *comments, uint32_t file, uint32_t line);
// All of them by identity.
struct map comments_index(struct arena *arena, const struct comments *comments);
