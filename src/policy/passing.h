#pragma once
// passing: one layer passes a request on to another, and the answer comes back: what the inner
// layer sees of the request, and what becomes of its answer. compose.h puts endpoints together
// with it.

#include "policy/policy.h"

struct passing {
    struct model *model;
    const struct forward *forward; // of the outer answer, or NULL
    Str scheme, port;              // at which the inner layer is asked
    const struct value *host;      // the Host header that it sees
    bool merges_slashes;           // it takes "//" in a path for "/"
    // Of all that is passed on: what is not known of the inner layer depends on it, too.
    uint64_t identity;
};

// A port that is empty is not known.
struct passing passing_new(struct model *model, const struct forward *forward, Str scheme, Str port,
                           const struct value *host);

// A value of the inner layer, over the request that came to the outer one.
const struct value *passing_value(const struct passing *passing, const struct value *value);

// Parts `*rest` by whether the inner layer sees a request of `wanted`: those to *in, what is left
// stays in *rest.
void passing_split(const struct passing *passing, const struct box *wanted, struct boxes *rest,
                   struct boxes *in);

// Whether the variable is about what the inner layer answers.
bool passing_asks_answer(const struct var *var);
// Of `in`, the requests for which all that `outer` asks about the answer holds for `inner`.
void passing_keep_answered(const struct passing *passing, const struct box *outer,
                           const struct response *inner, struct boxes *in);

// What the outer layer answers where the inner one answers `inner`.
struct response passing_join(const struct passing *passing, const struct response *outer,
                             const struct response *inner);
