#pragma once
// ingress_nginx: the controller of the Kubernetes project. reference/kubernetes.md 4.

#include "dialect/kubernetes/controllers.h"

void ingress_nginx_read(struct cluster *cluster, const struct controller *controller);
