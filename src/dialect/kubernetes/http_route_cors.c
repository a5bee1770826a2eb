// The CORS of the Gateway API: filters and SecurityPolicy objects.
#include "base/hash.h"
#include "dialect/kubernetes/http_route_parts.h"

#include <string.h>

// The origins that one entry takes: "*" stands for anything where the implementation knows it.
static const struct fa *origin_words(struct model *model, Str text,
                                     const struct route_engine *engine)
{
    struct fa_space *fa = model->fa;
    if (str_is(text, "*")) {
        if (!engine->shaped_star)
            return fa_all(fa);
        return model_pattern(model, STR("[a-zA-Z][a-zA-Z0-9+.-]*://[^/]+"), REGEX_RE2, REGEX_FULL)
            ->result.language;
    }
    if (!engine->wildcards)
        return fa_literal(fa, text);
    const struct fa *out = fa_empty(fa);
    Str rest = text, piece;
    while (str_cut(rest, STR("*"), &piece, &rest)) {
        out = fa_concat(fa, out, fa_literal(fa, piece));
        out = fa_concat(fa, out, fa_all(fa));
    }
    return fa_concat(fa, out, fa_literal(fa, rest));
}

static void read_list(struct cluster *cluster, const struct object *object, const struct data *cors,
                      const char *key, bool star_is_all, bool *has, Str *text, Span *span)
{
    const struct data *list = field_list(cluster->run, object, cors, key, &cluster->good);
    if (!list || !list->count)
        return;
    *has = true;
    *span = list->span;
    for (uint32_t i = 0; i < list->count; i++) {
        Str one = list->entries[i].value->text;
        if (star_is_all && str_is(one, "*")) {
            *text = one;
            return;
        }
        *text = i ? str_format(cluster->arena, "%.*s,%.*s", STR_ARG(*text), STR_ARG(one)) : one;
    }
}

struct envoy_cors route_policy(struct cluster *cluster, const struct object *object,
                               const struct data *cors, const struct route_engine *engine)
{
    struct envoy_cors out = envoy_cors_none(cluster->model);
    const struct data *origins =
        field_list(cluster->run, object, cors, "allowOrigins", &cluster->good);
    const struct data *field;
    bool truth;
    out.span = cors->span;
    for (uint32_t i = 0; origins && i < origins->count; i++) {
        const struct data *origin = origins->entries[i].value;
        if (origin->kind != DATA_SCALAR || scalar_is_open(origin))
            envoy_cors_take_unknown(&out, object->hash, origin->span);
        else
            envoy_cors_take(cluster->model, &out,
                            origin_words(cluster->model, origin->text, engine), origin->span);
    }
    if (origins && origins->unrendered)
        envoy_cors_take_unknown(&out, object->hash, origins->span);
    read_list(cluster, object, cors, "allowMethods", true, &out.has_methods, &out.methods,
              &out.methods_span);
    read_list(cluster, object, cors, "allowHeaders", true, &out.has_headers, &out.headers,
              &out.headers_span);
    read_list(cluster, object, cors, "exposeHeaders", false, &out.has_expose, &out.expose,
              &out.expose_span);
    bool is_filter = str_is(object->kind, "HTTPRoute");
    field = document_find(cors, "maxAge");
    out.has_max_age = is_filter || field;
    out.max_age = field && field->kind == DATA_SCALAR ? field->text : STR("5");
    if (!is_filter && str_ends(out.max_age, STR("s")))
        out.max_age.len--;
    out.max_age_span = field ? field->span : cors->span;
    if ((field = document_find(cors, "allowCredentials"))) {
        if (data_get_bool(field, &truth))
            out.credentials = truth ? TRI_YES : TRI_NO;
        out.credentials_span = field->span;
    }
    out.forwards_refused = engine->forwards_refused ? TRI_YES : TRI_NO;
    return out;
}

// ---- SecurityPolicy

// How specifically a policy's target means a route: 3 its rule, 2 the route, 1 the listener, 0 the
// Gateway; -1: not at all.
static int aims_at(const struct route_part *part, const struct object *policy,
                   const struct data *target)
{
    Str kind = document_text(target, "kind"), name = document_text(target, "name");
    Str section = document_text(target, "sectionName");
    if (str_is(kind, "HTTPRoute") && str_equal(name, part->object->name) &&
        str_equal(policy->space, part->object->space)) {
        if (!section.len)
            return 2;
        return str_equal(section, document_text(part->rule, "name")) ? 3 : -1;
    }
    if (str_is(kind, "Gateway")) {
        const struct data *parents = object_get(part->object, "spec.parentRefs");
        for (uint32_t i = 0; parents && parents->kind == DATA_LIST && i < parents->count; i++) {
            const struct data *parent = parents->entries[i].value;
            Str space = document_text(parent, "namespace");
            if (!str_equal(document_text(parent, "name"), name) ||
                !str_equal(space.len ? space : part->object->space, policy->space))
                continue;
            if (!section.len)
                return 0;
            return str_equal(section, document_text(parent, "sectionName")) ? 1 : -1;
        }
    }
    return -1;
}

static int aims_most(const struct route_part *part, const struct object *policy)
{
    const struct data *spec = object_get(policy, "spec");
    const struct data *one = document_find(spec, "targetRef");
    const struct data *list = document_find(spec, "targetRefs");
    int best = one ? aims_at(part, policy, one) : -1;
    for (uint32_t i = 0; list && list->kind == DATA_LIST && i < list->count; i++) {
        int here = aims_at(part, policy, list->entries[i].value);
        best = here > best ? here : best;
    }
    return best;
}

static bool aims_at_any(const struct cluster *cluster, const struct object *policy)
{
    struct route_part part = { 0 };
    uint32_t at = 0;
    while ((part.object =
                objects_next(&cluster->objects, "gateway.networking.k8s.io", "HTTPRoute", &at))) {
        const struct data *rules = object_get(part.object, "spec.rules");
        for (uint32_t i = 0; rules && rules->kind == DATA_LIST && i < rules->count; i++) {
            part.rule = rules->entries[i].value;
            if (aims_most(&part, policy) >= 0)
                return true;
        }
    }
    return false;
}

void security_unused(struct cluster *cluster)
{
    const struct object *one;
    uint32_t at = 0;
    while (
        (one = objects_next(&cluster->objects, "gateway.envoyproxy.io", "SecurityPolicy", &at))) {
        const struct data *spec = object_get(one, "spec");
        bool open = data_is_open(document_find(spec, "targetRef")) ||
                    data_is_open(document_find(spec, "targetRefs"));
        if ((document_find(spec, "cors") || (spec && spec->unrendered)) &&
            (open || !aims_at_any(cluster, one)))
            cluster_outside(cluster, one, one->span,
                            str_format(cluster->arena,
                                       "which routes %.*s is for: it is shown under a host of its "
                                       "own",
                                       STR_ARG(object_text(cluster->arena, one))),
                            0);
    }
}

uint64_t security_identity(const struct cluster *cluster)
{
    const struct object *one;
    uint64_t identity = 0;
    uint32_t at = 0;
    while ((one = objects_next(&cluster->objects, "gateway.envoyproxy.io", "SecurityPolicy", &at)))
        identity += hash_u64(HASH_SEED, one->hash);
    return identity;
}

const struct data *security_cors(struct cluster *cluster, const struct route_part *part,
                                 const struct object **policy)
{
    const struct object *one, *best = NULL;
    int best_aim = -1;
    uint32_t at = 0;
    while (
        (one = objects_next(&cluster->objects, "gateway.envoyproxy.io", "SecurityPolicy", &at))) {
        int aim = aims_most(part, one);
        if (aim < 0)
            continue;
        if (aim == best_aim)
            cluster_remark(cluster, "CG510", one->span,
                           str_format(cluster->arena,
                                      "%.*s and %.*s have the same target: only one of them is "
                                      "accepted",
                                      STR_ARG(object_text(cluster->arena, best)),
                                      STR_ARG(object_text(cluster->arena, one))),
                           hash_u64(best->hash, one->hash));
        if (aim > best_aim) {
            best = one;
            best_aim = aim;
        }
    }
    *policy = best;
    return best ? object_get(best, "spec.cors") : NULL;
}
