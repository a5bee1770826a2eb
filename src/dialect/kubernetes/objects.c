#include "dialect/kubernetes/objects.h"

#include "base/hash.h"
#include "dialect/kubernetes/controllers.h"

#include <string.h>

const struct kind object_malformed = { "CG901", LEVEL_ERROR, "the API server refuses this object" };

// reference/kubernetes.md 2.1, and what those objects refer to.
static const struct object_kind kinds[] = {
    { "networking.k8s.io", "Ingress", "v1 v1beta1" },
    { "extensions", "Ingress", "v1beta1" },
    { "networking.k8s.io", "IngressClass", "v1 v1beta1" },
    { "", "ConfigMap", "v1" },
    { "", "Service", "v1" },
    { "traefik.io", "Middleware", "v1alpha1" },
    { "traefik.io", "IngressRoute", "v1alpha1" },
    { "traefik.io", "TraefikService", "v1alpha1" },
    { "traefik.containo.us", "Middleware", "v1alpha1" },
    { "traefik.containo.us", "IngressRoute", "v1alpha1" },
    { "traefik.containo.us", "TraefikService", "v1alpha1" },
    { "configuration.konghq.com", "KongPlugin", "v1" },
    { "configuration.konghq.com", "KongClusterPlugin", "v1" },
    { "projectcontour.io", "HTTPProxy", "v1" },
    { "networking.istio.io", "VirtualService", "v1 v1beta1 v1alpha3" },
    { "networking.istio.io", "Gateway", "v1 v1beta1 v1alpha3" },
    { "networking.istio.io", "EnvoyFilter", "v1alpha3" },
    { "security.istio.io", "AuthorizationPolicy", "v1 v1beta1" },
    { "gateway.networking.k8s.io", "HTTPRoute", "v1 v1beta1 v1alpha2" },
    { "gateway.networking.k8s.io", "Gateway", "v1 v1beta1 v1alpha2" },
    { "gateway.networking.k8s.io", "GatewayClass", "v1 v1beta1 v1alpha2" },
    { "gateway.networking.k8s.io", "ReferenceGrant", "v1 v1beta1 v1alpha2" },
    { "gateway.envoyproxy.io", "SecurityPolicy", "v1alpha1" },
    { "gateway.envoyproxy.io", "EnvoyPatchPolicy", "v1alpha1" },
    { "gateway.envoyproxy.io", "EnvoyExtensionPolicy", "v1alpha1" },
    { "getambassador.io", "Mapping", "v2 v3alpha1 v1 v0" },
    { "getambassador.io", "Module", "v2 v3alpha1 v1 v0" },
    { "apisix.apache.org", "ApisixRoute", "v2 v2beta3 v2beta2 v2beta1 v1" },
    { "apisix.apache.org", "ApisixPluginConfig", "v2 v2beta3" },
    { "apisix.apache.org", "ApisixGlobalRule", "v2" },
    { "k8s.nginx.org", "Policy", "v1 v1alpha1" },
    { "k8s.nginx.org", "VirtualServer", "v1 v1alpha1" },
    { "k8s.nginx.org", "VirtualServerRoute", "v1 v1alpha1" },
    { "gateway.kgateway.dev", "TrafficPolicy", "v1alpha1" },
    { "gateway.solo.io", "VirtualService", "v1" },
    { "gateway.solo.io", "RouteTable", "v1" },
    { "gateway.k8s.aws", "LoadBalancerConfiguration", "v1 v1beta1" },
    { "route.openshift.io", "Route", "v1" },
    { "operator.openshift.io", "IngressController", "v1" },
    // Only those that run a controller are looked at: controllers.h.
    { "apps", "Deployment", "v1" },
    { "apps", "DaemonSet", "v1" },
    { "apps", "StatefulSet", "v1" },
    { "", "Pod", "v1" },
};

// ---- what a document is

struct type {
    Str group, version, kind;
};

static bool type_of(const struct data *root, struct type *out)
{
    const struct data *api = document_find(root, "apiVersion"), *kind = document_find(root, "kind");
    if (!api || !kind || api->kind != DATA_SCALAR || kind->kind != DATA_SCALAR)
        return false;
    *out = (struct type){ .kind = kind->text };
    if (!str_cut(api->text, STR("/"), &out->group, &out->version)) {
        out->group = STR("");
        out->version = api->text;
    }
    return true;
}

static const struct object_kind *kind_find(const struct type *type)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (str_is(type->kind, kinds[i].kind) && str_is(type->group, kinds[i].group))
            return &kinds[i];
    return NULL;
}

static bool has_word(const char *words, Str word)
{
    Str rest = str_from(words), head;
    while (str_cut(rest, STR(" "), &head, &rest))
        if (str_equal(head, word))
            return true;
    return str_equal(rest, word);
}

// "List", and "IngressList" as the API server writes it.
static const struct data *list_items(const struct data *root, const struct type *type)
{
    const struct data *items = document_find(root, "items");
    return str_ends(type->kind, STR("List")) && items && items->kind == DATA_LIST ? items : NULL;
}

static bool is_workload(const struct object_kind *kind)
{
    return str_is(str_from(kind->group), "apps") || str_is(str_from(kind->kind), "Pod");
}

static bool is_ours(const struct data *root, const struct type *type)
{
    const struct object_kind *kind = kind_find(type);
    return kind && (!is_workload(kind) || controller_runs(root));
}

// A template that is not rendered may make several objects where one stands: of which each name of
// a kind is one. The place of the last one of them that is ours; NULL: there are not several.
static const struct data *mixed_kind(const struct data *root)
{
    const struct data *ours = NULL;
    uint32_t count = 0;
    for (uint32_t i = 0; root->kind == DATA_MAP && i < root->count; i++) {
        const struct data *key = root->entries[i].key, *value = root->entries[i].value;
        if (key->kind != DATA_SCALAR || !str_is(key->text, "kind") || value->kind != DATA_SCALAR)
            continue;
        count++;
        for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
            if (str_is(value->text, kinds[k].kind))
                ours = value;
    }
    return count > 1 ? ours : NULL;
}

bool objects_claim(const struct document *document, Str *why)
{
    struct type type;
    if (mixed_kind(document->root)) {
        *why = STR("it is a template of Kubernetes objects");
        return true;
    }
    if (!type_of(document->root, &type))
        return false;
    const struct data *items = list_items(document->root, &type);
    bool ours = is_ours(document->root, &type);
    for (uint32_t i = 0; items && i < items->count && !ours; i++) {
        struct type inner;
        ours = type_of(items->entries[i].value, &inner) && is_ours(items->entries[i].value, &inner);
    }
    if (ours)
        *why = STR("it has Kubernetes objects");
    return ours;
}

// ---- the index

// The objects of one kind.
struct objects_kind {
    Str group, kind;
    struct {
        const struct object **items;
        uint32_t count, capacity;
    } list;
};

// The objects of one kind and name.
struct namesakes {
    const struct object *first, *bare; // bare: whose namespace is not written
    uint32_t count;
};

static struct objects_kind *kind_list(const struct objects *objects, Str group, Str kind)
{
    for (uint32_t i = 0; i < objects->kinds.count; i++)
        if (str_equal(objects->kinds.items[i].kind, kind) &&
            str_equal(objects->kinds.items[i].group, group))
            return &objects->kinds.items[i];
    return NULL;
}

static uint64_t name_hash(Str group, Str kind, Str name)
{
    return hash_str(hash_str(hash_str(HASH_SEED, group), kind), name);
}

static bool is_named(const struct object *object, Str group, Str kind, Str name)
{
    return str_equal(object->name, name) && str_equal(object->kind, kind) &&
           str_equal(object->group, group);
}

static struct object *find_exact(const struct objects *objects, Str group, Str kind, Str space,
                                 Str name)
{
    uint32_t at = 0;
    struct object *object;
    uint64_t hash = hash_str(name_hash(group, kind, name), space);
    while ((object = map_next(&objects->by_space, hash, &at)))
        if (is_named(object, group, kind, name) && str_equal(object->space, space))
            break;
    return object;
}

static struct namesakes *find_namesakes(const struct objects *objects, Str group, Str kind,
                                        Str name)
{
    uint32_t at = 0;
    struct namesakes *namesakes;
    while ((namesakes = map_next(&objects->by_name, name_hash(group, kind, name), &at)))
        if (is_named(namesakes->first, group, kind, name))
            break;
    return namesakes;
}

static void enter(struct arena *arena, struct objects *out, struct object *object)
{
    uint64_t hash = name_hash(object->group, object->kind, object->name);
    struct objects_kind *kind = kind_list(out, object->group, object->kind);
    struct namesakes *namesakes = find_namesakes(out, object->group, object->kind, object->name);
    if (!kind) {
        kind = vec_push(arena, &out->kinds);
        *kind = (struct objects_kind){ .group = object->group, .kind = object->kind };
    }
    if (!namesakes) {
        namesakes = ARENA_NEW(arena, struct namesakes);
        namesakes->first = object;
        map_add(arena, &out->by_name, hash, namesakes);
    }
    namesakes->count++;
    if (!object->space.len)
        namesakes->bare = object;
    *vec_push(arena, out) = object;
    *vec_push(arena, &kind->list) = object;
    if (!find_exact(out, object->group, object->kind, object->space, object->name))
        map_add(arena, &out->by_space, hash_str(hash, object->space), object);
}

static bool add(struct reading *reading, const struct document *document, const struct data *root,
                const struct type *type, struct objects *out)
{
    struct arena *arena = reading->model->arena;
    struct run *run = reading->model->run;
    const struct data *metadata;
    Str text = files_get(reading->source->files, root->span.file)->text;
    if (str_contains(text, STR("<<")))
        root = data_merge(arena, root, run->limits->nesting);
    metadata = document_find(root, "metadata");
    struct object *object = ARENA_NEW(arena, struct object);
    *object = (struct object){
        .group = type->group,
        .version = type->version,
        .kind = type->kind,
        .space = document_text(metadata, "namespace"),
        .name = document_text(metadata, "name"),
        .root = root,
        .document = document,
        .span = root->span,
        .whole = root->span,
        .hash = data_hash(root),
    };
    const struct data *name = document_find(metadata, "name");
    if (name)
        object->span = name->span;
    if (!has_word(kind_find(type)->versions, type->version))
        return diagf(run, &object_malformed, document_find(root, "apiVersion")->span,
                     "%.*s: %.*s/%.*s is no version of it (%s)",
                     STR_ARG(object_text(arena, object)), STR_ARG(type->group),
                     STR_ARG(type->version), kind_find(type)->versions);
    struct object *same =
        object->name.len ? find_exact(out, object->group, object->kind, object->space, object->name)
                         : NULL;
    if (same && same->span.file == object->span.file) // applied later
        *same = *object;
    else // of several files, each may be for a cluster of its own
        enter(arena, out, object);
    return true;
}

bool objects_read(struct reading *reading, struct objects *out)
{
    bool good = true;
    for (uint32_t i = 0; i < reading->documents.count; i++) {
        const struct document *document = reading->documents.items[i];
        struct type type;
        const struct data *mixed = mixed_kind(document->root);
        if (mixed) {
            const struct data *root = document->root;
            document_outside(
                reading->out->policy, document->path, "kubernetes",
                (struct unknown){ mixed->span,
                                  STR("which objects come of this template: it is not rendered"),
                                  data_hash(root) });
            continue;
        }
        if (!type_of(document->root, &type))
            continue; // the configuration says that it is ours, but it is no object
        const struct data *items = list_items(document->root, &type);
        for (uint32_t k = 0; items && k < items->count; k++) {
            const struct data *item = items->entries[k].value;
            struct type inner;
            if (type_of(item, &inner) && is_ours(item, &inner))
                good &= add(reading, document, item, &inner, out);
        }
        if (!items && is_ours(document->root, &type))
            good &= add(reading, document, document->root, &type, out);
    }
    return good;
}

const struct object *objects_next(const struct objects *objects, const char *group,
                                  const char *kind, uint32_t *at)
{
    const struct objects_kind *list = kind_list(objects, str_from(group), str_from(kind));
    return list && *at < list->list.count ? list->list.items[(*at)++] : NULL;
}

const struct object *objects_find(const struct objects *objects, const char *group,
                                  const char *kind, Str space, Str name)
{
    const struct object *exact = find_exact(objects, str_from(group), str_from(kind), space, name);
    const struct namesakes *namesakes =
        find_namesakes(objects, str_from(group), str_from(kind), name);
    if (exact || !namesakes)
        return exact;
    if (namesakes->bare)
        return namesakes->bare;
    return !space.len && namesakes->count == 1 ? namesakes->first : NULL;
}

bool scalar_is_text(const struct data *scalar)
{
    static const char *const truths[] = { "y", "Y", "yes", "Yes", "YES", "on",  "On",  "ON",
                                          "n", "N", "no",  "No",  "NO",  "off", "Off", "OFF" };
    for (size_t i = 0; scalar->plain && i < sizeof truths / sizeof *truths; i++)
        if (str_is(scalar->text, truths[i]))
            return false;
    return data_is_text(scalar);
}

Str object_text(struct arena *arena, const struct object *object)
{
    Str name = object->name.len ? object->name : STR("(without a name)");
    if (!object->space.len)
        return str_format(arena, "%.*s %.*s", STR_ARG(object->kind), STR_ARG(name));
    return str_format(arena, "%.*s %.*s/%.*s", STR_ARG(object->kind), STR_ARG(object->space),
                      STR_ARG(name));
}

// ---- fields

const struct data *object_get(const struct object *object, const char *path)
{
    Str rest = str_from(path), head;
    const struct data *at = object->root;
    while (str_cut(rest, STR("."), &head, &rest))
        at = data_find(at, head);
    return data_find(at, rest);
}

static const struct data *field(struct run *run, const struct object *object,
                                const struct data *map, const char *key, enum data_kind kind,
                                const char *wanted, bool *good)
{
    const struct data *value = document_find(map, key);
    if (!value || data_is_null(value))
        return NULL;
    if (value->kind == kind && (kind != DATA_SCALAR || scalar_is_text(value) || value->unrendered))
        return value;
    *good = diagf(run, &object_malformed, value->span, "%.*s: %s must be %s, not %s",
                  STR_ARG(object_text(run->arena, object)), key, wanted, data_kind_text(value));
    return NULL;
}

Str field_text(struct run *run, const struct object *object, const struct data *map,
               const char *key, bool *good)
{
    const struct data *value = field(run, object, map, key, DATA_SCALAR, "a text", good);
    return value ? value->text : STR("");
}

const struct data *field_list(struct run *run, const struct object *object, const struct data *map,
                              const char *key, bool *good)
{
    return field(run, object, map, key, DATA_LIST, "a list", good);
}

const struct data *field_map(struct run *run, const struct object *object, const struct data *map,
                             const char *key, bool *good)
{
    return field(run, object, map, key, DATA_MAP, "a map", good);
}

const struct data *object_annotations(const struct object *object)
{
    const struct data *map = object_get(object, "metadata.annotations");
    return map && map->kind == DATA_MAP ? map : NULL;
}

const struct data *object_annotation(const struct object *object, Str key)
{
    const struct data *value = data_find(object_annotations(object), key);
    return value && value->kind == DATA_SCALAR ? value : NULL;
}
