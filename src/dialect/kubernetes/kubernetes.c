#include "dialect/kubernetes/kubernetes.h"

#include "dialect/kubernetes/http_route.h"
#include "dialect/kubernetes/ingress.h"
#include "dialect/kubernetes/loose.h"
#include "dialect/kubernetes/unmodelled.h"

static bool claims(const struct document *document, Str *why)
{
    return objects_claim(document, why) || loose_claim(document, why);
}

static bool read(struct reading *reading)
{
    struct model *model = reading->model;
    struct cluster cluster = {
        .reading = reading,
        .model = model,
        .run = model->run,
        .arena = model->arena,
        .policy = reading->out->policy,
        .options = reading->options,
        .good = true,
    };
    cluster.good = objects_read(reading, &cluster.objects);
    controllers_find_installed(&cluster);
    ingresses_find(&cluster);
    loose_read(&cluster);
    read_embedded(&cluster);
    for (uint32_t i = 0; i < controller_count; i++)
        controllers[i].read(&cluster, &controllers[i]);
    http_routes_unowned(&cluster);
    return cluster.good;
}

// What stands in every file with an object that some controller reads: its API (a template may
// leave that open, but not its kind) or, of a workload, its image.
static const char *const marks[] = {
    "networking.k8s.io/",
    "extensions/v1beta1",
    "kind: Ingress",
    "ingress.kubernetes.io",
    "ConfigMap",
    "traefik.io/",
    "traefik.containo.us/",
    "konghq.com/",
    "projectcontour.io/",
    "networking.istio.io/",
    "security.istio.io/",
    "gateway.envoyproxy.io/",
    "getambassador.io/",
    "apisix.apache.org/",
    "k8s.nginx.org/",
    "gateway.kgateway.dev/",
    "gateway.solo.io/",
    "gateway.k8s.aws/",
    "openshift.io/",
    "ingress-nginx/controller",
    "nginx-ingress-controller",
    "traefik:",
    "istio/pilot",
    "envoyproxy/gateway",
    "kgateway-dev/kgateway",
    "/kubernetes-ingress",
    "/haproxy-ingress",
    NULL,
};

const struct dialect dialect_kubernetes = {
    .name = "kubernetes",
    .what = "Kubernetes manifests",
    .marks = marks,
    .claims = claims,
    .read = read,
};
