// Where a behaviour's requests are sent: the origins of a distribution.
#include "base/hash.h"
#include "dialect/cloudfront/cloudfront.h"

// What stands for a target of which parts are known only where it is deployed. No host is written
// like that.
static Str describe(struct cloudfront *cf, const struct term *domain)
{
    struct arena *arena = cf->model->arena;
    struct resource resource;
    Str attribute;
    if (domain->data && domain->data->kind == DATA_SCALAR && str_is(domain->data->tag, "!Sub"))
        return domain->data->text;
    if (domain->data && cf_refers(cf, domain->data, &resource, &attribute))
        return str_format(arena, "${%.*s%s%.*s}", STR_ARG(resource.id), attribute.len ? "." : "",
                          STR_ARG(attribute));
    return STR("${origin}");
}

// my.s3.eu-west-1.amazonaws.com is a name of the bucket my, as my.s3.amazonaws.com is.
static Str bucket_host(struct arena *arena, Str host)
{
    static const char *const marks[] = { ".s3.", ".s3-" };
    Str name, rest;
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (str_ends(host, STR(".amazonaws.com")) &&
            str_cut(host, str_from(marks[i]), &name, &rest) && !str_starts(rest, STR("website")))
            return str_format(arena, "%.*s.s3.amazonaws.com", STR_ARG(name));
    return STR("");
}

// ---- resources of the template that are origins

static Str literal(struct cloudfront *cf, const struct resource *resource, const char *key)
{
    struct term term = template_property(cf->template, resource, key);
    Str text;
    return term_is_known(&term, &text) ? str_lower(cf->model->arena, text) : STR("");
}

// The host by which the dialect that reads the resource knows it; empty for others.
static Str resource_host(struct cloudfront *cf, const struct resource *resource, bool *is_bucket)
{
    static const struct {
        const char *type, *service;
    } rows[] = {
        { "AWS::S3::Bucket", "s3" },
        { "AWS::ApiGateway::RestApi", "execute-api" },
        { "AWS::ApiGatewayV2::Api", "execute-api" },
        { "AWS::Serverless::Api", "execute-api" },
        { "AWS::Serverless::HttpApi", "execute-api" },
        { "AWS::Lambda::Url", "lambda-url" },
    };
    struct resource function;
    Str id = resource->id, attribute, host = STR("");
    *is_bucket = str_is(resource->type, "AWS::S3::Bucket");
    Str name = *is_bucket ? literal(cf, resource, "BucketName") : STR("");
    if (name.len)
        return str_format(cf->model->arena, "%.*s.s3.amazonaws.com", STR_ARG(name));
    if (str_is(resource->type, "AWS::Lambda::Url") &&
        cf_refers(cf, document_find(resource->properties, "TargetFunctionArn"), &function,
                  &attribute))
        id = function.id;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (str_is(resource->type, rows[i].type))
            host = host_name(cf->model->arena, cf->reading->source, cf->document->path, id,
                             rows[i].service);
    // The same owners as these dialects have, so that it is the same name.
    const void *owner = *is_bucket ? (const void *)resource->data : (const void *)cf->document;
    if (host.len)
        host = host_unique(cf->model->arena, cf->reading->hosts, host, owner);
    return host;
}

static bool is_api(Str host)
{
    return str_ends(host, STR(".execute-api"));
}

// ---- one origin

static Str with_port(struct cloudfront *cf, const char *scheme, Str host, const struct term *port,
                     uint32_t usual)
{
    uint32_t number;
    if (!term_get_number(port, 65535, &number) || number == usual)
        return str_format(cf->model->arena, "%s://%.*s", scheme, STR_ARG(host));
    return str_format(cf->model->arena, "%s://%.*s:%u", scheme, STR_ARG(host), number);
}

static void read_addresses(struct cloudfront *cf, const struct term *origin, Str host,
                           struct cf_target *out)
{
    struct term config = term_find(cf->terms, origin, "CustomOriginConfig");
    struct term protocol = term_find(cf->terms, &config, "OriginProtocolPolicy");
    struct term http = term_find(cf->terms, &config, "HTTPPort");
    struct term https = term_find(cf->terms, &config, "HTTPSPort");
    Str text = STR("https-only");
    (void)term_is_known(&protocol, &text);
    out->http = with_port(cf, "http", host, &http, 80);
    out->https = with_port(cf, "https", host, &https, 443);
    if (str_is(text, "http-only"))
        out->https = out->http;
    else if (!str_is(text, "match-viewer"))
        out->http = out->https;
}

static void read_domain(struct cloudfront *cf, const struct term *origin, struct cf_target *out)
{
    struct term domain = term_find(cf->terms, origin, "DomainName");
    struct resource resource;
    Str host, attribute, linked = STR("");
    bool is_bucket = false;
    if (term_is_known(&domain, &host)) {
        host = str_lower(cf->model->arena, host);
        out->host = bucket_host(cf->model->arena, host);
        linked = out->host.len ? out->host : host;
    } else if (domain.data && cf_refers(cf, domain.data, &resource, &attribute) &&
               !str_contains(attribute, STR("Website"))) {
        linked = resource_host(cf, &resource, &is_bucket);
        out->host = is_bucket ? linked : STR("");
        if (is_api(linked))
            out->path = STR(""); // a stage: no part of the paths by which the API is known here
    }
    if (!linked.len)
        linked = describe(cf, &domain);
    if (out->host.len)
        out->http = out->https = str_concat(cf->model->arena, STR("https://"), linked);
    else
        read_addresses(cf, origin, linked, out);
}

static void read_headers(struct cloudfront *cf, const struct term *origin, struct cf_target *out)
{
    // CloudFormation's name, and the command line's.
    struct term list = cf_list(cf, origin, "OriginCustomHeaders");
    if (!term_is_there(&list))
        list = cf_list(cf, origin, "CustomHeaders");
    for (uint32_t i = 0; list.kind == TERM_LIST && i < term_count(&list); i++) {
        struct term one = term_at(cf->terms, &list, i);
        struct term name = term_find(cf->terms, &one, "HeaderName");
        struct term value = term_find(cf->terms, &one, "HeaderValue");
        Str text;
        if (!term_is_known(&name, &text) || !value.value)
            continue;
        *vec_push(cf->model->arena, &out->headers) =
            (struct cf_header){ .name = text, .value = value.value, .span = one.span };
        if (str_starts(str_lower(cf->model->arena, text), STR("access-control-allow-")))
            cf_remark(cf, "CG507", one.span,
                      "OriginCustomHeaders are added to requests to the origin: no browser sees "
                      "%.*s",
                      STR_ARG(text));
    }
}

static bool find_origin(struct cloudfront *cf, const struct term *distribution, Str id,
                        struct term *out)
{
    struct term list = cf_list(cf, distribution, "Origins");
    for (uint32_t i = 0; list.kind == TERM_LIST && i < term_count(&list); i++) {
        *out = term_at(cf->terms, &list, i);
        struct term named = term_find(cf->terms, out, "Id");
        Str text;
        if (out->kind == TERM_MAP && term_is_known(&named, &text) && str_equal(text, id))
            return true;
    }
    return false;
}

// Whether it is a group of origins, of which the first is asked, and another one when that fails.
static bool is_group(struct cloudfront *cf, const struct term *distribution, Str id)
{
    struct term groups = term_find(cf->terms, distribution, "OriginGroups");
    struct term list = cf_items(cf, &groups);
    for (uint32_t i = 0; list.kind == TERM_LIST && i < term_count(&list); i++) {
        struct term one = term_at(cf->terms, &list, i);
        struct term named = term_find(cf->terms, &one, "Id");
        Str text;
        if (term_is_known(&named, &text) && str_equal(text, id))
            return true;
    }
    return false;
}

void cf_target_read(struct cloudfront *cf, const struct term *distribution, const struct term *id,
                    struct cf_target *out)
{
    struct arena *arena = cf->model->arena;
    struct term origin = { 0 };
    Str text = STR("origin");
    *out = (struct cf_target){ .span = id->span };
    bool known = term_is_known(id, &text);
    if (known && find_origin(cf, distribution, text, &origin)) {
        struct term path = term_find(cf->terms, &origin, "OriginPath");
        Str prefix;
        out->span = origin.span;
        if (term_is_known(&path, &prefix)) {
            out->path = prefix;
        } else if (term_is_there(&path)) {
            out->unknown = STR("the path that is put before every path is not known");
            out->identity = cf_identity_of(cf, &path);
        }
        read_headers(cf, &origin, out);
        read_domain(cf, &origin, out);
        return;
    }
    if (known && !is_group(cf, distribution, text) && distribution->kind == TERM_MAP)
        cf_remark(cf, "CG908", id->span, "No origin of the distribution is called %.*s",
                  STR_ARG(text));
    // A group, or an origin that cannot be told: nobody is linked to it.
    out->http = out->https =
        str_format(arena, "https://${%.*s}", STR_ARG(known ? text : STR("origin")));
}
