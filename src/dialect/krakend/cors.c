#include "dialect/krakend/cors.h"

#include "dialect/krakend/krakend.h"

#include <stdlib.h>
#include <string.h>

static const char *const fields[] = {
    "allow_origins",
    "allow_methods",
    "allow_headers",
    "expose_headers",
    "allow_credentials",
    "allow_private_network",
    "options_passthrough",
    "debug",
    "max_age",
    "options_success_status",
    NULL,
};

static void remark(struct policy *policy, const char *rule, Span span, Str message)
{
    policy_add_remark(policy, (struct remark){ .rule = rule, .span = span, .message = message });
}

// What a key that is not there, or cannot be read, amounts to.
static const char *without(const char *key)
{
    if (strcmp(key, "allow_origins") == 0)
        return "any origin is allowed";
    if (strcmp(key, "allow_headers") == 0)
        return "any header is allowed";
    if (strcmp(key, "allow_methods") == 0)
        return "GET, POST and HEAD are allowed";
    return "it does nothing";
}

static void check_fields(struct policy *policy, const struct data *config)
{
    for (uint32_t i = 0; i < config->count; i++) {
        Str key = config->entries[i].key->text;
        const char *meant = NULL;
        size_t least = 5;
        bool known = str_starts(key, STR("@")) || str_starts(key, STR("$")); // comments
        for (const char *const *field = fields; *field; field++) {
            size_t distance = str_distance(key, str_from(*field), least);
            known |= str_is(key, *field);
            if (distance < least) {
                least = distance;
                meant = *field;
            }
        }
        if (known)
            continue;
        bool absent = meant && !document_find(config, meant);
        Str message =
            str_format(policy->model->arena, "KrakenD knows no %.*s here%s%s%s%s%s", STR_ARG(key),
                       meant ? "; did you mean " : "", meant ? meant : "", meant ? "?" : "",
                       absent ? " Without that, " : "", absent ? without(meant) : "");
        remark(policy, "CG506", config->entries[i].key->span, message);
    }
}

// Texts of a list; what is none is passed over, and so is a list that is none.
static void read_list(struct policy *policy, const struct data *config, const char *key,
                      struct rs_cors_list *out)
{
    struct arena *arena = policy->model->arena;
    const struct data *list = document_find(config, key);
    out->span = config->span;
    if (!list || data_is_null(list))
        return;
    out->span = list->span;
    if (list->kind != DATA_LIST) {
        remark(policy, "CG507", list->span,
               str_format(arena, "%s is %s, which KrakenD passes over: %s", key,
                          data_kind_text(list), without(key)));
        return;
    }
    Str *items = ARENA_ARRAY(arena, Str, list->count + 1);
    for (uint32_t i = 0; i < list->count; i++) {
        const struct data *item = list->entries[i].value;
        if (item->kind == DATA_SCALAR && data_is_text(item))
            items[out->count++] = item->text;
        else
            remark(policy, "CG507", item->span,
                   str_format(arena, "an item of %s is %s, which KrakenD passes over", key,
                              data_kind_text(item)));
    }
    out->items = items;
}

static bool read_flag(struct policy *policy, const struct data *config, const char *key, Span *span)
{
    const struct data *value = document_find(config, key);
    bool flag = false;
    if (!value || data_is_null(value))
        return false;
    *span = value->span;
    if (!data_get_bool(value, &flag))
        remark(policy, "CG507", value->span,
               str_format(policy->model->arena, "%s is %s, which KrakenD passes over", key,
                          data_kind_text(value)));
    return flag;
}

// A duration as Go writes it: 1h30m, 0.5s. False when it is none.
static bool read_duration(Str text, double *seconds)
{
    static const struct {
        const char *name;
        double seconds;
    } units[] = {
        { "ns", 1e-9 }, { "us", 1e-6 }, { "\xC2\xB5s", 1e-6 }, { "\xCE\xBCs", 1e-6 },
        { "ms", 1e-3 }, { "s", 1 },     { "m", 60 },           { "h", 3600 },
    };
    bool minus = str_eat(&text, STR("-"));
    if (!minus)
        (void)str_eat(&text, STR("+"));
    *seconds = 0;
    if (str_is(text, "0"))
        return true;
    if (!text.len)
        return false;
    while (text.len) {
        char number[32];
        size_t len = 0, unit = 0;
        while (len < text.len && len + 1 < sizeof number && strchr("0123456789.", text.ptr[len]) &&
               text.ptr[len])
            len++;
        if (!len || (len == 1 && text.ptr[0] == '.'))
            return false;
        memcpy(number, text.ptr, len);
        number[len] = '\0';
        char *end;
        double value = strtod(number, &end);
        text = str_slice(text, len, text.len);
        if (*end)
            return false;
        while (unit < sizeof units / sizeof *units && !str_eat(&text, str_from(units[unit].name)))
            unit++;
        if (unit == sizeof units / sizeof *units)
            return false;
        *seconds += value * units[unit].seconds;
    }
    if (minus)
        *seconds = -*seconds;
    return true;
}

static bool read_max_age(struct policy *policy, const struct data *config, struct rs_cors *out)
{
    const struct data *value = document_find(config, "max_age");
    struct run *run = policy->model->run;
    double seconds = 0;
    if (!value || data_is_null(value))
        return true;
    out->max_age_span = value->span;
    if (value->kind != DATA_SCALAR || !data_is_text(value))
        return diagf(run, &krakend_malformed, value->span,
                     "max_age is %s; only a text such as \"12h\" can be read",
                     data_kind_text(value));
    if (!read_duration(value->text, &seconds))
        remark(policy, "CG507", value->span,
               str_format(policy->model->arena,
                          "max_age is no duration such as \"12h\", so that none is sent"));
    // Go cuts the fraction off.
    out->max_age = rs_cors_seconds(policy->model->arena, (double)(long long)seconds);
    return true;
}

bool krakend_read_cors(struct policy *policy, const struct data *config, struct rs_cors *out)
{
    static const Str any[] = { { "*", 1 } };
    Span unused = config->span;
    *out = (struct rs_cors){ .span = config->span, .credentials_span = config->span };
    check_fields(policy, config);
    read_list(policy, config, "allow_origins", &out->origins);
    read_list(policy, config, "allow_methods", &out->methods);
    read_list(policy, config, "allow_headers", &out->headers);
    read_list(policy, config, "expose_headers", &out->exposed);
    if (!out->origins.count) {
        out->origins.items = any;
        out->origins.count = 1;
    }
    if (!out->headers.count) {
        out->headers.items = any;
        out->headers.count = 1;
    }
    out->credentials = read_flag(policy, config, "allow_credentials", &out->credentials_span);
    out->private_network = read_flag(policy, config, "allow_private_network", &unused);
    out->passes_options = read_flag(policy, config, "options_passthrough", &unused);
    const struct data *status = document_find(config, "options_success_status");
    if (status)
        (void)data_get_number(status, 999, &out->status);
    rs_cors_remark(policy, &out->origins);
    return read_max_age(policy, config, out);
}
