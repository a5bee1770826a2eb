#pragma once
// headers: what operations on headers ask about the lines before them.

#include "policy/policy.h"

// Whether a line's name is `name`, whose trailing "*" stands for any ending; in any case of
// letters.
bool header_is_named(Str line, Str name);
// Of the names in a list ("a, b"), those that another list has, and "*".
Str header_keep(struct arena *arena, Str list, Str kept);

// A response's operations in some of the requests.
struct settled {
    const struct box *box;
    struct response response;
};
// Splits `box` until, in each part, it is the same for all requests whether there are the lines
// that HEADER_DEFAULT and guards ask about: a line whose value is empty is not sent. Calls `take`
// for each part, with the operations as they are there, until it returns false.
void headers_settle(struct model *model, const struct box *box, const struct response *response,
                    bool (*take)(void *state, const struct settled *part), void *state);
