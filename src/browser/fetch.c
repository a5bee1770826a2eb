#include "browser/fetch.h"

#include "base/vec.h"
#include "browser/names.h"
#include "browser/url.h"

const char *fetch_verdict_name(enum fetch_verdict verdict)
{
    static const char *const names[] = { "allowed", "blocked", "unknown" };
    return names[verdict];
}

const struct fetch_step *fetch_last(const struct fetch *fetch, bool preflight)
{
    for (uint32_t i = fetch->steps.count; i-- > 0;)
        if (fetch->steps.items[i].preflight == preflight)
            return &fetch->steps.items[i];
    return NULL;
}

static const struct fetch_step *ask(struct arena *arena, const struct fetch_server *server,
                                    bool preflight, struct fetch *fetch)
{
    const struct cors_request *request = &fetch->request;
    struct cors_headers headers;
    struct fetch_wire wire = { .method = names_normal_method(request->method),
                               .url = request->url,
                               .preflight = preflight,
                               .credentials = request->credentials && !preflight };
    if (preflight) {
        wire.method = STR("OPTIONS");
        cors_preflight_headers(arena, request, &headers);
    } else {
        cors_author_headers(arena, request, &headers);
        // A request to the page's own origin tells it only with methods that change something.
        if (request->cors || (!str_is(wire.method, "GET") && !str_is(wire.method, "HEAD")))
            *vec_push(arena, &headers) = (struct header){ STR("Origin"), cors_origin(request) };
    }
    wire.headers = headers.items;
    wire.header_count = headers.count;
    struct fetch_step *step = vec_push(arena, &fetch->steps);
    step->request = *request;
    step->preflight = preflight;
    server->answer(server->context, &wire, &step->answer);
    return step;
}

static void doubt(struct fetch *fetch, Str reason, Span span)
{
    fetch->verdict = FETCH_UNKNOWN;
    fetch->reason = reason;
    fetch->span = span;
}

// The header that an error is about.
static const char *decisive(enum cors_error error)
{
    switch (error) {
    case CORS_ALLOWED:
    case CORS_MULTIPLE_ALLOW_ORIGIN:
    case CORS_INVALID_ALLOW_ORIGIN:
    case CORS_ALLOW_ORIGIN_MISMATCH:
    case CORS_WILDCARD_ORIGIN:
        return "Access-Control-Allow-Origin";
    case CORS_INVALID_ALLOW_CREDENTIALS:
        return "Access-Control-Allow-Credentials";
    case CORS_INVALID_ALLOW_METHODS:
    case CORS_METHOD_DISALLOWED:
        return "Access-Control-Allow-Methods";
    case CORS_INVALID_ALLOW_HEADERS:
    case CORS_HEADER_DISALLOWED:
        return "Access-Control-Allow-Headers";
    case CORS_MISSING_ALLOW_ORIGIN:
    case CORS_PREFLIGHT_STATUS:
    case CORS_PREFLIGHT_REDIRECT:
    case CORS_PREFLIGHT_TRANSPORT:
    case CORS_REDIRECT_CREDENTIALS:
    case CORS_DISALLOWED_BY_MODE:
    case CORS_DISABLED_SCHEME:
    case CORS_NO_CORS_REDIRECT:
    case CORS_FORBIDDEN_METHOD:
    case CORS_TOO_MANY_REDIRECTS:
    case CORS_REDIRECT_MODE:
    case CORS_REDIRECT_LOCATION:
    case CORS_TRANSPORT:
    case CORS_BAD_PORT:
    case CORS_OPAQUE:
    case CORS_OPAQUE_REDIRECT:
        break;
    }
    return NULL;
}

// Where the answer of a step decided it: the last line of the header that the verdict is about.
static Span place(const struct fetch_step *step, enum cors_error error)
{
    const char *name = decisive(error);
    const struct fetch_answer *answer = &step->answer;
    for (uint32_t i = answer->response.header_count; i-- > 0 && name && answer->spans;)
        if (str_is_nocase(answer->response.headers[i].name, name))
            return answer->spans[i];
    return answer->span;
}

static bool settle(struct fetch *fetch, struct cors_result result, const struct fetch_step *step)
{
    fetch->result = result;
    fetch->verdict = result.allowed ? FETCH_ALLOWED : FETCH_BLOCKED;
    if (step)
        fetch->span = place(step, result.error);
    return false;
}

// The preflight, where one is needed. False when the fetch ends with it.
static bool ask_first(struct arena *arena, const struct fetch_server *server, struct fetch *fetch)
{
    const struct fetch_step *step = ask(arena, server, true, fetch);
    if (step->answer.unseen) {
        fetch->unseen = true;
        return true;
    }
    if (!step->answer.known) {
        doubt(fetch, step->answer.reason, step->answer.span);
        return false;
    }
    struct cors_result result =
        cors_check_preflight(arena, &fetch->request, &step->answer.response);
    if (!result.allowed)
        return settle(fetch, result, step);
    fetch->result.authorization_by_wildcard |= result.authorization_by_wildcard;
    return true;
}

// A host that only IDNA's tables would tell: nobody knows what is asked there.
static bool leads_to_unicode(struct arena *arena, const struct cors_request *request,
                             const struct cors_response *response)
{
    struct url base, url;
    for (uint32_t i = 0; i < response->header_count; i++)
        if (str_is_nocase(response->headers[i].name, "location"))
            return url_parse(arena, request->url, NULL, &base) &&
                   url_parse(arena, response->headers[i].value, &base, &url) && url.unicode;
    return false;
}

// One hop. False when the fetch ends with it.
static bool hop(struct arena *arena, const struct fetch_server *server, struct fetch *fetch)
{
    struct cors_request *request = &fetch->request;
    struct cors_result result;
    enum cors_class class = cors_classify(arena, request, &result);
    if (class == CORS_CLASS_FAILED)
        return settle(fetch, result, NULL);
    request->cors |= class == CORS_CLASS_SIMPLE || class == CORS_CLASS_PREFLIGHT;
    if (class == CORS_CLASS_PREFLIGHT && !ask_first(arena, server, fetch))
        return false;
    const struct fetch_step *step = ask(arena, server, false, fetch);
    if (class == CORS_CLASS_OPAQUE)
        return settle(fetch, result, step);
    if (!step->answer.known) {
        doubt(fetch, step->answer.reason, step->answer.span);
        return false;
    }
    struct cors_response response = step->answer.response;
    if (response.status == 0) {
        result = (struct cors_result){ .error = CORS_TRANSPORT };
        return settle(fetch, result, step);
    }
    struct cors_request before = *request;
    if (step->answer.lost && request->redirect == CORS_REDIRECT_FOLLOW) {
        result = request->cors ? cors_check(arena, request, &response)
                               : (struct cors_result){ .allowed = true };
        if (!result.allowed)
            return settle(fetch, result, step);
        doubt(fetch, STR("where the redirect leads is not known"), step->answer.span);
        return false;
    }
    if (cors_follow(arena, request, &response, &result)) {
        if (!leads_to_unicode(arena, &before, &response))
            return true;
        doubt(fetch, STR("the redirect leads to a host outside ASCII"), step->answer.span);
        return false;
    }
    result.authorization_by_wildcard = fetch->result.authorization_by_wildcard;
    return settle(fetch, result, step);
}

void fetch_run(struct arena *arena, const struct cors_request *request,
               const struct fetch_server *server, struct fetch *out)
{
    *out = (struct fetch){ .request = *request };
    while (hop(arena, server, out))
        continue;
}
