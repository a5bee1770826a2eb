#pragma once
// hostname: a name for the host of what gets its own only where it is deployed.

#include "source/source.h"

// `id`, then the file and the folders that it is written in (a file whose name says nothing, such
// as template.yaml, or that is looked at alone, is left out), then `service`; in lower case. It
// stays the same as long as those do: identities of findings depend on it.
Str host_name(struct arena *arena, const struct source *source, Str path, Str id,
              const char *service);
