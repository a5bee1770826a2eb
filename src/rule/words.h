#pragma once
// words: how findings speak of origins, names and places.

#include "diff/diff.h"

// "every website", "https://a.example and 2 more", "every subdomain of example.com" ...
Str words_who(struct arena *arena, const struct origins *origins);
// "PUT, DELETE"; "any" for "*".
Str words_names(struct arena *arena, const Str *names, uint32_t count);
// "https://api.example.com/v1/ (and 3 more endpoints)"
Str words_place(struct arena *arena, Str url, uint32_t reach);
