#include "dialect/kubernetes/ingress.h"

void ingresses_find(struct cluster *cluster)
{
    for (uint32_t i = 0; i < cluster->objects.count; i++) {
        const struct object *object = cluster->objects.items[i];
        bool ingress =
            str_is(object->kind, "Ingress") &&
            (str_is(object->group, "networking.k8s.io") || str_is(object->group, "extensions"));
        if (ingress)
            *vec_push(cluster->arena, &cluster->ingresses) =
                (struct claimed){ object, controller_of_ingress(cluster, object).controller };
    }
}

const struct object *ingress_next(const struct cluster *cluster,
                                  const struct controller *controller, uint32_t *at)
{
    while (*at < cluster->ingresses.count) {
        const struct claimed *claimed = &cluster->ingresses.items[(*at)++];
        if (claimed->controller == controller)
            return claimed->object;
    }
    return NULL;
}

// What reading one Ingress carries around.
struct reader {
    struct cluster *cluster;
    const struct object *object;
    struct ingress *out;
};

static void note_open(struct reader *reader, const struct data *data)
{
    if (data_is_open(data) && !reader->out->is_open) {
        reader->out->is_open = true;
        reader->out->open_span = data->span;
    }
}

static Str upstream_of(struct reader *reader, const struct data *backend)
{
    // networking.k8s.io/v1 has service.name and service.port.{number,name}; the betas have
    // serviceName and servicePort.
    const struct data *service = document_find(backend, "service");
    Str name = document_text(service, "name"), port = STR("");
    if (service) {
        const struct data *map = document_find(service, "port");
        port = document_text(map, "number");
        port = port.len ? port : document_text(map, "name");
    } else {
        name = document_text(backend, "serviceName");
        port = document_text(backend, "servicePort");
    }
    if (!name.len)
        return STR("");
    Str space = reader->object->space;
    return str_format(reader->cluster->arena, "http://%.*s%s%.*s%s%.*s", STR_ARG(name),
                      space.len ? "." : "", STR_ARG(space), port.len ? ":" : "", STR_ARG(port));
}

static enum path_type path_type(struct reader *reader, const struct data *entry, bool *typed)
{
    const struct data *type = document_find(entry, "pathType");
    *typed = type && type->kind == DATA_SCALAR && type->text.len;
    if (!*typed || str_is(type->text, "Prefix") || type->unrendered)
        return PATH_PREFIX;
    if (str_is(type->text, "Exact"))
        return PATH_EXACT;
    if (str_is(type->text, "ImplementationSpecific"))
        return PATH_IMPLEMENTATION;
    struct cluster *cluster = reader->cluster;
    cluster->good = diagf(cluster->run, &object_malformed, type->span,
                          "%.*s: pathType must be Exact, Prefix or ImplementationSpecific",
                          STR_ARG(object_text(cluster->arena, reader->object)));
    return PATH_PREFIX;
}

static void read_path(struct reader *reader, const struct data *entry, struct ingress_rule *rule)
{
    struct cluster *cluster = reader->cluster;
    if (entry->kind != DATA_MAP) {
        cluster->good = diagf(
            cluster->run, &object_malformed, entry->span, "%.*s: a path must be a map, not %s",
            STR_ARG(object_text(cluster->arena, reader->object)), data_kind_text(entry));
        return;
    }
    struct ingress_path path = { .path = STR("/"), .span = entry->span };
    const struct data *written = document_find(entry, "path");
    Str text = field_text(cluster->run, reader->object, entry, "path", &cluster->good);
    if (text.len) {
        path.path = text;
        path.span = written->span;
    }
    path.type = path_type(reader, entry, &path.typed);
    path.upstream = upstream_of(reader, document_find(entry, "backend"));
    note_open(reader, written);
    note_open(reader, document_find(entry, "pathType"));
    *vec_push(cluster->arena, &rule->paths) = path;
}

static void read_rule(struct reader *reader, const struct data *entry)
{
    struct cluster *cluster = reader->cluster;
    if (entry->kind != DATA_MAP) {
        cluster->good = diagf(
            cluster->run, &object_malformed, entry->span, "%.*s: a rule must be a map, not %s",
            STR_ARG(object_text(cluster->arena, reader->object)), data_kind_text(entry));
        return;
    }
    const struct data *host = document_find(entry, "host");
    struct ingress_rule rule = { .span = host ? host->span : entry->span };
    rule.host = field_text(cluster->run, reader->object, entry, "host", &cluster->good);
    note_open(reader, host);
    const struct data *http =
        field_map(cluster->run, reader->object, entry, "http", &cluster->good);
    const struct data *paths =
        field_list(cluster->run, reader->object, http, "paths", &cluster->good);
    if (paths && paths->unrendered)
        note_open(reader, paths);
    for (uint32_t i = 0; paths && i < paths->count; i++) {
        if (paths->entries[i].value->conditional)
            note_open(reader, paths->entries[i].value);
        read_path(reader, paths->entries[i].value, &rule);
    }
    *vec_push(cluster->arena, &reader->out->rules) = rule;
}

static void read_tls(struct reader *reader, const struct data *spec)
{
    struct cluster *cluster = reader->cluster;
    const struct data *tls = field_list(cluster->run, reader->object, spec, "tls", &cluster->good);
    for (uint32_t i = 0; tls && i < tls->count; i++) {
        const struct data *hosts = document_find(tls->entries[i].value, "hosts");
        for (uint32_t k = 0; hosts && hosts->kind == DATA_LIST && k < hosts->count; k++)
            if (hosts->entries[k].value->kind == DATA_SCALAR)
                *vec_push(cluster->arena, &reader->out->tls_hosts) = hosts->entries[k].value->text;
    }
}

void ingress_read(struct cluster *cluster, const struct object *object, struct ingress *out)
{
    *out = (struct ingress){ .object = object };
    struct reader reader = { cluster, object, out };
    const struct data *spec = field_map(cluster->run, object, object->root, "spec", &cluster->good);
    const struct data *rules = field_list(cluster->run, object, spec, "rules", &cluster->good);
    if (spec && spec->unrendered)
        note_open(&reader, spec);
    if (rules && (rules->unrendered || rules->conditional))
        note_open(&reader, rules);
    for (uint32_t i = 0; rules && i < rules->count; i++) {
        const struct data *entry = rules->entries[i].value;
        if (entry->unrendered || entry->conditional)
            note_open(&reader, entry);
        read_rule(&reader, entry);
    }
    const struct data *backend = document_find(spec, "defaultBackend");
    backend = backend ? backend : document_find(spec, "backend"); // of the betas
    if (backend && !data_is_null(backend)) {
        out->has_default = true;
        out->default_upstream = upstream_of(&reader, backend);
        out->default_span = backend->span;
    }
    read_tls(&reader, spec);
}
