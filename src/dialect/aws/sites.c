// Custom domains of an API.
#include "dialect/aws/aws.h"

// The name of a domain: written, or of the resource that is referred to.
static Str domain_name(struct aws *aws, const struct term *term)
{
    Str text;
    struct resource resource;
    if (term_is_known(term, &text))
        return str_lower(aws->model->arena, text);
    if (!term->resource.len || !template_find(aws->template, term->resource, &resource))
        return STR("");
    struct term name = template_property(aws->template, &resource, "DomainName");
    return term_is_known(&name, &text) ? str_lower(aws->model->arena, text) : STR("");
}

static void add(struct aws *aws, struct aws_sites *sites, Str api, Str host,
                const struct term *base)
{
    Str prefix = STR(""), rest;
    if (!host.len || (term_is_there(base) && !term_is_known(base, &prefix)))
        return; // the API's own host stands for it
    rest = prefix;
    (void)str_eat(&rest, STR("/"));
    if (str_is(rest, "(none)"))
        rest = STR("");
    if (rest.len)
        rest = str_concat(aws->model->arena, STR("/"), rest);
    for (uint32_t i = 0; i < sites->count; i++)
        if (str_equal(sites->items[i].host, host))
            return;
    // Of several APIs below one domain the first gets it; the others have hosts of their own.
    if (!host_take(aws->model->arena, aws->hosts, host, api.ptr))
        return;
    *vec_push(aws->model->arena, sites) = (struct aws_site){ host, rest };
}

static void find_mappings(struct aws *aws, Str id, const char *type, const char *api_key,
                          const char *base_key, struct aws_sites *out)
{
    struct resource mapping;
    for (uint32_t i = 0; template_next(aws->template, type, &i, &mapping);) {
        struct term api = template_property(aws->template, &mapping, api_key);
        struct term domain = template_property(aws->template, &mapping, "DomainName");
        struct term base = template_property(aws->template, &mapping, base_key);
        if (str_equal(aws_named(&api), id) && template_has(aws->template, &mapping))
            add(aws, out, id, domain_name(aws, &domain), &base);
    }
}

static void find_domain(struct aws *aws, Str id, struct aws_sites *out)
{
    struct resource api;
    if (!template_find(aws->template, id, &api) || !str_starts(api.type, STR("AWS::Serverless::")))
        return;
    struct term domain = template_property(aws->template, &api, "Domain");
    struct term name = term_find(aws->terms, &domain, "DomainName");
    struct term bases = term_find(aws->terms, &domain, "BasePath");
    struct term none = { 0 };
    if (bases.kind != TERM_LIST || !term_count(&bases))
        add(aws, out, id, domain_name(aws, &name), bases.kind == TERM_LIST ? &none : &bases);
    for (uint32_t i = 0; bases.kind == TERM_LIST && i < term_count(&bases); i++) {
        struct term base = term_at(aws->terms, &bases, i);
        add(aws, out, id, domain_name(aws, &name), &base);
    }
}

static bool same(const struct aws_sites *a, const struct aws_sites *b)
{
    bool equal = a->count == b->count;
    for (uint32_t i = 0; equal && i < a->count; i++)
        equal = str_equal(a->items[i].host, b->items[i].host) &&
                str_equal(a->items[i].prefix, b->items[i].prefix);
    return equal;
}

void aws_sites(struct aws *aws, Str id, bool is_rest, struct aws_sites *out)
{
    struct aws_sites found = { 0 };
    bool first = true, equal = true;
    for (template_restart(aws->template); template_case(aws->template); first = false) {
        struct aws_sites now = { 0 };
        if (is_rest)
            find_mappings(aws, id, "AWS::ApiGateway::BasePathMapping", "RestApiId", "BasePath",
                          &now);
        find_mappings(aws, id, "AWS::ApiGatewayV2::ApiMapping", "ApiId", "ApiMappingKey", &now);
        find_domain(aws, id, &now);
        equal = equal && (first || same(&now, &found));
        found = now;
    }
    if (equal)
        *out = found;
    // Its own host comes last: a domain says more to people.
    *vec_push(aws->model->arena, out) =
        (struct aws_site){ .host = aws_host(aws, id, "execute-api") };
}
