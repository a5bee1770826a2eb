#pragma once
// hostname: a name for the host of what gets its own only where it is deployed.

#include "base/map.h"
#include "source/source.h"

// `id`, then the file and the folders that it is written in (a file whose name says nothing, such
// as template.yaml, or that is looked at alone, is left out), then `service`; in lower case. It
// stays the same as long as those do: identities of findings depend on it.
Str host_name(struct arena *arena, const struct source *source, Str path, Str id,
              const char *service);

// Hosts that documents have: two documents may describe two things of one name, and endpoints are
// disjoint.
struct host_names {
    struct map taken; // private
};
// Whether the host is the owner's: nobody else has it, and from now on nobody else gets it.
bool host_take(struct arena *arena, struct host_names *names, Str host, const void *owner);
// `host`, or where another has it, the same with a number in front.
Str host_unique(struct arena *arena, struct host_names *names, Str host, const void *owner);
