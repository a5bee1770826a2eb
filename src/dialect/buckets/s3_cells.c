// What an S3 bucket answers. Source: reference/gateways.md section 10.
#include "base/hash.h"
#include "dialect/buckets/buckets.h"
#include "dialect/origin_text.h"

#define VARY "Origin, Access-Control-Request-Headers, Access-Control-Request-Method"

// Requests whose origin a rule has, and how they are answered: with "*", with the origin itself and
// credentials, one of both; or it is not known whether the rule has it.
struct matched {
    struct branch star, echo, none, perhaps;
    struct languages sure;
    struct open_entries open;
};

// What is sure of one entry of a list.
static void take_entry(struct buckets *buckets, const struct term *entry, struct matched *out)
{
    struct model *model = buckets->model;
    const struct fa *some = fa_subtract(model->fa, fa_all(model->fa), fa_empty(model->fa));
    Str text;
    if (!term_is_known(entry, &text))
        return;
    if (str_contains(text, STR("*")))
        languages_add(model, &out->sure, bucket_glob(model, text, some));
    else
        languages_add_word(model, &out->sure, text);
}

// What is not.
static void open_entry(struct buckets *buckets, const struct term *entry, struct matched *out)
{
    struct model *model = buckets->model;
    const struct fa *some = fa_subtract(model->fa, fa_all(model->fa), fa_empty(model->fa));
    Str text;
    if (!term_is_known(entry, &text)) {
        bucket_open_unknown(buckets, &out->open, entry);
        return;
    }
    Str lower = str_lower(model->arena, text), head, tail, empty = STR("");
    if (!str_equal(lower, text)) {
        // 15: whether letters in another case match.
        Str reason = str_format(model->arena,
                                "whether S3 compares %.*s without regard to case (not documented)",
                                STR_ARG(text));
        bucket_open(buckets, &out->open, bucket_glob(model, lower, some), reason,
                    hash_str(HASH_SEED, text), entry->span);
    }
    // 15: whether "*" may stand for nothing.
    if (str_cut(lower, STR("*"), &head, &tail))
        empty = str_concat(model->arena, head, tail);
    if (empty.len && !origin_flaw(empty) && !str_contains(empty, STR("//.")) &&
        !str_ends(empty, STR("//")) && !str_ends(empty, STR(":"))) {
        Str reason =
            str_format(model->arena, "whether * in %.*s may stand for nothing (not documented)",
                       STR_ARG(text));
        bucket_open(buckets, &out->open, fa_literal(model->fa, empty), reason,
                    hash_str(HASH_SEED, text), entry->span);
    }
}

static bool has_star(struct buckets *buckets, const struct term *list)
{
    for (uint32_t i = 0; list->kind == TERM_LIST && i < term_count(list); i++) {
        struct term one = term_at(buckets->terms, list, i);
        Str text;
        if (term_is_known(&one, &text) && str_is(text, "*"))
            return true;
    }
    return false;
}

static void each_entry(struct buckets *buckets, const struct term *list,
                       void (*take)(struct buckets *, const struct term *, struct matched *),
                       struct matched *out)
{
    for (uint32_t i = 0; list->kind == TERM_LIST && i < term_count(list); i++) {
        struct term one = term_at(buckets->terms, list, i);
        Str text;
        if (one.kind != TERM_NONE && !(term_is_known(&one, &text) && str_is(text, "*")))
            take(buckets, &one, out);
    }
    if (list->kind == TERM_UNKNOWN)
        take(buckets, list, out);
}

static struct matched match_origins(struct buckets *buckets, struct cases *cases, struct branch in,
                                    const struct bucket_rule *rule)
{
    struct matched out = { .star = { .ops = in.ops }, .echo = { .ops = in.ops }, .none = in };
    struct branch yes;
    each_entry(buckets, &rule->origins, take_entry, &out);
    branch_split(cases, in, buckets->model->origin,
                 languages_union(buckets->model, &out.sure, LANGUAGES_PATTERNS), rule->origins.span,
                 &out.echo, &out.none);
    if (!has_star(buckets, &rule->origins)) {
        each_entry(buckets, &rule->origins, open_entry, &out);
        out.perhaps = bucket_take_open(cases, &out.none, &out.open);
        return out;
    }
    out.star = out.none;
    out.none = (struct branch){ .ops = in.ops };
    if (branch_is_none(out.echo))
        return out;
    // 15: which of the two answers where "*" stands beside others.
    Str reason =
        STR("whether S3 answers with * where the origin is allowed as well (not documented)");
    branch_split_unknown(cases, out.echo, reason, hash_str(HASH_SEED, reason), rule->origins.span,
                         &yes, &out.echo);
    out.star = branch_join(cases, out.star, yes);
    return out;
}

static void set_headers(struct buckets *buckets, struct cases *cases, struct branch *branch,
                        const struct bucket_rule *rule, bool star, bool preflight)
{
    struct model *model = buckets->model;
    const struct value *methods = bucket_joined(buckets, &rule->methods);
    const struct value *exposed = bucket_joined(buckets, &rule->exposed);
    const struct value *age = bucket_joined(buckets, &rule->max_age);
    Span span = rule->origins.span;
    branch_set(cases, branch, "Access-Control-Allow-Origin",
               star ? value_text(model, STR("*")) : value_var(model, model->origin), span);
    if (methods)
        branch_set(cases, branch, "Access-Control-Allow-Methods", methods, rule->methods.span);
    if (preflight)
        branch_set(cases, branch, "Access-Control-Allow-Headers",
                   value_lower(model, model->request_headers),
                   rule->headers.span.file ? rule->headers.span : rule->span);
    if (exposed)
        branch_set(cases, branch, "Access-Control-Expose-Headers", exposed, rule->exposed.span);
    if (age)
        branch_set(cases, branch, "Access-Control-Max-Age", age, rule->max_age.span);
    if (!star)
        branch_set_text(cases, branch, "Access-Control-Allow-Credentials", STR("true"), span);
    branch_set_text(cases, branch, "Vary", STR(VARY), span);
}

static void end(struct cases *cases, struct branch in, bool preflight, Str host, Span span)
{
    if (preflight)
        branch_answer(cases, in, 200, span);
    else
        branch_forward(cases, in, host, span);
}

// Which requests have a method that the rule allows. Where a GET says
// Access-Control-Request-Method, that counts.
static void match_methods(struct buckets *buckets, struct cases *cases, struct branch in,
                          const struct bucket_rule *rule, bool preflight, struct branch *yes,
                          struct branch *no)
{
    struct model *model = buckets->model;
    struct branch get, other, asks, plain, more, rest;
    if (preflight) {
        bucket_split_methods(buckets, cases, in, model->request_method, &rule->methods, yes, no);
        return;
    }
    branch_split_method(cases, in, STR("GET"), &get, &other);
    branch_split_present(cases, get, model->request_method, &asks, &plain);
    other = branch_join(cases, other, plain);
    bucket_split_methods(buckets, cases, other, model->method, &rule->methods, yes, no);
    bucket_split_methods(buckets, cases, asks, model->request_method, &rule->methods, &more, &rest);
    *yes = branch_join(cases, *yes, more);
    *no = branch_join(cases, *no, rest);
}

// The first rule that fits answers.
static struct branch apply_rule(struct buckets *buckets, struct cases *cases, struct branch in,
                                const struct bucket_rule *rule, bool is_last, bool preflight,
                                Str host)
{
    struct branch fits, no, rest;
    match_methods(buckets, cases, in, rule, preflight, &fits, &rest);
    if (preflight) {
        bucket_split_headers(buckets, cases, fits, &rule->headers, true, &fits, &no);
        rest = branch_join(cases, rest, no);
    }
    struct matched matched = match_origins(buckets, cases, fits, rule);
    rest = branch_join(cases, rest, matched.none);
    if (!branch_is_none(matched.star)) {
        set_headers(buckets, cases, &matched.star, rule, true, preflight);
        end(cases, matched.star, preflight, host, rule->span);
    }
    if (!branch_is_none(matched.echo)) {
        set_headers(buckets, cases, &matched.echo, rule, false, preflight);
        end(cases, matched.echo, preflight, host, rule->span);
    }
    if (!branch_is_none(matched.perhaps)) {
        set_headers(buckets, cases, &matched.perhaps, rule, false, preflight);
        bucket_leave_open(cases, &matched.perhaps, &matched.open, is_last);
        end(cases, matched.perhaps, preflight, host, rule->span);
    }
    return rest;
}

void s3_cells(struct buckets *buckets, struct cases *cases, struct branch all,
              const struct bucket_rules *rules, Str host, Span span)
{
    struct model *model = buckets->model;
    struct branch options, actual, named, preflight, rest;
    branch_split_method(cases, all, STR("OPTIONS"), &options, &actual);
    branch_split_present(cases, options, model->origin, &named, &rest);
    branch_answer(cases, rest, 400, span);
    branch_split_present(cases, named, model->request_method, &preflight, &rest);
    // No browser asks like that.
    branch_respond(cases, rest,
                   (struct response){ .answer = ANSWER_UNKNOWN,
                                      .reason = STR("what S3 answers to OPTIONS without "
                                                    "Access-Control-Request-Method is not "
                                                    "documented"),
                                      .span = span });
    branch_split_present(cases, actual, model->origin, &named, &actual);
    branch_forward(cases, actual, host, span);
    for (uint32_t i = 0; i < rules->count; i++) {
        const struct bucket_rule *rule = &rules->items[i];
        if (rule->is_refused)
            continue;
        bool is_last = i + 1 == rules->count;
        preflight = apply_rule(buckets, cases, preflight, rule, is_last, true, host);
        named = apply_rule(buckets, cases, named, rule, is_last, false, host);
    }
    branch_answer(cases, preflight, 403, span);
    branch_forward(cases, named, host, span);
}
