#include "browser/fix.h"

#include "browser/names.h"

static Str subject(const struct fetch *fetch)
{
    return fetch->result.preflight ? STR("the answer to the preflight (OPTIONS)")
                                   : STR("the answer");
}

static Str allow_origin(struct arena *arena, const struct fetch *fetch)
{
    Str origin = cors_origin(&fetch->request);
    return str_format(arena, "\"Access-Control-Allow-Origin: %.*s\"%s", STR_ARG(origin),
                      fetch->request.credentials ? " and \"Access-Control-Allow-Credentials: true\""
                                                 : "");
}

static Str null_hint(const struct fetch *fetch)
{
    if (fetch->request.tainted)
        return STR("; better, redirect the page to its final URL at once: after this redirect the "
                   "browser tells the origin as \"null\"");
    return str_is(fetch->request.page, "null")
               ? STR("; but any sandboxed frame has the origin \"null\", so give the page a real "
                     "origin instead")
               : STR("");
}

static Str fix_missing(struct arena *arena, const struct fetch *fetch)
{
    const struct fetch_step *step = fetch_last(fetch, fetch->result.preflight);
    uint32_t status = step ? step->answer.response.status : 0;
    Str headers = allow_origin(arena, fetch), who = subject(fetch), hint = null_hint(fetch);
    if (fetch->result.preflight && (status < 200 || status > 299))
        return str_format(arena,
                          "answer OPTIONS with status 204 and %.*s (now %u): before it comes to "
                          "authentication, routing or a method check",
                          STR_ARG(headers), status);
    const char *errors =
        status >= 400 ? "; send it with error statuses, too (nginx: \"always\")" : "";
    return str_format(arena,
                      "if this page may read it, send %.*s, and \"Vary: Origin\", with %.*s%s%.*s",
                      STR_ARG(headers), STR_ARG(who), errors, STR_ARG(hint));
}

static Str fix_origin(struct arena *arena, const struct fetch *fetch)
{
    Str headers = allow_origin(arena, fetch), who = subject(fetch), hint = null_hint(fetch);
    enum cors_error error = fetch->result.error;
    if (error == CORS_MULTIPLE_ALLOW_ORIGIN)
        return str_format(arena,
                          "send exactly one value: choose the origin of the request when it is one "
                          "of yours, %.*s here, with \"Vary: Origin\"; if two servers set the "
                          "header, let one of them remove the other's",
                          STR_ARG(headers));
    if (error == CORS_WILDCARD_ORIGIN)
        return str_format(arena,
                          "name the origin instead of \"*\": %.*s, with \"Vary: Origin\"; or let "
                          "the page ask without credentials",
                          STR_ARG(headers));
    if (error == CORS_INVALID_ALLOW_ORIGIN)
        return str_format(arena,
                          "send %.*s with %.*s: scheme, host and port as the browser writes them, "
                          "no pattern, no quotes, no list%.*s",
                          STR_ARG(headers), STR_ARG(who), STR_ARG(hint));
    return str_format(arena,
                      "if this page may read it, send %.*s, and \"Vary: Origin\", with "
                      "%.*s; the value is compared byte by byte%.*s",
                      STR_ARG(headers), STR_ARG(who), STR_ARG(hint));
}

static Str add_to(struct arena *arena, const struct fetch *fetch, const char *header)
{
    bool star = fetch->request.credentials;
    return str_format(arena,
                      "add %.*s to \"Access-Control-Allow-%s\" in the answer to the "
                      "preflight%s",
                      STR_ARG(fetch->result.subject), header,
                      star ? " (\"*\" does not count with credentials)" : "");
}

Str fix_of(struct arena *arena, const struct fetch *fetch)
{
    if (fetch->verdict != FETCH_BLOCKED)
        return STR("");
    switch (fetch->result.error) {
    case CORS_ALLOWED:
        break;
    case CORS_MISSING_ALLOW_ORIGIN:
        return fix_missing(arena, fetch);
    case CORS_MULTIPLE_ALLOW_ORIGIN:
    case CORS_INVALID_ALLOW_ORIGIN:
    case CORS_ALLOW_ORIGIN_MISMATCH:
    case CORS_WILDCARD_ORIGIN:
        return fix_origin(arena, fetch);
    case CORS_INVALID_ALLOW_CREDENTIALS: {
        Str who = subject(fetch);
        return str_format(arena,
                          "send \"Access-Control-Allow-Credentials: true\" (exactly that, once) "
                          "with %.*s, or let the page ask without credentials",
                          STR_ARG(who));
    }
    case CORS_PREFLIGHT_STATUS:
        return STR("answer OPTIONS with 204: the preflight carries no cookies and no "
                   "Authorization, so that nothing that asks for them may stand before it");
    case CORS_PREFLIGHT_REDIRECT:
        return STR("answer OPTIONS at this very URL with 204, or let the page ask the URL that the "
                   "redirect leads to (a final slash, https)");
    case CORS_INVALID_ALLOW_METHODS:
        return STR("write \"Access-Control-Allow-Methods\" as names with commas between them: no "
                   "quotes, spaces inside or semicolons; one bad element spoils the list");
    case CORS_INVALID_ALLOW_HEADERS:
        return STR("write \"Access-Control-Allow-Headers\" as names with commas between them: no "
                   "quotes, spaces inside or semicolons; one bad element spoils the list");
    case CORS_METHOD_DISALLOWED:
        return str_concat(arena, add_to(arena, fetch, "Methods"),
                          STR("; methods are compared with upper and lower case"));
    case CORS_HEADER_DISALLOWED:
        return add_to(arena, fetch, "Headers");
    case CORS_PREFLIGHT_TRANSPORT:
    case CORS_TRANSPORT:
        return STR("this is no matter of CORS: find out why the server closes the connection or "
                   "cannot be reached");
    case CORS_REDIRECT_CREDENTIALS:
        return STR("redirect to a URL without user and password");
    case CORS_DISALLOWED_BY_MODE:
        return STR("ask with mode \"cors\"");
    case CORS_DISABLED_SCHEME:
        return STR("serve it over https");
    case CORS_NO_CORS_REDIRECT:
        return STR("ask with redirect mode \"follow\"");
    case CORS_FORBIDDEN_METHOD:
        return STR("ask with another method");
    case CORS_TOO_MANY_REDIRECTS:
        return STR("find the circle in the redirects");
    case CORS_REDIRECT_MODE:
        return STR("ask with redirect mode \"follow\", or ask the URL that the redirect leads to");
    case CORS_REDIRECT_LOCATION:
        return STR("redirect to an http or https URL");
    case CORS_BAD_PORT:
        return STR("serve it at another port");
    case CORS_OPAQUE:
        return STR("ask with mode \"cors\", and allow the origin");
    case CORS_OPAQUE_REDIRECT:
        return STR("ask with redirect mode \"follow\"");
    }
    return STR("");
}
