#include "dialect/kubernetes/unmodelled.h"

#include "dialect/kubernetes/http_route.h"
#include "dialect/kubernetes/ingress.h"

#include <string.h>

// The kinds of objects of each product beside Ingress, and where CORS stands in them
// (reference/kubernetes.md 2.1); "": anywhere.
static const struct carrier {
    const char *product, *group, *kind, *path;
} carriers[] = {
    { "contour", "projectcontour.io", "HTTPProxy", "spec.virtualhost.corsPolicy" },
    { "emissary", "getambassador.io", "Mapping", "spec.cors" },
    { "emissary", "getambassador.io", "Module", "spec.config.cors" },
    { "apisix", "apisix.apache.org", "ApisixRoute", "" },
    { "apisix", "apisix.apache.org", "ApisixPluginConfig", "" },
    { "apisix", "apisix.apache.org", "ApisixGlobalRule", "" },
    { "nginx-ingress", "k8s.nginx.org", "Policy", "spec.cors" },
    { "nginx-ingress", "k8s.nginx.org", "VirtualServer", "" },
    { "nginx-ingress", "k8s.nginx.org", "VirtualServerRoute", "" },
    { "kgateway", "gateway.kgateway.dev", "TrafficPolicy", "spec.cors" },
    { "gloo", "gateway.solo.io", "VirtualService", "" },
    { "gloo", "gateway.solo.io", "RouteTable", "" },
    { "istio", "networking.istio.io", "EnvoyFilter", "" },
    { "envoy-gateway", "gateway.envoyproxy.io", "EnvoyPatchPolicy", "" },
    { "envoy-gateway", "gateway.envoyproxy.io", "EnvoyExtensionPolicy", "" },
    { "aws-load-balancer-controller", "gateway.k8s.aws", "LoadBalancerConfiguration", "" },
    { "openshift", "route.openshift.io", "Route", "spec.httpHeaders" },
    { "openshift", "operator.openshift.io", "IngressController", "spec.httpHeaders" },
};

static bool speaks_of_cors(Str text)
{
    static const char *const words[] = { "cors", "access-control-", "access_control_", "snippet" };
    for (size_t i = 0; i + 4 <= text.len; i++)
        for (size_t w = 0; w < sizeof words / sizeof *words; w++)
            if (str_is_nocase(str_slice(text, i, i + strlen(words[w])), words[w]))
                return true;
    return false;
}

// The first key or text at or below `data` that has to do with CORS, or NULL.
static const struct data *find_cors(const struct data *data)
{
    const struct data *found = NULL;
    if (data->kind == DATA_SCALAR && speaks_of_cors(data->text))
        return data;
    for (uint32_t i = 0; i < data->count && !found; i++) {
        if (data->entries[i].key)
            found = find_cors(data->entries[i].key);
        if (!found)
            found = find_cors(data->entries[i].value);
    }
    return found;
}

static void complain(struct cluster *cluster, const struct controller *controller,
                     const struct object *object, Span span)
{
    cluster_outside(cluster, object, span,
                    str_format(cluster->arena, "what %s makes of this: corsgate has no model of it",
                               controller->what),
                    0);
}

static void read_carriers(struct cluster *cluster, const struct controller *controller,
                          const struct carrier *carrier)
{
    uint32_t at = 0;
    const struct object *object;
    while ((object = objects_next(&cluster->objects, carrier->group, carrier->kind, &at))) {
        const struct data *part =
            carrier->path[0] ? object_get(object, carrier->path) : find_cors(object->root);
        if (part && !data_is_null(part))
            complain(cluster, controller, object, part->span);
    }
}

void read_unmodelled_objects(struct cluster *cluster, const struct controller *controller)
{
    for (size_t i = 0; i < sizeof carriers / sizeof *carriers; i++)
        if (strcmp(carriers[i].product, controller->product) == 0)
            read_carriers(cluster, controller, &carriers[i]);
}

void read_unmodelled(struct cluster *cluster, const struct controller *controller)
{
    read_unmodelled_objects(cluster, controller);
    http_routes_of(cluster, controller);
    uint32_t at = 0;
    const struct object *ingress;
    while ((ingress = ingress_next(cluster, controller, &at))) {
        const struct data *map = object_annotations(ingress);
        for (uint32_t i = 0; map && i < map->count; i++) {
            const struct data *key = map->entries[i].key;
            bool own = false;
            for (const char *const *prefix = controller->prefixes; *prefix; prefix++)
                own |= str_starts(key->text, str_from(*prefix));
            if (own && (speaks_of_cors(key->text) || find_cors(map->entries[i].value))) {
                complain(cluster, controller, ingress, key->span); // for all of them
                break;
            }
        }
    }
}

// ---- files inside of ConfigMaps

static bool is_file_about_cors(const struct data_entry *entry)
{
    Str text = entry->value->kind == DATA_SCALAR ? entry->value->text : STR("");
    bool lines = text.len && memchr(text.ptr, '\n', text.len);
    // what ingress-nginx reads itself
    return lines && !str_ends(entry->key->text, STR("-snippet")) && speaks_of_cors(text);
}

void read_embedded(struct cluster *cluster)
{
    uint32_t at = 0;
    const struct object *map;
    while ((map = objects_next(&cluster->objects, "", "ConfigMap", &at))) {
        const struct data *files = object_get(map, "data");
        for (uint32_t i = 0; files && files->kind == DATA_MAP && i < files->count; i++) {
            if (!is_file_about_cors(&files->entries[i]))
                continue;
            cluster_outside(cluster, map, files->entries[i].key->span,
                            str_format(cluster->arena,
                                       "what the file %.*s in %.*s does: configuration inside of "
                                       "a ConfigMap is not read",
                                       STR_ARG(files->entries[i].key->text),
                                       STR_ARG(object_text(cluster->arena, map))),
                            0);
            break; // its identity is of all of the object
        }
    }
}
