#pragma once
// url: as much of the URL Standard as the CORS checks ask for. Private to browser/.

#include "base/str.h"

#include <stdbool.h>

// Whether a text would be parsed as an absolute URL.
bool url_parses(Str text);
// The serialised origin of an http or https URL; "null" for all others.
Str url_origin(struct arena *arena, Str url);
Str url_scheme(struct arena *arena, Str url); // lower case; empty when there is none
bool url_has_credentials(Str url);            // a user or a password that is not empty
// `location` seen from `base`, which is absolute.
Str url_resolve(struct arena *arena, Str base, Str location);
