#pragma once
// origin_witness: the member of a set that convinces a reader. Private to policy/origin*.

#include "policy/origin_sites.h"

struct witness_question {
    const struct origins *about; // complete but for the witness
    const struct sites *sites;   // of its web origins that are not local
    const struct fa *web;        // its web origins
    const struct fa *trusted;    // or NULL
    const struct fa *named;      // or NULL
};

void witness_choose(struct origin_space *space, const struct witness_question *question, Str *out,
                    enum witness_shape *shape);
