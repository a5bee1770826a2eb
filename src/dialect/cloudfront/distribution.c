// Distributions as they are written.
#include "dialect/cloudfront/distribution.h"

#include "base/hash.h"
#include "dialect/engine/static_headers.h"

#include <string.h>

enum { PATTERN_MAX = 255 };

// ---- one behaviour

// "*" stands for any text, "?" for one byte; a slash in front may be left out.
static const struct fa *read_paths(struct cloudfront *cf, Str pattern, Str *written)
{
    struct model *model = cf->model;
    struct fa_space *fa = model->fa;
    const struct fa *one = static_pattern(model, STR("."))->result.language;
    const struct fa *out = fa_empty(fa);
    *written =
        str_starts(pattern, STR("/")) ? pattern : str_concat(model->arena, STR("/"), pattern);
    size_t from = 0;
    for (size_t i = 0; i <= written->len; i++) {
        char c = i < written->len ? written->ptr[i] : '*';
        if (c != '*' && c != '?')
            continue;
        out = fa_concat(fa, out, fa_literal(fa, str_slice(*written, from, i)));
        if (i < written->len)
            out = fa_concat(fa, out, c == '*' ? fa_all(fa) : one);
        from = i + 1;
    }
    return out;
}

static void read_pattern(struct cloudfront *cf, const struct term *behaviour,
                         struct cf_behaviour *out)
{
    struct term pattern = term_find(cf->terms, behaviour, "PathPattern");
    Str text;
    out->pattern_identity = cf_identity_of(cf, &pattern);
    if (!term_is_known(&pattern, &text)) {
        if (!term_is_there(&pattern))
            cf_complain(cf, behaviour->span, "a cache behaviour needs a PathPattern");
        return;
    }
    if (text.len > PATTERN_MAX)
        cf_complain(cf, pattern.span, "a PathPattern has at most %d characters", PATTERN_MAX);
    else
        out->paths = read_paths(cf, text, &out->pattern);
}

static void read_methods(struct cloudfront *cf, const struct term *behaviour,
                         struct cf_behaviour *out)
{
    static const Str all[] = { { "GET", 3 },   { "HEAD", 4 }, { "OPTIONS", 7 }, { "PUT", 3 },
                               { "PATCH", 5 }, { "POST", 4 }, { "DELETE", 6 } };
    enum { ALL = sizeof all / sizeof *all };
    struct term list = cf_list(cf, behaviour, "AllowedMethods");
    unsigned found = 0;
    out->methods_identity = cf_identity_of(cf, &list);
    if (!term_is_there(&list)) {
        out->methods = fa_literals(cf->model->fa, all, 2);
        return;
    }
    for (uint32_t i = 0; list.kind == TERM_LIST && i < term_count(&list); i++) {
        struct term one = term_at(cf->terms, &list, i);
        Str text;
        if (!term_is_known(&one, &text)) {
            if (term_is_there(&one))
                return;
            continue;
        }
        for (unsigned k = 0; k < ALL; k++)
            if (str_equal(text, all[k]))
                found |= 1U << k;
    }
    if (list.kind != TERM_LIST)
        return;
    // GET and HEAD; these and OPTIONS; all seven.
    uint32_t count = found == 3 ? 2 : found == 7 ? 3 : found == 127 ? ALL : 0;
    if (count)
        out->methods = fa_literals(cf->model->fa, all, count);
    else
        cf_complain(cf, list.span,
                    "AllowedMethods is GET and HEAD, or these and OPTIONS, or all seven methods");
}

static enum cf_viewer read_viewer(struct cloudfront *cf, const struct term *behaviour,
                                  uint64_t *identity)
{
    struct term term = term_find(cf->terms, behaviour, "ViewerProtocolPolicy");
    Str text;
    *identity = cf_identity_of(cf, &term);
    if (!term_is_known(&term, &text))
        return term_is_there(&term) ? CF_VIEWER_OPEN : CF_ALLOW_ALL;
    if (str_is(text, "redirect-to-https"))
        return CF_REDIRECT;
    return str_is(text, "https-only") ? CF_HTTPS_ONLY : CF_ALLOW_ALL;
}

// Associations of code, of which there are two kinds.
static void read_functions(struct cloudfront *cf, const struct term *behaviour, const char *key,
                           struct cf_behaviour *out)
{
    static const char *const stages[] = { "viewer-request", "origin-request", "origin-response",
                                          "viewer-response" };
    struct term list = cf_list(cf, behaviour, key);
    bool some = list.kind == TERM_UNKNOWN;
    for (int s = 0; s < CF_STAGES && some; s++)
        out->functions[s] = (struct cf_function){ true, cf_identity_of(cf, &list), list.span };
    for (uint32_t i = 0; list.kind == TERM_LIST && i < term_count(&list); i++) {
        struct term one = term_at(cf->terms, &list, i);
        struct term event = term_find(cf->terms, &one, "EventType");
        Str text;
        bool known = term_is_known(&event, &text);
        for (int s = 0; s < CF_STAGES && term_is_there(&one); s++)
            if (!known || str_is(text, stages[s]))
                out->functions[s] = (struct cf_function){
                    true, hash_u64(out->functions[s].identity, cf_identity_of(cf, &one)), one.span
                };
    }
}

static void read_behaviour(struct cloudfront *cf, const struct term *config,
                           const struct term *behaviour, struct cf_behaviour *out)
{
    struct term policy = term_find(cf->terms, behaviour, "ResponseHeadersPolicyId");
    struct term target = term_find(cf->terms, behaviour, "TargetOriginId");
    out->span = behaviour->span;
    read_methods(cf, behaviour, out);
    out->viewer = read_viewer(cf, behaviour, &out->viewer_identity);
    out->has_policy = cf_policy_find(cf, &policy, &out->policy);
    cf_forwarding_read(cf, behaviour, &out->forwarding);
    cf_target_read(cf, config, &target, &out->target);
    read_functions(cf, behaviour, "FunctionAssociations", out);
    read_functions(cf, behaviour, "LambdaFunctionAssociations", out);
}

// ---- one distribution

static void read_aliases(struct cloudfront *cf, const struct term *config, struct cf_case *out)
{
    struct term list = cf_list(cf, config, "Aliases");
    for (uint32_t i = 0; list.kind == TERM_LIST && i < term_count(&list); i++) {
        struct term one = term_at(cf->terms, &list, i);
        Str text;
        // What is not known has the distribution's own host only.
        if (term_is_known(&one, &text) && text.len)
            *vec_push(cf->model->arena, &out->aliases) = str_lower(cf->model->arena, text);
    }
}

static void read_errors(struct cloudfront *cf, const struct term *config, struct cf_case *out)
{
    struct term list = cf_list(cf, config, "CustomErrorResponses");
    for (uint32_t i = 0; list.kind == TERM_LIST && i < term_count(&list); i++) {
        struct term one = term_at(cf->terms, &list, i);
        struct term code = term_find(cf->terms, &one, "ErrorCode");
        struct term instead = term_find(cf->terms, &one, "ResponseCode");
        struct term page = term_find(cf->terms, &one, "ResponsePagePath");
        struct cf_error made = { .identity = cf_identity_of(cf, &one), .span = one.span };
        if (!term_is_there(&page) || !term_get_number(&code, 599, &made.status))
            continue; // it only says how long errors are kept
        if (!term_get_number(&instead, 599, &made.instead) && !term_is_there(&instead))
            made.instead = made.status;
        *vec_push(cf->model->arena, &out->errors.list) = made;
    }
}

void cf_case_read(struct cloudfront *cf, const struct term *config, struct cf_case *out)
{
    struct term list = cf_list(cf, config, "CacheBehaviors");
    struct term fallback = term_find(cf->terms, config, "DefaultCacheBehavior");
    if (config->kind != TERM_MAP || list.kind == TERM_UNKNOWN || fallback.kind == TERM_UNKNOWN) {
        const struct term *open = config->kind != TERM_MAP    ? config
                                  : list.kind == TERM_UNKNOWN ? &list
                                                              : &fallback;
        out->unknown = STR("the behaviours of the distribution are not known");
        out->identity = cf_identity_of(cf, open);
        return;
    }
    for (uint32_t i = 0; list.kind == TERM_LIST && i < term_count(&list); i++) {
        struct term one = term_at(cf->terms, &list, i);
        struct cf_behaviour made = { 0 };
        if (!term_is_there(&one))
            continue;
        if (one.kind != TERM_MAP) {
            out->unknown = STR("a cache behaviour is not known");
            out->identity = cf_identity_of(cf, &one);
            return;
        }
        read_pattern(cf, &one, &made);
        read_behaviour(cf, config, &one, &made);
        *vec_push(cf->model->arena, &out->behaviours) = made;
    }
    struct cf_behaviour last = { 0 };
    if (fallback.kind != TERM_MAP)
        cf_complain(cf, config->span, "a distribution needs a DefaultCacheBehavior");
    read_behaviour(cf, config, &fallback, &last);
    last.paths = fa_all(cf->model->fa);
    *vec_push(cf->model->arena, &out->behaviours) = last;
    read_aliases(cf, config, out);
    read_errors(cf, config, out);
}

// ---- documents

static Str host_of(struct cloudfront *cf, Str id, const struct data *owner)
{
    Str host =
        host_name(cf->model->arena, cf->reading->source, cf->document->path, id, "cloudfront");
    return host_unique(cf->model->arena, cf->reading->hosts, host, owner);
}

static void add_site(struct cloudfront *cf, struct cf_site *site, struct cf_sites *sites)
{
    for (uint32_t c = 0; c < site->cases.list.count; c++) {
        const struct cf_aliases *aliases = &site->cases.list.items[c].aliases;
        for (uint32_t i = 0; i < aliases->count; i++) {
            Str alias = aliases->items[i];
            bool known = false;
            for (uint32_t k = 0; k < site->aliases.count && !known; k++)
                known = str_equal(site->aliases.items[k], alias);
            if (known)
                continue;
            if (host_take(cf->model->arena, cf->aliases, alias, site))
                *vec_push(cf->model->arena, &site->aliases) = alias;
            else
                cf_remark(cf, "CG510", site->span,
                          "Another distribution has the alias %.*s as well: AWS takes it once",
                          STR_ARG(alias));
        }
    }
    *vec_push(cf->model->arena, sites) = site;
}

static void read_resource(struct cloudfront *cf, const struct resource *resource,
                          struct cf_sites *sites)
{
    struct arena *arena = cf->model->arena;
    struct cf_site *site = ARENA_NEW(arena, struct cf_site);
    *site = (struct cf_site){ .cf = cf,
                              .host = host_of(cf, resource->id, resource->data),
                              .span = resource->span };
    cf->at = str_format(arena, "resource %.*s", STR_ARG(resource->id));
    cf->template->at = resource->id;
    for (template_restart(cf->template); template_case(cf->template);) {
        struct cf_case one = { .is_there = template_has(cf->template, resource) };
        if (one.is_there) {
            struct term config = template_property(cf->template, resource, "DistributionConfig");
            struct term enabled = term_find(cf->terms, &config, "Enabled");
            (void)term_get_bool(&enabled, &one.is_there); // a disabled one serves nobody
            cf_case_read(cf, &config, &one);
        }
        one.box = choices_box(&cf->template->choices);
        *vec_push(arena, &site->cases.list) = one;
    }
    add_site(cf, site, sites);
}

// ---- policies that are for distributions elsewhere

static void end_policy(struct cases *cases, struct branch in, const void *state)
{
    const Span *span = state;
    branch_forward(cases, in, STR("https://${origin}"), *span);
}

static void add_policy(struct cloudfront *cf, struct cases *cases, const struct box *box,
                       const struct cf_policy *policy)
{
    (void)cf;
    cf_policy_apply(cases, cases_begin(cases, box), policy,
                    (struct cf_next){ end_policy, &policy->span });
}

const struct box *cf_paths(struct model *model)
{
    struct fa_space *fa = model->fa;
    const struct fa *slash = fa_literal(fa, STR("/"));
    const struct fa *below = fa_concat(fa, slash, fa_all(fa));
    const struct fa *dots = fa_union(fa, fa_literal(fa, STR("/.")), fa_literal(fa, STR("/..")));
    dots = fa_concat(fa, dots, fa_union(fa, fa_empty(fa), below));
    return box_with(model, box_all(model), model->path,
                    fa_subtract(fa, below, fa_concat(fa, fa_all(fa), dots)));
}

static struct endpoint endpoint_of(struct cloudfront *cf, Str host, Span span)
{
    struct model *model = cf->model;
    Str *hosts = ARENA_NEW(model->arena, Str);
    *hosts = host;
    return (struct endpoint){
        .layer = "cloudfront",
        .hosts = hosts,
        .host_count = 1,
        .match = MATCH_PREFIX,
        .path = STR("/"),
        .box = box_with(model, cf_paths(model), model->host, fa_literal(model->fa, host)),
        .span = span,
    };
}

void cf_read_policy(struct cloudfront *cf, const struct data *config)
{
    struct cases cases = cases_new(cf->model, cf->policy);
    Span span = { config->span.file, config->span.begin, config->span.begin + 1 };
    struct endpoint endpoint = endpoint_of(cf, host_of(cf, STR("policy"), config), span);
    struct term term = term_of(cf->terms, config);
    struct cf_policy policy;
    cf_policy_read(cf, &term, span, &policy);
    add_policy(cf, &cases, endpoint.box, &policy);
    cases_finish(&cases, endpoint);
}

static void read_own_policy(struct cloudfront *cf, const struct resource *resource)
{
    struct cases cases = cases_new(cf->model, cf->policy);
    struct endpoint endpoint =
        endpoint_of(cf, host_of(cf, resource->id, resource->data), resource->span);
    cf->at = str_format(cf->model->arena, "resource %.*s", STR_ARG(resource->id));
    cf->template->at = resource->id;
    for (template_restart(cf->template); template_case(cf->template);) {
        struct cf_policy policy = { .span = resource->span };
        bool is_there = template_has(cf->template, resource);
        struct term config =
            template_property(cf->template, resource, "ResponseHeadersPolicyConfig");
        if (is_there)
            cf_policy_read(cf, &config, resource->span, &policy);
        const struct box *box =
            box_meet(cf->model, endpoint.box, choices_box(&cf->template->choices));
        add_policy(cf, &cases, box, &policy);
    }
    cases_finish(&cases, endpoint);
}

static bool is_exported(const struct cloudfront *cf, Str id)
{
    const struct data *outputs = document_find(cf->document->root, "Outputs");
    for (uint32_t i = 0; outputs && i < outputs->count; i++) {
        struct resource resource;
        Str attribute;
        if (cf_refers(cf, outputs->entries[i].value, &resource, &attribute) &&
            str_equal(resource.id, id))
            return true;
    }
    return false;
}

// What a loop or a macro makes (3.8).
static void read_made(struct cloudfront *cf, const struct data_entry *entry)
{
    document_outside(cf->policy, entry->key->text, "cloudfront",
                     (struct unknown){ entry->key->span,
                                       str_format(cf->model->arena, "what %.*s makes is not known",
                                                  STR_ARG(entry->key->text)),
                                       cf_identity(cf, entry->value) });
}

void cf_read_template(struct cloudfront *cf, struct cf_sites *sites)
{
    struct resource resource;
    bool some = false;
    for (uint32_t i = 0; cf->template->resources && i < cf->template->resources->count; i++)
        if (cf_is_made(&cf->template->resources->entries[i]))
            read_made(cf, &cf->template->resources->entries[i]);
    for (uint32_t i = 0;
         template_next(cf->template, "AWS::CloudFront::Distribution", &i, &resource); some = true)
        read_resource(cf, &resource, sites);
    for (uint32_t i = 0;
         template_next(cf->template, "AWS::CloudFront::ResponseHeadersPolicy", &i, &resource);) {
        uint32_t at = 0;
        if (map_next(&cf->used, hash_str(HASH_SEED, resource.id), &at))
            continue;
        if (some && !is_exported(cf, resource.id))
            cf_remark(cf, "CG507", resource.span,
                      "No distribution of the template uses the response headers policy %.*s",
                      STR_ARG(resource.id));
        read_own_policy(cf, &resource);
    }
}

void cf_read_distribution(struct cloudfront *cf, const struct data *config, struct cf_sites *sites)
{
    struct cf_site *site = ARENA_NEW(cf->model->arena, struct cf_site);
    struct term term = term_of(cf->terms, config);
    struct cf_case one = { .is_there = true, .box = box_all(cf->model) };
    *site = (struct cf_site){
        .cf = cf,
        .host = host_of(cf, STR("distribution"), config),
        .span = { config->span.file, config->span.begin, config->span.begin + 1 },
    };
    cf_case_read(cf, &term, &one);
    *vec_push(cf->model->arena, &site->cases.list) = one;
    add_site(cf, site, sites);
}
