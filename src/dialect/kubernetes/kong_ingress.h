#pragma once
// kong_ingress: KongPlugin, KongClusterPlugin and Ingress as Kong's controller hands them to Kong.
// Source: reference/kubernetes.md section 8; the plugin itself: dialect/kong.

#include "dialect/kubernetes/controllers.h"

void kong_ingress_read(struct cluster *cluster, const struct controller *controller);
