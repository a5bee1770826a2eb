#include "cli/page.h"

#include "browser/names.h"
#include "browser/url.h"
#include "syntax/read_json.h"

static const struct kind bad_request = { "", LEVEL_ERROR, "this is no request" };

// A page is named by its origin, or by its URL.
static bool read_origin(const struct reading *reading, const struct data *object, Str *out)
{
    static const char *const apps[] = { "capacitor",     "ionic",
                                        "tauri",         "chrome-extension",
                                        "moz-extension", "safari-web-extension",
                                        "app",           "vscode-webview" };
    struct arena *arena = reading->run->arena;
    struct url url;
    Str text = { NULL, 0 };
    if (!reading_text(reading, object, STR("origin"), &text))
        return false;
    if (!text.len)
        return reading_refuse(reading, STR("origin"), "the page's origin, or \"null\"");
    bool parsed = !str_is(text, "null") && url_parse(arena, text, NULL, &url);
    if (parsed && url.unicode)
        return reading_refuse(reading, STR("origin"),
                              "in ASCII, as browsers send it (https://xn--...)");
    *out = parsed ? url_origin_of(arena, &url) : text;
    for (size_t i = 0; parsed && i < sizeof apps / sizeof *apps; i++)
        if (str_is(url.scheme, apps[i]) && url.host.len)
            *out = str_format(arena, "%.*s://%.*s", STR_ARG(url.scheme), STR_ARG(url.host));
    if (str_is(*out, "null") && !str_is(text, "null") && !(parsed && str_is(url.scheme, "file")))
        return reading_refuse(reading, STR("origin"),
                              "scheme://host[:port] as browsers send it, or \"null\"");
    return parsed || str_is(text, "null") ||
           reading_refuse(reading, STR("origin"),
                          "scheme://host[:port] as browsers send it, or \"null\"");
}

static bool read_url(const struct reading *reading, const struct data *object, Str *out)
{
    struct arena *arena = reading->run->arena;
    struct url url;
    Str text = { NULL, 0 };
    if (!reading_text(reading, object, STR("url"), &text))
        return false;
    if (!text.len)
        return reading_refuse(reading, STR("url"), "there");
    if (!url_parse(arena, text, NULL, &url))
        return diagf(reading->run, &bad_request, reading->at, "\"%.*s\" is no URL", STR_ARG(text));
    if (url.unicode)
        return reading_refuse(reading, STR("url"),
                              "in ASCII, as browsers send it (https://xn--...)");
    if (url.credentials)
        return reading_refuse(reading, STR("url"), "without user and password");
    *out = url_text(arena, &url);
    return true;
}

static bool read_credentials(const struct reading *reading, const struct data *object, bool *out)
{
    static const char *const modes[] = { "omit", "same-origin", "include" };
    const struct data *data = data_find(object, STR("credentials"));
    uint32_t mode = 0;
    if (data && data->kind == DATA_SCALAR && !data->plain) {
        if (!reading_choice(reading, object, STR("credentials"), modes, 3, &mode))
            return false;
        *out = mode == 2;
        return true;
    }
    return reading_bool(reading, object, STR("credentials"), out);
}

bool page_read(const struct reading *reading, const struct data *object, struct page *out)
{
    static const char *const names[] = {
        "method",   "url",  "origin",  "headers",         "credentials",      "mode",
        "redirect", "port", "address", "upstream_status", "upstream_headers", "force_preflight",
    };
    static const char *const modes[] = { "cors", "no-cors", "same-origin" };
    static const char *const redirects[] = { "follow", "error", "manual" };
    if (object->kind != DATA_MAP)
        return diagf(reading->run, &bad_request, reading->at, "it is %s", data_kind_text(object));
    struct page page = { .request = { .method = STR("GET") } };
    struct cors_request *request = &page.request;
    struct headers headers = { 0 };
    uint32_t mode = 0, redirect = 0;
    bool good =
        reading_fields(reading, object, names, sizeof names / sizeof *names) &&
        reading_text(reading, object, STR("method"), &request->method) &&
        read_url(reading, object, &request->url) && read_origin(reading, object, &request->page) &&
        reading_headers(reading, object, STR("headers"), &headers) &&
        read_credentials(reading, object, &request->credentials) &&
        reading_choice(reading, object, STR("mode"), modes, 3, &mode) &&
        reading_choice(reading, object, STR("redirect"), redirects, 3, &redirect) &&
        reading_bool(reading, object, STR("force_preflight"), &request->force_preflight) &&
        reading_number(reading, object, STR("port"), 1, 65535, &page.port) &&
        reading_text(reading, object, STR("address"), &page.address) &&
        reading_number(reading, object, STR("upstream_status"), 100, 999, &page.upstream_status) &&
        reading_headers(reading, object, STR("upstream_headers"), &page.upstream_headers);
    for (uint32_t i = 0; good && i < headers.list.count; i++)
        if (!names_token(headers.list.items[i].name))
            good = diagf(reading->run, &bad_request, reading->at, "\"%.*s\" is no name of a header",
                         STR_ARG(headers.list.items[i].name));
    if (!good)
        return false;
    request->headers = headers.list.items;
    request->header_count = headers.list.count;
    request->mode = (enum cors_mode)mode;
    request->redirect = (enum cors_redirect_mode)redirect;
    *out = page;
    return true;
}

bool page_parse(const struct reading *reading, Str line, struct page *out)
{
    const struct data *object;
    return read_json(reading->run, reading->at, line, &object) && page_read(reading, object, out);
}
