#pragma once
// controllers: the products that turn Kubernetes objects into answers, one row each.
//
// To add one: a row in controllers.c, a file with its function `read`, and what it reads in the
// table of objects.c. `read` looks at the cluster's objects (objects_next, ingress_next), decides
// by controller_owns whether an Ingress is its own, and adds endpoints (routes.h, cases.h, engine/)
// whose layer is the product's name. A product without a model has `read_unmodelled`: what carries
// CORS for it is reported as not known.

#include "dialect/kubernetes/cluster.h"

struct controller {
    const char *product; // the layer of its endpoints, and its name in `controllers:`
    const char *what;    // for people
    // IngressClass.spec.controller and GatewayClass.spec.controllerName that it answers to.
    const char *const *ingress_classes;
    const char *const *gateway_classes;
    // The class's usual name, where no IngressClass object says whose it is; NULL: none.
    const char *class_name;
    // What the annotations that it reads begin with.
    const char *const *prefixes;
    // What the names of its container images end with, before the tag.
    const char *const *images;
    uint32_t newest; // the newest version known: 1015001; 0: versions do not matter
    void (*read)(struct cluster *cluster, const struct controller *controller);
};

extern const struct controller controllers[];
extern const uint32_t controller_count;

const struct controller *controller_find(Str product);

// Whether a workload (an object's root) runs one of them.
bool controller_runs(const struct data *root);
// Enters the containers of all workloads in cluster->installed.
void controllers_find_installed(struct cluster *cluster);

// Which controller reads an Ingress.
struct owner {
    const struct controller *controller; // NULL: one that is not in the table
    Str class;                           // as written, or of the default IngressClass; may be empty
    Span span;                           // where the class is written, or the Ingress
    bool assumed; // nothing says so: it is the most likely one, and the Ingress asks for nothing
                  // that only some products do
};
// By its class where that is known (reference/kubernetes.md 2.2), else by the annotations that it
// carries, else by the only controller that the manifests or the configuration know of.
struct owner controller_of_ingress(const struct cluster *cluster, const struct object *ingress);
// The controller of a GatewayClass of that name, by the object or by the name itself; NULL: none
// known.
const struct controller *controller_of_gateway(const struct cluster *cluster, Str class_name);
