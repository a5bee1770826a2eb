#include "cli/expect.h"

#include "browser/access.h"
#include "browser/names.h"
#include "cli/configured.h"
#include "diff/situations.h"

// One case of an expectation, decided by the procedures that a browser runs; sets of pages and URLs
// by the languages of those who certainly and possibly have access, of which a member is then
// tried.

struct outcome {
    enum expectation_state state;
    Str page, url, why;
    const char *error;
    Span decided;
};

struct expecting {
    struct workspace *workspace;
    const struct version *version;
    const struct expectation *expectation;
    struct policy *policy; // of the version, as far as it can answer
};

// Whether something listens where a URL leads that names no port.
static bool is_listened_to(const struct expecting *expecting, const struct fa *port)
{
    const struct policy *policy = expecting->policy;
    for (uint32_t i = 0; i < policy->endpoint_count; i++)
        if (!fa_is_disjoint(
                expecting->workspace->model->fa,
                box_language(policy->endpoints[i]->box, expecting->workspace->model->port), port))
            return true;
    return false;
}

static const struct fa *own_port(const struct expecting *expecting)
{
    const struct urls *urls = &expecting->expectation->urls;
    return fa_literal(expecting->workspace->model->fa,
                      str_is(urls->scheme, "https") ? STR("443") : STR("80"));
}

// Whether an endpoint serves one of the hosts because it names it, and not as the server for all
// that nobody names.
static bool names_host(struct model *model, const struct endpoint *endpoint,
                       const struct urls *urls)
{
    const struct fa *asked = box_language(urls->places, model->host);
    for (uint32_t i = 0; i < endpoint->host_count; i++) {
        const struct fa *one = urls_hosts(model, str_lower(model->arena, endpoint->hosts[i]));
        if (one && one != fa_all(model->fa) && !fa_is_disjoint(model->fa, one, asked))
            return true;
    }
    return false;
}

// What answers: where something in front passes requests on, because nothing listens at the port of
// the URL, that is whatever names the host, if anything does.
static struct policy *policy_for(const struct expecting *expecting)
{
    struct model *model = expecting->workspace->model;
    const struct urls *urls = &expecting->expectation->urls;
    struct policy *whole = expecting->policy;
    if (urls->port || is_listened_to(expecting, own_port(expecting)))
        return whole;
    struct policy *out = ARENA_NEW(model->arena, struct policy);
    *out = *whole;
    out->endpoints = ARENA_ARRAY(model->arena, const struct endpoint *, whole->endpoint_count + 1);
    out->endpoint_count = 0;
    for (uint32_t i = 0; i < whole->endpoint_count; i++)
        if (names_host(model, whole->endpoints[i], urls))
            out->endpoints[out->endpoint_count++] = whole->endpoints[i];
    return out->endpoint_count ? out : whole;
}

// A value for a header that pages set: one that needs a preflight, as JSON does.
static Str value_for(Str name)
{
    return str_is_nocase(name, "content-type") ? STR("application/json") : STR("1");
}

static const struct header *make_headers(struct arena *arena, const struct expectation *expectation)
{
    struct header *out = ARENA_ARRAY(arena, struct header, expectation->header_count + 1);
    for (uint32_t i = 0; i < expectation->header_count; i++)
        out[i] = (struct header){ expectation->headers[i], value_for(expectation->headers[i]) };
    return out;
}

static struct outcome try_one(const struct expecting *expecting, Str page, Str url)
{
    const struct expectation *expectation = expecting->expectation;
    struct arena *arena = expecting->workspace->command->run->arena;
    struct page request = { .request = {
                                .page = page,
                                .url = url,
                                .method = expectation->method,
                                .headers = make_headers(arena, expectation),
                                .header_count = expectation->header_count,
                                .mode = CORS_MODE_CORS,
                                .redirect = CORS_REDIRECT_FOLLOW,
                                .credentials = expectation->credentials == EXPECT_INCLUDE,
                            } };
    struct configured configured = { .policy = expecting->policy,
                                     .upstreams = &expecting->version->config.upstreams,
                                     .page = &request };
    struct fetch_server server = configured_server(&configured);
    struct fetch fetch = { 0 };
    fetch_run(arena, &request.request, &server, &fetch);
    struct outcome out = { .page = page, .url = url, .error = "", .decided = fetch.span };
    if (fetch.verdict == FETCH_UNKNOWN) {
        out.state = EXPECTATION_UNKNOWN;
        out.why = fetch.reason;
        return out;
    }
    bool allowed = fetch.verdict == FETCH_ALLOWED;
    out.state = allowed == expectation->allowed ? EXPECTATION_MET : EXPECTATION_FAILED;
    if (out.state == EXPECTATION_MET)
        return out;
    out.error = cors_error_name(fetch.result);
    out.why = allowed ? STR("the page can read the answer")
                      : cors_explain(arena, &fetch.request, fetch.result);
    return out;
}

// Sets.

// The URLs as the configuration sees them: at the scheme's own port where none is written, unless
// nothing listens there.
static const struct box *places_of(const struct expecting *expecting)
{
    struct model *model = expecting->workspace->model;
    const struct urls *urls = &expecting->expectation->urls;
    if (urls->port || !is_listened_to(expecting, own_port(expecting)))
        return urls->places;
    return box_with(model, urls->places, model->port, own_port(expecting));
}

// Who has all that the request asks for: both sets are intersections over its capabilities.
static struct access access_to(const struct expecting *expecting, const struct endpoint *endpoint,
                               const struct box *situation)
{
    const struct expectation *expectation = expecting->expectation;
    struct origin_space *space = expecting->workspace->space;
    struct model *model = expecting->workspace->model;
    const struct upstreams *upstreams = &expecting->version->config.upstreams;
    bool credentials = expectation->credentials == EXPECT_INCLUDE;
    struct access out =
        access_of(space, upstreams, endpoint, situation,
                  (struct capability){ CAPABILITY_METHOD, expectation->method, credentials });
    for (uint32_t i = 0; i < expectation->header_count; i++) {
        Str name = str_lower(model->arena, expectation->headers[i]);
        if (names_safelisted_header(name, value_for(name)) || names_forbidden_header(name))
            continue;
        struct access more = access_of(space, upstreams, endpoint, situation,
                                       (struct capability){ CAPABILITY_HEADER, name, credentials });
        const struct fa *may = fa_intersect(model->fa, out.may, more.may);
        if (!fa_is_subset(model->fa, out.may, more.may))
            out.span = more.span;
        out.must = fa_intersect(model->fa, out.must, more.must);
        out.may = may ? may : out.may;
    }
    out.must = out.must ? out.must : fa_none(model->fa);
    return out;
}

// An URL of the expectation that the situation serves.
static Str example_url(const struct expecting *expecting, const struct box *situation)
{
    struct model *model = expecting->workspace->model;
    const struct urls *urls = &expecting->expectation->urls;
    Str host = { NULL, 0 }, path = STR("/");
    if (urls->is_one)
        return str_slice(urls->text, 0, urls->text.len);
    if (!fa_shortest(model->arena, box_language(situation, model->host), NULL, &host) || !host.len)
        host = STR("localhost");
    (void)fa_shortest(model->arena, box_language(situation, model->path), NULL, &path);
    if (!urls->port)
        return str_format(model->arena, "%.*s://%.*s%.*s", STR_ARG(urls->scheme), STR_ARG(host),
                          STR_ARG(path));
    return str_format(model->arena, "%.*s://%.*s:%u%.*s", STR_ARG(urls->scheme), STR_ARG(host),
                      (unsigned)urls->port, STR_ARG(path));
}

// What names look like that people give to hosts. Browsers send odder ones, and whoever attacks
// may; but nobody has a page there that must keep working.
static const struct fa *ordinary_pages(struct model *model)
{
    static const char pattern[] = "^(null|[a-z][a-z0-9+.-]*://([a-z0-9]([a-z0-9-]*[a-z0-9])?\\.)*"
                                  "[a-z0-9]([a-z0-9-]*[a-z0-9])?(:[0-9]+)?)$";
    const struct regex_result *result =
        &model_pattern(model, str_from(pattern), REGEX_PCRE2, 0)->result;
    return result->status == REGEX_OK ? result->language : fa_all(model->fa);
}

// The pages that are asked about: those of the URL's own origin need nobody's permission.
static const struct fa *pages_for(const struct expecting *expecting, Str url)
{
    struct model *model = expecting->workspace->model;
    const struct expectation *expectation = expecting->expectation;
    const struct fa *pages = expectation->pages;
    struct request request = { 0 };
    if (expectation->allowed && !expectation->is_one_page)
        pages = fa_intersect(model->fa, pages, ordinary_pages(model));
    if (!request_set_url(model->arena, &request, url))
        return pages;
    Str own = str_format(model->arena, "%.*s://%.*s", STR_ARG(request.scheme),
                         STR_ARG(request.authority));
    const struct fa *rest = fa_subtract(model->fa, pages, fa_literal(model->fa, own));
    return rest ? rest : pages;
}

static Str member_of(const struct expecting *expecting, const struct fa *set)
{
    return origins_describe(expecting->workspace->space, set, NULL, NULL).witness;
}

// What is wrong for some page of a set: as certain as the set is, explained by one of its members.
static struct outcome wrong_for(const struct expecting *expecting, const struct fa *set, Str url,
                                bool certain, const struct access *access)
{
    struct outcome out = try_one(expecting, member_of(expecting, set), url);
    out.decided = out.decided.file ? out.decided : access->span;
    if (certain && out.state == EXPECTATION_FAILED)
        return out;
    if (out.state != EXPECTATION_UNKNOWN)
        out.why = access->why ? access->why->reason : STR("a limit was reached");
    out.state = EXPECTATION_UNKNOWN;
    return out;
}

static struct outcome judge_situation(const struct expecting *expecting,
                                      const struct endpoint *endpoint, const struct box *situation)
{
    struct fa_space *fa = expecting->workspace->model->fa;
    Str url = example_url(expecting, situation);
    const struct fa *pages = pages_for(expecting, url), *certain, *possible;
    struct access access = access_to(expecting, endpoint, situation);
    if (expecting->expectation->allowed) {
        certain = fa_subtract(fa, pages, access.may);
        possible = fa_subtract(fa, pages, access.must);
    } else {
        certain = fa_intersect(fa, pages, access.must);
        possible = fa_intersect(fa, pages, access.may);
    }
    if (certain && !fa_is_none(certain))
        return wrong_for(expecting, certain, url, true, &access);
    if (!possible || !fa_is_none(possible))
        return wrong_for(expecting, possible ? possible : pages, url, false, &access);
    // What nobody can say of one of them nobody can say of all.
    struct outcome sample = try_one(expecting, member_of(expecting, pages), url);
    if (sample.state == EXPECTATION_FAILED)
        sample.state = EXPECTATION_UNKNOWN;
    return sample;
}

static struct outcome try_set(const struct expecting *expecting)
{
    struct model *model = expecting->workspace->model;
    const struct policy *policy = expecting->policy;
    const struct box *places = places_of(expecting);
    struct outcome out = { .state = EXPECTATION_UNKNOWN,
                           .error = "",
                           .why = STR("no endpoint of the configuration serves such a request") };
    bool served = false;
    for (uint32_t i = 0; i < policy->endpoint_count; i++) {
        const struct endpoint *endpoint = policy->endpoints[i];
        struct overlap overlap = { .new = endpoint, .box = box_meet(model, endpoint->box, places) };
        struct boxes situations = { 0 };
        if (!overlap.box)
            continue;
        overlap.box =
            situations_assume(model, &overlap, expecting->version->config.upstreams.count > 0);
        if (overlap.box)
            situations_cut(model, &overlap, &situations);
        for (uint32_t j = 0; j < situations.count; j++) {
            struct outcome one = judge_situation(expecting, endpoint, situations.items[j]);
            if (one.state == EXPECTATION_FAILED)
                return one;
            if (!served || one.state == EXPECTATION_UNKNOWN)
                out = one;
            served = true;
        }
    }
    return out;
}

static struct outcome try_expectation(struct workspace *workspace, const struct version *version,
                                      const struct expectation *expectation)
{
    struct expecting expecting = { workspace, version, expectation, version->result.policy };
    expecting.policy = policy_for(&expecting);
    if (expectation->is_one_page && expectation->urls.is_one)
        return try_one(&expecting, expectation->page, expectation->urls.text);
    return try_set(&expecting);
}

static bool has_expectation(const struct config *config, const struct expectation *expectation)
{
    for (uint32_t i = 0; i < config->expectations.count; i++)
        if (config->expectations.items[i].identity == expectation->identity)
            return true;
    return false;
}

static void add_result(struct workspace *workspace, const struct version *old,
                       const struct version *new, const struct expectation *expectation,
                       struct expectation_results *out)
{
    struct outcome outcome = try_expectation(workspace, new, expectation);
    struct expectation_result *result = vec_push(workspace->command->run->arena, out);
    *result = (struct expectation_result){
        .expectation = expectation,
        .state = outcome.state,
        .has_old = old && has_expectation(&old->config, expectation),
        .compared = old != NULL,
        .page = outcome.page,
        .url = outcome.url,
        .why = outcome.why,
        .error = outcome.error,
        .decided = outcome.decided,
    };
    if (old)
        result->old_state = try_expectation(workspace, old, expectation).state;
}

void expect_all(struct workspace *workspace, const struct version *old, const struct version *new,
                struct expectation_results *out)
{
    for (uint32_t i = 0; i < new->config.expectations.count; i++)
        add_result(workspace, old, new, &new->config.expectations.items[i], out);
    for (uint32_t i = 0; old && i < old->config.expectations.count; i++)
        if (!has_expectation(&new->config, &old->config.expectations.items[i]))
            add_result(workspace, old, new, &old->config.expectations.items[i], out);
}
