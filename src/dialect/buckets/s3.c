// Buckets of S3: rules by themselves as the command line takes and prints them, and templates.
// Source: reference/gateways.md sections 2, 10.
#include "dialect/aws/variables.h"
#include "dialect/buckets/buckets.h"
#include "dialect/origin_text.h"

enum { RULES_MAX = 100 };

struct s3_keys {
    const char *exposed, *max_age, *id;
};
static const struct s3_keys cli_keys = { "ExposeHeaders", "MaxAgeSeconds", "ID" };
static const struct s3_keys template_keys = { "ExposedHeaders", "MaxAge", "Id" };

// ---- reading

static uint32_t stars(Str text)
{
    uint32_t count = 0;
    for (size_t i = 0; i < text.len; i++)
        count += text.ptr[i] == '*';
    return count;
}

static void check_stars(struct buckets *buckets, const struct term *list, const char *what,
                        struct bucket_rule *rule)
{
    for (uint32_t i = 0; list->kind == TERM_LIST && i < term_count(list); i++) {
        struct term one = term_at(buckets->terms, list, i);
        Str text;
        if (!term_is_known(&one, &text) || stars(text) < 2)
            continue;
        bucket_complain(buckets, one.span, "%s %.*s has more than one *", what, STR_ARG(text));
        rule->is_refused = true;
    }
}

static void check_methods(struct buckets *buckets, struct bucket_rule *rule)
{
    static const char *const known[] = { "GET", "PUT", "POST", "DELETE", "HEAD" };
    const struct term *list = &rule->methods;
    for (uint32_t i = 0; list->kind == TERM_LIST && i < term_count(list); i++) {
        struct term one = term_at(buckets->terms, list, i);
        Str text;
        bool good = !term_is_known(&one, &text);
        for (size_t k = 0; k < sizeof known / sizeof *known && !good; k++)
            good = str_is(text, known[k]);
        if (good)
            continue;
        bucket_complain(buckets, one.span,
                        "S3 takes the methods GET, PUT, POST, DELETE and HEAD, not %.*s",
                        STR_ARG(text));
        rule->is_refused = true;
    }
}

static void check_list(struct buckets *buckets, const struct term *list, const char *name,
                       bool required, struct bucket_rule *rule)
{
    if (list->kind == TERM_LIST || list->kind == TERM_UNKNOWN ||
        (!required && !term_is_there(list)))
        return;
    if (term_is_there(list))
        bucket_complain(buckets, list->span, "%s is %s, where a list stands", name,
                        term_kind_text(list));
    else
        bucket_complain(buckets, rule->span, "a rule needs %s", name);
    rule->is_refused = true;
}

static void check_origins(struct buckets *buckets, const struct term *list)
{
    for (uint32_t i = 0; list->kind == TERM_LIST && i < term_count(list); i++) {
        struct term one = term_at(buckets->terms, list, i);
        Str text;
        if (!term_is_known(&one, &text) || str_contains(text, STR("*")))
            continue;
        const char *wrong = origin_flaw(text);
        if (wrong)
            bucket_remark(buckets, "CG507", one.span,
                          str_format(buckets->model->arena,
                                     "No browser sends the origin %.*s: %s, so that the entry "
                                     "allows nothing",
                                     STR_ARG(text), wrong));
    }
}

static void read_rule(struct buckets *buckets, const struct term *rule, const struct s3_keys *keys,
                      struct bucket_rules *out)
{
    const char *const known[] = { "AllowedOrigins",
                                  "AllowedMethods",
                                  "AllowedHeaders",
                                  keys->exposed,
                                  keys->max_age,
                                  keys->id,
                                  NULL };
    struct bucket_rule made = { .span = rule->span };
    if (rule->kind == TERM_NONE)
        return;
    made.origins = term_find(buckets->terms, rule, "AllowedOrigins");
    made.methods = term_find(buckets->terms, rule, "AllowedMethods");
    made.headers = term_find(buckets->terms, rule, "AllowedHeaders");
    made.exposed = term_find(buckets->terms, rule, keys->exposed);
    made.max_age = term_find(buckets->terms, rule, keys->max_age);
    bucket_check_keys(buckets, rule, known);
    check_list(buckets, &made.origins, "AllowedOrigins", true, &made);
    check_list(buckets, &made.methods, "AllowedMethods", true, &made);
    check_list(buckets, &made.headers, "AllowedHeaders", false, &made);
    check_list(buckets, &made.exposed, keys->exposed, false, &made);
    check_methods(buckets, &made);
    check_stars(buckets, &made.origins, "the origin", &made);
    check_stars(buckets, &made.headers, "the header", &made);
    check_origins(buckets, &made.origins);
    *vec_push(buckets->model->arena, out) = made;
}

static bool same(const struct term *a, const struct term *b)
{
    if (!a->data || !b->data)
        return !a->data && !b->data;
    return data_hash(a->data) == data_hash(b->data);
}

// A rule that asks for nothing that an earlier one leaves over.
static void find_dead(struct buckets *buckets, const struct bucket_rules *rules)
{
    for (uint32_t i = 1; i < rules->count; i++)
        for (uint32_t k = 0; k < i; k++) {
            const struct bucket_rule *a = &rules->items[k], *b = &rules->items[i];
            if (!same(&a->origins, &b->origins) || !same(&a->methods, &b->methods) ||
                !same(&a->headers, &b->headers))
                continue;
            bucket_remark(buckets, "CG507", b->span,
                          STR("An earlier rule has the same origins, methods and headers, so that "
                              "this one never answers"));
            break;
        }
}

static void read_rules(struct buckets *buckets, const struct term *list, const struct s3_keys *keys,
                       struct bucket_rules *out)
{
    if (list->kind != TERM_LIST || !term_count(list)) {
        bucket_complain(buckets, list->span, "the rules are %s, where a list of rules stands",
                        list->kind == TERM_LIST ? "an empty list" : term_kind_text(list));
        return;
    }
    if (term_count(list) > RULES_MAX)
        bucket_complain(buckets, list->span, "S3 takes at most %d rules", RULES_MAX);
    for (uint32_t i = 0; i < term_count(list); i++) {
        struct term rule = term_at(buckets->terms, list, i);
        read_rule(buckets, &rule, keys, out);
    }
    find_dead(buckets, out);
}

// ---- rules by themselves

static const struct data *rules_of(const struct document *document)
{
    const struct data *list = document->root;
    if (document_find(list, "CORSRules"))
        list = document_find(list, "CORSRules");
    if (list->kind != DATA_LIST)
        return NULL;
    if (document_find(document->root, "CORSRules"))
        return list;
    bool some = list->count > 0;
    for (uint32_t i = 0; i < list->count; i++)
        some = some && document_find(list->entries[i].value, "AllowedOrigins") &&
               document_find(list->entries[i].value, "AllowedMethods");
    return some ? list : NULL;
}

static void read_file(struct buckets *buckets)
{
    struct term list = term_of(buckets->terms, rules_of(buckets->document));
    struct bucket_rules rules = { 0 };
    Str host = host_name(buckets->model->arena, buckets->reading->source, buckets->document->path,
                         STR("bucket"), "s3");
    host = host_unique(buckets->model->arena, buckets->hosts, host, buckets->document);
    struct endpoint endpoint =
        bucket_endpoint(buckets, "s3", host, STR(""),
                        (Span){ list.span.file, list.span.begin, list.span.begin + 1 });
    struct cases cases = cases_new(buckets->model, buckets->policy);
    read_rules(buckets, &list, &cli_keys, &rules);
    s3_cells(buckets, &cases, cases_begin(&cases, endpoint.box), &rules, host, endpoint.span);
    cases_finish(&cases, endpoint);
}

// ---- templates

static void read_case(struct buckets *buckets, struct cases *cases, const struct box *box,
                      const struct resource *resource, Str host)
{
    struct bucket_rules rules = { 0 };
    struct term settings = template_property(buckets->template, resource, "CorsConfiguration");
    bool is_there = template_has(buckets->template, resource);
    if (is_there && settings.kind == TERM_MAP) {
        struct term list = term_find(buckets->terms, &settings, "CorsRules");
        read_rules(buckets, &list, &template_keys, &rules);
    }
    box = box_meet(buckets->model, box, choices_box(&buckets->template->choices));
    struct branch all = cases_begin(cases, box);
    if (!is_there)
        branch_answer(cases, all, 404, resource->span);
    else if (settings.kind == TERM_UNKNOWN)
        branch_answer_unknown(cases, all, STR("the bucket's CORS rules are not known"),
                              template_identity(buckets->template, settings.data), settings.span);
    else
        s3_cells(buckets, cases, all, &rules, host, resource->span);
}

static void read_bucket(struct buckets *buckets, const struct resource *resource)
{
    struct arena *arena = buckets->model->arena;
    Str name, host = host_name(arena, buckets->reading->source, buckets->document->path,
                               resource->id, "s3");
    template_restart(buckets->template);
    (void)template_case(buckets->template);
    struct term named = template_property(buckets->template, resource, "BucketName");
    bool sure = buckets->template->choices.open.count == 0;
    if (sure && term_is_known(&named, &name) && name.len)
        host = str_format(arena, "%.*s.s3.amazonaws.com", STR_ARG(str_lower(arena, name)));
    // Resources of one document have different ids, but may have one literal name.
    host = host_unique(arena, buckets->hosts, host, resource->data);
    struct endpoint endpoint = bucket_endpoint(buckets, "s3", host, STR(""), resource->span);
    struct cases cases = cases_new(buckets->model, buckets->policy);
    buckets->at = str_format(arena, "resource %.*s", STR_ARG(resource->id));
    buckets->template->at = resource->id;
    for (template_restart(buckets->template); template_case(buckets->template);)
        read_case(buckets, &cases, endpoint.box, resource, host);
    cases_finish(&cases, endpoint);
}

static void read_template(struct buckets *buckets)
{
    struct resource resource;
    for (uint32_t i = 0; template_next(buckets->template, "AWS::S3::Bucket", &i, &resource);)
        if (document_find(resource.properties, "CorsConfiguration"))
            read_bucket(buckets, &resource);
}

// ---- recognition

static bool has_bucket(const struct data *root)
{
    const struct data *resources = document_find(root, "Resources");
    for (uint32_t i = 0; resources && i < resources->count; i++) {
        const struct data *resource = resources->entries[i].value;
        if (str_is(document_text(resource, "Type"), "AWS::S3::Bucket") &&
            document_find(document_find(resource, "Properties"), "CorsConfiguration"))
            return true;
    }
    return false;
}

// A service of the Serverless Framework has its template under `resources`, or several in a list.
static bool is_service(const struct document *document)
{
    const struct data *resources = document_find(document->root, "resources");
    bool some = has_bucket(resources);
    for (uint32_t i = 0; resources && resources->kind == DATA_LIST && i < resources->count; i++)
        some |= has_bucket(resources->entries[i].value);
    return some && document_find(document->root, "service");
}

static bool claims(const struct document *document, Str *why)
{
    if (rules_of(document)) {
        *why = STR("it is a list of CORS rules of S3");
        return true;
    }
    *why = STR("it has S3 buckets with CORS rules");
    return has_bucket(document->root) || is_service(document);
}

static bool read_document(struct reading *reading, const struct document *document)
{
    struct terms plain = terms_plain(reading->model);
    struct variables *variables = ARENA_NEW(reading->model->arena, struct variables);
    struct buckets buckets = { .model = reading->model,
                               .policy = reading->out->policy,
                               .reading = reading,
                               .document = document,
                               .terms = &plain,
                               .good = true,
                               .hosts = reading->hosts };
    *variables = (struct variables){ .model = reading->model, .root = document->root };
    if (rules_of(document)) {
        read_file(&buckets);
        return buckets.good;
    }
    if (is_service(document))
        buckets.template = variables_template(variables, buckets.policy, document);
    else if (template_is(document))
        buckets.template = template_new(buckets.model, buckets.policy, document);
    if (!buckets.template)
        return diagf(reading->model->run, &bucket_malformed, document->root->span,
                     "this is no list of rules and no template");
    buckets.terms = &buckets.template->terms;
    read_template(&buckets);
    return buckets.good && !buckets.template->bad;
}

static bool read(struct reading *reading)
{
    bool good = true;
    for (uint32_t i = 0; i < reading->documents.count; i++)
        good &= read_document(reading, reading->documents.items[i]);
    return good;
}

static const char *const marks[] = { "AllowedOrigins", "CORSRules", "CorsRules", NULL };

const struct dialect dialect_s3 = {
    .name = "s3",
    .what = "CORS rules of S3 buckets",
    .marks = marks,
    .claims = claims,
    .read = read,
};
