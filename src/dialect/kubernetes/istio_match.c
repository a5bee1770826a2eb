// What an HTTPMatchRequest takes, and what a CorsPolicy allows.
#include "base/hash.h"
#include "dialect/kubernetes/istio.h"

#include <string.h>

static bool refuse(struct cluster *cluster, const struct object *object, const struct data *at,
                   const char *what)
{
    cluster->good = diagf(cluster->run, &object_malformed, at->span, "%.*s: %s",
                          STR_ARG(object_text(cluster->arena, object)), what);
    return false;
}

bool istio_matcher(struct cluster *cluster, const struct object *object, const struct data *matcher,
                   bool ignore_case, const struct fa **out)
{
    struct model *model = cluster->model;
    const struct data *text;
    *out = NULL;
    if (!matcher || matcher->kind != DATA_MAP || data_is_open(matcher))
        return false;
    if ((text = document_find(matcher, "exact"))) {
        *out = envoy_exact(model, text->text, ignore_case);
    } else if ((text = document_find(matcher, "prefix"))) {
        if (!text->text.len)
            return refuse(cluster, object, text, "an empty prefix is refused");
        *out = envoy_prefix(model, text->text, ignore_case);
    } else if ((text = document_find(matcher, "regex"))) {
        if (!text->text.len)
            return refuse(cluster, object, text, "an empty regex is refused");
        const struct pattern *pattern = model_pattern(model, text->text, REGEX_RE2, REGEX_FULL);
        if (pattern->result.status == REGEX_INVALID)
            return refuse(cluster, object, text, "RE2 refuses this expression");
        *out = pattern->result.language;
        return *out != NULL;
    } else {
        return refuse(cluster, object, matcher, "this matcher needs exact, prefix or regex");
    }
    return true;
}

static Str join(struct arena *arena, const struct data *list)
{
    Str out = STR("");
    for (uint32_t i = 0; i < list->count; i++)
        out =
            i ? str_format(arena, "%.*s,%.*s", STR_ARG(out), STR_ARG(list->entries[i].value->text))
              : list->entries[i].value->text;
    return out;
}

static void read_list(struct cluster *cluster, const struct object *object,
                      const struct data *policy, const char *key, bool *has, Str *text, Span *span)
{
    const struct data *list = field_list(cluster->run, object, policy, key, &cluster->good);
    if (!list || !list->count)
        return;
    *has = true;
    *text = join(cluster->arena, list);
    *span = list->span;
}

// "24h", "1h30m", "600s": whole seconds.
static Str seconds(struct arena *arena, Str text)
{
    uint32_t total = 0;
    for (size_t at = 0; at < text.len;) {
        size_t begin = at;
        uint32_t number;
        while (at < text.len && text.ptr[at] >= '0' && text.ptr[at] <= '9')
            at++;
        if (at == text.len || !str_number(str_slice(text, begin, at), 1000000, &number))
            return text;
        char unit = text.ptr[at];
        bool milli = unit == 'm' && at + 1 < text.len && text.ptr[at + 1] == 's';
        at += milli ? 2 : 1;
        total += milli ? number / 1000
                       : number * (unit == 'h'   ? 3600U
                                   : unit == 'm' ? 60U
                                   : unit == 's' ? 1U
                                                 : 0U);
    }
    return str_format(arena, "%u", (unsigned)total);
}

static void read_origins(struct cluster *cluster, const struct object *object,
                         const struct data *policy, struct envoy_cors *out)
{
    const struct data *list =
        field_list(cluster->run, object, policy, "allowOrigins", &cluster->good);
    const struct data *old =
        list ? NULL : field_list(cluster->run, object, policy, "allowOrigin", &cluster->good);
    for (uint32_t i = 0; list && i < list->count; i++) {
        const struct data *matcher = list->entries[i].value;
        const struct fa *words;
        uint32_t diags = cluster->run->diags.count;
        if (istio_matcher(cluster, object, matcher, false, &words))
            envoy_cors_take(cluster->model, out, words, matcher->span);
        else if (diags == cluster->run->diags.count)
            envoy_cors_take_unknown(out, object->hash, matcher->span);
    }
    for (uint32_t i = 0; old && i < old->count; i++) {
        const struct data *origin = old->entries[i].value;
        if (data_is_open(origin))
            envoy_cors_take_unknown(out, object->hash, origin->span);
        else
            envoy_cors_take(cluster->model, out, envoy_exact(cluster->model, origin->text, false),
                            origin->span);
    }
    if ((list && list->unrendered) || (old && old->unrendered))
        envoy_cors_take_unknown(out, object->hash, list ? list->span : old->span);
}

struct envoy_cors istio_policy(struct cluster *cluster, const struct object *object,
                               const struct data *policy)
{
    struct envoy_cors out = envoy_cors_none(cluster->model);
    const struct data *field;
    bool truth;
    out.span = policy->span;
    read_origins(cluster, object, policy, &out);
    read_list(cluster, object, policy, "allowMethods", &out.has_methods, &out.methods,
              &out.methods_span);
    read_list(cluster, object, policy, "allowHeaders", &out.has_headers, &out.headers,
              &out.headers_span);
    read_list(cluster, object, policy, "exposeHeaders", &out.has_expose, &out.expose,
              &out.expose_span);
    if ((field = document_find(policy, "maxAge")) && field->kind == DATA_SCALAR) {
        out.has_max_age = true;
        out.max_age = seconds(cluster->arena, field->text);
        out.max_age_span = field->span;
    }
    if ((field = document_find(policy, "allowCredentials"))) {
        if (data_get_bool(field, &truth))
            out.credentials = truth ? TRI_YES : TRI_NO;
        out.credentials_span = field->span;
    }
    if (str_is(document_text(policy, "unmatchedPreflights"), "IGNORE"))
        out.forwards_refused = TRI_NO;
    return out;
}

// ---- matches

static const struct box *unknown(struct cluster *cluster, const struct object *object,
                                 const struct box *box, const struct data *at, const char *what)
{
    Str text = str_format(cluster->arena, "whether %s", what);
    uint64_t identity =
        hash_u64(hash_str(object->hash, text), at->span.begin - object->whole.begin);
    return box_if(cluster->policy, box, text, identity, at->span);
}

static const struct box *match_text(struct cluster *cluster, const struct object *object,
                                    const struct box *box, const struct data *matcher,
                                    const struct var *var, bool ignore_case)
{
    const struct fa *words;
    uint32_t diags = cluster->run->diags.count;
    if (istio_matcher(cluster, object, matcher, ignore_case, &words) && words)
        return box_with(cluster->model, box, var,
                        fa_intersect(cluster->model->fa, var->universe, words));
    if (cluster->run->diags.count > diags)
        return NULL;
    return unknown(cluster, object, box, matcher, "this matches");
}

static const struct box *match_headers(struct cluster *cluster, const struct object *object,
                                       const struct box *box, const struct data *match)
{
    struct model *model = cluster->model;
    const struct data *headers = document_find(match, "headers");
    const struct data *without = document_find(match, "withoutHeaders");
    for (uint32_t i = 0; box && headers && headers->kind == DATA_MAP && i < headers->count; i++) {
        const struct data_entry *entry = &headers->entries[i];
        const struct var *var = model_header(model, entry->key->text);
        if (entry->value->kind == DATA_MAP && entry->value->count)
            box = match_text(cluster, object, box, entry->value, var, false);
        else // any value: it is there
            box = box_with(model, box, var,
                           fa_subtract(model->fa, var->universe, fa_empty(model->fa)));
    }
    for (uint32_t i = 0; box && without && without->kind == DATA_MAP && i < without->count; i++) {
        const struct data_entry *entry = &without->entries[i];
        const struct var *var = model_header(model, entry->key->text);
        const struct fa *words = fa_subtract(model->fa, var->universe, fa_empty(model->fa));
        if (entry->value->kind == DATA_MAP && entry->value->count &&
            !istio_matcher(cluster, object, entry->value, false, &words))
            box = unknown(cluster, object, box, entry->value, "this matches");
        else
            box = box_with(model, box, var, fa_subtract(model->fa, var->universe, words));
    }
    return box;
}

const struct box *istio_match(struct cluster *cluster, const struct object *object,
                              const struct data *match, enum match *kind, Str *path)
{
    struct model *model = cluster->model;
    const struct box *box = box_all(model);
    const struct data *field;
    bool fold = false;
    *kind = MATCH_PREFIX;
    *path = STR("/");
    if (!match || match->kind != DATA_MAP)
        return box;
    if ((field = document_find(match, "ignoreUriCase")))
        (void)data_get_bool(field, &fold);
    if ((field = document_find(match, "uri"))) {
        *kind = document_find(field, "exact")   ? MATCH_EXACT
                : document_find(field, "regex") ? MATCH_REGEX
                                                : MATCH_PREFIX;
        if (field->kind == DATA_MAP && field->count)
            *path = field->entries[0].value->text;
        box = match_text(cluster, object, box, field, model->path, fold);
    }
    static const struct {
        const char *name;
        enum var_kind kind;
    } texts[] = { { "method", VAR_METHOD }, { "scheme", VAR_SCHEME }, { "authority", VAR_HOST } };
    for (size_t i = 0; box && i < sizeof texts / sizeof *texts; i++)
        if ((field = document_find(match, texts[i].name)))
            box = match_text(cluster, object, box, field,
                             texts[i].kind == VAR_METHOD   ? model->method
                             : texts[i].kind == VAR_SCHEME ? model->scheme
                                                           : model->host,
                             false);
    if (box)
        box = match_headers(cluster, object, box, match);
    if (box && (field = document_find(match, "port")) && field->kind == DATA_SCALAR)
        box = box_with(model, box, model->port, fa_literal(model->fa, field->text));
    static const struct {
        const char *name, *what;
    } others[] = { { "queryParams", "the query has these parameters" },
                   { "sourceLabels", "the request comes from a workload with these labels" },
                   { "sourceNamespace", "the request comes from this namespace" },
                   { "gateways", "the request comes through one of these gateways" } };
    for (size_t i = 0; box && i < sizeof others / sizeof *others; i++)
        if ((field = document_find(match, others[i].name)))
            box = unknown(cluster, object, box, field, others[i].what);
    return box;
}
