// Filters of a route's rules besides CORS.
#include "base/hash.h"
#include "dialect/kubernetes/http_route_parts.h"

const struct data *route_filter(const struct data *filters, const char *type)
{
    for (uint32_t i = 0; filters && filters->kind == DATA_LIST && i < filters->count; i++)
        if (str_is(document_text(filters->entries[i].value, "type"), type))
            return filters->entries[i].value;
    return NULL;
}

bool route_filters_open(const struct data *filters)
{
    bool open = filters && (filters->unrendered || filters->conditional);
    for (uint32_t i = 0; filters && filters->kind == DATA_LIST && i < filters->count; i++) {
        const struct data *one = filters->entries[i].value;
        bool is_cors = str_is(document_text(one, "type"), "CORS");
        open |= one->conditional || one->unrendered || (!is_cors && data_is_open(one));
    }
    return open;
}

static void change_header(const struct route_part *part, struct cases *cases, struct branch *branch,
                          enum header_verb verb, const struct data *name, const struct data *value,
                          bool beside_cors)
{
    struct model *model = cases->model;
    if (!name || name->kind != DATA_SCALAR || !header_is_about_cors(name->text))
        return;
    if (beside_cors || data_is_open(value)) {
        Str text = str_format(cases->model->arena, "%.*s", STR_ARG(name->text));
        branch_unknown_header(cases, branch, text.ptr,
                              STR("how this comes together with the CORS filter is not "
                                  "established"),
                              part->object->hash, name->span);
        return;
    }
    branch_header(
        cases, branch,
        (struct header_op){
            .verb = verb,
            .name = name->text,
            .value = verb == HEADER_CLEAR ? NULL : value_text(model, value ? value->text : STR("")),
            .span = name->span });
}

void route_change_headers(const struct route_part *part, struct cases *cases, struct branch *branch,
                          bool beside_cors)
{
    const struct data *filter =
        route_filter(document_find(part->rule, "filters"), "ResponseHeaderModifier");
    const struct data *change = document_find(filter, "responseHeaderModifier");
    static const struct {
        const char *key;
        enum header_verb verb;
    } verbs[] = { { "set", HEADER_SET }, { "add", HEADER_APPEND }, { "remove", HEADER_CLEAR } };
    for (size_t v = 0; v < sizeof verbs / sizeof *verbs; v++) {
        const struct data *list = document_find(change, verbs[v].key);
        for (uint32_t i = 0; list && list->kind == DATA_LIST && i < list->count; i++) {
            const struct data *one = list->entries[i].value;
            const struct data *name = one->kind == DATA_MAP ? document_find(one, "name") : one;
            change_header(part, cases, branch, verbs[v].verb, name,
                          one->kind == DATA_MAP ? document_find(one, "value") : NULL, beside_cors);
        }
    }
}

void route_extend(const struct cluster *cluster, const struct route_part *part, struct cases *cases,
                  struct branch *in, const struct data *filters)
{
    for (uint32_t i = 0; filters && filters->kind == DATA_LIST && i < filters->count; i++) {
        const struct data *filter = filters->entries[i].value;
        const struct data *to = document_find(filter, "extensionRef");
        Str kind = document_text(to, "kind"), name = document_text(to, "name");
        if (!to || !str_is(document_text(filter, "type"), "ExtensionRef"))
            continue;
        Str end = { "", 1 };
        Str group_text = str_concat(cluster->arena, document_text(to, "group"), end);
        Str kind_text = str_concat(cluster->arena, kind, end);
        const struct object *object = objects_find(&cluster->objects, group_text.ptr, kind_text.ptr,
                                                   part->object->space, name);
        branch_unknown_header(cases, in, "",
                              str_format(cluster->arena, "what the %.*s %.*s does here",
                                         STR_ARG(kind), STR_ARG(name)),
                              hash_u64(data_hash(filter), object ? object->hash : 0), filter->span);
    }
}

uint64_t route_kong_identity(const struct cluster *cluster, const struct object *route)
{
    static const char *const kinds[] = { "KongPlugin", "KongClusterPlugin" };
    uint64_t identity = route->hash;
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        const struct object *plugin;
        uint32_t at = 0;
        while (
            (plugin = objects_next(&cluster->objects, "configuration.konghq.com", kinds[k], &at)))
            identity += hash_u64(k, plugin->hash);
    }
    return identity;
}
