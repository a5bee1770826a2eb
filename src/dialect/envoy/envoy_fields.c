// Messages of proto3 JSON, and string matchers.
#include "base/hash.h"
#include "dialect/envoy/envoy.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { NAME_MAX_LENGTH = 64 };

const struct data *envoy_field(const struct data *message, const char *name)
{
    const struct data *found = document_find(message, name);
    if (found || !strchr(name, '_'))
        return found;
    char camel[NAME_MAX_LENGTH];
    size_t length = 0;
    for (const char *at = name; *at && length + 1 < sizeof camel; at++) {
        if (*at == '_' && at[1]) {
            at++;
            camel[length++] = *at >= 'a' && *at <= 'z' ? (char)(*at - 'a' + 'A') : *at;
        } else {
            camel[length++] = *at;
        }
    }
    camel[length] = '\0';
    return document_find(message, camel);
}

Str envoy_text(const struct data *message, const char *name)
{
    const struct data *field = envoy_field(message, name);
    return field && field->kind == DATA_SCALAR && !data_is_null(field) ? field->text : STR("");
}

enum tri envoy_bool(const struct data *message, const char *name)
{
    const struct data *field = envoy_field(message, name);
    bool value;
    if (field && field->kind == DATA_MAP)
        field = document_find(field, "value");
    if (!field || !data_get_bool(field, &value))
        return TRI_UNSET;
    return value ? TRI_YES : TRI_NO;
}

bool envoy_is_type(const struct data *message, const char *type)
{
    return str_ends(document_text(message, "@type"), str_from(type));
}

bool envoy_complain(struct envoy *envoy, const struct data *at, const char *format, ...)
{
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    envoy->good = false;
    return diagf(envoy->model->run, &envoy_malformed, at->span, "%s", text);
}

// ---- string matchers

bool envoy_matcher(struct envoy *envoy, const struct data *matcher, const struct fa **out,
                   uint64_t *identity)
{
    struct model *model = envoy->model;
    static const struct {
        const char *name;
        const struct fa *(*words)(struct model *model, Str text, bool ignore_case);
    } kinds[] = { { "exact", envoy_exact },
                  { "prefix", envoy_prefix },
                  { "suffix", envoy_suffix },
                  { "contains", envoy_contains } };
    bool fold = envoy_bool(matcher, "ignore_case") == TRI_YES;
    *identity = data_hash(matcher);
    *out = fa_none(model->fa);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        const struct data *field = envoy_field(matcher, kinds[i].name);
        if (!field)
            continue;
        if (field->kind != DATA_SCALAR)
            return envoy_complain(envoy, field, "%s must be a text", kinds[i].name);
        if (i > 0 && !field->text.len)
            return envoy_complain(envoy, field, "an empty %s is refused", kinds[i].name);
        if (field->unrendered)
            return false;
        *out = kinds[i].words(model, field->text, fold);
        return true;
    }
    const struct data *safe = envoy_field(matcher, "safe_regex");
    if (!safe)
        return false; // custom
    const struct data *regex = envoy_field(safe, "regex");
    if (!regex || regex->kind != DATA_SCALAR || !regex->text.len)
        return envoy_complain(envoy, safe, "safe_regex needs a regex");
    if (regex->unrendered)
        return false;
    const struct pattern *pattern = model_pattern(model, regex->text, REGEX_RE2, REGEX_FULL);
    if (pattern->result.status == REGEX_INVALID)
        return envoy_complain(envoy, regex, "RE2 refuses this expression: %s", pattern->result.why);
    *out = pattern->result.language;
    return pattern->result.status != REGEX_IRREGULAR;
}
