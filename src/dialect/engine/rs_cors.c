#include "dialect/engine/rs_cors.h"

#include <stdlib.h>

// What the package finds out once about its configuration.
struct known {
    const struct rs_cors *cors;
    const struct fa *origins, *methods, *names; // NULL: a limit was reached
    bool all_origins, all_names;
    struct rs_cors_next next;
};

// ---- languages

static const struct fa *origin_language(struct model *model, Str written)
{
    struct fa_space *fa = model->fa;
    Str text = str_lower(model->arena, written), head, tail;
    if (!str_cut(text, STR("*"), &head, &tail))
        return fa_literal(fa, text);
    const struct fa *out = fa_concat(fa, fa_literal(fa, head), fa_all(fa));
    return fa_concat(fa, out, fa_literal(fa, tail)); // another star is only a star
}

const struct fa *rs_cors_origins(struct model *model, const struct rs_cors_list *list, bool *all)
{
    struct fa_space *fa = model->fa;
    Str *plain = ARENA_ARRAY(model->arena, Str, list->count + 1);
    uint32_t plain_count = 0;
    const struct fa *out = fa_none(fa);
    *all = list->count == 0;
    for (uint32_t i = 0; i < list->count; i++) {
        *all |= str_is(list->items[i], "*");
        if (str_contains(list->items[i], STR("*")))
            out = fa_union(fa, out, origin_language(model, list->items[i]));
        else
            plain[plain_count++] = str_lower(model->arena, list->items[i]);
    }
    if (*all)
        return fa_all(fa);
    out = fa_union(fa, out, fa_literals(fa, plain, plain_count));
    return fa_unfold_case(fa, out);
}

static const struct fa *method_language(struct model *model, const struct rs_cors_list *list)
{
    static const Str usual[] = { { "GET", 3 }, { "POST", 4 }, { "HEAD", 4 } };
    struct fa_space *fa = model->fa;
    const struct fa *listed = list->count ? fa_literals(fa, list->items, list->count)
                                          : fa_literals(fa, usual, sizeof usual / sizeof *usual);
    return fa_union(fa, listed, fa_literal(fa, STR("OPTIONS")));
}

static int by_bytes(const void *a, const void *b)
{
    return str_compare(*(const Str *)a, *(const Str *)b);
}

// At most 16 empty items in a list of items.
static const struct fa *few_empty(struct model *model)
{
    enum { EMPTY_MAX = 16 };
    struct fa_space *fa = model->fa;
    const struct fa *full =
        model_pattern(model, STR(",(?![ \\t]{0,2}(?:,|$))[^,]*"), REGEX_PCRE2, REGEX_FULL)
            ->result.language;
    const struct fa *empty =
        model_pattern(model, STR(",[ \\t]{0,2}"), REGEX_PCRE2, REGEX_FULL)->result.language;
    const struct fa *some = fa_repeat(fa, full, 0, FA_FOREVER), *out = some;
    const struct fa *one = fa_concat(fa, some, empty);
    for (uint32_t i = 0; i < EMPTY_MAX; i++)
        out = fa_union(fa, some, fa_concat(fa, one, out));
    return fa_after(fa, out, STR(","));
}

// Names of the list, in order and each once, with a comma between them and at most one blank around
// each; empty items between them are passed over.
static const struct fa *name_language(struct model *model, const struct rs_cors_list *list,
                                      bool *all)
{
    static const Str usual[] = { { "accept", 6 },
                                 { "content-type", 12 },
                                 { "x-requested-with", 16 } };
    struct fa_space *fa = model->fa;
    uint32_t count = list->count ? list->count : (uint32_t)(sizeof usual / sizeof *usual);
    Str *names = ARENA_ARRAY(model->arena, Str, count);
    for (uint32_t i = 0; i < count; i++) {
        names[i] = list->count ? str_lower(model->arena, list->items[i]) : usual[i];
        *all |= list->count && str_is(list->items[i], "*");
    }
    if (*all)
        return fa_all(fa);
    qsort(names, count, sizeof *names, by_bytes);
    const struct fa *blank =
        model_pattern(model, STR("[ \\t]?"), REGEX_PCRE2, REGEX_FULL)->result.language;
    const struct fa *empties =
        model_pattern(model, STR("(?:,[ \\t]{0,2})*"), REGEX_PCRE2, REGEX_FULL)->result.language;
    const struct fa *gap = fa_concat(fa, empties, fa_literal(fa, STR(",")));
    const struct fa *rest = empties; // what may come behind the names before, commas in front
    for (uint32_t i = count; i > 0; i--) {
        if (i < count && str_equal(names[i - 1], names[i]))
            continue;
        const struct fa *item = fa_concat(fa, blank, fa_literal(fa, names[i - 1]));
        item = fa_concat(fa, fa_concat(fa, gap, item), blank);
        rest = fa_union(fa, rest, fa_concat(fa, item, rest));
    }
    const struct fa *items = fa_union(fa, fa_after(fa, rest, STR(",")), fa_empty(fa));
    return fa_intersect(fa, items, few_empty(model));
}

Str rs_cors_seconds(struct arena *arena, double seconds)
{
    if (seconds < 0)
        return STR("0");
    return seconds >= 1 ? str_format(arena, "%.0f", seconds) : STR("");
}

void rs_cors_remark(struct policy *policy, const struct rs_cors_list *list)
{
    for (uint32_t i = 0; i < list->count; i++) {
        Str rest = list->items[i], head;
        if (!str_cut(rest, STR("*"), &head, &rest) || !str_contains(rest, STR("*")))
            continue;
        Str message =
            str_format(policy->model->arena,
                       "only the first star of \"%.*s\" stands for anything, and no origin "
                       "holds another",
                       STR_ARG(list->items[i]));
        policy_add_remark(
            policy, (struct remark){ .rule = "CG507", .span = list->span, .message = message });
    }
}

// ---- requests

static void put(struct cases *cases, struct branch *in, const struct rs_cors *cors,
                const char *name, const struct value *value, Span span)
{
    if (cors->replaces)
        branch_set(cases, in, name, value, span);
    else
        branch_add(cases, in, name, value, span);
}

static void put_text(struct cases *cases, struct branch *in, const struct rs_cors *cors,
                     const char *name, const char *text, Span span)
{
    put(cases, in, cors, name, value_text(cases->model, str_from(text)), span);
}

static void put_origin(struct cases *cases, struct branch *in, const struct known *known)
{
    struct model *model = cases->model;
    put(cases, in, known->cors, "Access-Control-Allow-Origin",
        known->all_origins ? value_text(model, STR("*")) : value_var(model, model->origin),
        known->cors->origins.span);
}

// As Go writes names of headers: a capital at the beginning of each word.
static Str canonical(struct arena *arena, Str name)
{
    char *out = ARENA_ARRAY(arena, char, name.len + 1);
    bool upper = true;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        if (c == ' ' || (unsigned char)c >= 0x80)
            return name; // no name of a header: left as it is
        if (upper && c >= 'a' && c <= 'z')
            c = (char)(c - 'a' + 'A');
        else if (!upper && c >= 'A' && c <= 'Z')
            c = (char)(c - 'A' + 'a');
        out[i] = c;
        upper = c == '-';
    }
    return (Str){ out, name.len };
}

static const struct value *exposed(struct model *model, const struct rs_cors_list *list)
{
    Str text = { 0 };
    for (uint32_t i = 0; i < list->count; i++)
        text = str_format(model->arena, "%.*s%s%.*s", STR_ARG(text), i ? ", " : "",
                          STR_ARG(canonical(model->arena, list->items[i])));
    return value_text(model, text);
}

static void finish_preflight(struct cases *cases, struct branch in, const struct known *known)
{
    const struct rs_cors *cors = known->cors;
    if (branch_is_none(in))
        return;
    if (cors->passes_options)
        known->next.pass(cases, in, true, known->next.state);
    else
        known->next.answer(cases, in, cors->status ? cors->status : 204, known->next.state);
}

static void allow_preflight(struct cases *cases, struct branch in, const struct known *known)
{
    const struct rs_cors *cors = known->cors;
    struct model *model = cases->model;
    struct branch wanted = { 0 };
    put_origin(cases, &in, known);
    put(cases, &in, cors, "Access-Control-Allow-Methods", value_var(model, model->request_method),
        cors->methods.span);
    put(cases, &in, cors, "Access-Control-Allow-Headers", value_var(model, model->request_headers),
        cors->headers.span);
    if (cors->credentials)
        put_text(cases, &in, cors, "Access-Control-Allow-Credentials", "true",
                 cors->credentials_span);
    if (cors->max_age.len)
        put(cases, &in, cors, "Access-Control-Max-Age", value_text(model, cors->max_age),
            cors->max_age_span);
    if (cors->private_network) {
        const struct var *asked =
            model_header(model, STR("Access-Control-Request-Private-Network"));
        branch_split(cases, in, asked, fa_literal(model->fa, STR("true")), cors->span, &wanted,
                     &in);
        put_text(cases, &wanted, cors, "Access-Control-Allow-Private-Network", "true", cors->span);
    }
    finish_preflight(cases, wanted, known);
    finish_preflight(cases, in, known);
}

static void preflight(struct cases *cases, struct branch in, const struct known *known)
{
    const struct rs_cors *cors = known->cors;
    struct model *model = cases->model;
    struct branch out;
    Str vary = cors->private_network
                   ? STR("Origin, Access-Control-Request-Method, Access-Control-Request-Headers, "
                         "Access-Control-Request-Private-Network")
                   : STR("Origin, Access-Control-Request-Method, Access-Control-Request-Headers");
    branch_add(cases, &in, "Vary", value_text(model, vary), cors->span);
    branch_split_present(cases, in, model->origin, &in, &out);
    finish_preflight(cases, out, known);
    branch_split(cases, in, model->origin, known->origins, cors->origins.span, &in, &out);
    finish_preflight(cases, out, known);
    branch_split(cases, in, model->request_method, known->methods, cors->methods.span, &in, &out);
    finish_preflight(cases, out, known);
    branch_split(cases, in, model->request_headers, known->names, cors->headers.span, &in, &out);
    finish_preflight(cases, out, known);
    if (!branch_is_none(in))
        allow_preflight(cases, in, known);
}

static void pass(struct cases *cases, struct branch in, const struct known *known)
{
    if (!branch_is_none(in))
        known->next.pass(cases, in, false, known->next.state);
}

static void actual(struct cases *cases, struct branch in, const struct known *known)
{
    const struct rs_cors *cors = known->cors;
    struct model *model = cases->model;
    struct branch out;
    branch_add(cases, &in, "Vary", value_text(model, STR("Origin")), cors->span);
    branch_split_present(cases, in, model->origin, &in, &out);
    pass(cases, out, known);
    branch_split(cases, in, model->origin, known->origins, cors->origins.span, &in, &out);
    pass(cases, out, known);
    branch_split(cases, in, model->method, known->methods, cors->methods.span, &in, &out);
    pass(cases, out, known);
    if (branch_is_none(in))
        return;
    put_origin(cases, &in, known);
    if (cors->exposed.count)
        put(cases, &in, cors, "Access-Control-Expose-Headers", exposed(model, &cors->exposed),
            cors->exposed.span);
    if (cors->credentials)
        put_text(cases, &in, cors, "Access-Control-Allow-Credentials", "true",
                 cors->credentials_span);
    pass(cases, in, known);
}

void rs_cors_serve(struct cases *cases, struct branch in, const struct rs_cors *cors,
                   struct rs_cors_next next)
{
    struct model *model = cases->model;
    struct known known = { .cors = cors, .next = next };
    known.origins = rs_cors_origins(model, &cors->origins, &known.all_origins);
    known.methods = method_language(model, &cors->methods);
    known.names = name_language(model, &cors->headers, &known.all_names);
    struct branch asked, wanted, other, rest;
    branch_split_method(cases, in, STR("OPTIONS"), &asked, &rest);
    branch_split_present(cases, asked, model->request_method, &wanted, &other);
    if (!branch_is_none(wanted))
        preflight(cases, wanted, &known);
    rest = branch_join(cases, rest, other);
    if (!branch_is_none(rest))
        actual(cases, rest, &known);
}
