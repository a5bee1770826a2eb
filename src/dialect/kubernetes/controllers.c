#include "dialect/kubernetes/controllers.h"

#include "base/hash.h"
#include "dialect/kubernetes/http_route.h"
#include "dialect/kubernetes/ingress_nginx.h"
#include "dialect/kubernetes/istio.h"
#include "dialect/kubernetes/kong_ingress.h"
#include "dialect/kubernetes/traefik.h"
#include "dialect/kubernetes/unmodelled.h"

#include <string.h>

#define TEXTS(...) ((const char *const[]){ __VA_ARGS__, NULL })
#define NOTHING ((const char *const[]){ NULL })

// reference/kubernetes.md 2.2.
const struct controller controllers[] = {
    {
        .product = "ingress-nginx",
        .what = "ingress-nginx",
        .ingress_classes = TEXTS("k8s.io/ingress-nginx"),
        .gateway_classes = NOTHING,
        .class_name = "nginx",
        .prefixes = TEXTS("nginx.ingress.kubernetes.io/"),
        .images = TEXTS("ingress-nginx/controller", "nginx-ingress-controller"),
        .newest = 1015001,
        .read = ingress_nginx_read,
    },
    {
        .product = "traefik",
        .what = "Traefik",
        .ingress_classes = TEXTS("traefik.io/ingress-controller"),
        .gateway_classes = TEXTS("traefik.io/gateway-controller"),
        .class_name = "traefik",
        .prefixes = TEXTS("traefik.ingress.kubernetes.io/"),
        .images = TEXTS("traefik"),
        .newest = 3007009,
        .read = traefik_read,
    },
    {
        .product = "nginx-ingress",
        .what = "F5 NGINX Ingress Controller",
        .ingress_classes = TEXTS("nginx.org/ingress-controller"),
        .gateway_classes = TEXTS("gateway.nginx.org/nginx-gateway-controller"),
        .class_name = "nginx",
        .prefixes = TEXTS("nginx.org/", "nginx.com/"),
        .images = TEXTS("nginx/nginx-ingress", "nginx-ic/nginx-plus-ingress"),
        .newest = 0,
        .read = read_unmodelled,
    },
    {
        .product = "haproxy-kubernetes-ingress",
        .what = "HAProxy Kubernetes Ingress Controller",
        .ingress_classes = TEXTS("haproxy.org/ingress-controller"),
        .gateway_classes = NOTHING,
        .class_name = "haproxy",
        .prefixes = TEXTS("haproxy.org/", "haproxy.com/", "ingress.kubernetes.io/"),
        .images = TEXTS("haproxytech/kubernetes-ingress"),
        .newest = 0,
        .read = read_unmodelled,
    },
    {
        .product = "haproxy-ingress",
        .what = "HAProxy Ingress",
        .ingress_classes = TEXTS("haproxy-ingress.github.io/controller"),
        .gateway_classes = TEXTS("haproxy-ingress.github.io/controller"),
        .class_name = "haproxy",
        .prefixes = TEXTS("haproxy-ingress.github.io/", "ingress.kubernetes.io/"),
        .images = TEXTS("jcmoraisjr/haproxy-ingress"),
        .newest = 0,
        .read = read_unmodelled,
    },
    {
        .product = "kong",
        .what = "Kong Ingress Controller",
        .ingress_classes = TEXTS("ingress-controllers.konghq.com/kong"),
        .gateway_classes = TEXTS("konghq.com/kic-gateway-controller"),
        .class_name = "kong",
        .prefixes = TEXTS("konghq.com/"),
        .images = TEXTS("kong/kubernetes-ingress-controller"),
        .newest = 0,
        .read = kong_ingress_read,
    },
    {
        .product = "contour",
        .what = "Contour",
        .ingress_classes = TEXTS("projectcontour.io/ingress-controller"),
        .gateway_classes = TEXTS("projectcontour.io/gateway-controller"),
        .class_name = "contour",
        .prefixes = TEXTS("projectcontour.io/"),
        .images = TEXTS("projectcontour/contour"),
        .newest = 0,
        .read = read_unmodelled,
    },
    {
        .product = "apisix",
        .what = "Apache APISIX Ingress Controller",
        .ingress_classes = TEXTS("apisix.apache.org/apisix-ingress-controller"),
        .gateway_classes = TEXTS("apisix.apache.org/apisix-ingress-controller"),
        .class_name = "apisix",
        .prefixes = TEXTS("k8s.apisix.apache.org/"),
        .images = TEXTS("apache/apisix-ingress-controller"),
        .newest = 0,
        .read = read_unmodelled,
    },
    {
        .product = "aws-load-balancer-controller",
        .what = "AWS Load Balancer Controller",
        .ingress_classes = TEXTS("ingress.k8s.aws/alb"),
        .gateway_classes = NOTHING,
        .class_name = "alb",
        .prefixes = TEXTS("alb.ingress.kubernetes.io/"),
        .images = TEXTS("eks/aws-load-balancer-controller"),
        .newest = 0,
        .read = read_unmodelled,
    },
    {
        .product = "istio",
        .what = "Istio",
        .ingress_classes = NOTHING,
        .gateway_classes = TEXTS("istio.io/gateway-controller"),
        .class_name = "istio",
        .prefixes = NOTHING,
        .images = TEXTS("istio/pilot"),
        .newest = 1030000,
        .read = istio_read,
    },
    {
        .product = "envoy-gateway",
        .what = "Envoy Gateway",
        .ingress_classes = NOTHING,
        .gateway_classes = TEXTS("gateway.envoyproxy.io/gatewayclass-controller"),
        .class_name = NULL,
        .prefixes = NOTHING,
        .images = TEXTS("envoyproxy/gateway"),
        .newest = 1009000,
        .read = envoy_gateway_read,
    },
    {
        .product = "kgateway",
        .what = "kgateway",
        .ingress_classes = NOTHING,
        .gateway_classes = TEXTS("kgateway.dev/kgateway"),
        .class_name = NULL,
        .prefixes = NOTHING,
        .images = TEXTS("kgateway-dev/kgateway"),
        .newest = 0,
        .read = kgateway_read,
    },
    {
        .product = "gloo",
        .what = "Gloo",
        .ingress_classes = NOTHING,
        .gateway_classes = NOTHING,
        .class_name = NULL,
        .prefixes = NOTHING,
        .images = TEXTS("solo-io/gloo"),
        .newest = 0,
        .read = read_unmodelled,
    },
    {
        .product = "emissary",
        .what = "Emissary",
        .ingress_classes = NOTHING,
        .gateway_classes = NOTHING,
        .class_name = NULL,
        .prefixes = TEXTS("getambassador.io/"),
        .images = TEXTS("emissary-ingress/emissary", "datawire/emissary"),
        .newest = 0,
        .read = read_unmodelled,
    },
    {
        .product = "openshift",
        .what = "the OpenShift router",
        .ingress_classes = NOTHING,
        .gateway_classes = NOTHING,
        .class_name = NULL,
        .prefixes = TEXTS("haproxy.router.openshift.io/"),
        .images = NOTHING,
        .newest = 0,
        .read = read_unmodelled,
    },
};
const uint32_t controller_count = sizeof controllers / sizeof *controllers;

const struct controller *controller_find(Str product)
{
    for (uint32_t i = 0; i < controller_count; i++)
        if (str_is(product, controllers[i].product))
            return &controllers[i];
    return NULL;
}

// ---- what is installed

// Calls `each` with every container of a workload until it returns true.
static bool each_container(const struct data *root,
                           bool (*each)(void *state, const struct data *container), void *state)
{
    const struct data *spec = document_find(root, "spec");
    const struct data *pod = document_find(document_find(spec, "template"), "spec");
    const struct data *containers = document_find(pod ? pod : spec, "containers");
    for (uint32_t i = 0; containers && containers->kind == DATA_LIST && i < containers->count; i++)
        if (each(state, containers->entries[i].value))
            return true;
    return false;
}

// "registry.example/ingress-nginx/controller:v1.12.0@sha256:..." is name, tag and digest.
static const struct controller *controller_of_image(Str image, Str *tag)
{
    Str name = image, digest;
    (void)str_cut(image, STR("@"), &name, &digest);
    size_t colon = name.len;
    while (colon > 0 && name.ptr[colon - 1] != ':' && name.ptr[colon - 1] != '/')
        colon--;
    bool tagged = colon > 0 && name.ptr[colon - 1] == ':';
    *tag = tagged ? str_slice(name, colon, name.len) : STR("");
    if (tagged)
        name.len = colon - 1;
    for (uint32_t i = 0; i < controller_count; i++)
        for (const char *const *end = controllers[i].images; *end; end++) {
            Str ending = str_from(*end);
            bool whole = name.len == ending.len ||
                         (name.len > ending.len && name.ptr[name.len - ending.len - 1] == '/');
            if (whole && str_ends(name, ending))
                return &controllers[i];
        }
    return NULL;
}

static bool runs_one(void *state, const struct data *container)
{
    Str tag;
    (void)state;
    return controller_of_image(document_text(container, "image"), &tag);
}

bool controller_runs(const struct data *root)
{
    return each_container(root, runs_one, NULL);
}

struct finding {
    struct cluster *cluster;
    const struct object *workload;
};

static bool enter(void *state, const struct data *container)
{
    struct finding *finding = state;
    struct cluster *cluster = finding->cluster;
    const struct data *image = document_find(container, "image");
    const struct data *args = document_find(container, "args");
    Str tag;
    const struct controller *controller =
        controller_of_image(document_text(container, "image"), &tag);
    if (controller)
        *vec_push(cluster->arena, &cluster->installed) = (struct installed){
            .controller = controller,
            .workload = finding->workload,
            .version = image->unrendered ? 0 : version_parse(tag),
            .image = image->span,
            .args = args && args->kind == DATA_LIST ? args : NULL,
        };
    return false;
}

void controllers_find_installed(struct cluster *cluster)
{
    for (uint32_t i = 0; i < cluster->objects.count; i++) {
        struct finding finding = { cluster, cluster->objects.items[i] };
        if (str_is(finding.workload->group, "apps") || str_is(finding.workload->kind, "Pod"))
            (void)each_container(finding.workload->root, enter, &finding);
    }
}

// ---- who reads what

static bool has_text(const char *const *texts, Str text)
{
    for (; *texts; texts++)
        if (str_is(text, *texts))
            return true;
    return false;
}

static const struct controller *by_class_object(const struct object *class)
{
    const struct data *name = object_get(class, "spec.controller");
    for (uint32_t i = 0; name && name->kind == DATA_SCALAR && i < controller_count; i++)
        if (has_text(controllers[i].ingress_classes, name->text))
            return &controllers[i];
    return NULL;
}

static const struct object *class_find(const struct cluster *cluster, Str name)
{
    return objects_find(&cluster->objects, "networking.k8s.io", "IngressClass", STR(""), name);
}

static const struct object *default_class(const struct cluster *cluster)
{
    uint32_t at = 0;
    const struct object *class;
    while ((class = objects_next(&cluster->objects, "networking.k8s.io", "IngressClass", &at))) {
        const struct data *mark =
            object_annotation(class, STR("ingressclass.kubernetes.io/is-default-class"));
        if (mark && str_is(mark->text, "true"))
            return class;
    }
    return NULL;
}

static bool has_prefix(const struct controller *controller, const struct object *object)
{
    const struct data *map = object_annotations(object);
    for (uint32_t i = 0; map && i < map->count; i++)
        for (const char *const *prefix = controller->prefixes; *prefix; prefix++)
            if (str_starts(map->entries[i].key->text, str_from(*prefix)))
                return true;
    return false;
}

static const struct controller *by_annotations(const struct object *ingress)
{
    for (uint32_t i = 0; i < controller_count; i++)
        if (has_prefix(&controllers[i], ingress))
            return &controllers[i];
    return NULL;
}

// The class that a controller is set up for by its own arguments or by .corsgate.yml.
static const struct controller *by_setup(const struct cluster *cluster, Str class)
{
    for (uint32_t i = 0; i < controller_count; i++)
        if (str_equal(cluster_setting(cluster, controllers[i].product, "class"), class))
            return &controllers[i];
    for (uint32_t i = 0; i < cluster->installed.count; i++) {
        struct running running = { .args = cluster->installed.items[i].args };
        Str name;
        if (running_flag(&running, "ingress-class", &name) && str_equal(name, class))
            return cluster->installed.items[i].controller;
    }
    return NULL;
}

static const struct controller *by_class_name(Str class, const struct object *ingress)
{
    const struct controller *first = NULL;
    for (uint32_t i = 0; i < controller_count; i++) {
        if (!controllers[i].class_name || !str_is(class, controllers[i].class_name))
            continue;
        if (has_prefix(&controllers[i], ingress)) // two products may share a name
            return &controllers[i];
        first = first ? first : &controllers[i];
    }
    return first;
}

static const struct controller *only_installed(const struct cluster *cluster)
{
    const struct controller *only = NULL;
    for (uint32_t i = 0; i < cluster->installed.count; i++) {
        if (only && only != cluster->installed.items[i].controller)
            return NULL;
        only = cluster->installed.items[i].controller;
    }
    return only;
}

struct owner controller_of_ingress(const struct cluster *cluster, const struct object *ingress)
{
    const struct data *class = object_get(ingress, "spec.ingressClassName");
    struct owner owner = { .span = ingress->span };
    if (!class || data_is_null(class))
        class = object_annotation(ingress, STR("kubernetes.io/ingress.class"));
    const struct object *object = NULL;
    if (class && class->kind == DATA_SCALAR && !class->unrendered) {
        owner.class = class->text;
        owner.span = class->span;
        object = class_find(cluster, class->text);
    } else if (!class) {
        object = default_class(cluster);
        owner.class = object ? object->name : STR("");
    }
    if (traefik_has_nginx_class(cluster, owner.class)) {
        owner.controller = controller_find(STR("traefik"));
        return owner;
    }
    if (object) {
        owner.controller = by_class_object(object);
        return owner;
    }
    if (owner.class.len)
        owner.controller = by_setup(cluster, owner.class);
    if (!owner.controller && owner.class.len)
        owner.controller = by_class_name(owner.class, ingress);
    if (!owner.controller)
        owner.controller = by_annotations(ingress);
    if (!owner.controller)
        owner.controller = only_installed(cluster);
    if (!owner.controller) {
        owner.controller = &controllers[0];
        owner.assumed = true;
    }
    return owner;
}

const struct controller *controller_of_gateway(const struct cluster *cluster, Str class_name)
{
    const struct object *class = objects_find(&cluster->objects, "gateway.networking.k8s.io",
                                              "GatewayClass", STR(""), class_name);
    const struct data *name = class ? object_get(class, "spec.controllerName") : NULL;
    for (uint32_t i = 0; name && name->kind == DATA_SCALAR && i < controller_count; i++)
        if (has_text(controllers[i].gateway_classes, name->text))
            return &controllers[i];
    for (uint32_t i = 0; !class && i < controller_count; i++)
        if (str_equal(cluster_setting(cluster, controllers[i].product, "gateway-class"),
                      class_name) ||
            (controllers[i].class_name && str_is(class_name, controllers[i].class_name)))
            return &controllers[i];
    return NULL;
}
