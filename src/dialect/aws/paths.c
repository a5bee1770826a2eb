// Paths of routes and resources.
#include "dialect/aws/aws.h"

static bool next_segment(Str *path, Str *segment)
{
    (void)str_eat(path, STR("/"));
    if (!path->len)
        return false;
    Str rest;
    if (str_cut(*path, STR("/"), segment, &rest)) {
        *path = str_slice(*path, segment->len, path->len);
        return true;
    }
    *segment = *path;
    *path = STR("");
    return true;
}

enum segment { SEGMENT_NAME, SEGMENT_VARIABLE, SEGMENT_GREEDY };

static enum segment kind_of(Str segment)
{
    if (!str_starts(segment, STR("{")) || !str_ends(segment, STR("}")))
        return SEGMENT_NAME;
    return str_ends(segment, STR("+}")) ? SEGMENT_GREEDY : SEGMENT_VARIABLE;
}

const struct fa *aws_path(struct model *model, Str prefix, Str path)
{
    struct fa_space *fa = model->fa;
    if (str_is(path, "$default"))
        return fa_concat(fa, fa_literal(fa, prefix), model->path->universe);
    const struct fa *slash = fa_literal(fa, STR("/"));
    const struct fa *no_slash =
        model_pattern(model, STR("[^/]+"), REGEX_PCRE2, REGEX_FULL | REGEX_DOLLAR_STRICT)
            ->result.language;
    const struct fa *out = fa_literal(fa, prefix);
    Str rest = path, segment;
    bool some = false;
    while (next_segment(&rest, &segment)) {
        const struct fa *words = NULL;
        switch (kind_of(segment)) {
        case SEGMENT_NAME:
            words = fa_literal(fa, segment);
            break;
        case SEGMENT_VARIABLE:
            words = no_slash;
            break;
        case SEGMENT_GREEDY:
            words = fa_subtract(fa, fa_all(fa), fa_empty(fa));
            break;
        }
        out = fa_concat(fa, fa_concat(fa, out, slash), words);
        some = true;
    }
    return some ? out : fa_concat(fa, out, slash);
}

int aws_path_order(Str a, Str b)
{
    Str left, right;
    for (;;) {
        bool has_a = next_segment(&a, &left), has_b = next_segment(&b, &right);
        if (!has_a || !has_b)
            return (int)has_b - (int)has_a;
        int kinds = (int)kind_of(left) - (int)kind_of(right);
        if (kinds)
            return kinds;
        int names = kind_of(left) == SEGMENT_NAME ? str_compare(left, right) : 0;
        if (names)
            return names;
    }
}

Str aws_named(const struct term *term)
{
    Str text;
    if (term->resource.len)
        return term->resource;
    return term_is_known(term, &text) ? text : STR("");
}

Str aws_target(struct aws *aws, const struct term *uri, Str fallback)
{
    struct arena *arena = aws->model->arena;
    Str text;
    if (uri->resource.len)
        return str_format(arena, "lambda:%.*s", STR_ARG(uri->resource));
    if (term_is_known(uri, &text) &&
        (str_starts(text, STR("https://")) || str_starts(text, STR("http://"))))
        return text;
    // arn:aws:apigateway:...:lambda:path/2015-03-31/functions/${Function.Arn}/invocations
    for (uint32_t i = 0; uri->value && i < uri->value->count; i++) {
        Str reason = uri->value->parts[i].text, name, rest;
        if (uri->value->parts[i].kind == PART_UNKNOWN && str_eat(&reason, STR("Arn of ")) &&
            str_cut(reason, STR(" is known"), &name, &rest))
            return str_format(arena, "lambda:%.*s", STR_ARG(name));
    }
    return fallback;
}
