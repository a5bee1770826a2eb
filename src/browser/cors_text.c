#include "browser/cors.h"

// Names and sentences for results.

static const struct text {
    enum cors_error error;
    const char *name, *preflight_name;
    const char *sentence; // "%.*s" stands for the subject, where there is one
} texts[] = {
    { CORS_MISSING_ALLOW_ORIGIN, "MissingAllowOriginHeader", "PreflightMissingAllowOriginHeader",
      "the answer has no Access-Control-Allow-Origin header" },
    { CORS_MULTIPLE_ALLOW_ORIGIN, "MultipleAllowOriginValues", "PreflightMultipleAllowOriginValues",
      "Access-Control-Allow-Origin holds several values, \"%.*s\", and only one is allowed" },
    { CORS_INVALID_ALLOW_ORIGIN, "InvalidAllowOriginValue", "PreflightInvalidAllowOriginValue",
      "Access-Control-Allow-Origin is \"%.*s\", which is neither \"*\" nor an origin" },
    { CORS_ALLOW_ORIGIN_MISMATCH, "AllowOriginMismatch", "PreflightAllowOriginMismatch",
      "Access-Control-Allow-Origin is \"%.*s\", which is not exactly the page's origin" },
    { CORS_WILDCARD_ORIGIN, "WildcardOriginNotAllowed", "PreflightWildcardOriginNotAllowed",
      "Access-Control-Allow-Origin is \"%.*s\", which is not enough for a request with "
      "credentials" },
    { CORS_INVALID_ALLOW_CREDENTIALS, "InvalidAllowCredentials", "PreflightInvalidAllowCredentials",
      "Access-Control-Allow-Credentials is \"%.*s\" and has to be exactly \"true\"" },
    { CORS_PREFLIGHT_STATUS, "PreflightInvalidStatus", "PreflightInvalidStatus",
      "the preflight was answered with status %.*s and not with 200 to 299" },
    { CORS_PREFLIGHT_REDIRECT, "PreflightDisallowedRedirect", "PreflightDisallowedRedirect",
      "the preflight was redirected to %.*s, which no browser follows" },
    { CORS_INVALID_ALLOW_METHODS, "InvalidAllowMethodsPreflightResponse",
      "InvalidAllowMethodsPreflightResponse",
      "Access-Control-Allow-Methods is \"%.*s\", which is no list of methods" },
    { CORS_INVALID_ALLOW_HEADERS, "InvalidAllowHeadersPreflightResponse",
      "InvalidAllowHeadersPreflightResponse",
      "Access-Control-Allow-Headers is \"%.*s\", which is no list of header names" },
    { CORS_METHOD_DISALLOWED, "MethodDisallowedByPreflightResponse",
      "MethodDisallowedByPreflightResponse",
      "Access-Control-Allow-Methods does not list the method %.*s" },
    { CORS_HEADER_DISALLOWED, "HeaderDisallowedByPreflightResponse",
      "HeaderDisallowedByPreflightResponse",
      "Access-Control-Allow-Headers does not list the request header %.*s" },
    { CORS_PREFLIGHT_TRANSPORT, "PreflightTransport", "PreflightTransport",
      "the preflight got no answer" },
    { CORS_REDIRECT_CREDENTIALS, "RedirectContainsCredentials", "RedirectContainsCredentials",
      "the redirect leads to a URL with a user or password in it: %.*s" },
    { CORS_DISALLOWED_BY_MODE, "DisallowedByMode", "DisallowedByMode",
      "the page asked with mode \"same-origin\", and %.*s is of another origin" },
    { CORS_DISABLED_SCHEME, "CorsDisabledScheme", "CorsDisabledScheme",
      "only http and https URLs can be asked across origins, not %.*s" },
    { CORS_NO_CORS_REDIRECT, "NoCorsRedirectModeNotFollow", "NoCorsRedirectModeNotFollow",
      "mode \"no-cors\" goes only with redirect mode \"follow\"" },
    { CORS_FORBIDDEN_METHOD, "ForbiddenMethod", "ForbiddenMethod",
      "a page cannot send the method %.*s" },
    { CORS_TOO_MANY_REDIRECTS, "TooManyRedirects", "TooManyRedirects",
      "there were more than 20 redirects" },
    { CORS_REDIRECT_MODE, "RedirectModeError", "RedirectModeError",
      "the page asked for no redirects, and the answer is one" },
    { CORS_REDIRECT_LOCATION, "RedirectLocation", "RedirectLocation",
      "the redirect leads to %.*s, which is no http or https URL" },
    { CORS_TRANSPORT, "Transport", "Transport", "no answer came" },
    { CORS_BAD_PORT, "BadPort", "BadPort", "no browser asks that port: %.*s" },
    { CORS_OPAQUE, "OpaqueResponse", "OpaqueResponse",
      "mode \"no-cors\" sends the request, and the page sees nothing of the answer" },
    { CORS_OPAQUE_REDIRECT, "OpaqueRedirect", "OpaqueRedirect",
      "with redirect mode \"manual\" the page sees nothing of a redirect" },
};

static const struct text *find(enum cors_error error)
{
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (texts[i].error == error)
            return &texts[i];
    return NULL;
}

const char *cors_error_name(struct cors_result result)
{
    const struct text *text = find(result.error);
    if (result.allowed || !text)
        return "";
    return result.preflight ? text->preflight_name : text->name;
}

Str cors_explain(struct arena *arena, const struct cors_request *request, struct cors_result result)
{
    const struct text *text = find(result.error);
    if (result.allowed)
        return result.authorization_by_wildcard
                   ? STR("allowed; Authorization is covered by \"*\" only, which browsers accept "
                         "today and the Standard does not")
                   : STR("allowed");
    if (!text)
        return STR("");
    if (result.error == CORS_INVALID_ALLOW_CREDENTIALS && result.subject.len == 0)
        return str_format(arena,
                          "%sAccess-Control-Allow-Credentials is missing or empty, and the "
                          "request carries credentials",
                          result.preflight ? "in the answer to the preflight, " : "");
    if (result.error == CORS_MISSING_ALLOW_ORIGIN && result.preflight)
        return STR("the answer to the preflight has no Access-Control-Allow-Origin header");
    Str head, tail, sentence = str_from(text->sentence);
    if (str_cut(sentence, STR("%.*s"), &head, &tail))
        sentence = str_concat(arena, str_concat(arena, head, result.subject), tail);
    bool lead = result.preflight && result.error <= CORS_INVALID_ALLOW_CREDENTIALS;
    sentence =
        str_concat(arena, lead ? STR("in the answer to the preflight, ") : STR(""), sentence);
    Str origin = cors_origin(request);
    if (result.error == CORS_ALLOW_ORIGIN_MISMATCH)
        sentence = str_format(arena, "%.*s (%.*s)", STR_ARG(sentence), STR_ARG(origin));
    return sentence;
}
