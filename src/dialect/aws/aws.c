#include "dialect/aws/aws.h"

#include "base/hash.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const struct kind aws_malformed = { "CG901", LEVEL_ERROR, "AWS refuses this" };

void aws_complain(struct aws *aws, Span span, const char *format, ...)
{
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    aws->good = false;
    (void)diagf(aws->model->run, &aws_malformed, span, "%.*s%s%s", STR_ARG(aws->at),
                aws->at.len ? ": " : "", text);
}

// Whether something is said for the first time: each case of a template would say it again.
static bool is_new(struct aws *aws, uint64_t hash)
{
    uint32_t at = 0;
    if (map_next(&aws->said, hash, &at))
        return false;
    map_add(aws->model->arena, &aws->said, hash, aws);
    return true;
}

void aws_remark(struct aws *aws, const char *rule, Span span, const char *format, ...)
{
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    Str message = str_copy(aws->model->arena, str_from(text));
    uint64_t place = (uint64_t)span.file << 32 | span.begin;
    if (!is_new(aws, hash_str(hash_u64(hash_str(HASH_SEED, str_from(rule)), place), message)))
        return;
    policy_add_remark(aws->policy,
                      (struct remark){ .rule = rule, .span = span, .message = message });
}

static const char *nearest(struct arena *arena, Str key, const char *const *keys)
{
    const char *best = NULL;
    size_t least = 4;
    Str lower = str_lower(arena, key);
    for (; *keys; keys++) {
        size_t distance = str_distance(lower, str_lower(arena, str_from(*keys)), least);
        if (distance < least) {
            least = distance;
            best = *keys;
        }
    }
    return best;
}

void aws_check_keys(struct aws *aws, const struct term *map, const char *const *keys,
                    const char *what)
{
    if (map->kind != TERM_MAP)
        return;
    for (uint32_t i = 0; i < term_count(map); i++) {
        Str key = term_key(map, i);
        bool known = false;
        for (const char *const *one = keys; *one && !known; one++)
            known = str_is(key, *one);
        if (known)
            continue;
        const char *meant = nearest(aws->model->arena, key, keys);
        aws_remark(aws, "CG506", term_key_span(map, i),
                   "%s knows no key %.*s, so that it does nothing%s%s%s", what, STR_ARG(key),
                   meant ? "; did you mean " : "", meant ? meant : "", meant ? "?" : "");
    }
}

void aws_leave_unknown(struct aws *aws, const struct value *value)
{
    for (uint32_t i = 0; value && i < value->count; i++) {
        const struct part *part = &value->parts[i];
        if (part->kind == PART_UNKNOWN && is_new(aws, hash_str(part->identity, part->text)))
            policy_add_unknown(aws->policy,
                               (struct unknown){ part->span, part->text, part->identity });
    }
}

// ---- where an API is

Str aws_host(const struct aws *aws, Str id, const char *service)
{
    struct arena *arena = aws->model->arena;
    Str host = host_name(arena, aws->reading->source, aws->document->path, id, service);
    return host_unique(arena, aws->hosts, host, aws->document);
}

const struct box *aws_box(struct model *model, const struct aws_site *site)
{
    struct fa_space *fa = model->fa;
    const struct box *box =
        box_with(model, box_all(model), model->host, fa_literal(fa, site->host));
    if (!site->prefix.len)
        return box;
    const struct fa *below = fa_concat(fa, fa_literal(fa, STR("/")), fa_all(fa));
    return box_with(model, box, model->path,
                    fa_concat(fa, fa_literal(fa, site->prefix), fa_union(fa, fa_empty(fa), below)));
}

// ---- recognition (reference/gateways.md 2)

static bool has_type(const struct document *document, const char *const *types)
{
    const struct data *resources = document_find(document->root, "Resources");
    for (uint32_t i = 0; resources && i < resources->count; i++) {
        Str type = document_text(resources->entries[i].value, "Type");
        for (const char *const *one = types; *one; one++)
            if (str_starts(type, str_from(*one)))
                return true;
    }
    return false;
}

static bool claims_template(const struct document *document, Str *why)
{
    static const char *const types[] = {
        "AWS::ApiGateway::",
        "AWS::ApiGatewayV2::",
        "AWS::Lambda::Url",
        "AWS::Serverless::Api",
        "AWS::Serverless::HttpApi",
        "AWS::Serverless::Function",
        NULL,
    };
    if (!template_is(document) || !has_type(document, types))
        return false;
    *why = STR("it has resources of API Gateway or function URLs");
    return true;
}

static bool claims_openapi(const struct document *document, Str *why)
{
    const struct data *root = document->root;
    if (!document_find(root, "openapi") && !document_find(root, "swagger"))
        return false;
    bool extended = document_find(root, "x-amazon-apigateway-cors") ||
                    document_find(root, "x-amazon-apigateway-gateway-responses");
    const struct data *paths = document_find(root, "paths");
    for (uint32_t i = 0; paths && paths->kind == DATA_MAP && i < paths->count && !extended; i++) {
        const struct data *path = paths->entries[i].value;
        for (uint32_t k = 0; path->kind == DATA_MAP && k < path->count && !extended; k++)
            extended = document_find(path->entries[k].value, "x-amazon-apigateway-integration");
    }
    if (extended)
        *why = STR("it is OpenAPI with extensions of API Gateway");
    return extended;
}

static bool claims_serverless(const struct document *document, Str *why)
{
    const struct data *root = document->root;
    Str name = document_text(document_find(root, "provider"), "name");
    *why = STR("it is a service of the Serverless Framework for AWS");
    return document_find(root, "service") &&
           (str_is(name, "aws") || str_is(document_text(root, "provider"), "aws"));
}

static bool has_key(const struct data *list, const char *key)
{
    return list && list->kind == DATA_LIST && list->count &&
           document_find(list->entries[0].value, key);
}

static bool claims_dump(const struct document *document, Str *why)
{
    const struct data *root = document->root;
    const struct data *origins = document_find(root, "AllowOrigins");
    const struct data *lower = document_find(root, "allowOrigins");
    bool is_api = document_find(root, "ProtocolType") && document_find(root, "ApiId");
    bool is_list = has_key(document_find(root, "Items"), "ProtocolType");
    bool is_function = (document_find(root, "FunctionUrl") && document_find(root, "Cors")) ||
                       has_key(document_find(root, "FunctionUrlConfigs"), "FunctionUrl");
    const struct data *items = document_find(root, "items");
    bool is_rest = false;
    for (uint32_t i = 0; items && items->kind == DATA_LIST && i < items->count; i++)
        is_rest |= document_find(items->entries[i].value, "path") &&
                   document_find(items->entries[i].value, "resourceMethods");
    if (is_api || is_list || is_function || is_rest)
        *why = STR("it is what the command line of AWS prints about an API");
    else
        *why = STR("it is a CORS configuration as the command line of AWS takes it");
    return is_api || is_list || is_function || is_rest || (origins && origins->kind == DATA_LIST) ||
           (lower && lower->kind == DATA_LIST);
}

static bool claims(const struct document *document, Str *why)
{
    return claims_template(document, why) || claims_openapi(document, why) ||
           claims_serverless(document, why) || claims_dump(document, why);
}

static bool read_document(struct reading *reading, const struct document *document)
{
    Str why;
    struct terms plain = terms_plain(reading->model);
    struct aws aws = { .model = reading->model,
                       .policy = reading->out->policy,
                       .reading = reading,
                       .document = document,
                       .terms = &plain,
                       .good = true,
                       .hosts = reading->hosts };
    if (template_is(document)) {
        aws.template = template_new(reading->model, reading->out->policy, document);
        aws.terms = &aws.template->terms;
        aws_read_http_apis(&aws);
        aws_read_function_urls(&aws);
        aws_read_rest_apis(&aws);
        return aws.good && !aws.template->bad;
    }
    if (claims_openapi(document, &why))
        aws_read_openapi(&aws);
    else if (claims_serverless(document, &why))
        aws_read_serverless(&aws);
    else if (claims_dump(document, &why))
        aws_read_dump(&aws);
    else
        aws_complain(&aws, document->root->span,
                     "this is none of the forms in which APIs of AWS "
                     "are written");
    return aws.good;
}

static bool read(struct reading *reading)
{
    bool good = true;
    for (uint32_t i = 0; i < reading->documents.count; i++)
        good &= read_document(reading, reading->documents.items[i]);
    return good;
}

static const char *const marks[] = {
    "AWS::ApiGateway",
    "AWS::Lambda::Url",
    "AWS::Serverless",
    "x-amazon-apigateway",
    "provider",
    "AllowOrigins",
    "allowOrigins",
    "ProtocolType",
    "FunctionUrl",
    "resourceMethods",
    NULL,
};

const struct dialect dialect_aws = {
    .name = "aws",
    .what = "API Gateway and function URLs of AWS",
    .marks = marks,
    .claims = claims,
    .read = read,
};
