#pragma once
// krakend: configuration of the KrakenD gateway, the community edition.
// Source: reference/gateways.md section 5.1.

#include "dialect/dialect.h"

extern const struct dialect dialect_krakend;
extern const struct kind krakend_malformed;
