// CorsPolicy messages and the places where they stand.
#include "base/hash.h"
#include "dialect/envoy/envoy.h"

#include <stdlib.h>
#include <string.h>

static void read_text(struct envoy *envoy, const struct data *message, const char *name, bool *has,
                      Str *text, Span *span)
{
    const struct data *field = envoy_field(message, name);
    if (!field || data_is_null(field))
        return;
    if (field->kind != DATA_SCALAR) {
        (void)envoy_complain(envoy, field, "%s must be one text, with commas between the names",
                             name);
        return;
    }
    *has = field->text.len > 0;
    *text = field->text;
    *span = field->span;
}

static void read_origins(struct envoy *envoy, const struct data *message, struct envoy_cors *out)
{
    const struct data *list = envoy_field(message, "allow_origin_string_match");
    const struct data *old = envoy_field(message, "allow_origin");
    for (uint32_t i = 0; list && list->kind == DATA_LIST && i < list->count; i++) {
        const struct data *matcher = list->entries[i].value;
        const struct fa *words;
        uint64_t identity;
        uint32_t diags = envoy->model->run->diags.count;
        if (envoy_matcher(envoy, matcher, &words, &identity))
            envoy_cors_take(envoy->model, out, words, matcher->span);
        else if (diags == envoy->model->run->diags.count)
            envoy_cors_take_unknown(out, identity, matcher->span);
    }
    if (list && list->kind != DATA_LIST)
        (void)envoy_complain(envoy, list, "allow_origin_string_match must be a list");
    if (old) // of version 2 of the interface, which version 3 does not read
        policy_add_remark(envoy->policy,
                          (struct remark){ .rule = "CG507",
                                           .span = old->span,
                                           .message = STR("allow_origin is of an older version: "
                                                          "Envoy reads allow_origin_string_match "
                                                          "only") });
}

// {default_value: {numerator, denominator}, runtime_key}
static void read_enabled(const struct data *message, struct envoy_cors *out)
{
    const struct data *field = envoy_field(message, "filter_enabled");
    const struct data *value = envoy_field(field, "default_value");
    uint32_t numerator = 0, whole = 100;
    if (!value)
        return;
    const struct data *number = envoy_field(value, "numerator");
    Str denominator = envoy_text(value, "denominator");
    if (number)
        (void)data_get_number(number, UINT32_MAX - 1, &numerator);
    if (str_is(denominator, "TEN_THOUSAND") || str_is(denominator, "1"))
        whole = 10000;
    else if (str_is(denominator, "MILLION") || str_is(denominator, "2"))
        whole = 1000000;
    out->has_enabled = true;
    out->enabled_identity = data_hash(field);
    out->enabled = numerator == 0       ? ENVOY_NEVER
                   : numerator >= whole ? ENVOY_ALWAYS
                                        : ENVOY_SOMETIMES;
}

struct envoy_cors envoy_read_policy(struct envoy *envoy, const struct data *message)
{
    struct envoy_cors out = envoy_cors_none(envoy->model);
    out.span = message->span;
    read_origins(envoy, message, &out);
    read_text(envoy, message, "allow_methods", &out.has_methods, &out.methods, &out.methods_span);
    read_text(envoy, message, "allow_headers", &out.has_headers, &out.headers, &out.headers_span);
    read_text(envoy, message, "expose_headers", &out.has_expose, &out.expose, &out.expose_span);
    read_text(envoy, message, "max_age", &out.has_max_age, &out.max_age, &out.max_age_span);
    out.credentials = envoy_bool(message, "allow_credentials");
    out.private_network = envoy_bool(message, "allow_private_network_access");
    out.forwards_refused = envoy_bool(message, "forward_not_matching_preflights");
    const struct data *credentials = envoy_field(message, "allow_credentials");
    out.credentials_span = credentials ? credentials->span : message->span;
    read_enabled(message, &out);
    return out;
}

static const struct envoy_cors *read_kept(struct envoy *envoy, const struct data *message)
{
    struct envoy_cors *kept = ARENA_NEW(envoy->model->arena, struct envoy_cors);
    *kept = envoy_read_policy(envoy, message);
    return kept;
}

struct envoy_level envoy_read_level(struct envoy *envoy, const struct data *holder,
                                    const struct data *legacy, Str filter)
{
    struct envoy_level level = { 0 };
    const struct data *configs = envoy_field(holder, "typed_per_filter_config");
    const struct data *config = configs ? data_find(configs, filter) : NULL;
    if (config && envoy_is_type(config, ".FilterConfig")) {
        level.disabled = envoy_bool(config, "disabled") == TRI_YES;
        config = envoy_field(config, "config");
    }
    if (config && config->kind == DATA_MAP && config->count > 0)
        level.typed = read_kept(envoy, config);
    const struct data *cors = envoy_field(legacy, "cors");
    if (cors && cors->kind == DATA_MAP)
        level.legacy = read_kept(envoy, cors);
    return level;
}
