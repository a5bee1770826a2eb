#pragma once
// example: a URL that an endpoint serves, as a person would write it.

#include "policy/policy.h"

// From the endpoint's hosts, path and box: https where it serves that, its first host (a wildcard
// becomes "www"), its path where that is one that it serves, else a shortest one.
Str example_url(struct model *model, const struct endpoint *endpoint);

// How nice each byte is in a URL, for fa_shortest: letters, then digits, then what a URL shows as
// it is.
void example_taste(uint8_t taste[256]);
// `path` with what a URL does not show percent-encoded.
Str example_encode(struct arena *arena, Str path);
