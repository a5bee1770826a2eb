#include "dialect/kong/kong.h"

const struct kind kong_malformed = { "CG901", LEVEL_ERROR, "Kong refuses this" };

static const char *const marks[] = { "_format_version", NULL };

static bool claims(const struct document *document, Str *why)
{
    static const char *const lists[] = { "services", "routes", "plugins", "upstreams", NULL };
    if (!document_text(document->root, "_format_version").len)
        return false;
    for (const char *const *list = lists; *list; list++)
        if (document_find(document->root, *list)) {
            *why = STR("it has _format_version and Kong's lists");
            return true;
        }
    return false;
}

static bool read(struct reading *reading)
{
    bool good = true;
    for (uint32_t i = 0; i < reading->documents.count; i++) {
        const struct document *document = reading->documents.items[i];
        struct kong kong = {
            .model = reading->model,
            .policy = reading->out->policy,
            .document = document,
            .root = document->root,
            .gateway = documents_instance(reading, i, "Kong"),
            .good = true,
        };
        if (document->root->kind != DATA_MAP)
            continue;
        kong_entities(&kong);
        kong_endpoints(&kong);
        good &= kong.good;
    }
    return good;
}

const struct dialect dialect_kong = {
    .name = "kong",
    .what = "Kong declarative configuration",
    .marks = marks,
    .claims = claims,
    .read = read,
};
