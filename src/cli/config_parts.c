#include "cli/config_parts.h"

#include "base/buf.h"
#include "base/hash.h"
#include "browser/names.h"
#include "review/date.h"

#include <stdarg.h>
#include <stdio.h>

static const struct kind wrong_value = { "", LEVEL_ERROR, "wrong value" };

void config_refuse(struct config_reading *reading, Span span, const char *format, ...)
{
    char text[512]; // longer ones are cut: they quote input
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    reading->good = diagf(reading->run, &wrong_value, span, "%s", text);
}

const Str *config_texts(struct config_reading *reading, const struct data *list, uint32_t *count)
{
    Str *out = ARENA_ARRAY(reading->run->arena, Str, (list ? list->count : 0) + 1);
    *count = list ? list->count : 0;
    for (uint32_t i = 0; i < *count; i++)
        out[i] = list->entries[i].value->text;
    return out;
}

static Str text_of(const struct data *map, const char *key)
{
    const struct data *value = data_find(map, str_from(key));
    return value ? value->text : (Str){ NULL, 0 };
}

// Each entry is held against every endpoint or finding.
enum { ENTRIES_MOST = 1000 };

static bool is_too_long(struct config_reading *reading, const struct data *list)
{
    if (!list || list->count <= ENTRIES_MOST)
        return false;
    config_refuse(reading, list->span, "the list must have %d entries at most", ENTRIES_MOST);
    return true;
}

// Expectations.

// A page is an origin, a pattern of origins as in trusted_origins, or null.
static bool read_page(struct config_reading *reading, const struct data *page,
                      struct expectation *out)
{
    Str reason;
    out->page = page->text;
    if (str_is(page->text, "null")) {
        out->pages = origins_part(reading->space, ORIGINS_PART_NULL);
        out->is_one_page = true;
        return true;
    }
    if (!origins_parse_trusted(reading->space, page->text, &out->pages, &reason)) {
        config_refuse(reading, page->span, "\"%.*s\": %.*s", STR_ARG(page->text), STR_ARG(reason));
        return false;
    }
    out->is_one_page = !str_contains(page->text, STR("*"));
    return true;
}

static bool read_request(struct config_reading *reading, const struct data *request,
                         struct expectation *out)
{
    Str method, url, reason;
    if (!str_cut(str_trim(request->text), STR(" "), &method, &url) || !names_token(method)) {
        config_refuse(reading, request->span,
                      "\"%.*s\" must be a method and a URL, such as \"PUT "
                      "https://api.example.com/cart\"",
                      STR_ARG(request->text));
        return false;
    }
    if (names_forbidden_method(method)) {
        config_refuse(reading, request->span, "no page can send %.*s", STR_ARG(method));
        return false;
    }
    out->method = names_normal_method(method);
    url = str_trim(url);
    if (!urls_parse(reading->model, url, URLS_EXACT, &out->urls, &reason)) {
        config_refuse(reading, request->span, "\"%.*s\": %.*s", STR_ARG(url), STR_ARG(reason));
        return false;
    }
    if (str_is(out->urls.scheme, "*")) {
        config_refuse(reading, request->span, "\"%.*s\": a request goes to http or https",
                      STR_ARG(url));
        return false;
    }
    return true;
}

static enum expectation_credentials credentials_of(Str text)
{
    if (str_is(text, "include"))
        return EXPECT_INCLUDE;
    return str_is(text, "same-origin") ? EXPECT_SAME_ORIGIN : EXPECT_OMIT;
}

static void describe(struct config_reading *reading, struct expectation *out)
{
    struct buf text = { .arena = reading->run->arena };
    buf_addf(&text, "%.*s %.*s from %.*s", STR_ARG(out->method), STR_ARG(out->urls.text),
             STR_ARG(out->page));
    for (uint32_t i = 0; i < out->header_count; i++)
        buf_addf(&text, "%s%.*s", i ? ", " : " with ", STR_ARG(out->headers[i]));
    if (out->credentials == EXPECT_INCLUDE)
        buf_add_text(&text, out->header_count ? " and cookies" : " with cookies");
    out->text = buf_str(&text);
    out->identity = hash_u64(hash_str(HASH_SEED, out->text), out->allowed);
}

static bool read_names(struct config_reading *reading, const struct data *list,
                       struct expectation *out)
{
    out->headers = config_texts(reading, list, &out->header_count);
    for (uint32_t i = 0; i < out->header_count; i++) {
        if (names_token(out->headers[i]))
            continue;
        config_refuse(reading, list->entries[i].value->span, "\"%.*s\" is no name of a header",
                      STR_ARG(out->headers[i]));
        return false;
    }
    return true;
}

void config_read_expect(struct config_reading *reading, const struct data *list)
{
    if (is_too_long(reading, list))
        return;
    for (uint32_t i = 0; list && i < list->count; i++) {
        const struct data *map = list->entries[i].value;
        struct expectation one = {
            .span = map->span,
            .credentials = credentials_of(text_of(map, "credentials")),
            .allowed = !str_is(text_of(map, "outcome"), "blocked"),
        };
        if (!read_page(reading, data_find(map, STR("page")), &one) ||
            !read_request(reading, data_find(map, STR("request")), &one) ||
            !read_names(reading, data_find(map, STR("headers")), &one))
            continue;
        describe(reading, &one);
        *vec_push(reading->run->arena, &reading->config->expectations) = one;
    }
}

// Review.

static uint32_t number_of(const struct data *map, const char *key)
{
    const struct data *value = data_find(map, str_from(key));
    uint32_t out = 0;
    if (value && !data_get_number(value, UINT32_MAX, &out))
        out = 0;
    return out;
}

// "someone", "@someone", "@organisation/team".
static bool is_login(Str text)
{
    bool slash = false;
    (void)str_eat(&text, STR("@"));
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        bool begins = i == 0 || text.ptr[i - 1] == '/';
        if (c == '/' && !begins && !slash && i + 1 < text.len)
            slash = true;
        else if (!plain && (begins || !(c == '-' || c == '_' || c == '.')))
            return false;
    }
    return text.len > 0;
}

static const Str *read_logins(struct config_reading *reading, const struct data *map,
                              uint32_t *count)
{
    const struct data *list = data_find(map, STR("approvers"));
    for (uint32_t i = 0; list && i < list->count; i++) {
        const struct data *login = list->entries[i].value;
        if (!is_login(login->text))
            config_refuse(reading, login->span,
                          "\"%.*s\" is neither a login nor a team such as @example/platform",
                          STR_ARG(login->text));
    }
    return config_texts(reading, list, count);
}

void config_read_review(struct config_reading *reading, const struct data *map)
{
    struct arena *arena = reading->run->arena;
    struct approvals *out = &reading->config->approvals;
    const struct data *places = data_find(map, STR("endpoints"));
    const struct data *revert = data_find(map, STR("verified_revert"));
    uint32_t count = places ? places->count : 0;
    struct approval_place *list = ARENA_ARRAY(arena, struct approval_place, count + 1);
    if (!map)
        return;
    *out = (struct approvals){
        .approvals = number_of(map, "approvals"),
        .same_findings = str_is(text_of(map, "stale"), "same-findings"),
        .acknowledge = text_of(map, "acknowledge"),
        .places = list,
        .span = map->span,
    };
    bool lifts = true;
    out->always_review = revert && data_get_bool(revert, &lifts) && !lifts;
    out->approvers = read_logins(reading, map, &out->approver_count);
    for (uint32_t i = 0; i < count; i++) {
        const struct data *item = places->entries[i].value, *url = data_find(item, STR("url"));
        struct approval_place *place = &list[out->place_count];
        Str reason;
        *place = (struct approval_place){ .approvals = number_of(item, "approvals"),
                                          .span = item->span };
        place->approvers = read_logins(reading, item, &place->approver_count);
        if (urls_parse(reading->model, url->text, URLS_BELOW, &place->urls, &reason))
            out->place_count++;
        else
            config_refuse(reading, url->span, "\"%.*s\": %.*s", STR_ARG(url->text),
                          STR_ARG(reason));
    }
}

// Waivers.

void config_read_waive(struct config_reading *reading, const struct data *list)
{
    if (is_too_long(reading, list))
        return;
    for (uint32_t i = 0; list && i < list->count; i++) {
        const struct data *map = list->entries[i].value;
        const struct data *endpoint = data_find(map, STR("endpoint"));
        const struct data *until = data_find(map, STR("until"));
        struct waiver waiver = { .rule = text_of(map, "rule"),
                                 .reason = str_trim(text_of(map, "reason")),
                                 .span = map->span };
        Str reason;
        if (!urls_parse(reading->model, endpoint->text, URLS_BELOW, &waiver.endpoint, &reason))
            config_refuse(reading, endpoint->span, "\"%.*s\": %.*s", STR_ARG(endpoint->text),
                          STR_ARG(reason));
        else if (until && !date_parse(until->text, &waiver.until))
            config_refuse(reading, until->span, "\"%.*s\" is no date such as 2027-01-31",
                          STR_ARG(until->text));
        else if (!waiver.reason.len)
            config_refuse(reading, map->span, "a waiver needs a reason");
        else
            *vec_push(reading->run->arena, &reading->config->waivers) = waiver;
    }
}
