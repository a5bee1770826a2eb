#pragma once
// remarks: what can be said about an nginx configuration that no request shows: CG507
// dead-configuration, CG508 headers-not-inherited.

#include "dialect/nginx/config.h"
#include "policy/origins.h"

// About everything in the servers read so far, and the maps.
void remarks_add(struct nginx_config *config, struct origin_space *origins);
