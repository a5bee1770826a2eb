#pragma once
// lines: the header lines of a name, split by what they can say, for requests in a box. The lifted
// form of reference/browser.md 1.8 and 1.10. Private to browser/.

#include "policy/policy.h"

// The values of a list header in which every element is a name, and those of them that have `name`
// as an element (in any case of letters, if `fold`).
const struct fa *lines_list(struct model *model);
const struct fa *lines_naming(struct model *model, Str name, bool fold);
// A value that a browser sees as `text`, which is stripped of space around it.
const struct fa *lines_text(struct model *model, Str text);

// The value as a browser sees it: without space around it, where that is known text.
const struct value *lines_stripped(struct model *model, const struct value *value);

enum { LINES_MAX = 12 };
// Splits a box by which of the lines of `name` are sent. `sent` lists them; `unsure` when nobody
// knows.
struct lines_case {
    const struct box *box;
    const struct line *sent[LINES_MAX];
    uint32_t count;
};
struct lines_cases {
    struct lines_case *items;
    uint32_t count, capacity;
};
// False when there are too many lines to tell the cases apart.
MUST_CHECK bool lines_split(struct model *model, const struct lines *lines, const char *name,
                            const struct box *box, struct lines_cases *out);
