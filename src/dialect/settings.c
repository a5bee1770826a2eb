#include "dialect/dialect.h"

// What a controller's own flags, versions and names decide, and its manifests do not say. A dialect
// that reads one more has one more row here. Source: reference/kubernetes.md sections 2.2 and 4.
const char *const dialect_products[] = {
    "ingress-nginx",
    "nginx-ingress",
    "traefik",
    "haproxy-kubernetes-ingress",
    "haproxy-ingress",
    "kong",
    "contour",
    "apisix",
    "aws-load-balancer-controller",
    "istio",
    "envoy-gateway",
    "kgateway",
    "gloo",
    "emissary",
    "openshift",
    "google",
};
const uint32_t dialect_product_count = sizeof dialect_products / sizeof *dialect_products;

const struct dialect_key dialect_keys[] = {
    { NULL, "version", "the version that runs, such as \"1.12\"" },
    { NULL, "class", "the name of its IngressClass" },
    { NULL, "gateway-class", "the name of its GatewayClass" },
    { "ingress-nginx", "annotation-validation", "whether --enable-annotation-validation is set" },
    { "ingress-nginx", "annotations-prefix", "what --annotations-prefix is set to" },
    { "traefik", "nginx-class", "the IngressClass whose ingress-nginx annotations it reads" },
    { "haproxy-ingress", "annotations-prefix", "what --annotations-prefix is set to" },
    { "google", "load-balancing-scheme",
      "the scheme of the load balancers that have the URL maps, such as EXTERNAL_MANAGED" },
};
const uint32_t dialect_key_count = sizeof dialect_keys / sizeof *dialect_keys;
