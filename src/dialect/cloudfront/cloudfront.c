#include "dialect/cloudfront/cloudfront.h"

#include "base/hash.h"
#include "dialect/cloudfront/distribution.h"
#include "dialect/cloudfront/terraform.h"

#include <stdarg.h>
#include <stdio.h>

const struct kind cloudfront_malformed = { "CG901", LEVEL_ERROR, "CloudFront refuses this" };

void cf_complain(struct cloudfront *cf, Span span, const char *format, ...)
{
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    cf->good = false;
    (void)diagf(cf->model->run, &cloudfront_malformed, span, "%.*s%s%s", STR_ARG(cf->at),
                cf->at.len ? ": " : "", text);
}

static bool is_new(struct cloudfront *cf, uint64_t hash)
{
    uint32_t at = 0;
    if (map_next(&cf->said, hash, &at))
        return false;
    map_add(cf->model->arena, &cf->said, hash, cf);
    return true;
}

void cf_remark(struct cloudfront *cf, const char *rule, Span span, const char *format, ...)
{
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    Str message = str_copy(cf->model->arena, str_from(text));
    uint64_t place = (uint64_t)span.file << 32 | span.begin;
    if (is_new(cf, hash_str(hash_u64(hash_str(HASH_SEED, str_from(rule)), place), message)))
        policy_add_remark(cf->policy,
                          (struct remark){ .rule = rule, .span = span, .message = message });
}

void cf_unknown(struct cloudfront *cf, Str reason, uint64_t identity, Span span)
{
    if (is_new(cf, hash_u64(hash_str(HASH_SEED, reason), identity)))
        policy_add_unknown(cf->policy, (struct unknown){ span, reason, identity });
}

void cf_unknown_value(struct cloudfront *cf, const struct value *value)
{
    for (uint32_t i = 0; value && i < value->count; i++)
        if (value->parts[i].kind == PART_UNKNOWN)
            cf_unknown(cf, value->parts[i].text, value->parts[i].identity, value->parts[i].span);
}

// ---- pieces of a configuration

struct term cf_items(struct cloudfront *cf, const struct term *term)
{
    return term->kind == TERM_MAP ? term_find(cf->terms, term, "Items") : *term;
}

struct term cf_list(struct cloudfront *cf, const struct term *map, const char *key)
{
    struct term term = term_find(cf->terms, map, key);
    struct term items = cf_items(cf, &term);
    uint32_t quantity;
    if (term.kind != TERM_MAP || term_is_there(&items))
        return items;
    // The command line leaves Items out where Quantity is 0.
    static const struct data none = { .kind = DATA_LIST };
    struct term count = term_find(cf->terms, &term, "Quantity");
    if (term_get_number(&count, UINT32_MAX, &quantity) && quantity == 0)
        return (struct term){ .kind = TERM_LIST, .span = term.span, .data = &none };
    return items;
}

const struct value *cf_joined(struct cloudfront *cf, const struct term *list)
{
    struct model *model = cf->model;
    const struct value *out = NULL;
    if (list->kind == TERM_UNKNOWN)
        return list->value;
    for (uint32_t i = 0; list->kind == TERM_LIST && i < term_count(list); i++) {
        struct term one = term_at(cf->terms, list, i);
        if (!one.value)
            continue;
        if (out)
            out = value_concat(model, out, value_text(model, STR(", ")));
        out = out ? value_concat(model, out, one.value) : one.value;
    }
    return out;
}

struct cf_truth cf_truth_of(struct cloudfront *cf, const struct term *map, const char *key,
                            bool fallback)
{
    struct term term = term_find(cf->terms, map, key);
    struct cf_truth out = { .holds = fallback, .span = term.span };
    if (!term_is_there(&term) || term_get_bool(&term, &out.holds))
        return out;
    out.is_open = true;
    out.reason = str_format(cf->model->arena, "whether %s is true", key);
    out.identity = cf_identity_of(cf, &term);
    return out;
}

void cf_split_truth(struct cases *cases, struct branch in, const struct cf_truth *truth,
                    struct branch *yes, struct branch *no)
{
    struct branch none = { .ops = in.ops };
    if (truth->is_open) {
        branch_split_unknown(cases, in, truth->reason, truth->identity, truth->span, yes, no);
        return;
    }
    *yes = truth->holds ? in : none;
    *no = truth->holds ? none : in;
}

// ---- recognition (3.1)

static bool is_ours(Str type)
{
    return str_is(type, "AWS::CloudFront::Distribution") ||
           str_is(type, "AWS::CloudFront::ResponseHeadersPolicy");
}

static bool holds_ours(const struct data *data)
{
    if (data->kind == DATA_SCALAR)
        return is_ours(data->text);
    for (uint32_t i = 0; i < data->count; i++)
        if (holds_ours(data->entries[i].value))
            return true;
    return false;
}

bool cf_is_made(const struct data_entry *entry)
{
    return str_starts(entry->key->text, STR("Fn::")) && holds_ours(entry->value);
}

static bool has_resource(const struct data *root)
{
    const struct data *resources = document_find(root, "Resources");
    for (uint32_t i = 0; resources && resources->kind == DATA_MAP && i < resources->count; i++)
        if (is_ours(document_text(resources->entries[i].value, "Type")) ||
            cf_is_made(&resources->entries[i]))
            return true;
    return false;
}

// A ResponseHeadersPolicyConfig, with or without a key of that name around it.
static const struct data *policy_of(const struct data *root)
{
    const struct data *inner = document_find(root, "ResponseHeadersPolicyConfig");
    const struct data *outer = document_find(root, "ResponseHeadersPolicy");
    if (!inner && outer)
        inner = document_find(outer, "ResponseHeadersPolicyConfig");
    if (inner)
        return inner;
    const struct data *cors = document_find(root, "CorsConfig");
    return document_find(root, "Name") && document_find(cors, "AccessControlAllowOrigins") ? root
                                                                                           : NULL;
}

static const struct data *distribution_of(const struct data *root)
{
    const struct data *outer = document_find(root, "Distribution");
    const struct data *inner = document_find(outer ? outer : root, "DistributionConfig");
    if (inner)
        return document_find(inner, "DefaultCacheBehavior") ? inner : NULL;
    return document_find(root, "DefaultCacheBehavior") && document_find(root, "Origins") ? root
                                                                                         : NULL;
}

static bool claims(const struct document *document, Str *why)
{
    if (terraform_is(document)) {
        *why = STR("it is Terraform's JSON with resources of CloudFront");
        return true;
    }
    if (has_resource(document->root)) {
        *why = STR("it has CloudFront distributions or response headers policies");
        return true;
    }
    if (policy_of(document->root)) {
        *why = STR("it is a response headers policy of CloudFront");
        return true;
    }
    *why = STR("it is the configuration of a CloudFront distribution");
    return distribution_of(document->root) != NULL;
}

static bool read_document(struct reading *reading, const struct document *document,
                          struct host_names *aliases, struct cf_sites *sites)
{
    struct terms *plain = ARENA_NEW(reading->model->arena, struct terms);
    struct cloudfront *cf = ARENA_NEW(reading->model->arena, struct cloudfront);
    *plain = terms_plain(reading->model);
    *cf = (struct cloudfront){ .model = reading->model,
                               .policy = reading->out->policy,
                               .reading = reading,
                               .document = document,
                               .terms = plain,
                               .good = true,
                               .aliases = aliases };
    const struct data *policy = policy_of(document->root);
    const struct data *distribution = distribution_of(document->root);
    if (terraform_is(document)) {
        document = terraform_template(reading->model->arena, document);
        cf->document = document;
    }
    if (has_resource(document->root)) {
        cf->template = template_new(reading->model, reading->out->policy, document);
        cf->terms = &cf->template->terms;
        cf_read_template(cf, sites);
        return cf->good && !cf->template->bad;
    }
    if (policy)
        cf_read_policy(cf, policy);
    else if (distribution)
        cf_read_distribution(cf, distribution, sites);
    else
        cf_complain(cf, document->root->span,
                    "this is no template, no response headers policy and no distribution");
    return cf->good;
}

static bool read(struct reading *reading)
{
    bool good = true;
    struct host_names aliases = { 0 };
    struct cf_sites sites = { 0 };
    for (uint32_t i = 0; i < reading->documents.count; i++)
        good &= read_document(reading, reading->documents.items[i], &aliases, &sites);
    good &= cf_sites_add(&sites);
    return good;
}

static const char *const marks[] = {
    "AWS::CloudFront::",         "ResponseHeadersPolicyConfig",
    "AccessControlAllowOrigins", "DefaultCacheBehavior",
    "aws_cloudfront_",           NULL,
};

const struct dialect dialect_cloudfront = {
    .name = "cloudfront",
    .what = "distributions of AWS CloudFront",
    .marks = marks,
    .claims = claims,
    .read = read,
};
