// What an Ingress of ingress-nginx says in vain (reference/kubernetes.md 2.2, 2.3, 4.1).
#include "dialect/kubernetes/nginx_annotations.h"

#include "base/hash.h"

#include <string.h>

static const char *const cors_keys[] = {
    "enable-cors",         "cors-allow-origin",      "cors-allow-methods", "cors-allow-headers",
    "cors-expose-headers", "cors-allow-credentials", "cors-max-age",
};
enum { CORS_KEYS = sizeof cors_keys / sizeof *cors_keys, FAR = 4 };

static bool is_cors_key(Str key)
{
    for (size_t i = 0; i < CORS_KEYS; i++)
        if (str_is(key, cors_keys[i]))
            return true;
    return false;
}

// The key that another one is a slip of, or NULL.
static const char *nearest(Str key)
{
    const char *best = NULL;
    size_t best_distance = FAR;
    if (!key.len || (!strchr("ce", key.ptr[0]) && !str_contains(key, STR("cors"))))
        return NULL; // the first letter is rarely wrong, and there are many other annotations
    for (size_t i = 0; i < CORS_KEYS; i++) {
        size_t distance = str_distance(key, str_from(cors_keys[i]), FAR);
        if (distance < best_distance) {
            best = cors_keys[i];
            best_distance = distance;
        }
    }
    return best;
}

struct remarking {
    struct cluster *cluster;
    const struct nginx_setup *setup;
    const struct nginx_ingress *ingress;
    const struct data *first; // the key of a cors annotation that waits for enable-cors
};

static void say(const struct remarking *remarking, const char *rule, Span span, Str message)
{
    struct cluster *cluster = remarking->cluster;
    const struct object *object = remarking->ingress->ingress.object;
    Str whole = str_format(cluster->arena, "%.*s: %.*s",
                           STR_ARG(object_text(cluster->arena, object)), STR_ARG(message));
    cluster_remark(cluster, rule, span, whole, hash_str(HASH_SEED, whole));
}

static void look_at_own(struct remarking *remarking, const struct data *key, Str name,
                        const struct data *value)
{
    struct arena *arena = remarking->cluster->arena;
    if (!is_cors_key(name)) {
        const char *meant = nearest(name);
        if (meant || str_starts(name, STR("cors-")))
            say(remarking, "CG506", key->span,
                meant ? str_format(arena, "there is no annotation %.*s; %s is meant", STR_ARG(name),
                                   meant)
                      : str_format(arena, "there is no annotation %.*s", STR_ARG(name)));
        return;
    }
    if (value->kind == DATA_SCALAR && !scalar_is_text(value) && !value->unrendered) {
        say(remarking, "CG507", value->span,
            str_format(arena,
                       "the API server refuses %s as the value of %.*s: an annotation is a text in "
                       "quotes",
                       data_is_text(value) ? "true or false" : data_kind_text(value),
                       STR_ARG(name)));
        return;
    }
    if (!str_is(name, "enable-cors") && !remarking->first)
        remarking->first = key;
}

static void look_at_foreign(struct remarking *remarking, const struct data *key)
{
    Str prefix, name;
    if (!str_cut(key->text, STR("/"), &prefix, &name) || !is_cors_key(name))
        return;
    Str own = remarking->setup->prefix;
    say(remarking, "CG507", key->span,
        str_format(remarking->cluster->arena,
                   "ingress-nginx does not read %.*s: its annotations begin with %.*s",
                   STR_ARG(key->text), STR_ARG(own)));
}

void nginx_annotations_remark(struct cluster *cluster, const struct nginx_setup *setup,
                              const struct nginx_ingress *ingress)
{
    struct remarking remarking = { cluster, setup, ingress, NULL };
    const struct data *map = object_annotations(ingress->ingress.object);
    for (uint32_t i = 0; map && i < map->count; i++) {
        const struct data *key = map->entries[i].key;
        Str name = key->text;
        if (str_eat(&name, setup->prefix))
            look_at_own(&remarking, key, name, map->entries[i].value);
        else
            look_at_foreign(&remarking, key);
    }
    if (!remarking.first || ingress->unknown.len)
        return;
    if (ingress->is_canary)
        say(&remarking, "CG507", remarking.first->span,
            STR("a canary takes its CORS from the Ingress beside which it stands"));
    else if (!ingress->cors.enabled)
        say(&remarking, "CG507", remarking.first->span,
            str_format(cluster->arena, "this does nothing without %.*senable-cors: \"true\"",
                       STR_ARG(setup->prefix)));
}
