// What policies and header actions do to answers.
#include "base/buf.h"
#include "base/hash.h"
#include "syntax/data.h"
#include "dialect/google/google.h"
#include "dialect/origin_text.h"

// ---- corsPolicy

static Str joined(struct google *google, const struct data *policy, const char *key, bool *has,
                  Span *span, uint32_t most)
{
    const struct data *list;
    struct buf out = { .arena = google->model->arena };
    uint32_t count = google_list(google, policy, key, NULL, &list);
    for (uint32_t i = 0; i < count; i++)
        buf_addf(&out, "%s%.*s", i ? "," : "", STR_ARG(list->entries[i].value->text));
    if (most && count > most)
        google_complain(google, list, "%s has more than %u entries", key, most);
    *has = count > 0;
    if (count)
        *span = list->span;
    return buf_str(&out);
}

static void read_origins(const struct google_map *map, const struct data *policy,
                         struct envoy_cors *out)
{
    struct google *google = map->google;
    struct model *model = google->model;
    const struct data *list;
    uint32_t count = google_list(google, policy, "allowOrigins", NULL, &list);
    if (map->is_media && count > 25)
        google_complain(google, list, "allowOrigins has more than 25 entries");
    for (uint32_t i = 0; i < count; i++) {
        const struct data *one = list->entries[i].value;
        if (one->unrendered || one->kind != DATA_SCALAR) {
            envoy_cors_take_unknown(out, data_hash(one), one->span);
            continue;
        }
        const char *flaw = str_is(one->text, "*") ? NULL : origin_flaw(one->text);
        if (flaw)
            policy_add_remark(
                google->policy,
                (struct remark){ .rule = "CG507",
                                 .span = one->span,
                                 .message = str_format(model->arena,
                                                       "no browser sends the origin %.*s: %s, so "
                                                       "that the entry allows nothing",
                                                       STR_ARG(one->text), flaw) });
        envoy_cors_take(model, out, envoy_exact(model, one->text, false), one->span);
    }
}

// RE2 by one document, ECMAScript by another; the whole Origin in any case. Where they differ, it
// is not known.
static void read_regexes(const struct google_map *map, const struct data *policy,
                         struct envoy_cors *out)
{
    struct google *google = map->google;
    struct model *model = google->model;
    const struct data *list;
    uint32_t count = google_list(google, policy, "allowOriginRegexes", NULL, &list);
    for (uint32_t i = 0; i < count; i++) {
        const struct data *one = list->entries[i].value;
        const struct pattern *re2 = model_pattern(model, one->text, REGEX_RE2, REGEX_FULL);
        const struct pattern *script =
            model_pattern(model, one->text, REGEX_ECMASCRIPT, REGEX_FULL);
        if (re2->result.status == REGEX_INVALID && script->result.status == REGEX_INVALID)
            google_complain(google, one, "%.*s: %s", STR_ARG(one->text), re2->result.why);
        else if (one->unrendered || !re2->result.language ||
                 fa_intersect(model->fa, re2->result.language, model->origin->universe) !=
                     fa_intersect(model->fa, script->result.language, model->origin->universe))
            envoy_cors_take_unknown(out, data_hash(one), one->span);
        else
            envoy_cors_take(model, out, re2->result.language, one->span);
    }
}

// "600s", or -1: not kept at all.
static void read_duration(const struct google_map *map, const struct data *policy,
                          struct envoy_cors *out)
{
    const struct data *field = document_find(policy, "maxAge");
    uint32_t seconds = 0;
    if (!field || field->kind != DATA_SCALAR || !field->text.len) {
        google_complain(map->google, policy, "corsPolicy needs maxAge here");
        return;
    }
    Str text = field->text;
    if (str_ends(text, STR("s")))
        text.len--;
    out->has_max_age = true;
    out->max_age_span = field->span;
    out->max_age = text;
    if (field->unrendered)
        out->has_max_age = false;
    else if (!str_is(text, "-1") && !str_number(text, 86400, &seconds))
        google_complain(map->google, field,
                        "maxAge is a number of seconds up to 86400 such as 600s, or -1");
}

static void read_seconds(const struct google_map *map, const struct data *policy,
                         struct envoy_cors *out)
{
    const struct data *field = document_find(policy, "maxAge");
    uint32_t seconds = 0;
    if (!field || data_is_null(field) || field->unrendered)
        return;
    if (field->kind != DATA_SCALAR || !(data_get_number(field, INT32_MAX, &seconds) ||
                                        str_number(field->text, INT32_MAX, &seconds))) {
        google_complain(map->google, field, "maxAge is a number of seconds");
        return;
    }
    out->has_max_age = true;
    out->max_age = field->text;
    out->max_age_span = field->span;
}

static const struct data *policy_of(const struct data *action)
{
    const struct data *policy = document_find(action, "corsPolicy");
    return policy && policy->kind == DATA_MAP ? policy : NULL;
}

bool google_has_open_regexes(const struct google_map *map, const struct data *action)
{
    const struct data *list = document_find(policy_of(action), "allowOriginRegexes");
    return list && list->kind == DATA_LIST && list->count && !map->is_media &&
           map->scheme != GOOGLE_SCHEME_MESH;
}

bool google_cors(const struct google_map *map, const struct data *action, bool with_regexes,
                 struct envoy_cors *out)
{
    struct google *google = map->google;
    const struct data *policy = policy_of(action), *credentials;
    *out = envoy_cors_none(google->model);
    if (!policy || google_bool(google, policy, "disabled", false))
        return false;
    out->span = out->origins_span = policy->span;
    read_origins(map, policy, out);
    if (with_regexes)
        read_regexes(map, policy, out);
    uint32_t most = map->is_media ? 25 : 0;
    out->methods = joined(google, policy, "allowMethods", &out->has_methods, &out->methods_span,
                          map->is_media ? 5 : 0);
    out->headers =
        joined(google, policy, "allowHeaders", &out->has_headers, &out->headers_span, most);
    out->expose =
        joined(google, policy, "exposeHeaders", &out->has_expose, &out->expose_span, most);
    (map->is_media ? read_duration : read_seconds)(map, policy, out);
    credentials = document_find(policy, "allowCredentials");
    if (credentials) {
        out->credentials =
            google_bool(google, policy, "allowCredentials", false) ? TRI_YES : TRI_NO;
        out->credentials_span = credentials->span;
    }
    return true;
}

// ---- header actions

// The text with what stands in braces not known. *varies: there is some.
static const struct value *header_value(struct google *google, const struct data *text,
                                        bool *varies)
{
    struct model *model = google->model;
    const struct value *out = value_text(model, STR(""));
    Str rest = text->text, before, behind, name, tail;
    *varies = false;
    if (text->unrendered)
        return value_unknown(model, STR("a template that is not rendered writes this value"),
                             data_hash(text), text->span);
    while (str_cut(rest, STR("{"), &before, &behind) && str_cut(behind, STR("}"), &name, &tail)) {
        Str reason = str_format(model->arena, "what the load balancer writes in place of {%.*s}",
                                STR_ARG(name));
        *varies = true;
        out = value_concat(model, out, value_text(model, before));
        out = value_concat(model, out,
                           value_unknown(model, reason, hash_str(HASH_SEED, name), text->span));
        rest = tail;
    }
    return value_concat(model, out, value_text(model, rest));
}

static void add_header(const struct google_map *map, struct cases *cases, struct branch *branch,
                       const struct data *header)
{
    struct google *google = map->google;
    const struct data *name = document_find(header, "headerName");
    const struct data *text = document_find(header, "headerValue");
    bool varies;
    if (!name || name->kind != DATA_SCALAR || !text || text->kind != DATA_SCALAR) {
        google_complain(google, header, "a header to add has headerName and headerValue");
        return;
    }
    const struct value *value = header_value(google, text, &varies);
    bool replaces = google_bool(google, header, "replace", !map->is_media && !varies);
    branch_header(cases, branch,
                  (struct header_op){ .verb = replaces ? HEADER_SET : HEADER_APPEND,
                                      .name = name->text,
                                      .value = value,
                                      .span = header->span });
}

// What is removed goes first, as in Envoy.
void google_change_headers(const struct google_map *map, struct cases *cases, struct branch *branch,
                           const struct data *action)
{
    const struct data *list;
    uint32_t count = google_list(map->google, action, "responseHeadersToRemove", NULL, &list);
    for (uint32_t i = 0; i < count; i++) {
        const struct data *one = list->entries[i].value;
        Str name = one->kind == DATA_MAP ? document_text(one, "headerName") : one->text;
        if (name.len)
            branch_header(
                cases, branch,
                (struct header_op){ .verb = HEADER_CLEAR, .name = name, .span = one->span });
    }
    count = google_list(map->google, action, "responseHeadersToAdd", NULL, &list);
    for (uint32_t i = 0; i < count; i++)
        add_header(map, cases, branch, list->entries[i].value);
}

// ---- customResponseHeaders

static bool is_about_cors(Str name)
{
    Str stem = STR("access-control-");
    return str_equal_nocase(name, STR("vary")) ||
           (name.len >= stem.len && str_equal_nocase(str_slice(name, 0, stem.len), stem));
}

// "Name:value"; with variables in braces, too.
static void add_custom(const struct google_map *map, struct cases *cases, struct branch *branch,
                       const struct data *one, bool replaces)
{
    struct google *google = map->google;
    Str name, text;
    bool varies;
    if (one->kind != DATA_SCALAR || !str_cut(one->text, STR(":"), &name, &text)) {
        google_complain(google, one, "a custom header is a name, a colon and a value");
        return;
    }
    struct data trimmed = *one;
    trimmed.text = str_trim(text);
    branch_header(cases, branch,
                  (struct header_op){ .verb = replaces ? HEADER_SET : HEADER_APPEND,
                                      .name = str_trim(name),
                                      .value = header_value(google, &trimmed, &varies),
                                      .span = one->span });
}

static const struct data *custom_headers(const struct data *backend)
{
    const struct data *list = google_backend_field(backend, "customResponseHeaders");
    return list && list->kind == DATA_LIST ? list : NULL;
}

bool google_backend_decides(const struct data *backend)
{
    const struct data *list = custom_headers(backend);
    Str name, text;
    for (uint32_t i = 0; list && i < list->count; i++)
        if (str_cut(list->entries[i].value->text, STR(":"), &name, &text) &&
            is_about_cors(str_trim(name)))
            return true;
    return false;
}

void google_backend_headers(const struct google_map *map, struct cases *cases,
                            struct branch *branch, const struct data *backend, bool replaces)
{
    const struct data *list = custom_headers(backend);
    for (uint32_t i = 0; list && i < list->count; i++)
        add_custom(map, cases, branch, list->entries[i].value, replaces);
}
