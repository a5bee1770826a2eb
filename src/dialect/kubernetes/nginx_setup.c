#include "dialect/kubernetes/nginx_setup.h"

#include "dialect/kubernetes/versions.h"

void nginx_texts_read(struct cluster *cluster, const struct data *list, struct nginx_texts *out)
{
    Str rest = list ? list->text : STR(""), item;
    while (rest.len) {
        if (!str_cut(rest, STR(","), &item, &rest)) {
            item = rest;
            rest = STR("");
        }
        item = str_trim(item);
        if (item.len)
            *vec_push(cluster->arena, out) = (struct nginx_text){ item, list->span };
    }
}

struct nginx_headers nginx_headers_read(struct cluster *cluster, const struct object *from,
                                        Str reference, Str space, Span span)
{
    struct nginx_headers out = { .span = span };
    Str name = reference, head;
    if (str_cut(reference, STR("/"), &head, &name))
        space = head;
    const struct object *map = objects_find(&cluster->objects, "", "ConfigMap", space, name);
    if (!map) {
        cluster_dangling(cluster, from, span, "ConfigMap", space, name);
        out.unknown =
            str_format(cluster->arena, "which headers ConfigMap %.*s holds", STR_ARG(reference));
        return out;
    }
    const struct data *data = object_get(map, "data");
    if (data_is_open(data))
        out.unknown = STR("which headers a template that is not rendered leaves in this ConfigMap");
    for (uint32_t i = 0; data && data->kind == DATA_MAP && i < data->count; i++) {
        const struct data *key = data->entries[i].key, *value = data->entries[i].value;
        if (value->kind == DATA_SCALAR)
            *vec_push(cluster->arena, &out) = (struct nginx_header){
                { key->text, key->span },
                { value->text, value->span },
            };
    }
    return out;
}

// ---- which ConfigMap is the controller's

static const struct object *by_reference(const struct cluster *cluster, Str reference)
{
    Str space = STR(""), name = reference, head;
    if (str_cut(reference, STR("/"), &head, &name) && !str_starts(head, STR("$(")))
        space = head;
    return name.len ? objects_find(&cluster->objects, "", "ConfigMap", space, name) : NULL;
}

static bool is_labelled(const struct object *map)
{
    const struct data *labels = object_get(map, "metadata.labels");
    return str_is(document_text(labels, "app.kubernetes.io/name"), "ingress-nginx") ||
           str_is(document_text(labels, "app"), "ingress-nginx");
}

static const struct object *find_config_map(const struct cluster *cluster,
                                            const struct running *running)
{
    static const char *const names[] = { "ingress-nginx-controller", "nginx-configuration",
                                         "nginx-ingress-controller" };
    Str flag;
    const struct object *found = NULL, *map;
    if (running_flag(running, "configmap", &flag))
        found = by_reference(cluster, flag);
    for (size_t i = 0; i < sizeof names / sizeof *names && !found; i++)
        found = objects_find(&cluster->objects, "", "ConfigMap", STR(""), str_from(names[i]));
    uint32_t at = 0;
    while (!found && (map = objects_next(&cluster->objects, "", "ConfigMap", &at)))
        for (size_t i = 0; i < sizeof names / sizeof *names; i++)
            if (str_is(map->name, names[i]))
                found = map;
    at = 0;
    while (!found && (map = objects_next(&cluster->objects, "", "ConfigMap", &at)))
        if (is_labelled(map) && document_find(object_get(map, "data"), "allow-snippet-annotations"))
            found = map;
    return found;
}

// ---- what it says

static const struct data *config_value(const struct nginx_setup *setup, const char *key)
{
    const struct data *map = setup->config_map ? object_get(setup->config_map, "data") : NULL;
    const struct data *value = document_find(map, key);
    return value && value->kind == DATA_SCALAR ? value : NULL;
}

static enum nginx_switch read_snippets(const struct nginx_setup *setup)
{
    if (!setup->config_map) // an Ingress with one would be refused if they were off
        return SWITCH_ON;
    const struct data *allow = config_value(setup, "allow-snippet-annotations");
    const struct data *risk = config_value(setup, "annotations-risk-level");
    const struct data *map = object_get(setup->config_map, "data");
    if (data_is_open(allow) || data_is_open(risk) || (map && map->unrendered))
        return SWITCH_UNKNOWN;
    bool on = allow ? str_is(allow->text, "true") : setup->version < NGINX_SNIPPETS_OFF;
    if (setup->version >= NGINX_VALIDATES)
        on = on && risk && str_is(risk->text, "Critical");
    return on ? SWITCH_ON : SWITCH_OFF;
}

static void read_config_map(struct cluster *cluster, struct nginx_setup *setup)
{
    const struct object *map = setup->config_map;
    const struct data *added = map ? config_value(setup, "add-headers") : NULL;
    setup->snippets = read_snippets(setup);
    if (!map)
        return;
    if (added && added->text.len && added->unrendered)
        setup->add_headers =
            (struct nginx_headers){ .unknown =
                                        STR("which ConfigMap a template that is not rendered "
                                            "names here"),
                                    .span = added->span };
    else if (added && added->text.len)
        setup->add_headers = nginx_headers_read(cluster, map, added->text, map->space, added->span);
    nginx_texts_read(cluster, config_value(setup, "hide-headers"), &setup->hide_headers);
    nginx_texts_read(cluster, config_value(setup, "custom-http-errors"), &setup->errors);
    nginx_texts_read(cluster, config_value(setup, "global-allowed-response-headers"),
                     &setup->allowed_headers);
    setup->http_snippet = config_value(setup, "http-snippet");
    setup->server_snippet = config_value(setup, "server-snippet");
    setup->location_snippet = config_value(setup, "location-snippet");
}

void nginx_setup_read(struct cluster *cluster, const struct controller *controller,
                      struct nginx_setup *out)
{
    struct running running = cluster_running(cluster, controller);
    *out = (struct nginx_setup){
        .version = running.version ? running.version : controller->newest,
        .version_known = running.is_known,
        .prefix = STR("nginx.ingress.kubernetes.io/"),
    };
    Str flag;
    out->validates = out->version >= NGINX_VALIDATES;
    if (running_flag(&running, "enable-annotation-validation", &flag))
        out->validates = str_is(flag, "true");
    (void)cluster_setting_bool(cluster, controller->product, "annotation-validation",
                               &out->validates);
    if (!running_flag(&running, "annotations-prefix", &flag))
        flag = cluster_setting(cluster, controller->product, "annotations-prefix");
    if (flag.len)
        out->prefix = str_concat(cluster->arena, flag, STR("/"));
    out->config_map = find_config_map(cluster, &running);
    read_config_map(cluster, out);
}
