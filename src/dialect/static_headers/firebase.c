// firebase.json: headers of Firebase Hosting.
#include "dialect/static_headers/static_sites.h"

static const struct static_product firebase = { .layer = "firebase", .joining = STATIC_LAST };

static const char *const marks[] = { "\"hosting\"", "\"public\"", NULL };

static bool has_list(const struct data *map, const char *key)
{
    const struct data *list = document_find(map, key);
    return list && list->kind == DATA_LIST;
}

// Before there was `hosting`, what it holds stood at the top.
static bool is_old(const struct data *root)
{
    return !document_find(root, "hosting") && document_text(root, "public").len &&
           (has_list(root, "headers") || has_list(root, "redirects") || has_list(root, "rewrites"));
}

static bool claims(const struct document *document, Str *why)
{
    const struct data *hosting = document_find(document->root, "hosting");
    *why = STR("it has public and lists of rules as Firebase had before there was hosting");
    if (is_old(document->root))
        return static_is_named(document, "firebase.json") ||
               document_find(document->root, "firebase");
    *why = STR("it has hosting as Firebase has");
    if (hosting && hosting->kind == DATA_LIST && hosting->count)
        hosting = hosting->entries[0].value;
    return hosting && hosting->kind == DATA_MAP &&
           (static_is_named(document, "firebase.json") || document_find(hosting, "headers") ||
            document_find(hosting, "public"));
}

// What a rule matches. False: it is refused.
static bool read_match(struct static_document *document, const struct data *node,
                       struct static_rule *rule)
{
    struct model *model = document->model;
    const struct data *source = document_find(node, "source");
    const struct data *glob = document_find(node, "glob"), *regex = document_find(node, "regex");
    *rule = (struct static_rule){ .match = MATCH_GLOB, .span = static_place(node) };
    if ((source != NULL) + (glob != NULL) + (regex != NULL) != 1) {
        static_complain(document, node->span, "an entry has exactly one of source, glob and regex");
        return false;
    }
    if (regex) {
        rule->match = MATCH_REGEX;
        rule->path = regex->text;
        static_match(
            document, rule,
            model_pattern(model, str_concat(model->arena, STR("(?s)"), regex->text), REGEX_RE2, 0));
        return true;
    }
    rule->path = source ? source->text : glob->text;
    bool is_negated = str_starts(rule->path, STR("!")); // nobody says what such a one matches
    if (!str_starts(rule->path, STR("/")))
        rule->path = str_concat(model->arena, STR("/"), rule->path);
    rule->paths = is_negated ? NULL : glob_language(model, rule->path);
    if (!rule->paths) {
        rule->paths = fa_none(model->fa);
        rule->perhaps = fa_all(model->fa);
    }
    return true;
}

static void read_rule(struct static_document *document, const struct data *node)
{
    struct static_rule rule;
    const struct data *list;
    if (!read_match(document, node, &rule))
        return;
    if (static_count(document, node, "headers", &list))
        static_read_pairs(document, list, &rule, NULL, NULL);
    *vec_push(document->model->arena, &document->rules) = rule;
}

static void read_redirect(struct static_document *document, const struct data *node)
{
    struct static_rule rule;
    const struct data *destination = document_find(node, "destination");
    const struct data *type = document_find(node, "type");
    if (!read_match(document, node, &rule))
        return;
    rule.redirect = 301;
    if (!destination || destination->kind != DATA_SCALAR) {
        static_complain(document, node->span, "a redirect has a destination");
        return;
    }
    if (type && (!data_get_number(type, 399, &rule.redirect) || rule.redirect < 300)) {
        static_complain(document, type->span, "type is no status of a redirect");
        return;
    }
    rule.location = static_location(document->model, destination);
    *vec_push(document->model->arena, &document->redirects) = rule;
}

static bool read_site(struct reading *reading, const struct data *site, const struct box *box)
{
    const struct data *list;
    struct static_document document = {
        .model = reading->model, .policy = reading->out->policy, .product = &firebase, .good = true
    };
    uint32_t count = static_count(&document, site, "headers", &list);
    for (uint32_t i = 0; i < count; i++)
        read_rule(&document, list->entries[i].value);
    count = static_count(&document, site, "redirects", &list);
    for (uint32_t i = 0; i < count; i++)
        read_redirect(&document, list->entries[i].value);
    return static_document_finish(&document, box, static_place(site));
}

static bool read(struct reading *reading)
{
    bool good = true;
    for (uint32_t i = 0; i < reading->documents.count; i++) {
        const struct data *root = reading->documents.items[i]->root;
        const struct data *hosting = document_find(root, "hosting");
        const struct box *box = documents_instance(reading, i, "site");
        if (is_old(root))
            hosting = root;
        if (!hosting)
            good = diagf(reading->model->run, &static_malformed, root->span, "there is no hosting");
        else if (hosting->kind != DATA_LIST)
            good &= read_site(reading, hosting, box);
        for (uint32_t k = 0; hosting && hosting->kind == DATA_LIST && k < hosting->count; k++)
            good &= read_site(reading, hosting->entries[k].value,
                              static_site_box(reading->model, hosting, k, "target", box));
    }
    return good;
}

const struct dialect dialect_firebase = {
    .name = "firebase",
    .what = "firebase.json",
    .marks = marks,
    .claims = claims,
    .read = read,
};
