// render.yaml: headers of static sites of Render.
#include "dialect/static_headers/static_sites.h"

#include "base/buf.h"

static const struct static_product render = { .layer = "render", .joining = STATIC_OPEN };

static const char *const marks[] = { "staticPublishPath", "runtime: static", "env: static", NULL };

static bool is_static(const struct data *service)
{
    return str_is(document_text(service, "type"), "web") &&
           (str_is(document_text(service, "runtime"), "static") ||
            str_is(document_text(service, "env"), "static"));
}

static const struct data *services_of(const struct document *document)
{
    const struct data *list = document_find(document->root, "services");
    return list && list->kind == DATA_LIST ? list : NULL;
}

static bool claims(const struct document *document, Str *why)
{
    const struct data *list = services_of(document);
    *why = STR("it has a static site as Render has");
    for (uint32_t i = 0; list && i < list->count; i++)
        if (is_static(list->entries[i].value))
            return true;
    return false;
}

// "*" as the last part is any rest, "**" one folder or more, "*" in a part any text without a
// slash.
static const struct pattern *compile(struct model *model, Str path)
{
    struct buf out = { .arena = model->arena };
    Str rest = path, part;
    bool more = true;
    while (more) {
        more = str_cut(rest, STR("/"), &part, &rest);
        if (!more)
            part = rest;
        if (str_is(part, "**") && more)
            buf_add_text(&out, "[^/]+(?:/[^/]+)*");
        else if ((str_is(part, "*") || str_is(part, "**")) && !more)
            buf_add_text(&out, ".*");
        else
            for (size_t i = 0; i < part.len; i++)
                buf_add(&out, part.ptr[i] == '*'
                                  ? STR("[^/]*")
                                  : static_escape(model->arena, str_slice(part, i, i + 1)));
        if (more)
            buf_add_char(&out, '/');
    }
    return static_pattern(model, buf_str(&out));
}

static void read_header(struct static_document *document, const struct data *node)
{
    struct model *model = document->model;
    const struct data *value = document_find(node, "value");
    Str path = document_text(node, "path"), name = document_text(node, "name");
    if (!path.len || !name.len || !value || value->kind != DATA_SCALAR) {
        static_complain(document, node->span, "a header has a path, a name and a value");
        return;
    }
    if (!static_header_counts(name))
        return;
    for (uint32_t i = 0; i < document->rules.count; i++) { // those of one path are one rule
        struct static_rule *old = &document->rules.items[i];
        bool has_it = false;
        for (uint32_t k = 0; k < old->headers.count; k++)
            has_it |= str_equal_nocase(old->headers.items[k].name, name);
        if (!str_equal(old->path, path) || has_it)
            continue;
        *vec_push(model->arena, &old->headers) =
            (struct static_header){ name, static_text(model, value), static_place(node) };
        return;
    }
    struct static_rule rule = {
        .path = path,
        .match = str_contains(path, STR("*")) ? MATCH_GLOB : MATCH_EXACT,
        .span = static_place(node),
    };
    static_match(document, &rule, compile(model, path));
    *vec_push(model->arena, &rule.headers) =
        (struct static_header){ name, static_text(model, value), rule.span };
    *vec_push(model->arena, &document->rules) = rule;
}

static bool read(struct reading *reading)
{
    bool good = true;
    for (uint32_t i = 0; i < reading->documents.count; i++) {
        const struct data *list = services_of(reading->documents.items[i]);
        const struct box *box = documents_instance(reading, i, "site");
        for (uint32_t k = 0; list && k < list->count; k++) {
            const struct data *service = list->entries[k].value, *headers;
            struct static_document document = { .model = reading->model,
                                                .policy = reading->out->policy,
                                                .product = &render,
                                                .good = true };
            if (!is_static(service))
                continue;
            uint32_t count = static_count(&document, service, "headers", &headers);
            for (uint32_t h = 0; h < count; h++)
                read_header(&document, headers->entries[h].value);
            good &= static_document_finish(&document,
                                           static_site_box(reading->model, list, k, "name", box),
                                           static_place(service));
        }
    }
    return good;
}

const struct dialect dialect_render = {
    .name = "render",
    .what = "render.yaml",
    .marks = marks,
    .claims = claims,
    .read = read,
};
