// firebase.json: headers of Firebase Hosting.
#include "dialect/static_headers/static_sites.h"

#include "base/hash.h"

static const struct static_product firebase = { .layer = "firebase", .joining = STATIC_LAST };

static const char *const marks[] = { "\"hosting\"", NULL };

static bool claims(const struct document *document, Str *why)
{
    const struct data *hosting = document_find(document->root, "hosting");
    *why = STR("it has hosting as Firebase has");
    if (hosting && hosting->kind == DATA_LIST && hosting->count)
        hosting = hosting->entries[0].value;
    return hosting && hosting->kind == DATA_MAP &&
           (static_is_named(document, "firebase.json") || document_find(hosting, "headers") ||
            document_find(hosting, "public"));
}

static void read_rule(struct static_document *document, const struct data *node)
{
    struct model *model = document->model;
    const struct data *source = document_find(node, "source"), *list;
    const struct data *glob = document_find(node, "glob"), *regex = document_find(node, "regex");
    struct static_rule rule = { .match = MATCH_GLOB, .span = node->span };
    rule.span.end = rule.span.begin + 1;
    if ((source != NULL) + (glob != NULL) + (regex != NULL) != 1) {
        static_complain(document, node->span,
                        "an entry of headers has exactly one of source, glob and regex");
        return;
    }
    if (regex) {
        rule.match = MATCH_REGEX;
        rule.path = regex->text;
        static_match(
            document, &rule,
            model_pattern(model, str_concat(model->arena, STR("(?s)"), regex->text), REGEX_RE2, 0));
    } else {
        rule.path = source ? source->text : glob->text;
        if (!str_starts(rule.path, STR("/")))
            rule.path = str_concat(model->arena, STR("/"), rule.path);
        rule.paths = glob_language(model, rule.path);
        if (!rule.paths) {
            rule.paths = fa_none(model->fa);
            rule.perhaps = fa_all(model->fa);
        }
    }
    if (static_count(document, node, "headers", &list))
        static_read_pairs(document, list, &rule, NULL, NULL);
    *vec_push(model->arena, &document->rules) = rule;
}

// Of several sites of one file, the requests of number `number`.
static const struct box *site_box(struct model *model, const struct data *list, uint32_t number,
                                  const struct box *box)
{
    for (uint32_t i = 0; i <= number && list->count > 1; i++) {
        const struct data *site = list->entries[i].value;
        Str name = document_text(site, "target");
        if (!name.len)
            name = document_text(site, "site");
        Str text = str_format(
            model->arena, "whether the request comes to the site %.*s of Firebase", STR_ARG(name));
        const struct var *choice =
            model_choice(model, text, hash_u64(hash_str(HASH_SEED, name), i), site->span);
        box = box_with(model, box, choice, model_choice_value(model, i == number));
    }
    return box;
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
    Span span = { site->span.file, site->span.begin, site->span.begin + 1 };
    bool good =
        static_headers_add(reading->model, document.policy, &firebase, &document.rules, box, span);
    return good && document.good;
}

static bool read(struct reading *reading)
{
    bool good = true;
    for (uint32_t i = 0; i < reading->documents.count; i++) {
        const struct data *root = reading->documents.items[i]->root;
        const struct data *hosting = document_find(root, "hosting");
        const struct box *box = documents_instance(reading, i, "site");
        if (!hosting)
            good = diagf(reading->model->run, &static_malformed, root->span, "there is no hosting");
        else if (hosting->kind != DATA_LIST)
            good &= read_site(reading, hosting, box);
        for (uint32_t k = 0; hosting && hosting->kind == DATA_LIST && k < hosting->count; k++)
            good &= read_site(reading, hosting->entries[k].value,
                              site_box(reading->model, hosting, k, box));
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
