#include "dialect/aws/origins.h"

#include "base/hash.h"
#include "dialect/origin_text.h"

// The origins that a browser might mean with an entry that is not quite an origin.
static const struct fa *near(struct model *model, Str text)
{
    Str lower = str_lower(model->arena, text), host = lower, path;
    const char *const schemes[] = { "https://", "http://", "" };
    for (size_t i = 0; i < 3; i++) {
        host = lower;
        Str scheme = str_from(schemes[i]);
        if (!str_eat(&host, scheme))
            continue;
        if (str_cut(host, STR("/"), &host, &path))
            lower = str_concat(model->arena, scheme, host);
        if (scheme.len == 8 && str_ends(lower, STR(":443")))
            lower = str_slice(lower, 0, lower.len - 4);
        if (scheme.len == 7 && str_ends(lower, STR(":80")))
            lower = str_slice(lower, 0, lower.len - 3);
        break;
    }
    const struct fa *both = fa_literal(model->fa, lower);
    return fa_union(model->fa, both, fa_literal(model->fa, text));
}

// "*" stands for any text.
static const struct fa *glob(struct model *model, Str text)
{
    const struct fa *out = fa_empty(model->fa);
    Str head, rest = text;
    while (str_cut(rest, STR("*"), &head, &rest)) {
        out = fa_concat(model->fa, out, fa_literal(model->fa, head));
        out = fa_concat(model->fa, out, fa_all(model->fa));
    }
    return fa_concat(model->fa, out, fa_literal(model->fa, rest));
}

// Origins that an entry may allow, and that no other certainly does.
static void doubt(struct aws *aws, struct cases *cases, struct allowed *out,
                  const struct fa *language, Str reason, uint64_t identity, Span span)
{
    struct open_origins open = { .reason = reason, .identity = identity, .span = span };
    branch_split(cases, out->refused, aws->model->origin, language, span, &open.branch,
                 &out->refused);
    if (!branch_is_none(open.branch))
        *vec_push(aws->model->arena, &out->open) = open;
}

static const struct fa *present(struct aws *aws)
{
    struct fa_space *fa = aws->model->fa;
    return fa_subtract(fa, aws->model->origin->universe, fa_empty(fa));
}

static void split_text(struct aws *aws, struct cases *cases, Str text, Span span, bool schemes,
                       bool sure, struct allowed *out)
{
    struct model *model = aws->model;
    struct branch yes, no;
    bool is_scheme = schemes && (str_is(text, "https://*") || str_is(text, "http://*"));
    const char *wrong = is_scheme ? NULL : origin_flaw(text);
    bool is_sure = is_scheme || (!wrong && !str_contains(text, STR("*")));
    if (is_sure != sure)
        return;
    if (is_sure) {
        branch_split(cases, out->refused, model->origin, glob(model, text), span, &yes, &no);
        out->listed = branch_join(cases, out->listed, yes);
        out->refused = no;
        return;
    }
    Str reason =
        str_format(model->arena, "whether AWS takes %.*s for an origin (not documented%s%s)",
                   STR_ARG(text), wrong ? ": " : "", wrong ? wrong : "");
    if (wrong)
        aws_remark(aws, "CG507", span,
                   "No browser sends the origin %.*s: %s, so that the entry may allow nothing",
                   STR_ARG(text), wrong);
    bool is_pattern = str_contains(text, STR("*"));
    doubt(aws, cases, out, is_pattern ? glob(model, text) : near(model, text), reason,
          hash_str(HASH_SEED, text), span);
}

// Entries that are sure, and then the others.
static void split_entry(struct aws *aws, struct cases *cases, const struct term *entry,
                        bool schemes, bool sure, struct allowed *out)
{
    Str text;
    if (term_is_known(entry, &text)) {
        split_text(aws, cases, text, entry->span, schemes, sure, out);
        return;
    }
    if (sure)
        return;
    if (!entry->value) {
        aws_complain(aws, entry->span, "an allowed origin is %s, where a text stands",
                     term_kind_text(entry));
        return;
    }
    const struct fa *words = NULL;
    (void)value_language(aws->model, box_all(aws->model), entry->value, &words);
    const struct fa *could = fa_intersect(aws->model->fa, words, present(aws));
    const struct part *part = value_find_unknown(entry->value);
    doubt(aws, cases, out, could ? could : present(aws),
          part ? part->text : STR("an allowed origin is not known"), value_hash(entry->value),
          entry->span);
}

struct allowed aws_split_origins(struct aws *aws, struct cases *cases, struct branch in,
                                 const struct term *list, bool schemes)
{
    struct allowed out = { .several = term_count(list) > 1 };
    struct branch named;
    branch_split(cases, in, aws->model->origin, present(aws), list->span, &named, &out.refused);
    struct branch absent = out.refused;
    out.refused = named;
    out.listed.ops = out.any.ops = in.ops;
    bool any = false;
    for (uint32_t i = 0; list->kind == TERM_LIST && i < term_count(list); i++) {
        struct term entry = term_at(aws->terms, list, i);
        Str text;
        any |= term_is_known(&entry, &text) && str_is(text, "*");
    }
    Str one;
    if (term_is_known(list, &one) && str_is(one, "*"))
        any = true;
    if (any) {
        out.any = out.refused;
        out.refused = absent;
        return out;
    }
    for (int sure = 1; sure >= 0; sure--) {
        for (uint32_t i = 0; list->kind == TERM_LIST && i < term_count(list); i++) {
            struct term entry = term_at(aws->terms, list, i);
            if (entry.kind != TERM_NONE)
                split_entry(aws, cases, &entry, schemes, sure, &out);
        }
        if (list->kind == TERM_TEXT || list->kind == TERM_UNKNOWN)
            split_entry(aws, cases, list, schemes, sure, &out);
    }
    out.refused = branch_join(cases, out.refused, absent);
    return out;
}
