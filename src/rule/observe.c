#include "rule/observe.h"

#include "base/hash.h"
#include "diff/behaviour.h"
#include "diff/situations.h"

struct observer {
    const struct judge *judge;
    struct model *model;
    const struct upstreams *upstreams;
    const struct endpoint *endpoint;
    bool alone;              // the only endpoint of its server
    const struct box *box;   // its requests, under the assumptions of a comparison
    struct boxes situations; // of it
    const struct fa
        *readers[2]; // who certainly can read in some situation, without and with cookies
    Span read_span[2];
    struct observations *out;
};

const char *observation_name(enum observation_kind kind)
{
    switch (kind) {
    case OBSERVED_ACCESS:
        return "access";
    case OBSERVED_VARY_MISSING:
        return "vary-missing";
    case OBSERVED_CACHE_MIXES:
        return "cache-mixes";
    case OBSERVED_DUPLICATE:
        return "duplicate";
    case OBSERVED_NEVER_MATCHES:
        return "never-matches";
    case OBSERVED_CREDENTIALS:
        return "credentials-invalid";
    case OBSERVED_PREFLIGHT_FAILS:
        return "preflight-fails";
    case OBSERVED_WILDCARD:
        return "wildcard-with-credentials";
    case OBSERVED_MISSPELT:
        return "misspelt";
    case OBSERVED_METHOD:
        return "method-invalid";
    case OBSERVED_ERRORS_WITHOUT_CORS:
        return "errors-without-cors";
    case OBSERVED_MAX_AGE:
        return "max-age";
    case OBSERVED_AUTHORIZATION:
        return "authorization-not-covered";
    case OBSERVED_PRIVATE_NETWORK:
        return "private-network";
    }
    return "";
}

uint64_t observation_hash(const struct observation *observation)
{
    uint64_t hash = hash_u64(HASH_SEED, (uint64_t)observation->kind * 2 + observation->credentials);
    hash = hash_str(hash_str(hash, observation->header), observation->value);
    hash = hash_u64(hash, observation->status);
    hash = observation->seconds ? hash_u64(hash, observation->seconds) : hash;
    const struct fa *set = observation->part.origins.set;
    return hash_u64(hash, set ? fa_hash(set) : 0);
}

bool observation_same(const struct observation *a, const struct observation *b)
{
    return a->kind == b->kind && a->credentials == b->credentials && a->status == b->status &&
           a->seconds == b->seconds && str_equal(a->header, b->header) &&
           str_equal(a->value, b->value) && a->part.origins.set == b->part.origins.set;
}

void observe_add(struct model *model, struct observation observation, struct observations *out)
{
    if (!observation.span.file)
        observation.span = observation.endpoint->span;
    // Endpoints are observed one after the other.
    for (uint32_t i = out->count; i-- > 0 && out->items[i].endpoint == observation.endpoint;)
        if (out->items[i].span.begin == observation.span.begin &&
            out->items[i].span.file == observation.span.file &&
            observation_same(&out->items[i], &observation))
            return;
    *vec_push(model->arena, out) = observation;
}

// Access.

static bool is_open(const struct box *box)
{
    for (uint32_t i = 0; i < box->count; i++)
        if (box->items[i].var->of_origin)
            return true;
    return false;
}

// Those that certainly have the capability in a situation. Where something not known may decide by
// the origin, only what holds however it is decided.
static struct access certain_access(struct observer *observer, const struct box *situation,
                                    struct capability capability)
{
    struct model *model = observer->model;
    struct access out = access_of(observer->judge->space, observer->upstreams, observer->endpoint,
                                  situation, capability);
    const struct box *around = situation;
    for (uint32_t i = 0; i < situation->count; i++)
        if (situation->items[i].var->of_origin)
            around = box_without(model, around, situation->items[i].var);
    for (uint32_t i = 0; is_open(situation) && i < observer->situations.count; i++) {
        const struct box *other = observer->situations.items[i];
        if (other != situation && box_meet(model, around, other))
            out.must = fa_intersect(model->fa, out.must,
                                    access_of(observer->judge->space, observer->upstreams,
                                              observer->endpoint, other, capability)
                                        .must);
    }
    return out;
}

static void find_readers(struct observer *observer)
{
    struct model *model = observer->model;
    for (int credentials = 0; credentials < 2; credentials++) {
        const struct fa *all = fa_none(model->fa);
        for (uint32_t i = 0; i < observer->situations.count; i++) {
            struct access access = certain_access(
                observer, observer->situations.items[i],
                (struct capability){ .kind = CAPABILITY_READ, .credentials = credentials });
            const struct fa *more = fa_union(model->fa, all, access.must);
            if (!access.must || fa_is_none(access.must) || !more)
                continue;
            if (fa_is_none(all))
                observer->read_span[credentials] = access.span;
            all = more;
        }
        observer->readers[credentials] = all;
    }
}

static void observe_access(struct observer *observer)
{
    struct model *model = observer->model;
    const struct fa *named = behaviour_named(model, observer->judge->space, observer->endpoint);
    for (int credentials = 1; credentials >= 0; credentials--) {
        const struct fa *set = observer->readers[credentials];
        if (fa_is_none(set))
            continue;
        // Anything public is public without cookies: nothing to single out.
        struct parts_of whole = parts_gained(observer->judge, set, named);
        if (!credentials && whole.items[0].origins.kind == ORIGINS_ANY)
            continue;
        if (!credentials) {
            set = fa_subtract(model->fa, set, observer->readers[1]);
            if (!set || fa_is_none(set))
                continue;
            whole = parts_gained(observer->judge, set, named);
        }
        for (uint32_t i = 0; i < whole.count; i++)
            observe_add(model,
                        (struct observation){ .kind = OBSERVED_ACCESS,
                                              .endpoint = observer->endpoint,
                                              .part = whole.items[i],
                                              .credentials = credentials,
                                              .span = observer->read_span[credentials] },
                        observer->out);
    }
}

// Whether the answer is written down, and not what comes of a fragment without any.
static bool is_written(const struct observer *observer, const struct response *response)
{
    Span span = observer->endpoint->span;
    return response->span.end > response->span.begin || span.end > span.begin;
}

// Whether this serves a folder of files, and neither a few of them nor what is left of a server
// whose locations do the work.
static bool is_for_files(const struct observer *observer)
{
    enum match match = observer->endpoint->match;
    return match == MATCH_PREFIX || (match == MATCH_ANY && observer->alone);
}

// Preflights.

static bool mentions(const struct endpoint *endpoint, const char *const *names, size_t count)
{
    for (uint32_t i = 0; i < endpoint->cell_count; i++) {
        const struct response *response = endpoint->cells[i].response;
        for (uint32_t j = 0; j < response->op_count; j++)
            for (size_t k = 0; k < count; k++)
                if (response->ops[j].verb != HEADER_CLEAR &&
                    str_is_nocase(response->ops[j].name, names[k]))
                    return true;
    }
    return false;
}

// Adds the origins that may follow a redirect: what they read is the answer of another place.
static const struct fa *plus_followers(const struct observer *observer, const struct fa *readers)
{
    struct model *model = observer->model;
    const struct fa *out = readers;
    struct views views;
    views_of(model, observer->upstreams, observer->endpoint, observer->box, STR("GET"), &views);
    for (uint32_t i = 0; i < views.count; i++) {
        const struct view *view = &views.items[i];
        const struct fa *must, *may, *more;
        uint32_t at = 0;
        const struct line *line = view_find(model, view, "access-control-allow-origin", &at);
        Str text;
        if (!line || view->open || view->status < 300 || view->status > 399)
            continue;
        value_equals_origin(model, view->box, line->value, &must, &may);
        if (value_is_text(line->value, &text) && str_is(text, "*"))
            must = fa_intersect(model->fa, box_language(view->box, model->origin),
                                origins_part(observer->judge->space, ORIGINS_PART_WHOLE));
        more = must ? fa_union(model->fa, out, must) : NULL;
        out = more ? more : out;
    }
    return out;
}

// The origins whose preflight this answer lets pass, as far as the origin goes.
static const struct fa *admitted(struct model *model, const struct view *view)
{
    const struct fa *out = fa_none(model->fa), *must, *may;
    uint32_t at = 0;
    const struct line *line = view_find(model, view, "access-control-allow-origin", &at);
    Str text;
    if (!line || view->status < 200 || view->status > 299)
        return out;
    if (value_is_text(line->value, &text) && str_is(text, "*"))
        return box_language(view->box, model->origin);
    value_equals_origin(model, view->box, line->value, &must, &may);
    return may ? may : box_language(view->box, model->origin);
}

// Does the configuration say something about preflights there? Either it has headers for them, or
// the answer that they get is one of their own.
static bool is_meant(const struct observer *observer, const struct view *preflight)
{
    static const char *const names[] = { "access-control-allow-methods",
                                         "access-control-allow-headers", "access-control-max-age" };
    if (mentions(observer->endpoint, names, sizeof names / sizeof *names))
        return true;
    if (preflight->status == 401)
        return true;
    if (preflight->status == 405)
        return false; // what nginx makes of OPTIONS for a file
    struct views views;
    views_of(observer->model, observer->upstreams, observer->endpoint, observer->box, STR("GET"),
             &views);
    for (uint32_t i = 0; i < views.count; i++)
        if (views.items[i].response->span.file == preflight->response->span.file &&
            views.items[i].response->span.begin == preflight->response->span.begin)
            return false;
    return true;
}

static void observe_preflight(struct observer *observer)
{
    struct model *model = observer->model;
    struct fa_space *fa = model->fa;
    const struct fa *bad = plus_followers(observer, observer->readers[0]);
    if (fa_is_none(bad))
        return;
    const struct fa *asked = fa_subtract(fa, model->request_method->universe, fa_empty(fa));
    const struct box *preflights = box_with(model, observer->box, model->request_method, asked);
    struct views views;
    views_of(model, observer->upstreams, observer->endpoint, preflights, STR("OPTIONS"), &views);
    const struct fa *good = fa_none(fa);
    const struct view *worst = NULL;
    const struct fa *answered = fa_none(fa);
    for (uint32_t i = 0; i < views.count; i++) {
        const struct view *view = &views.items[i];
        if (view->open || view->response->answer == ANSWER_UPSTREAM ||
            !is_written(observer, view->response))
            return; // decided elsewhere
        good = fa_union(fa, good, admitted(model, view));
        answered = fa_union(fa, answered, box_language(view->box, model->origin));
        if (!worst && !fa_is_disjoint(fa, box_language(view->box, model->origin), bad) &&
            fa_is_none(admitted(model, view)))
            worst = view;
    }
    bad = fa_intersect(fa, fa_subtract(fa, bad, good), answered);
    if (!bad || fa_is_none(bad) || !worst)
        return;
    bool intended = is_meant(observer, worst);
    bool is_folder = worst->status == 405 && is_for_files(observer);
    if (!intended && !is_folder && !(worst->status >= 300 && worst->status < 400))
        return; // single files, and answers to everything, are rarely asked for in this way
    uint32_t at = 0;
    bool has_origin = view_find(model, worst, "access-control-allow-origin", &at) != NULL;
    bool redirects = worst->status >= 300 && worst->status < 400;
    bool fails = worst->status < 200 || worst->status > 299;
    const char *problem = redirects    ? "a preflight must not be redirected"
                          : fails      ? "a preflight must be answered with a status of success"
                          : has_origin ? "its Access-Control-Allow-Origin fits nobody"
                                       : "the answer to it has no Access-Control-Allow-Origin";
    struct part_of part = {
        .origins = origins_describe(observer->judge->space, bad, observer->judge->trusted, NULL),
        .trust = TRUST_NONE,
    };
    observe_add(model,
                (struct observation){ .kind = OBSERVED_PREFLIGHT_FAILS,
                                      .endpoint = observer->endpoint,
                                      .part = part,
                                      .intended = intended,
                                      .problem = str_from(problem),
                                      .status = worst->status,
                                      .span = worst->response->span },
                observer->out);
}

// Errors.

// Whether something that the configuration does not say, such as which files exist, decides.
static bool is_by_choice(const struct view *view)
{
    for (uint32_t i = 0; i < view->box->count; i++)
        if (view->box->items[i].var->kind == VAR_CHOICE)
            return true;
    return false;
}

static bool has_origin_line(struct model *model, const struct observer *observer,
                            const struct view *view, uint32_t status)
{
    struct view changed = *view;
    const struct upstream *upstream = upstreams_find(observer->upstreams, view->response->upstream);
    bool declared = upstream && !upstream->own;
    response_lines(model, view->response, status, declared ? upstream->headers : NULL,
                   declared ? upstream->header_count : 0, &changed.lines);
    uint32_t at = 0;
    return view_find(model, &changed, "access-control-allow-origin", &at) != NULL;
}

static void observe_errors(struct observer *observer)
{
    struct model *model = observer->model;
    struct views views;
    views_of(model, observer->upstreams, observer->endpoint, observer->endpoint->box, STR("GET"),
             &views);
    for (uint32_t i = 0; i < views.count; i++) {
        const struct view *view = &views.items[i];
        const struct response *response = view->response;
        uint32_t at = 0;
        const struct line *line = view_find(model, view, "access-control-allow-origin", &at);
        const struct fa *origins = box_language(view->box, model->origin);
        if (view->open || fa_is_disjoint(model->fa, origins, observer->readers[0]))
            continue;
        struct observation observation = { .kind = OBSERVED_ERRORS_WITHOUT_CORS,
                                           .endpoint = observer->endpoint,
                                           .header = STR("Access-Control-Allow-Origin") };
        // A server of files meets names of files that are not there; a rule for some files rarely.
        bool is_files = response->answer == ANSWER_FILE && is_written(observer, response) &&
                        is_for_files(observer);
        bool is_proxy =
            response->answer == ANSWER_UPSTREAM && !response->status &&
            box_language(view->box, model->upstream_status) == model->upstream_status->universe;
        if ((is_proxy || is_files) && line && !has_origin_line(model, observer, view, 404) &&
            !has_origin_line(model, observer, view, 500)) {
            observation.span = line->span;
            observe_add(model, observation, observer->out);
        } else if (response->answer == ANSWER_OWN && view->status >= 400 && !line &&
                   is_written(observer, response) && !is_by_choice(view)) {
            observation.status = view->status;
            observation.span = response->span;
            observe_add(model, observation, observer->out);
        }
    }
}

void observe(const struct judge *judge, const struct upstreams *upstreams,
             const struct endpoint *endpoint, bool alone, struct observations *out)
{
    struct model *model = judge->model;
    struct overlap overlap = { .new = endpoint, .box = endpoint->box };
    struct observer observer = { .judge = judge,
                                 .model = model,
                                 .upstreams = upstreams,
                                 .endpoint = endpoint,
                                 .alone = alone,
                                 .out = out };
    observer.box = overlap.box = situations_assume(model, &overlap, upstreams && upstreams->count);
    struct views views;
    static const char *const methods[] = { "GET", "OPTIONS" };
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
        views_of(model, upstreams, endpoint, observer.box, str_from(methods[i]), &views);
        for (uint32_t j = 0; j < views.count; j++) {
            observe_headers(model, judge->space, endpoint, &views.items[j], out);
            if (str_is(str_from(methods[i]), "OPTIONS"))
                observe_preflight_headers(model, endpoint, &views.items[j], out);
        }
    }
    static const char *const origin[] = { "access-control-allow-origin" };
    if (!mentions(endpoint, origin, 1) && !(upstreams && upstreams->count))
        return; // nobody can read anything
    situations_cut(model, &overlap, &observer.situations);
    find_readers(&observer);
    observe_access(&observer);
    observe_caches(judge, upstreams, endpoint, &observer.situations, out);
    observe_preflight(&observer);
    observe_errors(&observer);
}
