#include "dialect/aws/origins.h"

#include "base/hash.h"
#include "dialect/languages.h"
#include "dialect/origin_text.h"

// The origin that a browser might mean with an entry that is not quite one.
static Str near(struct model *model, Str text)
{
    static const struct {
        const char *scheme, *port;
    } schemes[] = { { "https://", ":443" }, { "http://", ":80" } };
    Str lower = str_lower(model->arena, text);
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
        Str host = lower, path;
        if (!str_eat(&host, str_from(schemes[i].scheme)))
            continue;
        (void)str_cut(host, STR("/"), &host, &path);
        if (str_ends(host, str_from(schemes[i].port)))
            (void)str_cut(host, str_from(schemes[i].port), &host, &path);
        return str_concat(model->arena, str_from(schemes[i].scheme), host);
    }
    return lower;
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

enum { REASONS_MAX = 160 }; // bytes: what more there is goes unsaid

struct lists {
    struct languages sure, open;
    struct open_origins doubt;
};

// The language itself is added by the caller.
static void doubt(struct aws *aws, struct lists *lists, Str reason, uint64_t identity, Span span)
{
    struct open_origins *open = &lists->doubt;
    if (open->some && open->reason.len < REASONS_MAX && !str_contains(open->reason, reason))
        open->reason =
            str_format(aws->model->arena, "%.*s; %.*s", STR_ARG(open->reason), STR_ARG(reason));
    if (!open->some)
        *open = (struct open_origins){ .some = true, .reason = reason, .span = span };
    open->identity = hash_u64(open->identity, identity);
}

static const struct fa *present(struct aws *aws)
{
    struct fa_space *fa = aws->model->fa;
    return fa_subtract(fa, aws->model->origin->universe, fa_empty(fa));
}

static void take_text(struct aws *aws, Str text, Span span, bool schemes, struct lists *lists)
{
    struct model *model = aws->model;
    bool is_scheme = schemes && (str_is(text, "https://*") || str_is(text, "http://*"));
    bool is_pattern = str_contains(text, STR("*"));
    const char *wrong = is_scheme ? NULL : origin_flaw(text);
    if (is_scheme) {
        languages_add(model, &lists->sure, glob(model, text));
        return;
    }
    if (!wrong && !is_pattern) {
        languages_add_word(model, &lists->sure, text);
        return;
    }
    if (wrong)
        aws_remark(aws, "CG507", span,
                   "No browser sends the origin %.*s: %s, so that the entry may allow nothing",
                   STR_ARG(text), wrong);
    doubt(aws, lists,
          str_format(model->arena, "whether AWS takes %.*s for an origin (not documented%s%s)",
                     STR_ARG(text), wrong ? ": " : "", wrong ? wrong : ""),
          hash_str(HASH_SEED, text), span);
    if (is_pattern) {
        languages_add(model, &lists->open, glob(model, text));
    } else {
        languages_add_word(model, &lists->open, text);
        languages_add_word(model, &lists->open, near(model, text));
    }
}

static void take_entry(struct aws *aws, const struct term *entry, bool schemes, struct lists *lists)
{
    Str text;
    if (entry->kind == TERM_NONE)
        return;
    if (term_is_known(entry, &text)) {
        take_text(aws, text, entry->span, schemes, lists);
        return;
    }
    if (!entry->value) {
        aws_complain(aws, entry->span, "an allowed origin is %s, where a text stands",
                     term_kind_text(entry));
        return;
    }
    const struct fa *words = NULL;
    (void)value_language(aws->model, box_all(aws->model), entry->value, &words);
    const struct fa *could = fa_intersect(aws->model->fa, words, present(aws));
    const struct part *part = value_find_unknown(entry->value);
    languages_add(aws->model, &lists->open, could ? could : present(aws));
    doubt(aws, lists, part ? part->text : STR("an allowed origin is not known"),
          value_hash(entry->value), entry->span);
}

static bool has_star(struct aws *aws, const struct term *list)
{
    Str text;
    for (uint32_t i = 0; list->kind == TERM_LIST && i < term_count(list); i++) {
        struct term entry = term_at(aws->terms, list, i);
        if (term_is_known(&entry, &text) && str_is(text, "*"))
            return true;
    }
    return term_is_known(list, &text) && str_is(text, "*");
}

struct allowed aws_split_origins(struct aws *aws, struct cases *cases, struct branch in,
                                 const struct term *list, bool schemes)
{
    struct allowed out = { .several = term_count(list) > 1 };
    struct lists lists = { 0 };
    struct branch named, absent, rest;
    branch_split(cases, in, aws->model->origin, present(aws), list->span, &named, &absent);
    out.listed.ops = out.any.ops = in.ops;
    if (has_star(aws, list)) {
        out.any = named;
        out.refused = absent;
        return out;
    }
    for (uint32_t i = 0; list->kind == TERM_LIST && i < term_count(list); i++) {
        struct term entry = term_at(aws->terms, list, i);
        take_entry(aws, &entry, schemes, &lists);
    }
    if (list->kind == TERM_TEXT || list->kind == TERM_UNKNOWN)
        take_entry(aws, list, schemes, &lists);
    branch_split(cases, named, aws->model->origin,
                 languages_union(aws->model, &lists.sure, LANGUAGES_PATTERNS), list->span,
                 &out.listed, &rest);
    out.open = lists.doubt;
    out.open.branch.ops = in.ops;
    if (out.open.some)
        branch_split(cases, rest, aws->model->origin,
                     languages_union(aws->model, &lists.open, LANGUAGES_PATTERNS), out.open.span,
                     &out.open.branch, &rest);
    out.refused = branch_join(cases, rest, absent);
    return out;
}
