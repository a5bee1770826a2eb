// Which requests the rules of a path matcher take.
#include "base/hash.h"
#include "syntax/data.h"
#include "dialect/google/google.h"

static const struct google_match nothing = { .match = MATCH_PREFIX, .path = { "/", 1 } };

static struct google_match with_path(struct model *model, enum match match, Str path,
                                     const struct fa *paths)
{
    return (struct google_match){ match, path,
                                  box_with(model, box_all(model), model->path, paths) };
}

struct google_match google_path(struct google *google, const struct data *path)
{
    struct model *model = google->model;
    Str text = path->kind == DATA_SCALAR ? path->text : STR("");
    if (!str_starts(text, STR("/"))) {
        google_complain(google, path, "a path begins with /");
        return nothing;
    }
    bool below = str_ends(text, STR("/*"));
    Str stem = below ? str_slice(text, 0, text.len - 1) : text;
    for (size_t i = 0; i < stem.len; i++)
        if (stem.ptr[i] == '*') {
            google_complain(google, path, "%.*s: a star stands behind the last / alone",
                            STR_ARG(text));
            return nothing;
        }
    if (below)
        return with_path(model, MATCH_PREFIX, stem, envoy_prefix(model, stem, false));
    return with_path(model, MATCH_EXACT, text, envoy_exact(model, text, false));
}

// ---- matchRules

// What nobody can tell of a request, and that `at` asks for.
static const struct box *unknown(struct google *google, const struct box *box,
                                 const struct data *at, const char *what)
{
    struct model *model = google->model;
    Str text = str_format(model->arena, "whether %s", what);
    uint64_t identity = data_hash(at);
    const struct var *choice = model_choice(model, text, identity, at->span);
    policy_add_unknown(google->policy, (struct unknown){ at->span, text, identity });
    return box_with(model, box, choice, model_choice_value(model, true));
}

// An expression as Envoy has it: RE2, the whole subject. NULL: not known, or refused.
static const struct fa *expression(struct google *google, const struct data *at, bool *refused)
{
    const struct pattern *pattern = model_pattern(google->model, at->text, REGEX_RE2, REGEX_FULL);
    *refused = pattern->result.status == REGEX_INVALID;
    if (*refused)
        google_complain(google, at, "RE2 refuses %.*s: %s", STR_ARG(at->text), pattern->result.why);
    return pattern->result.language;
}

// "/a/*/b/**", "/{lang=*}/x": one segment, or any number of them.
static const struct fa *template_paths(struct model *model, Str text)
{
    struct fa_space *fa = model->fa;
    const struct fa *segment =
        model_pattern(model, STR("[^/]+"), REGEX_RE2, REGEX_FULL)->result.language;
    const struct fa *out = fa_empty(fa);
    for (size_t i = 0; i < text.len;) {
        Str rest = str_slice(text, i, text.len), name, behind, pattern;
        if (rest.ptr[0] == '{' && str_cut(rest, STR("}"), &name, &behind)) {
            name = str_slice(name, 1, name.len);
            if (!str_cut(name, STR("="), &name, &pattern))
                pattern = STR("*");
            out = fa_concat(fa, out,
                            str_is(pattern, "**")  ? fa_all(fa)
                            : str_is(pattern, "*") ? segment
                                                   : template_paths(model, pattern));
            i = text.len - behind.len;
        } else if (str_starts(rest, STR("**"))) {
            out = fa_concat(fa, out, fa_all(fa));
            i += 2;
        } else if (rest.ptr[0] == '*') {
            out = fa_concat(fa, out, segment);
            i++;
        } else {
            out = fa_concat(fa, out, fa_literal(fa, str_slice(rest, 0, 1)));
            i++;
        }
    }
    return out;
}

static struct google_match match_path(struct google *google, const struct data *rule)
{
    struct model *model = google->model;
    bool fold = google_bool(google, rule, "ignoreCase", false), refused = false;
    const struct data *prefix = document_find(rule, "prefixMatch");
    const struct data *whole = document_find(rule, "fullPathMatch");
    const struct data *regex = document_find(rule, "regexMatch");
    const struct data *template = document_find(rule, "pathTemplateMatch");
    struct google_match out = { MATCH_PREFIX, STR("/"), box_all(model) };
    if (prefix && prefix->kind == DATA_SCALAR)
        return with_path(model, MATCH_PREFIX, prefix->text,
                         envoy_prefix(model, prefix->text, fold));
    if (whole && whole->kind == DATA_SCALAR)
        return with_path(model, MATCH_EXACT, whole->text, envoy_exact(model, whole->text, fold));
    if (template && template->kind == DATA_SCALAR)
        return with_path(model, MATCH_GLOB, template->text, template_paths(model, template->text));
    if (regex && regex->kind == DATA_SCALAR) {
        const struct fa *paths = expression(google, regex, &refused);
        if (refused)
            return nothing;
        if (paths)
            return with_path(model, MATCH_REGEX, regex->text, paths);
        out.match = MATCH_REGEX;
        out.path = regex->text;
        out.rest = unknown(google, out.rest, regex, "the path matches this expression");
    }
    return out;
}

static const struct var *header_var(struct model *model, Str name)
{
    if (str_is(name, ":method"))
        return model->method;
    if (str_is(name, ":path"))
        return model->target;
    if (str_is(name, ":authority"))
        return model->host;
    return model_header(model, name);
}

// The words that a matcher of a header or an argument takes; NULL: not known.
static const struct fa *words_of(struct google *google, const struct data *matcher, bool *refused)
{
    struct model *model = google->model;
    static const struct {
        const char *name;
        const struct fa *(*words)(struct model *model, Str text, bool ignore_case);
    } rows[] = { { "exactMatch", envoy_exact },
                 { "prefixMatch", envoy_prefix },
                 { "suffixMatch", envoy_suffix } };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct data *field = document_find(matcher, rows[i].name);
        if (field && field->kind == DATA_SCALAR)
            return rows[i].words(model, field->text, false);
    }
    const struct data *regex = document_find(matcher, "regexMatch");
    if (regex && regex->kind == DATA_SCALAR)
        return expression(google, regex, refused);
    if (document_find(matcher, "presentMatch"))
        return google_bool(google, matcher, "presentMatch", true)
                   ? fa_subtract(model->fa, fa_all(model->fa), fa_empty(model->fa))
                   : fa_empty(model->fa);
    return NULL;
}

static const struct box *match_header(struct google *google, const struct data *matcher,
                                      const struct box *box)
{
    struct model *model = google->model;
    bool refused = false, invert = google_bool(google, matcher, "invertMatch", false);
    const struct var *var = header_var(model, document_text(matcher, "headerName"));
    const struct fa *words = words_of(google, matcher, &refused);
    if (refused)
        return NULL;
    if (!words)
        return unknown(google, box, matcher, "the request's headers match");
    if (!invert && !document_find(matcher, "presentMatch"))
        words = fa_subtract(model->fa, words, fa_empty(model->fa)); // an absent one matches nothing
    if (invert)
        words = fa_complement(model->fa, words);
    return box_with(model, box, var, fa_intersect(model->fa, var->universe, words));
}

struct google_match google_rule(struct google *google, const struct data *rule)
{
    struct google_match out = match_path(google, rule);
    const struct data *list;
    uint32_t count = google_list(google, rule, "headerMatches", NULL, &list);
    for (uint32_t i = 0; out.rest && i < count; i++)
        out.rest = match_header(google, list->entries[i].value, out.rest);
    count = google_list(google, rule, "queryParameterMatches", NULL, &list);
    for (uint32_t i = 0; out.rest && i < count; i++)
        out.rest =
            unknown(google, out.rest, list->entries[i].value, "the query has this parameter");
    count = google_list(google, rule, "metadataFilters", NULL, &list);
    for (uint32_t i = 0; out.rest && i < count; i++)
        out.rest = unknown(google, out.rest, list->entries[i].value, "the metadata match");
    return out;
}
