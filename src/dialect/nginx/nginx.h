#pragma once
// nginx: its configuration files as a dialect. reference/nginx.md is what it computes.

#include "dialect/dialect.h"

extern const struct dialect dialect_nginx;
