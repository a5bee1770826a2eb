// RouteMatch: which requests a route takes.
#include "base/hash.h"
#include "dialect/cases.h"
#include "dialect/envoy/envoy.h"

#include <string.h>

static const struct fa *path_below(struct model *model, Str prefix, bool fold)
{
    // path_separated_prefix: the path itself, and what follows after "/" or a query
    const struct fa *whole = envoy_exact(model, prefix, fold);
    const struct fa *under = fa_concat(model->fa, whole, envoy_prefix(model, STR("/"), false));
    return fa_union(model->fa, whole, under);
}

static const struct box *unknown_condition(struct envoy *envoy, const struct box *box,
                                           const struct data *at, const char *what)
{
    Str text = str_format(envoy->model->arena, "whether %s", what);
    return box_if(envoy->policy, box, text, data_hash(at), at->span);
}

static const struct box *match_path(struct envoy *envoy, const struct data *match,
                                    const struct box *box, enum match *kind, Str *path)
{
    struct model *model = envoy->model;
    bool fold = envoy_bool(match, "case_sensitive") == TRI_NO;
    const struct data *field;
    *kind = MATCH_PREFIX;
    *path = STR("/");
    if ((field = envoy_field(match, "prefix"))) {
        *path = field->text;
        return box_with(model, box, model->path, envoy_prefix(model, field->text, fold));
    }
    if ((field = envoy_field(match, "path"))) {
        *kind = MATCH_EXACT;
        *path = field->text;
        return box_with(model, box, model->path, envoy_exact(model, field->text, fold));
    }
    if ((field = envoy_field(match, "path_separated_prefix"))) {
        *path = field->text;
        return box_with(model, box, model->path, path_below(model, field->text, fold));
    }
    if ((field = envoy_field(match, "safe_regex"))) {
        const struct data *regex = envoy_field(field, "regex");
        *kind = MATCH_REGEX;
        *path = regex ? regex->text : STR("");
        const struct pattern *pattern = model_pattern(model, *path, REGEX_RE2, REGEX_FULL);
        if (pattern->result.language)
            return box_with(model, box, model->path, pattern->result.language);
        if (pattern->result.status == REGEX_INVALID) {
            (void)envoy_complain(envoy, field, "RE2 refuses this expression: %s",
                                 pattern->result.why);
            return NULL;
        }
        return unknown_condition(envoy, box, field, "the path matches this expression");
    }
    if ((field = envoy_field(match, "connect_matcher")))
        return box_with(model, box, model->method, fa_literal(model->fa, STR("CONNECT")));
    if ((field = envoy_field(match, "path_match_policy"))) {
        *kind = MATCH_GLOB;
        return unknown_condition(envoy, box, field, "the path matches this template");
    }
    return box;
}

static const struct var *header_var(struct model *model, Str name)
{
    if (str_is(name, ":method"))
        return model->method;
    if (str_is(name, ":path"))
        return model->target;
    if (str_is(name, ":authority"))
        return model->host;
    if (str_is(name, ":scheme"))
        return model->scheme;
    return model_header(model, name);
}

// {name, string_match | exact_match | prefix_match | ... | present_match, invert_match}
static const struct box *match_header(struct envoy *envoy, const struct data *header,
                                      const struct box *box)
{
    struct model *model = envoy->model;
    static const struct {
        const char *name;
        const struct fa *(*words)(struct model *model, Str text, bool ignore_case);
    } olds[] = { { "exact_match", envoy_exact },
                 { "prefix_match", envoy_prefix },
                 { "suffix_match", envoy_suffix },
                 { "contains_match", envoy_contains } };
    const struct data *matcher = envoy_field(header, "string_match");
    const struct fa *words = NULL;
    uint64_t identity;
    const struct var *var = header_var(model, envoy_text(header, "name"));
    bool invert = envoy_bool(header, "invert_match") == TRI_YES;
    for (size_t i = 0; i < sizeof olds / sizeof *olds && !words; i++) {
        const struct data *field = envoy_field(header, olds[i].name);
        if (field)
            words = olds[i].words(model, field->text, false);
    }
    if (!words && matcher && !envoy_matcher(envoy, matcher, &words, &identity))
        words = NULL;
    const struct fa *present = fa_subtract(model->fa, fa_all(model->fa), fa_empty(model->fa));
    if (!words && !matcher &&
        (envoy_field(header, "present_match") || header->count <= 1u + invert)) {
        bool wanted = envoy_bool(header, "present_match") != TRI_NO;
        words = wanted ? present : fa_empty(model->fa);
    } else if (words && !invert) {
        words = fa_intersect(model->fa, words, present); // a header that is absent matches nothing
    }
    if (!words)
        return unknown_condition(envoy, box, header, "the request's headers match");
    if (invert)
        words = fa_complement(model->fa, words);
    return box_with(model, box, var, fa_intersect(model->fa, var->universe, words));
}

const struct box *envoy_match(struct envoy *envoy, const struct data *match, enum match *kind,
                              Str *path)
{
    struct model *model = envoy->model;
    const struct box *box = box_all(model);
    *kind = MATCH_PREFIX;
    *path = STR("/");
    if (!match)
        return box;
    box = match_path(envoy, match, box, kind, path);
    const struct data *headers = envoy_field(match, "headers");
    for (uint32_t i = 0; box && headers && headers->kind == DATA_LIST && i < headers->count; i++)
        box = match_header(envoy, headers->entries[i].value, box);
    static const struct {
        const char *name, *what;
    } others[] = { { "query_parameters", "the query has these parameters" },
                   { "runtime_fraction", "this share of the requests is taken" },
                   { "tls_context", "the client shows a certificate" },
                   { "dynamic_metadata", "the metadata match" },
                   { "filter_state", "the filter state matches" } };
    for (size_t i = 0; box && i < sizeof others / sizeof *others; i++) {
        const struct data *field = envoy_field(match, others[i].name);
        if (field)
            box = unknown_condition(envoy, box, field, others[i].what);
    }
    if (box && envoy_field(match, "grpc"))
        box = box_with(model, box, model_header(model, STR("content-type")),
                       envoy_prefix(model, STR("application/grpc"), false));
    return box;
}
