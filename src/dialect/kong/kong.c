#include "dialect/kong/kong.h"

#include "base/hash.h"

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

// Several files are several gateways: which one a request comes to is not known.
static const struct box *gateway_box(const struct reading *reading, uint32_t number)
{
    struct model *model = reading->model;
    const struct box *box = box_all(model);
    for (uint32_t i = 0; i <= number && reading->documents.count > 1; i++) {
        const struct document *document = reading->documents.items[i];
        Str text = str_format(model->arena, "whether the request comes to the Kong of %.*s",
                              STR_ARG(document->path));
        uint64_t identity = hash_u64(hash_str(HASH_SEED, document->path), document->number);
        Span span = document->root->span;
        const struct var *choice = model_choice(model, text, identity, span);
        box = box_with(model, box, choice, model_choice_value(model, i == number));
    }
    return box;
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
            .gateway = gateway_box(reading, i),
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
