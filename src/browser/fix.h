#pragma once
// fix: what to change so that a blocked request works, in words for whoever runs the server.

#include "browser/fetch.h"

// One or two sentences, without a final stop; empty when nothing needs to change. `fetch` is over.
Str fix_of(struct arena *arena, const struct fetch *fetch);
