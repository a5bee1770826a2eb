// app.yaml: headers of static handlers of App Engine.
#include "dialect/static_headers/static_sites.h"

static const struct static_product app_engine = { .layer = "app-engine", .joining = STATIC_FIRST };

static const char *const marks[] = { "static_files", "static_dir", "http_headers", NULL };

enum { HEADER_MAX_BYTES = 500 };

static bool claims(const struct document *document, Str *why)
{
    const struct data *list = document_find(document->root, "handlers");
    *why = STR("it has handlers by URL as App Engine has");
    for (uint32_t i = 0; list && list->kind == DATA_LIST && i < list->count; i++) {
        const struct data *one = list->entries[i].value;
        if (document_find(one, "url") &&
            (document_find(one, "static_files") || document_find(one, "static_dir") ||
             document_find(one, "script") || document_find(one, "http_headers")))
            return true;
    }
    return false;
}

static void read_headers_of(struct static_document *document, const struct data *map,
                            struct static_rule *rule)
{
    if (map->kind != DATA_MAP) {
        static_complain(document, map->span, "http_headers is %s, where a map stands",
                        data_kind_text(map));
        return;
    }
    if (rule->is_upstream) {
        static_complain(document, map->span, "http_headers stands at a handler of a script");
        return;
    }
    for (uint32_t i = 0; i < map->count; i++) {
        const struct data *key = map->entries[i].key, *value = map->entries[i].value;
        if (value->kind != DATA_SCALAR) {
            static_complain(document, value->span, "the value of a header is %s",
                            data_kind_text(value));
            continue;
        }
        if (key->text.len + value->text.len >= HEADER_MAX_BYTES)
            static_complain(document, key->span, "the header %.*s is too long", STR_ARG(key->text));
        Span span = { key->span.file, key->span.begin, value->span.end };
        if (static_header_counts(key->text))
            *vec_push(document->model->arena, &rule->headers) =
                (struct static_header){ key->text, static_text(document->model, value), span };
    }
}

static void read_handler(struct static_document *document, const struct data *node)
{
    struct model *model = document->model;
    const struct data *headers = document_find(node, "http_headers");
    Str url = document_text(node, "url"), expression = url;
    struct static_rule rule = { .path = url, .match = MATCH_REGEX, .span = static_place(node) };
    bool is_folder = document_find(node, "static_dir") != NULL;
    if (!url.len) {
        static_complain(document, node->span, "a handler has no url");
        return;
    }
    rule.is_upstream = !is_folder && !document_find(node, "static_files");
    if (is_folder) {
        while (str_ends(expression, STR("/")))
            expression.len--;
        expression = str_concat(model->arena, expression, STR("/(.*)"));
    } else if (str_equal(static_escape(model->arena, url), url)) {
        rule.match = MATCH_EXACT;
    }
    static_match(document, &rule, static_pattern(model, expression));
    if (headers)
        read_headers_of(document, headers, &rule);
    *vec_push(model->arena, &document->rules) = rule;
}

static bool read(struct reading *reading)
{
    bool good = true;
    for (uint32_t i = 0; i < reading->documents.count; i++) {
        const struct data *root = reading->documents.items[i]->root, *list;
        struct static_document document = { .model = reading->model,
                                            .policy = reading->out->policy,
                                            .product = &app_engine,
                                            .good = true };
        uint32_t count = static_count(&document, root, "handlers", &list);
        for (uint32_t k = 0; k < count; k++)
            read_handler(&document, list->entries[k].value);
        good &= static_document_finish(&document, documents_instance(reading, i, "service"),
                                       static_place(root));
    }
    return good;
}

const struct dialect dialect_app_engine = {
    .name = "app-engine",
    .what = "app.yaml of App Engine",
    .marks = marks,
    .claims = claims,
    .read = read,
};
