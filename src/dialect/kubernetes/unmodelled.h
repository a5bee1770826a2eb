#pragma once
// unmodelled: products whose answers corsgate does not work out: what carries CORS for them is
// reported as not known, never passed over.

#include "dialect/kubernetes/controllers.h"

// The objects of such a product beside Ingress and HTTPRoute.
void read_unmodelled_objects(struct cluster *cluster, const struct controller *controller);
void read_unmodelled(struct cluster *cluster, const struct controller *controller);
// ConfigMaps that hold a file of some program's configuration about CORS: it is not read.
void read_embedded(struct cluster *cluster);
