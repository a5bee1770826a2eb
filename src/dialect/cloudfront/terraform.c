#include "dialect/cloudfront/terraform.h"

#include "base/buf.h"
#include "base/vec.h"

#include <string.h>

// ---- kinds of resources

static const struct kind_row {
    const char *type, *wanted, *config, *suffix; // the configuration: the property that holds it
} kinds[] = {
    { "aws_cloudfront_distribution", "AWS::CloudFront::Distribution", "DistributionConfig", "" },
    { "aws_cloudfront_response_headers_policy", "AWS::CloudFront::ResponseHeadersPolicy",
      "ResponseHeadersPolicyConfig", "-headers" },
    { "aws_cloudfront_cache_policy", "AWS::CloudFront::CachePolicy", "CachePolicyConfig",
      "-cache" },
    { "aws_cloudfront_origin_request_policy", "AWS::CloudFront::OriginRequestPolicy",
      "OriginRequestPolicyConfig", "-request" },
    { "aws_cloudfront_function", "AWS::CloudFront::Function", "FunctionConfig", "-function" },
};
enum { KINDS = sizeof kinds / sizeof *kinds };

// Names that are not the same in camel case.
static const struct key_row {
    const char *key, *wanted;
    bool is_repeated; // a block that may stand several times: a list there
} keys[] = {
    { "origin", "Origins", true },
    { "ordered_cache_behavior", "CacheBehaviors", true },
    { "custom_error_response", "CustomErrorResponses", true },
    { "function_association", "FunctionAssociations", true },
    { "lambda_function_association", "LambdaFunctionAssociations", true },
    { "custom_header", "OriginCustomHeaders", true },
    { "origin_group", "OriginGroups", true },
    { "items", "Items", true },
    { "origin_id", "Id", false },
    { "http_port", "HTTPPort", false },
    { "https_port", "HTTPSPort", false },
    { "function_arn", "FunctionARN", false },
    { "lambda_arn", "LambdaFunctionARN", false },
    { "min_ttl", "MinTTL", false },
    { "default_ttl", "DefaultTTL", false },
    { "max_ttl", "MaxTTL", false },
};

struct converting {
    struct arena *arena;
    const struct data *root;
};

static const struct key_row *find_key(Str key)
{
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (str_is(key, keys[i].key))
            return &keys[i];
    return NULL;
}

static Str camel(struct arena *arena, Str key)
{
    struct buf out = { .arena = arena };
    bool begins = true;
    for (size_t i = 0; i < key.len; i++) {
        char c = key.ptr[i];
        bool letter = c >= 'a' && c <= 'z';
        if (c != '_')
            buf_add_char(&out, begins && letter ? (char)(c - 'a' + 'A') : c);
        begins = c == '_';
    }
    return buf_str(&out);
}

// ---- nodes

struct entries {
    struct data_entry *items;
    uint32_t count, capacity;
};

static const struct data *scalar(struct arena *arena, Str text, Span span)
{
    struct data *out = ARENA_NEW(arena, struct data);
    *out = (struct data){ .kind = DATA_SCALAR, .span = span, .text = text, .weight = 1 };
    return out;
}

static const struct data *node(struct arena *arena, enum data_kind kind,
                               const struct entries *entries, Span span)
{
    struct data *out = ARENA_NEW(arena, struct data);
    *out = (struct data){
        .kind = kind, .span = span, .entries = entries->items, .count = entries->count, .weight = 1
    };
    for (uint32_t i = 0; i < entries->count; i++)
        out->weight += entries->items[i].value->weight;
    return out;
}

static void put(struct arena *arena, struct entries *to, Str key, Span span,
                const struct data *value)
{
    *vec_push(arena, to) = (struct data_entry){ key.ptr ? scalar(arena, key, span) : NULL, value };
}

static const struct data *call(struct arena *arena, const char *function,
                               const struct data *argument)
{
    struct entries entries = { 0 };
    put(arena, &entries, str_from(function), argument->span, argument);
    return node(arena, DATA_MAP, &entries, argument->span);
}

// ---- expressions

static Str variable_id(struct arena *arena, Str name)
{
    return str_concat(arena, STR("var-"), name);
}

// The resource or parameter that "aws_cloudfront_function.name.arn" or "var.name" is; empty: none.
static Str refers(const struct converting *with, Str expression)
{
    Str type, name, rest;
    if (!str_cut(expression, STR("."), &type, &name))
        return STR("");
    if (str_is(type, "var") && !str_contains(name, STR(".")))
        return document_find(document_find(with->root, "variable"),
                             str_terminated(with->arena, name))
                   ? variable_id(with->arena, name)
                   : STR("");
    (void)str_cut(name, STR("."), &name, &rest);
    for (size_t i = 0; i < KINDS; i++)
        if (str_is(type, kinds[i].type) && !str_contains(name, STR("[")))
            return str_format(with->arena, "%.*s%s", STR_ARG(name), kinds[i].suffix);
    return STR("");
}

// Cuts a text at its first "${...}", which may hold others.
static bool cut_expression(Str text, Str *before, Str *expression, Str *rest)
{
    Str tail;
    if (!str_cut(text, STR("${"), before, &tail))
        return false;
    uint32_t open = 1;
    for (size_t i = 0; i < tail.len; i++) {
        open += tail.ptr[i] == '{';
        open -= tail.ptr[i] == '}';
        if (!open) {
            *expression = str_slice(tail, 0, i);
            *rest = str_slice(tail, i + 1, tail.len);
            return true;
        }
    }
    return false;
}

// A text with expressions in it.
static const struct data *convert_text(const struct converting *with, const struct data *data)
{
    struct arena *arena = with->arena;
    Str rest = data->text, before, expression;
    if (data->kind != DATA_SCALAR || !str_contains(rest, STR("${")))
        return data;
    struct buf text = { .arena = arena };
    struct entries values = { 0 }, arguments = { 0 };
    while (cut_expression(rest, &before, &expression, &rest)) {
        Str id = refers(with, str_trim(expression));
        if (id.len && !before.len && !rest.len && !values.count)
            return call(arena, "Ref", scalar(arena, id, data->span));
        if (!id.len) {
            id = str_format(arena, "expression%u", values.count);
            put(arena, &values, id, data->span,
                call(arena, "Fn::ImportValue", scalar(arena, expression, data->span)));
        }
        buf_addf(&text, "%.*s${%.*s}", STR_ARG(before), STR_ARG(id));
    }
    buf_addf(&text, "%.*s", STR_ARG(rest));
    put(arena, &arguments, (Str){ 0 }, data->span, scalar(arena, buf_str(&text), data->span));
    put(arena, &arguments, (Str){ 0 }, data->span, node(arena, DATA_MAP, &values, data->span));
    return call(arena, "Fn::Sub", node(arena, DATA_LIST, &arguments, data->span));
}

// ---- blocks

static const struct data *convert(const struct converting *with, const struct data *data,
                                  Str parent);

static const struct data *convert_map(const struct converting *with, const struct data *data,
                                      Str parent)
{
    struct arena *arena = with->arena;
    struct entries out = { 0 };
    bool is_header = str_is(parent, "custom_header");
    for (uint32_t i = 0; i < data->count; i++) {
        const struct data *value = data->entries[i].value;
        Str key = data->entries[i].key->text;
        const struct key_row *row = find_key(key);
        Str wanted = row ? str_from(row->wanted) : camel(arena, key);
        if (is_header)
            wanted = str_concat(arena, STR("Header"), wanted);
        if (str_is(key, "dynamic") && value->kind == DATA_MAP) {
            // Blocks that an expression makes: not known.
            for (uint32_t k = 0; k < value->count; k++) {
                Str made = value->entries[k].key->text;
                row = find_key(made);
                put(arena, &out, row ? str_from(row->wanted) : camel(arena, made),
                    value->entries[k].key->span,
                    call(arena, "Fn::ImportValue", value->entries[k].value));
            }
            continue;
        }
        bool repeated = row && row->is_repeated;
        bool single = value->kind == DATA_LIST && value->count == 1 &&
                      value->entries[0].value->kind == DATA_MAP;
        if (!repeated && single)
            value = value->entries[0].value;
        const struct data *made = convert(with, value, key);
        if (repeated && made->kind == DATA_MAP && !str_is(key, "items")) {
            struct entries list = { 0 };
            put(arena, &list, (Str){ 0 }, made->span, made);
            made = node(arena, DATA_LIST, &list, made->span);
        }
        put(arena, &out, wanted, data->entries[i].key->span, made);
    }
    return node(arena, DATA_MAP, &out, data->span);
}

static const struct data *convert(const struct converting *with, const struct data *data,
                                  Str parent)
{
    if (data->kind == DATA_SCALAR)
        return convert_text(with, data);
    if (data->kind == DATA_MAP)
        return convert_map(with, data, parent);
    struct entries out = { 0 };
    for (uint32_t i = 0; i < data->count; i++)
        put(with->arena, &out, (Str){ 0 }, data->span,
            convert(with, data->entries[i].value, parent));
    return node(with->arena, DATA_LIST, &out, data->span);
}

// ---- documents

static const struct data *resources_of(const struct data *root, size_t kind)
{
    const struct data *found = document_find(document_find(root, "resource"), kinds[kind].type);
    return found && found->kind == DATA_MAP ? found : NULL;
}

bool terraform_is(const struct document *document)
{
    return resources_of(document->root, 0) || resources_of(document->root, 1);
}

static void put_resource(const struct converting *with, const struct kind_row *kind,
                         const struct data_entry *entry, struct entries *to)
{
    struct arena *arena = with->arena;
    struct entries resource = { 0 }, properties = { 0 };
    Span span = entry->key->span;
    const struct data *config = entry->value;
    if (config->kind == DATA_LIST && config->count == 1)
        config = config->entries[0].value;
    Str id = str_format(arena, "%.*s%s", STR_ARG(entry->key->text), kind->suffix);
    put(arena, &properties, str_from(kind->config), span, convert(with, config, STR("")));
    put(arena, &resource, STR("Type"), span, scalar(arena, str_from(kind->wanted), span));
    put(arena, &resource, STR("Properties"), span, node(arena, DATA_MAP, &properties, span));
    put(arena, to, id, span, node(arena, DATA_MAP, &resource, span));
}

static const struct data *parameters_of(const struct converting *with)
{
    struct arena *arena = with->arena;
    const struct data *variables = document_find(with->root, "variable");
    struct entries out = { 0 };
    for (uint32_t i = 0; variables && variables->kind == DATA_MAP && i < variables->count; i++) {
        const struct data_entry *entry = &variables->entries[i];
        const struct data *fallback = document_find(entry->value, "default");
        struct entries one = { 0 };
        put(arena, &one, STR("Type"), entry->key->span,
            scalar(arena, STR("String"), entry->key->span));
        if (fallback && fallback->kind == DATA_SCALAR)
            put(arena, &one, STR("Default"), fallback->span, fallback);
        put(arena, &out, variable_id(arena, entry->key->text), entry->key->span,
            node(arena, DATA_MAP, &one, entry->value->span));
    }
    return node(arena, DATA_MAP, &out, with->root->span);
}

const struct document *terraform_template(struct arena *arena, const struct document *document)
{
    const struct converting with = { arena, document->root };
    struct document *out = ARENA_NEW(arena, struct document);
    struct entries top = { 0 }, resources = { 0 };
    for (size_t k = 0; k < KINDS; k++) {
        const struct data *list = resources_of(document->root, k);
        for (uint32_t i = 0; list && i < list->count; i++)
            put_resource(&with, &kinds[k], &list->entries[i], &resources);
    }
    put(arena, &top, STR("Parameters"), document->root->span, parameters_of(&with));
    put(arena, &top, STR("Resources"), document->root->span,
        node(arena, DATA_MAP, &resources, document->root->span));
    *out = *document;
    out->root = node(arena, DATA_MAP, &top, document->root->span);
    return out;
}
