#pragma once
// kubernetes: manifests as a dialect: an index of the objects (objects.h), and one row for each
// controller that reads them (controllers.h). reference/kubernetes.md is what they compute.

#include "dialect/dialect.h"

extern const struct dialect dialect_kubernetes;
