#include "dialect/kubernetes/cluster.h"

#include "base/hash.h"
#include "dialect/kubernetes/controllers.h"

#include <string.h>

uint32_t version_parse(Str text)
{
    uint32_t parts[3] = { 0 };
    size_t at = 0;
    if (text.len && (text.ptr[0] == 'v' || text.ptr[0] == 'V'))
        at++;
    for (int i = 0; i < 3; i++) {
        size_t begin = at;
        while (at < text.len && text.ptr[at] >= '0' && text.ptr[at] <= '9')
            at++;
        if (!str_number(str_slice(text, begin, at), 999, &parts[i]))
            return i < 2 ? 0 : parts[0] * 1000000 + parts[1] * 1000;
        if (at == text.len || text.ptr[at] != '.')
            return i == 0 ? 0 : parts[0] * 1000000 + parts[1] * 1000 + parts[2];
        at++;
    }
    return parts[0] * 1000000 + parts[1] * 1000 + parts[2];
}

Str version_text(struct arena *arena, uint32_t version)
{
    return str_format(arena, "%u.%u.%u", version / 1000000, version / 1000 % 1000, version % 1000);
}

Str cluster_setting(const struct cluster *cluster, const char *product, const char *key)
{
    const struct dialect_options *options = cluster->options;
    for (uint32_t i = 0; i < options->setting_count; i++) {
        const struct dialect_setting *setting = &options->settings[i];
        if (str_is(setting->product, product) && str_is(setting->key, key))
            return setting->value;
    }
    return STR("");
}

bool cluster_setting_bool(const struct cluster *cluster, const char *product, const char *key,
                          bool *out)
{
    Str value = cluster_setting(cluster, product, key);
    bool yes = str_is(value, "true");
    if (!yes && !str_is(value, "false"))
        return false;
    *out = yes;
    return true;
}

struct running cluster_running(const struct cluster *cluster, const struct controller *controller)
{
    struct running running = { 0 };
    bool differs = false;
    for (uint32_t i = 0; i < cluster->installed.count; i++) {
        const struct installed *installed = &cluster->installed.items[i];
        if (installed->controller != controller)
            continue;
        running.args = running.args ? running.args : installed->args;
        if (!installed->version)
            continue;
        differs |= running.version && running.version != installed->version;
        running.version = installed->version;
        running.span = installed->image;
        running.is_known = true;
    }
    if (differs) // several run, and which of them reads what is not said
        running = (struct running){ .args = running.args };
    uint32_t said = version_parse(cluster_setting(cluster, controller->product, "version"));
    if (said) {
        running.version = said;
        running.is_known = true;
        running.span = (Span){ 0 };
    }
    return running;
}

bool running_flag(const struct running *running, const char *name, Str *value)
{
    for (uint32_t i = 0; running->args && i < running->args->count; i++) {
        const struct data *arg = running->args->entries[i].value;
        Str rest = arg->text;
        if (arg->kind != DATA_SCALAR || arg->unrendered)
            continue;
        (void)(str_eat(&rest, STR("--")) || str_eat(&rest, STR("-")));
        if (!str_eat(&rest, str_from(name)) || (rest.len && rest.ptr[0] != '='))
            continue;
        *value = rest.len ? str_slice(rest, 1, rest.len) : STR("true");
        return true;
    }
    return false;
}

uint64_t object_identity(const struct cluster *cluster, const struct object *object)
{
    (void)cluster;
    return object->hash;
}

void cluster_unknown(struct cluster *cluster, const struct object *object, Span span, Str reason)
{
    policy_add_unknown(cluster->policy,
                       (struct unknown){ span, reason, object_identity(cluster, object) });
}

Str object_name(struct arena *arena, const struct object *object)
{
    return str_format(arena, "%.*s.%.*s%s%.*s", STR_ARG(object->name), STR_ARG(object->space),
                      object->space.len ? "." : "", STR_ARG(object->kind));
}

void cluster_outside(struct cluster *cluster, const struct object *object, Span span, Str reason,
                     uint64_t more)
{
    uint64_t identity = hash_u64(object_identity(cluster, object), more);
    document_outside(cluster->policy, object_name(cluster->arena, object), "kubernetes",
                     (struct unknown){ span, reason, identity });
}

void cluster_open(struct cluster *cluster, const struct object *object, Span span, uint64_t more)
{
    Str reason = str_format(cluster->arena,
                            "which hosts and paths %.*s serves: a template that is not rendered "
                            "says it",
                            STR_ARG(object_text(cluster->arena, object)));
    cluster_outside(cluster, object, span, reason, more);
}

void cluster_remark(struct cluster *cluster, const char *rule, Span span, Str message,
                    uint64_t identity)
{
    policy_add_remark(
        cluster->policy,
        (struct remark){ .rule = rule, .span = span, .message = message, .identity = identity });
}

void cluster_dangling(struct cluster *cluster, const struct object *from, Span span,
                      const char *kind, Str space, Str name)
{
    Str where = space.len ? str_format(cluster->arena, "%.*s/", STR_ARG(space)) : STR("");
    Str message =
        str_format(cluster->arena, "%.*s refers to %s %.*s%.*s, which is not here",
                   STR_ARG(object_text(cluster->arena, from)), kind, STR_ARG(where), STR_ARG(name));
    cluster_remark(cluster, "CG908", span, message, hash_str(HASH_SEED, message));
}
