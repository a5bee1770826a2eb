#include "rule/observe.h"

#include <stddef.h>

static const char *const known_headers[] = {
    "Access-Control-Allow-Origin",   "Access-Control-Allow-Credentials",
    "Access-Control-Allow-Methods",  "Access-Control-Allow-Headers",
    "Access-Control-Expose-Headers", "Access-Control-Max-Age",
};

static const char *const standard_methods[] = { "GET",    "HEAD",  "POST",    "PUT",
                                                "DELETE", "PATCH", "OPTIONS", "QUERY" };

// The header that was meant; empty when the name is right, or means something else.
static Str meant(struct arena *arena, Str name, bool *misspelt)
{
    size_t best = 4;
    Str near = { 0 };
    *misspelt = false;
    for (size_t i = 0; i < sizeof known_headers / sizeof *known_headers; i++)
        if (str_equal_nocase(str_from(known_headers[i]), name))
            return near;
    Str lower = str_lower(arena, name);
    for (size_t i = 0; i < sizeof known_headers / sizeof *known_headers; i++) {
        Str known = str_from(known_headers[i]);
        if (known.len >= name.len + best || name.len >= known.len + best)
            continue;
        size_t distance = str_distance(lower, str_lower(arena, known), best);
        if (distance < best) {
            best = distance;
            near = known;
        }
    }
    if (str_is(lower, "access-control-request-method"))
        near = STR("Access-Control-Allow-Methods");
    if (str_is(lower, "access-control-request-headers"))
        near = STR("Access-Control-Allow-Headers");
    *misspelt = near.len > 0 || str_starts(lower, STR("access-control-"));
    return near;
}

// reference/browser.md section 2: browsers neither ask for these nor look at them.
static bool is_private_network(Str name)
{
    return str_is_nocase(name, "access-control-allow-private-network") ||
           str_is_nocase(name, "private-network-access-id") ||
           str_is_nocase(name, "private-network-access-name");
}

static void observe_names(struct model *model, const struct endpoint *endpoint,
                          const struct view *view, struct observations *out)
{
    for (uint32_t i = 0; i < view->response->op_count; i++) {
        const struct header_op *op = &view->response->ops[i];
        bool misspelt;
        if (op->verb == HEADER_CLEAR || op->verb == HEADER_UNKNOWN)
            continue;
        if (is_private_network(op->name)) {
            observe_add(model,
                        (struct observation){ .kind = OBSERVED_PRIVATE_NETWORK,
                                              .endpoint = endpoint,
                                              .header = op->name,
                                              .span = op->span },
                        out);
            continue;
        }
        Str near = meant(model->arena, op->name, &misspelt);
        if (misspelt)
            observe_add(model,
                        (struct observation){ .kind = OBSERVED_MISSPELT,
                                              .endpoint = endpoint,
                                              .header = op->name,
                                              .suggestion = near,
                                              .span = op->span },
                        out);
    }
}

// Why a text is no origin that a browser sends.
static const char *origin_problem(struct arena *arena, Str text)
{
    Str scheme, rest, host, port;
    if (str_contains(text, STR(",")))
        return "it is a list, and a browser compares it as a whole";
    if (str_contains(text, STR(" ")))
        return "it holds spaces, and a browser compares it as a whole";
    if (str_contains(text, STR("*")))
        return "a pattern is not understood here";
    if (!str_cut(text, STR("://"), &scheme, &rest))
        return "it has no scheme";
    if (str_ends(rest, STR("/")))
        return "an origin has no slash at its end";
    if (str_contains(rest, STR("/")))
        return "an origin has no path";
    if (!str_equal(str_lower(arena, text), text))
        return "browsers send origins in lower case";
    if (str_cut(rest, STR(":"), &host, &port) &&
        ((str_is(scheme, "https") && str_is(port, "443")) ||
         (str_is(scheme, "http") && str_is(port, "80"))))
        return "browsers leave the default port out";
    return "no browser sends such an origin";
}

static void observe_origin_value(struct model *model, struct origin_space *space,
                                 const struct endpoint *endpoint, const struct view *view,
                                 struct observations *out)
{
    uint32_t at = 0;
    const struct line *line;
    while ((line = view_find(model, view, "access-control-allow-origin", &at))) {
        Str text;
        if (line->unsure || !value_is_text(line->value, &text) || str_is(text, "*") ||
            origins_valid(space, text))
            continue;
        observe_add(model,
                    (struct observation){ .kind = OBSERVED_NEVER_MATCHES,
                                          .endpoint = endpoint,
                                          .header = line->name,
                                          .value = text,
                                          .problem = str_from(origin_problem(model->arena, text)),
                                          .span = line->span },
                    out);
    }
}

static void observe_credentials(struct model *model, const struct endpoint *endpoint,
                                const struct view *view, struct observations *out)
{
    uint32_t at = 0;
    const struct line *line = view_find(model, view, "access-control-allow-credentials", &at);
    Str text, origin;
    if (!line || line->unsure || !value_is_text(line->value, &text))
        return;
    struct observation observation = {
        .endpoint = endpoint, .header = line->name, .value = text, .span = line->span
    };
    if (!str_is(text, "true")) {
        // "false" does what it says: nothing.
        observation.kind = OBSERVED_CREDENTIALS;
        if (!str_is_nocase(text, "false"))
            observe_add(model, observation, out);
        return;
    }
    // Requests without an origin do not ask for anything.
    const struct fa *asking = box_language(view->box, model->origin);
    if (asking == fa_empty(model->fa))
        return;
    at = 0;
    line = view_find(model, view, "access-control-allow-origin", &at);
    if (!line || line->unsure || !value_is_text(line->value, &origin) || !str_is(origin, "*") ||
        view_find(model, view, "access-control-allow-origin", &at))
        return;
    observation.kind = OBSERVED_WILDCARD;
    observe_add(model, observation, out);
}

static void observe_duplicates(struct model *model, const struct endpoint *endpoint,
                               const struct view *view, struct observations *out)
{
    static const char *const single[] = { "access-control-allow-origin",
                                          "access-control-allow-credentials",
                                          "access-control-max-age" };
    for (size_t i = 0; i < sizeof single / sizeof *single; i++) {
        uint32_t at = 0;
        const struct line *first = view_find(model, view, single[i], &at);
        const struct line *second = first ? view_find(model, view, single[i], &at) : NULL;
        if (!second || first->unsure || second->unsure)
            continue;
        observe_add(model,
                    (struct observation){ .kind = OBSERVED_DUPLICATE,
                                          .endpoint = endpoint,
                                          .header = second->name,
                                          .span = second->span },
                    out);
    }
}

static bool is_token(Str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                     str_contains(STR("!#$%&'*+-.^_`|~"), (Str){ &c, 1 });
        if (!plain)
            return false;
    }
    return text.len > 0;
}

// What is wrong with one element of Access-Control-Allow-Methods; NULL when nothing is.
static const char *method_problem(Str method)
{
    if (!is_token(method))
        return "browsers reject the whole header for it";
    for (size_t i = 0; i < sizeof standard_methods / sizeof *standard_methods; i++) {
        Str standard = str_from(standard_methods[i]);
        if (!str_equal(standard, method) && str_equal_nocase(standard, method))
            return "methods are compared with their case";
    }
    if (str_contains(method, STR("|")))
        return "methods are separated by commas";
    return NULL;
}

static void observe_methods(struct model *model, const struct endpoint *endpoint,
                            const struct view *view, struct observations *out)
{
    uint32_t at = 0;
    const struct line *line;
    while ((line = view_find(model, view, "access-control-allow-methods", &at))) {
        Str rest, head;
        if (line->unsure || !value_is_text(line->value, &rest))
            continue;
        for (bool more = true; more;) {
            Str tail;
            more = str_cut(rest, STR(","), &head, &tail);
            Str method = str_trim(more ? head : rest);
            rest = more ? tail : rest;
            const char *problem = method.len ? method_problem(method) : NULL;
            if (problem)
                observe_add(model,
                            (struct observation){ .kind = OBSERVED_METHOD,
                                                  .endpoint = endpoint,
                                                  .header = line->name,
                                                  .value = method,
                                                  .problem = str_from(problem),
                                                  .span = line->span },
                            out);
        }
    }
}

void observe_headers(struct model *model, struct origin_space *space,
                     const struct endpoint *endpoint, const struct view *view,
                     struct observations *out)
{
    observe_names(model, endpoint, view, out);
    observe_origin_value(model, space, endpoint, view, out);
    observe_credentials(model, endpoint, view, out);
    observe_methods(model, endpoint, view, out);
    if (!view->open)
        observe_duplicates(model, endpoint, view, out);
}
