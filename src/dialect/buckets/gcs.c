// Buckets of Google Cloud Storage. Source: reference/gateways.md sections 2, 9, 15.
#include "base/hash.h"
#include "dialect/buckets/buckets.h"
#include "dialect/origin_text.h"

// ---- what a bucket answers

static uint64_t identity_of(Str reason)
{
    return hash_str(HASH_SEED, reason);
}

// What a rule fits.
struct fitting {
    struct branch any, listed, perhaps, rest; // "*"; an origin by name; not known; neither
    struct open_entries open;                 // of `perhaps`
};

static void split_origins(struct buckets *buckets, struct cases *cases, struct branch in,
                          const struct bucket_rule *rule, struct fitting *out)
{
    struct model *model = buckets->model;
    const struct term *list = &rule->origins;
    struct languages listed = { 0 };
    out->any = out->listed = (struct branch){ .ops = in.ops };
    out->rest = in;
    bool star = false;
    for (uint32_t i = 0; list->kind == TERM_LIST && i < term_count(list); i++) {
        struct term one = term_at(buckets->terms, list, i);
        Str text;
        if (!term_is_known(&one, &text))
            continue;
        if (str_is(text, "*")) {
            star = true;
        } else if (str_contains(text, STR("*"))) {
            Str reason = str_format(model->arena,
                                    "whether GCS takes the * in %.*s for any text (not documented)",
                                    STR_ARG(text));
            bucket_open(buckets, &out->open, bucket_glob(model, text, fa_all(model->fa)), reason,
                        identity_of(reason), one.span);
        } else {
            languages_add_word(model, &listed, text);
        }
    }
    branch_split(cases, in, model->origin, languages_union(model, &listed, LANGUAGES_PATTERNS),
                 list->span, &out->listed, &out->rest);
    out->perhaps =
        star ? (struct branch){ .ops = in.ops } : bucket_take_open(cases, &out->rest, &out->open);
    if (star) {
        out->any = out->rest;
        out->rest = (struct branch){ .ops = in.ops };
    }
}

static void set_headers(struct buckets *buckets, struct cases *cases, struct branch *branch,
                        const struct bucket_rule *rule, const struct value *origin, bool preflight)
{
    const struct value *names = bucket_joined(buckets, &rule->headers);
    const struct value *methods = bucket_joined(buckets, &rule->methods);
    const struct value *age = bucket_joined(buckets, &rule->max_age);
    Str reason = STR("whether GCS allows credentials is not documented");
    branch_set(cases, branch, "Access-Control-Allow-Origin", origin, rule->origins.span);
    branch_unknown_header(cases, branch, "Access-Control-Allow-Credentials", reason,
                          identity_of(reason), rule->origins.span);
    if (preflight && methods)
        branch_set(cases, branch, "Access-Control-Allow-Methods", methods, rule->methods.span);
    if (names)
        branch_set(cases, branch,
                   preflight ? "Access-Control-Allow-Headers" : "Access-Control-Expose-Headers",
                   names, rule->headers.span);
    if (preflight && age)
        branch_set(cases, branch, "Access-Control-Max-Age", age, rule->max_age.span);
}

static void end(struct cases *cases, struct branch in, bool preflight, Str host, Span span)
{
    Str vary = STR("whether GCS sends Vary: Origin is not documented");
    branch_header(
        cases, &in,
        (struct header_op){ .verb = HEADER_UNKNOWN,
                            .name = STR("Vary"),
                            .value = value_unknown(cases->model, vary, identity_of(vary), span),
                            .span = span });
    if (preflight)
        branch_answer(cases, in, 200, span);
    else
        branch_forward(cases, in, host, span);
}

static void answer(struct buckets *buckets, struct cases *cases, struct branch in,
                   const struct bucket_rule *rule, const struct value *origin, bool preflight,
                   Str host)
{
    if (branch_is_none(in))
        return;
    set_headers(buckets, cases, &in, rule, origin, preflight);
    end(cases, in, preflight, host, rule->span);
}

static struct fitting fit(struct buckets *buckets, struct cases *cases, struct branch in,
                          const struct bucket_rule *rule, bool preflight)
{
    struct model *model = buckets->model;
    struct branch fits, no, rest;
    struct fitting out = { 0 };
    bucket_split_methods(buckets, cases, in, preflight ? model->request_method : model->method,
                         &rule->methods, &fits, &rest);
    if (preflight) {
        bucket_split_headers(buckets, cases, fits, &rule->headers, false, &fits, &no);
        rest = branch_join(cases, rest, no);
    }
    split_origins(buckets, cases, fits, rule, &out);
    out.rest = branch_join(cases, out.rest, rest);
    return out;
}

// Where a later rule fits as well, either may answer: the order is not documented. Its requests are
// then given to the later ones in one case.
static struct branch contest(struct buckets *buckets, struct cases *cases, struct branch *own,
                             const struct bucket_rules *rules, uint32_t from, bool preflight)
{
    struct branch free = *own, contested = { .ops = own->ops }, here, there;
    for (uint32_t i = from; i < rules->count && !branch_is_none(free); i++) {
        struct fitting later = fit(buckets, cases, free, &rules->items[i], preflight);
        contested = branch_join(cases, contested, branch_join(cases, later.any, later.listed));
        contested = branch_join(cases, contested, later.perhaps);
        free = later.rest;
    }
    Str reason = STR("whether GCS takes the first of several rules that fit (not documented)");
    branch_split_unknown(cases, contested, reason, hash_u64(identity_of(reason), from),
                         rules->items[from - 1].span, &here, &there);
    *own = branch_join(cases, free, here);
    return there;
}

static struct branch apply_rule(struct buckets *buckets, struct cases *cases, struct branch in,
                                const struct bucket_rules *rules, uint32_t i, bool preflight,
                                Str host)
{
    struct model *model = buckets->model;
    const struct bucket_rule *rule = &rules->items[i];
    const struct value *echo = value_var(model, model->origin);
    struct fitting own = fit(buckets, cases, in, rule, preflight);
    struct branch rest = own.rest, star, other;
    bool is_last = i + 1 == rules->count;
    if (!is_last) {
        struct branch left = contest(buckets, cases, &own.any, rules, i + 1, preflight);
        rest = branch_join(cases, rest, left);
        left = contest(buckets, cases, &own.listed, rules, i + 1, preflight);
        rest = branch_join(cases, rest, left);
    }
    answer(buckets, cases, own.listed, rule, echo, preflight, host);
    if (!branch_is_none(own.any)) {
        Str reason = STR("whether GCS answers with * where * is allowed (not documented)");
        branch_split_unknown(cases, own.any, reason, identity_of(reason), rule->origins.span, &star,
                             &other);
        answer(buckets, cases, star, rule, value_text(model, STR("*")), preflight, host);
        answer(buckets, cases, other, rule, echo, preflight, host);
    }
    if (!branch_is_none(own.perhaps)) {
        set_headers(buckets, cases, &own.perhaps, rule, echo, preflight);
        bucket_leave_open(cases, &own.perhaps, &own.open, is_last);
        end(cases, own.perhaps, preflight, host, rule->span);
    }
    return rest;
}

void gcs_cells(struct buckets *buckets, struct cases *cases, struct branch all,
               const struct bucket_rules *rules, Str host, Span span)
{
    struct branch preflight, actual, named, absent;
    branch_split_preflight(cases, all, &preflight, &actual);
    branch_split_present(cases, actual, buckets->model->origin, &named, &absent);
    end(cases, absent, false, host, span);
    for (uint32_t i = 0; i < rules->count; i++) {
        if (rules->items[i].is_refused)
            continue;
        preflight = apply_rule(buckets, cases, preflight, rules, i, true, host);
        named = apply_rule(buckets, cases, named, rules, i, false, host);
    }
    end(cases, preflight, true, host, span);
    end(cases, named, false, host, span);
}

// ---- reading

static const struct data *rules_of(const struct document *document)
{
    const struct data *list = document->root;
    if (document_find(list, "cors") && document_find(list, "cors")->kind == DATA_LIST)
        list = document_find(list, "cors");
    bool some = list->kind == DATA_LIST && list->count > 0;
    for (uint32_t i = 0; some && i < list->count; i++) {
        const struct data *rule = list->entries[i].value;
        const struct data *origin = document_find(rule, "origin");
        const struct data *method = document_find(rule, "method");
        some = origin && origin->kind == DATA_LIST && method && method->kind == DATA_LIST;
    }
    return some ? list : NULL;
}

static void read_rule(struct buckets *buckets, const struct term *rule, struct bucket_rules *out)
{
    static const char *const keys[] = { "origin", "method", "responseHeader", "maxAgeSeconds",
                                        NULL };
    struct bucket_rule made = {
        .span = rule->span,
        .origins = term_find(buckets->terms, rule, "origin"),
        .methods = term_find(buckets->terms, rule, "method"),
        .headers = term_find(buckets->terms, rule, "responseHeader"),
        .max_age = term_find(buckets->terms, rule, "maxAgeSeconds"),
    };
    bucket_check_keys(buckets, rule, keys);
    if (term_is_there(&made.headers) && made.headers.kind != TERM_LIST) {
        bucket_complain(buckets, made.headers.span, "responseHeader is %s, where a list stands",
                        term_kind_text(&made.headers));
        made.is_refused = true;
    }
    for (uint32_t i = 0; i < term_count(&made.origins); i++) {
        struct term one = term_at(buckets->terms, &made.origins, i);
        Str text;
        const char *wrong = NULL;
        if (term_is_known(&one, &text) && !str_contains(text, STR("*")))
            wrong = origin_flaw(text);
        if (wrong)
            bucket_remark(buckets, "CG507", one.span,
                          str_format(buckets->model->arena,
                                     "No browser sends the origin %.*s: %s, so that the entry "
                                     "allows nothing",
                                     STR_ARG(text), wrong));
    }
    *vec_push(buckets->model->arena, out) = made;
}

static void read_file(struct buckets *buckets)
{
    struct arena *arena = buckets->model->arena;
    const struct document *document = buckets->document;
    struct term list = term_of(buckets->terms, rules_of(document));
    struct bucket_rules rules = { 0 };
    Str name = document_text(document->root, "name"), prefix = STR("");
    Str host = host_name(arena, buckets->reading->source, document->path, STR("bucket"), "gcs");
    if (name.len && host_take(arena, buckets->hosts, name, document)) {
        host = STR("storage.googleapis.com");
        prefix = str_concat(arena, STR("/"), name);
    } else {
        host = host_unique(arena, buckets->hosts, host, document);
    }
    struct endpoint endpoint =
        bucket_endpoint(buckets, "gcs", host, prefix,
                        (Span){ list.span.file, list.span.begin, list.span.begin + 1 });
    struct cases cases = cases_new(buckets->model, buckets->policy);
    for (uint32_t i = 0; i < term_count(&list); i++) {
        struct term rule = term_at(buckets->terms, &list, i);
        read_rule(buckets, &rule, &rules);
    }
    gcs_cells(buckets, &cases, cases_begin(&cases, endpoint.box), &rules, host, endpoint.span);
    cases_finish(&cases, endpoint);
}

static bool claims(const struct document *document, Str *why)
{
    *why = STR("it is a list of CORS rules of Google Cloud Storage");
    return rules_of(document);
}

static bool read(struct reading *reading)
{
    bool good = true;
    for (uint32_t i = 0; i < reading->documents.count; i++) {
        struct terms plain = terms_plain(reading->model);
        struct buckets buckets = { .model = reading->model,
                                   .policy = reading->out->policy,
                                   .reading = reading,
                                   .document = reading->documents.items[i],
                                   .terms = &plain,
                                   .good = true,
                                   .hosts = reading->hosts };
        if (rules_of(buckets.document))
            read_file(&buckets);
        else
            bucket_complain(&buckets, buckets.document->root->span, "this is no list of rules");
        good &= buckets.good;
    }
    return good;
}

static const char *const marks[] = { "maxAgeSeconds", "responseHeader", NULL };

const struct dialect dialect_gcs = {
    .name = "gcs",
    .what = "CORS rules of Google Cloud Storage",
    .marks = marks,
    .claims = claims,
    .read = read,
};
