#pragma once
// ports: which servers listen where, as they stand in the configuration.

#include "dialect/nginx/config.h"

struct listener { // one server at one address and port
    uint32_t server;
    bool is_default, tls;
};
struct listeners { // one address and port, in file order
    Str address;
    uint32_t port;
    struct listener *items;
    uint32_t count, capacity;
};
struct ports {
    struct listeners **items;
    uint32_t count, capacity;
    struct map by_name;
};

void ports_find(struct nginx_config *config, struct ports *ports);
struct listeners *ports_get(const struct ports *ports, Str address, uint32_t port);
// The listener that answers for hosts that no server names.
uint32_t listeners_default(const struct listeners *port);
