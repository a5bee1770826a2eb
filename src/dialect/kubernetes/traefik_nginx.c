// Traefik's provider that reads ingress-nginx's annotations: reference/kubernetes.md 5.3 and 14.
#include "dialect/kubernetes/traefik.h"

#include <stdio.h>
#include <string.h>

static const char prefix[] = "nginx.ingress.kubernetes.io/";
static const char all_methods[] = "GET, PUT, POST, DELETE, PATCH, OPTIONS";
static const char all_headers[] = "DNT,Keep-Alive,User-Agent,X-Requested-With,If-Modified-Since,"
                                  "Cache-Control,Content-Type,Range,Authorization";

bool traefik_has_nginx_class(const struct cluster *cluster, Str class_name)
{
    const struct running running = cluster_running(cluster, controller_find(STR("traefik")));
    Str said = cluster_setting(cluster, "traefik", "nginx-class");
    if (!said.len)
        (void)running_flag(&running, "providers.kubernetesingressnginx.ingressclass", &said);
    return said.len && str_equal(said, class_name);
}

static const struct data *annotation_of(const struct object *ingress, const char *name)
{
    char key[128];
    (void)snprintf(key, sizeof key, "%s%s", prefix, name);
    const struct data *found = object_annotation(ingress, str_from(key));
    return found && found->kind == DATA_SCALAR ? found : NULL;
}

// Only "true", in any case, is true.
static bool read_bool(const struct data *annotation, bool otherwise)
{
    return annotation ? str_is_nocase(annotation->text, "true") : otherwise;
}

static Str read_text(const struct object *ingress, const char *name, const char *otherwise,
                     Span *span, bool *open)
{
    const struct data *annotation = annotation_of(ingress, name);
    *span = annotation ? annotation->span : ingress->span;
    *open |= annotation && annotation->unrendered;
    return annotation ? annotation->text : str_from(otherwise);
}

static void read_origins(struct cluster *cluster, const struct object *ingress,
                         struct traefik_headers *out)
{
    struct model *model = cluster->model;
    Str rest = read_text(ingress, "cors-allow-origin", "*", &out->origins_span, &out->has_unknown);
    out->echoed = fa_none(model->fa);
    while (rest.len) {
        Str one;
        if (!str_cut(rest, STR(","), &one, &rest)) {
            one = rest;
            rest = STR("");
        }
        one = str_trim(one);
        out->has_star |= str_is(one, "*");
        if (one.len && !out->has_star)
            out->echoed = fa_union(model->fa, out->echoed, fa_literal(model->fa, one));
    }
}

bool traefik_from_annotations(struct cluster *cluster, const struct object *ingress,
                              struct traefik_headers *out)
{
    const struct data *enabled = annotation_of(ingress, "enable-cors");
    const struct data *credentials = annotation_of(ingress, "cors-allow-credentials");
    *out = (struct traefik_headers){ .span = enabled ? enabled->span : ingress->span,
                                     .identity = ingress->hash,
                                     .is_cors = true };
    if (!read_bool(enabled, false))
        return false;
    out->echoes = traefik_echoes(cluster_running(cluster, controller_find(STR("traefik"))).version);
    out->credentials = read_bool(credentials, true);
    out->credentials_span = credentials ? credentials->span : out->span;
    read_origins(cluster, ingress, out);
    out->methods = read_text(ingress, "cors-allow-methods", all_methods, &out->methods_span,
                             &out->has_unknown);
    out->headers = read_text(ingress, "cors-allow-headers", all_headers, &out->headers_span,
                             &out->has_unknown);
    out->expose =
        read_text(ingress, "cors-expose-headers", "", &out->expose_span, &out->has_unknown);
    out->max_age = read_text(ingress, "cors-max-age", "1728000", &out->age_span, &out->has_unknown);
    return true;
}
