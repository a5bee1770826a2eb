// What the answer to a preflight promises for later, and what it cannot promise.

#include "rule/observe.h"

enum { SECONDS_WITHOUT = 5 }; // what browsers keep an answer for that says nothing

// The one line of that name that certainly is sent; NULL when there is none, or more than one.
static const struct line *only_line(struct model *model, const struct view *view, const char *name,
                                    Str *text)
{
    uint32_t at = 0;
    const struct line *line = view_find(model, view, name, &at);
    if (!line || line->unsure || !value_is_text(line->value, text) ||
        view_find(model, view, name, &at))
        return NULL;
    return line;
}

static bool is_sent(struct model *model, const struct view *view, const char *name)
{
    uint32_t at = 0;
    return view_find(model, view, name, &at) != NULL;
}

// An answer that lets some preflight pass.
static bool is_passing(struct model *model, const struct view *view)
{
    return !view->open && view->status >= 200 && view->status < 300 &&
           is_sent(model, view, "access-control-allow-origin");
}

// reference/browser.md 1.9: digits; a number below zero keeps nothing; what is no number is as if
// it were not there.
static uint32_t seconds_of(Str text)
{
    uint32_t seconds;
    Str digits = text;
    if (str_number(text, UINT32_MAX, &seconds))
        return seconds;
    if (str_eat(&digits, STR("-")) && str_number(digits, UINT32_MAX, &seconds))
        return 0;
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return SECONDS_WITHOUT;
    return text.len ? UINT32_MAX : SECONDS_WITHOUT;
}

static void observe_max_age(struct model *model, const struct endpoint *endpoint,
                            const struct view *view, struct observations *out)
{
    Str text = { NULL, 0 };
    const struct line *line = only_line(model, view, "access-control-max-age", &text);
    if (!line && is_sent(model, view, "access-control-max-age"))
        return; // not known, or several: no browser makes sense of it
    observe_add(model,
                (struct observation){ .kind = OBSERVED_MAX_AGE,
                                      .endpoint = endpoint,
                                      .header = STR("Access-Control-Max-Age"),
                                      .value = str_trim(text),
                                      .seconds = seconds_of(str_trim(text)),
                                      .span = line ? line->span : view->response->span },
                out);
}

static bool lists(Str list, const char *name)
{
    Str head, tail;
    for (bool more = true; more; list = tail) {
        more = str_cut(list, STR(","), &head, &tail);
        if (str_is_nocase(str_trim(more ? head : list), name))
            return true;
    }
    return false;
}

// A "*" that was to cover Authorization as well: it does so only as long as browsers do not follow
// the Standard (reference/browser.md 1.8, P8). With credentials it is no wildcard at all.
static void observe_authorization(struct model *model, const struct endpoint *endpoint,
                                  const struct view *view, struct observations *out)
{
    Str credentials;
    uint32_t at = 0;
    const struct line *line, *star = NULL;
    const struct line *with =
        only_line(model, view, "access-control-allow-credentials", &credentials);
    if (with && str_is(credentials, "true"))
        return;
    while ((line = view_find(model, view, "access-control-allow-headers", &at))) {
        Str text;
        if (line->unsure || !value_is_text(line->value, &text) || lists(text, "authorization"))
            return;
        star = !star && lists(text, "*") ? line : star;
    }
    if (star)
        observe_add(model,
                    (struct observation){ .kind = OBSERVED_AUTHORIZATION,
                                          .endpoint = endpoint,
                                          .header = star->name,
                                          .value = STR("*"),
                                          .span = star->span },
                    out);
}

void observe_preflight_headers(struct model *model, const struct endpoint *endpoint,
                               const struct view *view, struct observations *out)
{
    if (!is_passing(model, view) || (!is_sent(model, view, "access-control-allow-methods") &&
                                     !is_sent(model, view, "access-control-allow-headers")))
        return;
    observe_max_age(model, endpoint, view, out);
    observe_authorization(model, endpoint, view, out);
}
