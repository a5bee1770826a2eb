#include "dialect/google/google.h"

#include "base/hash.h"
#include "syntax/data.h"

const struct kind google_malformed = { "CG901", LEVEL_ERROR,
                                       "Google's load balancer refuses this" };

// What stands in every file that matters.
static const char *const marks[] = { "pathMatcher",
                                     "defaultService",
                                     "defaultRouteAction",
                                     "defaultUrlRedirect",
                                     "urlMap",
                                     "ComputeURLMap",
                                     "customResponseHeaders",
                                     "edgeCacheServices",
                                     "enableCDN",
                                     "loadBalancingScheme",
                                     NULL };

// ---- which documents

// Config Connector has the fields of a resource below `spec`.
static const struct data *resource_of(const struct data *root)
{
    return str_starts(document_text(root, "apiVersion"), STR("compute.cnrm.cloud.google.com/"))
               ? document_find(root, "spec")
               : root;
}

static bool is_resource(const struct data *root, const char *kind, const char *connector,
                        const char *collection)
{
    Str given = document_text(root, "kind"), link = document_text(root, "selfLink");
    return str_is(given, kind) || str_is(given, connector) ||
           str_contains(link, str_from(collection));
}

static bool is_media(const struct data *root)
{
    const struct data *routing = document_find(root, "routing");
    const struct data *list = document_find(routing, "pathMatchers");
    return list && list->kind == DATA_LIST && document_find(routing, "hostRules");
}

static bool is_url_map(const struct data *root)
{
    const struct data *map = resource_of(root);
    if (is_resource(root, "compute#urlMap", "ComputeURLMap", "/urlMaps/"))
        return true;
    if (document_find(root, "apiVersion") || document_find(root, "resource"))
        return false; // of Kubernetes, or of Terraform
    return (document_find(map, "hostRules") && document_find(map, "pathMatchers")) ||
           document_find(map, "defaultService") || document_find(map, "defaultRouteAction") ||
           document_find(map, "defaultUrlRedirect");
}

static bool is_backend(const struct data *root)
{
    return is_resource(root, "compute#backendService", "ComputeBackendService",
                       "/backendServices/") ||
           is_resource(root, "compute#backendBucket", "ComputeBackendBucket", "/backendBuckets/");
}

static bool claims(const struct document *document, Str *why)
{
    const struct data *root = document->root;
    if (is_media(root))
        *why = STR("it is an EdgeCacheService of Google's Media CDN");
    else if (is_url_map(root))
        *why = STR("it is a URL map of Google's load balancers");
    else if (is_backend(root))
        *why = STR("it is a backend of Google's load balancers");
    return why->len > 0;
}

// ---- the load balancing scheme

static enum google_scheme scheme_by_name(Str name)
{
    if (str_is(name, "EXTERNAL"))
        return GOOGLE_SCHEME_CLASSIC;
    if (str_is(name, "INTERNAL_SELF_MANAGED"))
        return GOOGLE_SCHEME_MESH;
    return name.len ? GOOGLE_SCHEME_OTHER : GOOGLE_SCHEME_UNKNOWN;
}

static enum google_scheme scheme_by_setting(const struct dialect_options *options)
{
    for (uint32_t i = 0; i < options->setting_count; i++)
        if (str_is(options->settings[i].product, "google") &&
            str_is(options->settings[i].key, "load-balancing-scheme"))
            return scheme_by_name(options->settings[i].value);
    return GOOGLE_SCHEME_UNKNOWN;
}

// What a map's backends say, if they agree: a backend service belongs to one kind of load balancer.
static enum google_scheme scheme_by_backends(const struct google *google, const struct data *node,
                                             uint32_t depth, enum google_scheme known)
{
    static const char *const fields[] = { "service", "defaultService", "backendService" };
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        const struct data *service = document_find(node, fields[i]);
        const struct data *backend =
            service ? google_backend(google, google_service(service)) : NULL;
        const struct data *scheme = google_backend_field(backend, "loadBalancingScheme");
        if (scheme && scheme->kind == DATA_SCALAR && known == GOOGLE_SCHEME_UNKNOWN)
            known = scheme_by_name(scheme->text);
    }
    for (uint32_t i = 0; node && depth > 0 && i < node->count; i++)
        known = scheme_by_backends(google, node->entries[i].value, depth - 1, known);
    return known;
}

// ---- reading

static void read_map(struct google *google, uint32_t number)
{
    enum { DEPTH = 8 };
    const struct data *root = google->reading->documents.items[number]->root;
    struct google_map map = { .google = google,
                              .is_media = is_media(root),
                              .box = documents_instance(google->reading, number, "load balancer") };
    map.root = map.is_media ? document_find(root, "routing") : resource_of(root);
    if (!map.root || map.root->kind != DATA_MAP)
        return;
    map.name = document_text(map.is_media ? root : map.root, "name");
    map.identity = hash_str(hash_str(HASH_SEED, STR("google load balancing scheme")), map.name);
    map.scheme = scheme_by_setting(google->reading->options);
    if (map.scheme == GOOGLE_SCHEME_UNKNOWN)
        map.scheme = scheme_by_backends(google, map.root, DEPTH, GOOGLE_SCHEME_UNKNOWN);
    google_map_read(&map);
}

static bool read(struct reading *reading)
{
    struct reading maps = *reading; // backends are no programs of their own
    struct google google = {
        .model = reading->model, .policy = reading->out->policy, .reading = &maps, .good = true
    };
    maps.documents = (struct documents){ 0 };
    for (uint32_t i = 0; i < reading->documents.count; i++) {
        const struct document *document = reading->documents.items[i];
        if (is_backend(document->root))
            *vec_push(google.model->arena, &google.backends.list) = document->root;
        else
            *vec_push(google.model->arena, &maps.documents) = document;
    }
    for (uint32_t i = 0; i < maps.documents.count; i++)
        read_map(&google, i);
    return google.good;
}

const struct dialect dialect_google = {
    .name = "google",
    .what = "URL map of Google's load balancers, service of Media CDN",
    .marks = marks,
    .claims = claims,
    .read = read,
};
