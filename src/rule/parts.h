#pragma once
// parts: a set of origins taken apart by what makes its members a concern, so that each part is one
// finding's cause.

#include "diff/diff.h"

struct judge {
    struct model *model;
    struct origin_space *space;
    const struct fa *trusted; // NULL: none declared
};

enum trust { TRUST_ALL, TRUST_SOME, TRUST_NONE };

struct part_of {
    struct origins origins;
    enum trust trust;
};
enum { PARTS_MOST = 6 };
struct parts_of {
    struct part_of items[PARTS_MOST];
    uint32_t count;
};

// Strangers that gain: null, applications, shared domains, local, http and the rest are parts of
// their own, unless the set is unbounded as it is: then they go under in it. A set of trusted
// origins only is one part; of a mixed one, the trusted ones are left out.
struct parts_of parts_gained(const struct judge *judge, const struct fa *set,
                             const struct fa *named);
// Whoever matters among those who lose: the trusted ones; where no trust is declared, those that
// the configuration named; if there are none, all.
struct parts_of parts_lost(const struct judge *judge, const struct fa *set, const struct fa *named);

const char *trust_name(enum trust trust);
