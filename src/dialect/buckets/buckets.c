#include "dialect/buckets/buckets.h"

#include "base/hash.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const struct kind bucket_malformed = { "CG901", LEVEL_ERROR,
                                       "the bucket's CORS rules are refused" };

enum { REASONS_MAX = 160 }; // bytes: what more there is goes unsaid

void bucket_complain(struct buckets *buckets, Span span, const char *format, ...)
{
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    buckets->good = false;
    (void)diagf(buckets->model->run, &bucket_malformed, span, "%.*s%s%s", STR_ARG(buckets->at),
                buckets->at.len ? ": " : "", text);
}

void bucket_remark(struct buckets *buckets, const char *rule, Span span, Str message)
{
    uint64_t hash = hash_str(hash_u64(HASH_SEED, (uint64_t)span.file << 32 | span.begin), message);
    uint32_t at = 0;
    if (map_next(&buckets->said, hash, &at))
        return; // each case of a template would say it again
    map_add(buckets->model->arena, &buckets->said, hash, buckets);
    policy_add_remark(buckets->policy,
                      (struct remark){ .rule = rule, .span = span, .message = message });
}

void bucket_check_keys(struct buckets *buckets, const struct term *rule, const char *const *keys)
{
    for (uint32_t i = 0; rule->kind == TERM_MAP && i < term_count(rule); i++) {
        Str key = term_key(rule, i);
        const char *meant = NULL;
        size_t least = 5;
        bool known = false;
        for (const char *const *one = keys; *one && !known; one++) {
            size_t distance = str_distance(key, str_from(*one), least);
            known = distance == 0;
            if (distance < least) {
                least = distance;
                meant = *one;
            }
        }
        if (!known)
            bucket_remark(buckets, "CG506", term_key_span(rule, i),
                          str_format(buckets->model->arena,
                                     "A rule knows no key %.*s, so that it does nothing%s%s%s",
                                     STR_ARG(key), meant ? "; did you mean " : "",
                                     meant ? meant : "", meant ? "?" : ""));
    }
}

void bucket_doubt(struct buckets *buckets, struct cases *cases, struct branch in,
                  const struct var *var, const struct fa *language, Str reason, uint64_t identity,
                  Span span, struct branch *yes, struct branch *no)
{
    struct branch inside, outside, refused;
    (void)buckets;
    branch_split(cases, in, var, language, span, &inside, &outside);
    branch_split_unknown(cases, inside, reason, identity, span, yes, &refused);
    *no = branch_join(cases, outside, refused);
}

void bucket_open(struct buckets *buckets, struct open_entries *out, const struct fa *language,
                 Str reason, uint64_t identity, Span span)
{
    if (out->some && out->reason.len < REASONS_MAX && !str_contains(out->reason, reason))
        out->reason =
            str_format(buckets->model->arena, "%.*s; %.*s", STR_ARG(out->reason), STR_ARG(reason));
    if (!out->some)
        *out = (struct open_entries){ .some = true, .reason = reason, .span = span };
    languages_add(buckets->model, &out->languages, language);
    out->identity = hash_u64(out->identity, identity);
}

void bucket_open_unknown(struct buckets *buckets, struct open_entries *out,
                         const struct term *entry)
{
    struct model *model = buckets->model;
    const struct part *part = entry->value ? value_find_unknown(entry->value) : NULL;
    const struct fa *words = NULL;
    if (entry->value)
        (void)value_language(model, box_all(model), entry->value, &words);
    const struct fa *could = fa_intersect(model->fa, words, bucket_some_origin(model));
    bucket_open(buckets, out, could ? could : bucket_some_origin(model),
                part ? part->text : STR("an allowed origin is not known"),
                entry->value ? value_hash(entry->value) : 0, entry->span);
}

struct branch bucket_take_open(struct cases *cases, struct branch *rest,
                               const struct open_entries *open)
{
    struct branch taken = { .ops = rest->ops };
    if (open->some)
        branch_split(cases, *rest, cases->model->origin,
                     languages_union(cases->model, &open->languages, LANGUAGES_PATTERNS),
                     open->span, &taken, rest);
    return taken;
}

void bucket_leave_open(struct cases *cases, struct branch *branch, const struct open_entries *open,
                       bool is_last)
{
    const char *name = is_last ? "Access-Control-Allow-Origin" : "";
    branch_clear(cases, branch, "Access-Control-Allow-Origin", open->span);
    branch_unknown_header(cases, branch, name, open->reason, open->identity, open->span);
}

const struct fa *bucket_glob(struct model *model, Str text, const struct fa *star)
{
    const struct fa *out = fa_empty(model->fa);
    Str head, rest = text;
    while (str_cut(rest, STR("*"), &head, &rest)) {
        out = fa_concat(model->fa, out, fa_literal(model->fa, head));
        out = fa_concat(model->fa, out, star);
    }
    return fa_concat(model->fa, out, fa_literal(model->fa, rest));
}

const struct fa *bucket_some_origin(struct model *model)
{
    return fa_subtract(model->fa, model->origin->universe, fa_empty(model->fa));
}

// One name, in lower case, as text or as what it could be.
static const struct fa *name_language(struct buckets *buckets, const struct term *term, bool stars,
                                      bool *known)
{
    struct model *model = buckets->model;
    const struct fa *rest =
        model_pattern(model, STR("[^, \\t]*"), REGEX_PCRE2, REGEX_FULL | REGEX_DOLLAR_STRICT)
            ->result.language;
    Str text;
    *known = term_is_known(term, &text);
    if (!*known)
        return fa_subtract(model->fa, rest, fa_empty(model->fa));
    text = str_lower(model->arena, str_trim(text));
    return stars ? bucket_glob(model, text, rest) : fa_literal(model->fa, text);
}

// Lists of names: as a request header holds them.
static const struct fa *lists_of(struct model *model, const struct fa *names)
{
    struct fa_space *fa = model->fa;
    const struct fa *comma =
        model_pattern(model, STR("[ \\t]*,[ \\t]*"), REGEX_PCRE2, REGEX_FULL)->result.language;
    const struct fa *more = fa_repeat(fa, fa_concat(fa, comma, names), 0, FA_FOREVER);
    const struct fa *list = fa_union(fa, fa_empty(fa), fa_concat(fa, names, more));
    return fa_intersect(fa, fa_unfold_case(fa, list), model->request_headers->universe);
}

void bucket_split_headers(struct buckets *buckets, struct cases *cases, struct branch in,
                          const struct term *list, bool stars, struct branch *yes,
                          struct branch *no)
{
    struct model *model = buckets->model;
    struct fa_space *fa = model->fa;
    struct languages sures = { 0 }, opens = { 0 };
    bool known = list->kind != TERM_UNKNOWN, all_known = known;
    for (uint32_t i = 0; list->kind == TERM_LIST && i < term_count(list); i++) {
        struct term one = term_at(buckets->terms, list, i);
        if (one.kind == TERM_NONE)
            continue;
        const struct fa *language = name_language(buckets, &one, stars, &known);
        languages_add(model, known ? &sures : &opens, language);
        all_known &= known;
    }
    const struct fa *sure = languages_union(model, &sures, LANGUAGES_PATTERNS);
    const struct fa *open = languages_union(model, &opens, LANGUAGES_PATTERNS);
    branch_split(cases, in, model->request_headers, lists_of(model, sure), list->span, yes, no);
    if (all_known)
        return;
    struct branch more, refused;
    const struct fa *may = list->kind == TERM_UNKNOWN ? model->request_headers->universe
                                                      : lists_of(model, fa_union(fa, sure, open));
    bucket_doubt(buckets, cases, *no, model->request_headers, may,
                 STR("whether a header that is not known is the one that is asked for"),
                 list->data ? data_hash(list->data) : 0, list->span, &more, &refused);
    *yes = branch_join(cases, *yes, more);
    *no = refused;
}

void bucket_split_methods(struct buckets *buckets, struct cases *cases, struct branch in,
                          const struct var *var, const struct term *list, struct branch *yes,
                          struct branch *no)
{
    struct model *model = buckets->model;
    const struct fa *sure = fa_none(model->fa);
    bool open = list->kind == TERM_UNKNOWN;
    for (uint32_t i = 0; list->kind == TERM_LIST && i < term_count(list); i++) {
        struct term one = term_at(buckets->terms, list, i);
        Str text;
        if (term_is_known(&one, &text))
            sure = fa_union(model->fa, sure,
                            str_is(text, "*") ? var->universe : fa_literal(model->fa, text));
        else
            open |= one.kind != TERM_NONE;
    }
    branch_split(cases, in, var, sure, list->span, yes, no);
    if (!open)
        return;
    struct branch more, refused;
    bucket_doubt(buckets, cases, *no, var, var->universe,
                 STR("whether a method that is not known is the one that is asked for"),
                 list->data ? data_hash(list->data) : 0, list->span, &more, &refused);
    *yes = branch_join(cases, *yes, more);
    *no = refused;
}

const struct value *bucket_joined(struct buckets *buckets, const struct term *list)
{
    struct model *model = buckets->model;
    const struct value *out = NULL;
    if (list->kind == TERM_TEXT || list->kind == TERM_UNKNOWN)
        return list->value;
    for (uint32_t i = 0; list->kind == TERM_LIST && i < term_count(list); i++) {
        struct term one = term_at(buckets->terms, list, i);
        if (!one.value)
            continue;
        if (out)
            out = value_concat(model, out, value_text(model, STR(", ")));
        out = out ? value_concat(model, out, one.value) : one.value;
    }
    const struct part *open = out ? value_find_unknown(out) : NULL;
    for (uint32_t i = 0; open && i < buckets->policy->unknown_count; i++)
        if (buckets->policy->unknowns[i].identity == open->identity)
            open = NULL;
    if (open)
        policy_add_unknown(buckets->policy,
                           (struct unknown){ open->span, open->text, open->identity });
    return out;
}

struct endpoint bucket_endpoint(struct buckets *buckets, const char *layer, Str host, Str prefix,
                                Span span)
{
    struct model *model = buckets->model;
    struct fa_space *fa = model->fa;
    Str *hosts = ARENA_NEW(model->arena, Str);
    *hosts = host;
    const struct box *box = box_with(model, box_all(model), model->host, fa_literal(fa, host));
    if (prefix.len)
        box = box_with(
            model, box, model->path,
            fa_concat(fa, fa_literal(fa, str_concat(model->arena, prefix, STR("/"))), fa_all(fa)));
    return (struct endpoint){
        .layer = layer,
        .hosts = hosts,
        .host_count = 1,
        .match = MATCH_PREFIX,
        .path = str_concat(model->arena, prefix, STR("/")),
        .box = box,
        .span = span,
        .keeps_slashes = true,
    };
}
