#include "browser/notes.h"

#include "base/buf.h"
#include "base/vec.h"
#include "browser/names.h"
#include "browser/url.h"

static void add(struct arena *arena, struct notes *out, const char *id, Str text)
{
    *vec_push(arena, out) = (struct note){ id, text };
}

// The lines of a name, as a browser joins them; their number is the result.
static uint32_t lines_of(struct arena *arena, const struct cors_response *response,
                         const char *name, Str *out)
{
    struct buf value = { .arena = arena };
    uint32_t count = 0;
    for (uint32_t i = 0; i < response->header_count; i++)
        if (str_is_nocase(response->headers[i].name, name)) {
            if (count++)
                buf_add_text(&value, ", ");
            buf_add(&value, str_trim(response->headers[i].value));
        }
    *out = buf_str(&value);
    return count;
}

static void note_dropped(struct arena *arena, const struct cors_request *request, struct notes *out)
{
    struct cors_headers kept;
    cors_author_headers(arena, request, &kept);
    for (uint32_t i = 0; i < request->header_count; i++) {
        bool found = false;
        for (uint32_t k = 0; k < kept.count && !found; k++)
            found = str_equal_nocase(kept.items[k].name, request->headers[i].name);
        if (!found)
            add(arena, out, "ForbiddenHeaderDropped",
                str_format(arena, "a page cannot set the header %.*s: browsers leave it out",
                           STR_ARG(request->headers[i].name)));
    }
}

static void note_browsers(struct arena *arena, const struct cors_request *request,
                          struct notes *out)
{
    struct cors_headers sent;
    cors_author_headers(arena, request, &sent);
    for (uint32_t i = 0; i < sent.count; i++) {
        Str name = str_lower(arena, sent.items[i].name), value = sent.items[i].value;
        if (names_safelisted_header(name, value) || !names_chromium_safelisted(name, value))
            continue;
        add(arena, out, "OtherBrowsersPreflight",
            str_format(arena,
                       "Chromium sends %.*s without asking; by the Standard it needs a preflight "
                       "that allows it",
                       STR_ARG(sent.items[i].name)));
    }
}

static void note_wire(struct arena *arena, const struct cors_request *request,
                      const struct fetch *fetch, struct notes *out)
{
    struct url page;
    bool secure = url_parse(arena, request->page, NULL, &page) && str_is(page.scheme, "https");
    for (uint32_t i = 0; i < fetch->steps.count && secure; i++) {
        const struct fetch_step *step = &fetch->steps.items[i];
        struct url url;
        if (!url_parse(arena, step->request.url, NULL, &url) || url_is_trustworthy(&url))
            continue;
        add(arena, out, "MixedContent",
            str_format(arena,
                       "an https page asks %.*s: browsers block that as mixed content before any "
                       "CORS check",
                       STR_ARG(step->request.url)));
        return;
    }
}

static void note_redirects(struct arena *arena, const struct fetch *fetch, struct notes *out)
{
    const struct cors_request *last = &fetch->request;
    if (last->redirects == 0)
        return;
    add(arena, out, "Redirected",
        str_format(arena, "the request is redirected %u time%s, to %.*s", last->redirects,
                   last->redirects == 1 ? "" : "s", STR_ARG(last->url)));
    if (last->tainted)
        add(arena, out, "OriginIsNull",
            STR("the redirect leads from one foreign origin to another, so that from there on the "
                "browser sends \"Origin: null\""));
}

// What browsers make of Access-Control-Max-Age, in seconds (reference/browser.md 1.9).
static uint32_t kept_for(Str value, uint32_t count, uint32_t most, bool strict)
{
    uint32_t seconds;
    enum { USUAL = 5 };
    if (count == 0 || value.len == 0)
        return USUAL;
    if (count == 1 && str_number(value, UINT32_MAX, &seconds))
        return seconds < most ? seconds : most;
    bool digits = count == 1;
    for (size_t i = 0; i < value.len; i++)
        digits &= value.ptr[i] >= '0' && value.ptr[i] <= '9';
    if (digits)
        return most;
    if (count == 1 && value.ptr[0] == '-' &&
        str_number(str_slice(value, 1, value.len), UINT32_MAX, &seconds))
        return 0;
    return strict ? 0 : USUAL;
}

static void note_preflight_cache(struct arena *arena, const struct fetch *fetch, struct notes *out)
{
    enum { CHROMIUM = 7200, FIREFOX = 86400, SAFARI = 600 };
    const struct fetch_step *preflight = fetch_last(fetch, true);
    Str value;
    if (!preflight || !preflight->answer.known || fetch->result.preflight)
        return;
    uint32_t count = lines_of(arena, &preflight->answer.response, "access-control-max-age", &value);
    uint32_t chromium = kept_for(value, count, CHROMIUM, false);
    uint32_t firefox = kept_for(value, count, FIREFOX, true);
    uint32_t safari = kept_for(value, count, SAFARI, false);
    Str text =
        str_format(arena, "browsers keep the answer to the preflight for %u seconds", chromium);
    if (chromium != firefox || chromium != safari)
        text = str_format(arena,
                          "the answer to the preflight is kept for %u seconds by Chromium, %u by "
                          "Firefox, %u by Safari",
                          chromium, firefox, safari);
    add(arena, out, "PreflightCache", text);
}

static void note_order(struct arena *arena, const struct fetch *fetch, struct notes *out)
{
    const struct fetch_step *preflight = fetch_last(fetch, true);
    if (fetch->verdict != FETCH_BLOCKED || !fetch->result.preflight || !preflight)
        return;
    uint32_t status = preflight->answer.response.status;
    bool about_origin = fetch->result.error <= CORS_INVALID_ALLOW_CREDENTIALS;
    if (about_origin && (status < 200 || status > 299))
        add(arena, out, "OtherBrowsersSay",
            str_format(arena, "Safari looks at the status first and complains about %u", status));
}

void notes_of(struct arena *arena, const struct cors_request *request, const struct fetch *fetch,
              struct notes *out)
{
    if (fetch->verdict == FETCH_ALLOWED && !fetch->request.cors)
        add(arena, out, "SameOrigin",
            STR("the page and the URL are of one origin: there is no CORS check"));
    note_dropped(arena, request, out);
    if (fetch->request.cors)
        note_browsers(arena, request, out);
    note_wire(arena, request, fetch, out);
    note_redirects(arena, fetch, out);
    if (fetch->verdict == FETCH_ALLOWED && fetch->result.authorization_by_wildcard)
        add(arena, out, "AuthorizationWildcardDeprecated",
            STR("only \"*\" covers the header Authorization: browsers accept it today, the "
                "Standard does not; name it in Access-Control-Allow-Headers"));
    note_preflight_cache(arena, fetch, out);
    note_order(arena, fetch, out);
}

static bool varies_by_origin(struct arena *arena, const struct cors_response *response)
{
    Str value;
    (void)lines_of(arena, response, "vary", &value);
    while (value.len) {
        Str item, rest = STR("");
        if (!str_cut(value, STR(","), &item, &rest))
            item = value;
        value = rest;
        if (str_is_nocase(str_trim(item), "origin") || str_is(str_trim(item), "*"))
            return true;
    }
    return false;
}

// The answer to the same request of another page, or (empty origin) without one.
static bool ask_as(const struct fetch_server *server, const struct fetch_step *step, Str origin,
                   struct fetch_answer *out)
{
    struct header header = { STR("Origin"), origin };
    struct fetch_wire wire = { .method = names_normal_method(step->request.method),
                               .url = step->request.url,
                               .headers = &header,
                               .header_count = origin.len ? 1 : 0,
                               .credentials = step->request.credentials };
    server->answer(server->context, &wire, out);
    return out->known;
}

void notes_about_caches(struct arena *arena, const struct fetch_server *server,
                        const struct fetch *fetch, struct notes *out)
{
    static const char *const others[] = { "https://another-page.example", "" };
    const struct fetch_step *step = fetch_last(fetch, false);
    if (!step || !step->request.cors || !step->answer.known)
        return;
    Str method = names_normal_method(step->request.method), own, other;
    if (!str_is(method, "GET") && !str_is(method, "HEAD"))
        return;
    uint32_t own_count =
        lines_of(arena, &step->answer.response, "access-control-allow-origin", &own);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        struct fetch_answer answer = { 0 };
        if (!ask_as(server, step, str_from(others[i]), &answer))
            continue;
        uint32_t count = lines_of(arena, &answer.response, "access-control-allow-origin", &other);
        if (count == own_count && str_equal(own, other))
            continue;
        if (step->answer.no_store && answer.no_store)
            continue;
        if (varies_by_origin(arena, &step->answer.response) &&
            varies_by_origin(arena, &answer.response))
            continue;
        add(arena, out, "VaryOriginMissing",
            str_format(arena,
                       "Access-Control-Allow-Origin is another one for requests %s, but not every "
                       "answer says \"Vary: Origin\": a cache gives the wrong one to somebody",
                       others[i][0] ? "of other pages" : "without Origin"));
        return;
    }
}
