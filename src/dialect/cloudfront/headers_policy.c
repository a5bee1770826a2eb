// Response headers policies as they are written: reference/cdn.md 3.2 and 3.7.
#include "base/hash.h"
#include "dialect/cloudfront/cloudfront.h"
#include "dialect/engine/static_headers.h"

#include <string.h>

#define ALL_METHODS "GET, DELETE, HEAD, OPTIONS, PATCH, POST, PUT"

static const char *const methods[] = { "GET",  "DELETE", "HEAD", "OPTIONS", "PATCH",
                                       "POST", "PUT",    "ALL",  NULL };

static bool is_method(Str text)
{
    for (const char *const *one = methods; *one; one++)
        if (str_is(text, *one))
            return true;
    return false;
}

// The value of Access-Control-Allow-Methods: ALL stands for the seven others.
static const struct value *read_methods(struct cloudfront *cf, const struct term *list)
{
    for (uint32_t i = 0; list->kind == TERM_LIST && i < term_count(list); i++) {
        struct term one = term_at(cf->terms, list, i);
        Str text;
        if (!term_is_known(&one, &text))
            continue;
        if (str_is(text, "ALL"))
            return value_text(cf->model, STR(ALL_METHODS));
        if (!is_method(text))
            cf_complain(cf, one.span, "CloudFront has no method %.*s", STR_ARG(text));
    }
    return cf_joined(cf, list);
}

// ---- Access-Control-Allow-Headers

static const struct fa *pattern_of(struct model *model, const char *text)
{
    return model_pattern(model, str_from(text), REGEX_PCRE2, REGEX_FULL | REGEX_DOLLAR_STRICT)
        ->result.language;
}

// Lists of names, as a request asks for them.
static const struct fa *lists_of(struct model *model, const struct fa *names)
{
    struct fa_space *fa = model->fa;
    const struct fa *more =
        fa_repeat(fa, fa_concat(fa, pattern_of(model, "[ \\t]*,[ \\t]*"), names), 0, FA_FOREVER);
    const struct fa *list = fa_unfold_case(fa, fa_concat(fa, names, more));
    return fa_intersect(fa, list, model->request_headers->universe);
}

// "*" is sent as it is: it covers all names but Authorization. Of another pattern, the names that a
// request asks for and that match are sent (13).
static void read_allowed(struct cloudfront *cf, const struct term *list, struct cf_cors *out)
{
    struct model *model = cf->model;
    struct languages names = { 0 };
    bool patterns = false;
    out->headers_span = list->span;
    if (list->kind == TERM_UNKNOWN)
        out->headers = list->value;
    for (uint32_t i = 0; list->kind == TERM_LIST && i < term_count(list); i++) {
        struct term one = term_at(cf->terms, list, i);
        Str text, head, tail;
        if (!one.value)
            continue;
        bool known = term_is_known(&one, &text);
        if (known && !str_is(text, "*") && str_cut(text, STR("*"), &head, &tail)) {
            const struct fa *any = pattern_of(model, "[^, \\t]*");
            const struct fa *begin = fa_literal(model->fa, str_lower(model->arena, head));
            const struct fa *end = fa_literal(model->fa, str_lower(model->arena, tail));
            patterns = true;
            languages_add(model, &names,
                          fa_concat(model->fa, begin, fa_concat(model->fa, any, end)));
            continue;
        }
        if (known && !str_is(text, "*"))
            languages_add_word(model, &names, str_lower(model->arena, text));
        if (out->headers)
            out->headers = value_concat(model, out->headers, value_text(model, STR(", ")));
        out->headers = out->headers ? value_concat(model, out->headers, one.value) : one.value;
    }
    if (patterns)
        out->header_lists = lists_of(model, languages_union(model, &names, LANGUAGES_PATTERNS));
    if (patterns && !out->header_lists)
        out->headers =
            value_unknown(model, STR("the patterns of AccessControlAllowHeaders are too many"),
                          cf_identity_of(cf, list), list->span);
    cf_unknown_value(cf, out->headers);
}

static void check_headers(struct cloudfront *cf, const struct term *list,
                          const struct cf_cors *cors)
{
    bool star = false;
    for (uint32_t i = 0; list->kind == TERM_LIST && i < term_count(list); i++) {
        struct term one = term_at(cf->terms, list, i);
        Str text, head, rest;
        if (!term_is_known(&one, &text) || !str_cut(text, STR("*"), &head, &rest))
            continue;
        star = true;
        if (str_contains(rest, STR("*")))
            cf_complain(cf, one.span, "the header %.*s has more than one *", STR_ARG(text));
    }
    if (star && cors->credentials.holds && !cors->credentials.is_open)
        cf_remark(cf, "CG510", list->span,
                  "AWS is reported to refuse a * in AccessControlAllowHeaders together with "
                  "AccessControlAllowCredentials");
}

static void check_list(struct cloudfront *cf, const struct term *cors, const char *key,
                       const struct term *list)
{
    if (list->kind == TERM_UNKNOWN || (list->kind == TERM_LIST && term_count(list)))
        return;
    if (list->kind == TERM_LIST)
        cf_remark(cf, "CG507", list->span,
                  "%s has no items: AWS is reported to refuse that, and it allows nothing", key);
    else if (term_is_there(list))
        cf_complain(cf, list->span, "%s is %s, where a map with Items stands", key,
                    term_kind_text(list));
    else if (cors->kind == TERM_MAP && !document_find(cors->data, key))
        cf_complain(cf, cors->span, "CorsConfig needs %s", key);
}

static void need(struct cloudfront *cf, const struct term *cors, const char *key)
{
    if (cors->kind == TERM_MAP && !document_find(cors->data, key))
        cf_complain(cf, cors->span, "CorsConfig needs %s", key);
}

static void read_cors(struct cloudfront *cf, const struct term *term, struct cf_cors *out)
{
    struct term origins = cf_list(cf, term, "AccessControlAllowOrigins");
    struct term names = cf_list(cf, term, "AccessControlAllowMethods");
    struct term expose = cf_list(cf, term, "AccessControlExposeHeaders");
    struct term headers = cf_list(cf, term, "AccessControlAllowHeaders");
    struct term age = term_find(cf->terms, term, "AccessControlMaxAgeSec");
    *out = (struct cf_cors){ .span = term->span };
    out->credentials = cf_truth_of(cf, term, "AccessControlAllowCredentials", false);
    out->override = cf_truth_of(cf, term, "OriginOverride", false);
    check_list(cf, term, "AccessControlAllowOrigins", &origins);
    check_list(cf, term, "AccessControlAllowMethods", &names);
    check_list(cf, term, "AccessControlAllowHeaders", &headers);
    need(cf, term, "AccessControlAllowCredentials");
    need(cf, term, "OriginOverride");
    check_headers(cf, &headers, out);
    read_allowed(cf, &headers, out);
    cf_origins_read(cf, &origins, &out->origins);
    out->methods = read_methods(cf, &names);
    out->methods_span = names.span;
    out->expose = cf_joined(cf, &expose);
    out->expose_span = expose.span;
    out->max_age = age.value;
    out->max_age_span = age.span;
    cf_unknown_value(cf, out->methods);
    cf_unknown_value(cf, out->expose);
    cf_unknown_value(cf, out->max_age);
}

// Headers that have no part in CORS are lost here.
static void read_headers(struct cloudfront *cf, const struct term *config, const char *key,
                         bool has_value, struct cf_headers *out)
{
    struct term map = term_find(cf->terms, config, key);
    struct term list = cf_items(cf, &map);
    if (list.kind == TERM_UNKNOWN)
        *vec_push(cf->model->arena, out) =
            (struct cf_header){ .value = list.value, .span = list.span };
    for (uint32_t i = 0; list.kind == TERM_LIST && i < term_count(&list); i++) {
        struct term one = term_at(cf->terms, &list, i);
        struct term name = term_find(cf->terms, &one, "Header");
        struct term value = term_find(cf->terms, &one, "Value");
        struct cf_header made = { .span = one.span };
        Str text;
        if (!term_is_there(&one))
            continue;
        if (one.kind == TERM_UNKNOWN || (name.value && !term_is_known(&name, &text))) {
            made.value = one.kind == TERM_UNKNOWN ? one.value : name.value;
            *vec_push(cf->model->arena, out) = made;
            continue;
        }
        if (one.kind != TERM_MAP || !name.value || (has_value && !value.value)) {
            cf_complain(cf, one.span, "%s: every item needs a Header%s", key,
                        has_value ? " and a Value" : "");
            continue;
        }
        if (!static_header_counts(text))
            continue;
        made.name = text;
        made.value = has_value ? value.value : NULL;
        if (has_value)
            made.override = cf_truth_of(cf, &one, "Override", false);
        cf_unknown_value(cf, made.value);
        *vec_push(cf->model->arena, out) = made;
    }
}

// What the policy adds besides CORS counts nothing here; a header of CORS among custom headers is
// sent to everybody.
static void check_custom(struct cloudfront *cf, const struct cf_policy *policy)
{
    for (uint32_t i = 0; policy->has_cors && i < policy->custom.count; i++) {
        const struct cf_header *one = &policy->custom.items[i];
        if (str_is_nocase(one->name, "Access-Control-Allow-Origin"))
            cf_remark(cf, "CG510", one->span,
                      "CustomHeadersConfig sends Access-Control-Allow-Origin on every answer, and "
                      "CorsConfig decides about it as well");
    }
}

void cf_policy_read(struct cloudfront *cf, const struct term *config, Span span,
                    struct cf_policy *out)
{
    *out = (struct cf_policy){ .span = span };
    if (config->kind == TERM_UNKNOWN || config->kind == TERM_TEXT) {
        const struct part *part = value_find_unknown(config->value);
        out->unknown = part ? part->text : STR("the response headers policy is not known");
        out->identity = cf_identity_of(cf, config);
        return;
    }
    if (config->kind != TERM_MAP) {
        cf_complain(cf, span, "ResponseHeadersPolicyConfig is %s, where a map stands",
                    term_kind_text(config));
        return;
    }
    struct term cors = term_find(cf->terms, config, "CorsConfig");
    if (cors.kind == TERM_UNKNOWN) {
        out->unknown = STR("CorsConfig is not known");
        out->identity = cf_identity_of(cf, &cors);
        return;
    }
    read_headers(cf, config, "RemoveHeadersConfig", false, &out->removed);
    read_headers(cf, config, "CustomHeadersConfig", true, &out->custom);
    out->has_cors = cors.kind == TERM_MAP;
    if (out->has_cors)
        read_cors(cf, &cors, &out->cors);
    else if (term_is_there(&cors))
        cf_complain(cf, cors.span, "CorsConfig is %s, where a map stands", term_kind_text(&cors));
    check_custom(cf, out);
}

// ---- policies that behaviours name

static void use_managed(struct cloudfront *cf, const struct cf_managed *managed, Span span,
                        struct cf_policy *out)
{
    struct model *model = cf->model;
    struct fa_space *fa = model->fa;
    *out = (struct cf_policy){ .span = span, .has_cors = managed->cors };
    if (!managed->cors)
        return;
    out->cors = (struct cf_cors){ .span = span,
                                  .origins = { .span = span, .any = true },
                                  .methods_span = span,
                                  .expose_span = span,
                                  .exposes_on_preflight = true };
    out->cors.origins.sets[0] = fa_none(fa);
    if (managed->preflight) {
        out->cors.methods = value_text(model, STR(ALL_METHODS));
        out->cors.expose = value_text(model, STR("*"));
    }
}

static void note_used(struct cloudfront *cf, Str id)
{
    uint64_t hash = hash_str(HASH_SEED, id);
    uint32_t at = 0;
    if (!map_next(&cf->used, hash, &at))
        map_add(cf->model->arena, &cf->used, hash, cf);
}

bool cf_policy_find(struct cloudfront *cf, const struct term *id, struct cf_policy *out)
{
    struct resource resource;
    Str text;
    *out = (struct cf_policy){ .span = id->span };
    if (!term_is_there(id) || (term_is_known(id, &text) && !text.len))
        return false;
    const struct cf_managed *managed = term_is_known(id, &text) ? cf_managed_policy(text) : NULL;
    if (managed) {
        use_managed(cf, managed, id->span, out);
        return true;
    }
    bool found =
        cf->template && id->resource.len && template_find(cf->template, id->resource, &resource);
    if (found && str_is(resource.type, "AWS::CloudFront::ResponseHeadersPolicy")) {
        struct term config =
            template_property(cf->template, &resource, "ResponseHeadersPolicyConfig");
        Str before = cf->at;
        note_used(cf, resource.id);
        cf->at = str_format(cf->model->arena, "resource %.*s", STR_ARG(resource.id));
        cf_policy_read(cf, &config, resource.span, out);
        cf->at = before;
        if (!template_has(cf->template, &resource)) {
            out->unknown = STR("the response headers policy is not there in this case");
            out->identity = cf_identity(cf, resource.data);
        }
        return true;
    }
    out->unknown = STR("the response headers policy is defined somewhere else");
    out->identity = cf_identity_of(cf, id);
    if (id->resource.len && !found)
        cf_remark(cf, "CG908", id->span, "Nothing in the template is called %.*s",
                  STR_ARG(id->resource));
    else if (term_is_known(id, &text))
        out->unknown =
            str_format(cf->model->arena,
                       "the response headers policy %.*s is defined somewhere else", STR_ARG(text));
    cf_unknown(cf, out->unknown, out->identity, id->span);
    return true;
}
