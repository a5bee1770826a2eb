// customHttp.yml: headers of Amplify Hosting. How its patterns match is described by examples only,
// and which of several wins is reported both ways.
#include "dialect/static_headers/static_sites.h"

#include "base/buf.h"

static const struct static_product amplify = { .layer = "amplify",
                                               .joining = STATIC_FIRST_OR_LAST,
                                               .options_status = 403 };

static const char *const marks[] = { "customHeaders", NULL };

static const struct data *headers_of(const struct data *node)
{
    const struct data *list = document_find(node, "customHeaders");
    return list && list->kind == DATA_LIST ? list : NULL;
}

static bool claims(const struct document *document, Str *why)
{
    const struct data *list = document_find(document->root, "applications");
    *why = STR("it has customHeaders as Amplify has");
    for (uint32_t i = 0; list && list->kind == DATA_LIST && i < list->count; i++)
        if (headers_of(list->entries[i].value))
            return true;
    return headers_of(document->root) != NULL;
}

// `is_loose`: "*" is any text, else any text without a slash; "**/" is any folders, or none.
static const struct fa *language(struct model *model, Str pattern, bool is_loose)
{
    struct buf out = { .arena = model->arena };
    Str rest = pattern;
    (void)str_eat(&rest, STR("/"));
    buf_add_text(&out, "/");
    while (rest.len) {
        if (str_eat(&rest, STR("**/")))
            buf_add_text(&out, "(?:.*/)?");
        else if (str_eat(&rest, STR("**")))
            buf_add_text(&out, ".*");
        else if (str_eat(&rest, STR("*")))
            buf_add_text(&out, is_loose ? ".*" : "[^/]*");
        else if (is_loose && str_eat(&rest, STR("?")))
            buf_add_text(&out, ".?");
        else {
            buf_add(&out, static_escape(model->arena, str_slice(rest, 0, 1)));
            rest = str_slice(rest, 1, rest.len);
        }
    }
    return static_pattern(model, buf_str(&out))->result.language;
}

static void read_rule(struct static_document *document, const struct data *node)
{
    struct model *model = document->model;
    const struct data *list, *pattern = document_find(node, "pattern");
    struct static_rule rule = { .match = MATCH_GLOB, .span = static_place(node) };
    if (!pattern || pattern->kind != DATA_SCALAR || !pattern->text.len) {
        static_complain(document, node->span, "an entry of customHeaders has no pattern");
        return;
    }
    rule.path = pattern->text;
    bool is_odd = pattern->unrendered || str_contains(rule.path, STR("{")) ||
                  str_contains(rule.path, STR("[")) || str_contains(rule.path, STR("("));
    rule.paths = language(model, rule.path, false);
    rule.perhaps = fa_subtract(model->fa, language(model, rule.path, true), rule.paths);
    if (is_odd || !rule.perhaps) {
        rule.paths = fa_none(model->fa);
        rule.perhaps = fa_all(model->fa);
    } else if (fa_is_none(rule.perhaps)) {
        rule.perhaps = NULL;
    }
    if (static_count(document, node, "headers", &list))
        static_read_pairs(document, list, &rule, NULL, NULL);
    *vec_push(model->arena, &document->rules) = rule;
}

static bool read_site(struct reading *reading, const struct data *node, const struct box *box)
{
    const struct data *list;
    struct static_document document = {
        .model = reading->model, .policy = reading->out->policy, .product = &amplify, .good = true
    };
    uint32_t count = static_count(&document, node, "customHeaders", &list);
    for (uint32_t i = 0; i < count; i++)
        read_rule(&document, list->entries[i].value);
    return static_document_finish(&document, box, static_place(node));
}

static bool read(struct reading *reading)
{
    bool good = true;
    for (uint32_t i = 0; i < reading->documents.count; i++) {
        const struct data *root = reading->documents.items[i]->root;
        const struct data *list = document_find(root, "applications");
        const struct box *box = documents_instance(reading, i, "site");
        if (!list || list->kind != DATA_LIST || headers_of(root)) {
            good &= read_site(reading, root, box);
            continue;
        }
        for (uint32_t k = 0; k < list->count; k++)
            good &= read_site(reading, list->entries[k].value,
                              static_site_box(reading->model, list, k, "appRoot", box));
    }
    return good;
}

const struct dialect dialect_amplify = {
    .name = "amplify",
    .what = "customHttp.yml of Amplify Hosting",
    .marks = marks,
    .claims = claims,
    .read = read,
};
