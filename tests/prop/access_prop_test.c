#include "base/vec.h"
#include "browser/access.h"
#include "browser/cors.h"
#include "prop/prop.h"
#include "unit/check_main.h"

#include <string.h>

// The lifted checks, which say for sets of origins who may do what, held against the checks on
// concrete answers, one origin at a time.

enum { CELLS = 8, OPS = 9, GOOD = 4 };

static const char *const origins[] = {
    "https://a.com", "http://a.com",     "https://b.a.com",       "https://a.com:8443",
    "null",          "https://evil.com", "capacitor://localhost",
};
enum { ORIGINS = sizeof origins / sizeof *origins };

static const char *const methods[] = { "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "X-Y" };
enum { METHODS = sizeof methods / sizeof *methods };

static const struct value *value_new(struct model *model, struct prop_random *random,
                                     const char *const *texts, uint32_t count)
{
    Str text = str_from(texts[prop_below(random, count)]);
    const struct value *out = value_text(model, STR(""));
    Str head, tail;
    while (str_cut(text, STR("$"), &head, &tail)) {
        out = value_concat(model, out, value_text(model, head));
        const struct var *var = str_eat(&tail, STR("o"))   ? model->origin
                                : str_eat(&tail, STR("m")) ? model->request_method
                                                           : model->request_headers;
        if (var == model->request_headers)
            (void)str_eat(&tail, STR("h"));
        out = value_concat(model, out, value_var(model, var));
        text = tail;
    }
    return value_concat(model, out, value_text(model, text));
}

static void fill_ops(struct model *model, struct prop_random *random, struct response *response)
{
    static const char *const allow[] = {
        "*", "*",          "$o",    "$o",    "https://a.com",    "null",
        "",  "https://$o", " $o\t", "*, $o", "https://evil.com", "$o ",
        "x",
    };
    static const char *const credentials[] = { "true", "true", "True", "", " true", "false" };
    static const char *const lists[] = {
        "PUT, x-a", "*",   "$m",      "$h",      "PUT,DELETE, x-a,x-b",
        "",         "a b", "put,X-A", "x-a, $h", ",,",
        "$m,$h",    "X-Y", "\tPUT ,", "\"PUT\"",
    };
    static const char *const names[] = {
        "Access-Control-Allow-Origin",   "access-control-allow-credentials",
        "Access-Control-Allow-Methods",  "Access-Control-Allow-Headers",
        "Access-Control-Expose-Headers", "Vary",
    };
    struct header_op *ops = ARENA_ARRAY(model->arena, struct header_op, OPS);
    // Half of the answers are mostly right, so that what comes later counts.
    static const char *const good[] = { "$o", "true", "PUT, X-Y, OPTIONS", "x-a" };
    uint32_t begin = prop_below(random, 2) ? GOOD : 0;
    for (uint32_t i = 0; i < begin; i++)
        ops[i] = (struct header_op){ .name = str_from(names[i]),
                                     .value = value_new(model, random, &good[i], 1) };
    uint32_t count = begin + !begin + prop_below(random, OPS - GOOD);
    for (uint32_t i = begin; i < count; i++) {
        uint32_t name = i == 0 ? 0 : prop_below(random, sizeof names / sizeof *names);
        static const enum header_verb verbs[] = { HEADER_APPEND, HEADER_APPEND, HEADER_APPEND,
                                                  HEADER_SET,    HEADER_CLEAR,  HEADER_DEFAULT };
        ops[i] = (struct header_op){ .verb = verbs[prop_below(random, 6)],
                                     .name = str_from(names[name]),
                                     .keep_empty = prop_below(random, 8) == 0 };
        if (name == 0)
            ops[i].value = value_new(model, random, allow, sizeof allow / sizeof *allow);
        else if (name == 1)
            ops[i].value =
                value_new(model, random, credentials, sizeof credentials / sizeof *credentials);
        else
            ops[i].value = value_new(model, random, lists, sizeof lists / sizeof *lists);
    }
    response->ops = ops;
    response->op_count = count;
}

// Splits all requests at random, by method and origin, and lets each part answer something.
static struct endpoint *endpoint_new(struct model *model, struct prop_random *random, uint32_t size)
{
    static const uint32_t statuses[] = { 200, 200, 204, 403, 302, 500 };
    static const char *const cuts[] = { "https://.*", "https?://([a-z]+\\.)?a\\.com", "null",
                                        "https://a\\.com(:[0-9]+)?" };
    struct endpoint *endpoint = ARENA_NEW(model->arena, struct endpoint);
    struct boxes parts = { 0 };
    *vec_push(model->arena, &parts) = box_all(model);
    for (uint32_t i = prop_below(random, size < 4 ? size : 4); i > 0 && parts.count < CELLS; i--) {
        uint32_t at = prop_below(random, parts.count);
        const struct box *box = parts.items[at];
        bool by_method = prop_below(random, 2);
        const struct var *var = by_method ? model->method : model->origin;
        const struct fa *yes =
            by_method ? fa_literal(model->fa, str_from(methods[prop_below(random, METHODS)]))
                      : model_pattern(model, str_from(cuts[prop_below(random, 4)]), REGEX_PCRE2,
                                      REGEX_FULL)
                            ->result.language;
        const struct box *one = box_with(model, box, var, yes);
        const struct box *other = box_with(model, box, var, fa_complement(model->fa, yes));
        if (!one || !other)
            continue;
        parts.items[at] = one;
        *vec_push(model->arena, &parts) = other;
    }
    struct cell *cells = ARENA_ARRAY(model->arena, struct cell, parts.count);
    for (uint32_t i = 0; i < parts.count; i++) {
        struct response *response = ARENA_NEW(model->arena, struct response);
        *response =
            (struct response){ .answer = prop_below(random, 4) ? ANSWER_OWN : ANSWER_UPSTREAM,
                               .status = statuses[prop_below(random, 6)] };
        if (response->answer == ANSWER_UPSTREAM)
            response->status = 0;
        if (response->status == 302)
            response->location = value_text(model, STR("/x"));
        fill_ops(model, random, response);
        cells[i] = (struct cell){ parts.items[i], response };
    }
    *endpoint =
        (struct endpoint){ .box = box_all(model), .cells = cells, .cell_count = parts.count };
    return endpoint;
}

// What the endpoint answers to one request.
static struct cors_response answer(struct model *model, const struct endpoint *endpoint,
                                   const struct request *request)
{
    for (uint32_t i = 0; i < endpoint->cell_count; i++) {
        const struct var *open = NULL;
        const struct response *response = endpoint->cells[i].response;
        if (!request_in_box(model->arena, request, endpoint->cells[i].box, &open))
            continue;
        struct lines lines;
        struct cors_headers headers = { 0 };
        uint32_t status = response->status ? response->status : 200;
        response_lines(model, response, status, NULL, 0, &lines);
        for (uint32_t k = 0; k < lines.count; k++) {
            Str text, reason;
            ck_assert(value_of(model, lines.items[k].value, request, &text, &reason));
            if (text.len || lines.items[k].keep_empty)
                *vec_push(model->arena, &headers) = (struct header){ lines.items[k].name, text };
        }
        if (response->location)
            *vec_push(model->arena, &headers) = (struct header){ STR("Location"), STR("/x") };
        return (struct cors_response){ status, headers.items, headers.count };
    }
    return (struct cors_response){ 0 };
}

// The same question for one origin, with one method.
static bool concrete_with(struct model *model, const struct endpoint *endpoint, Str origin,
                          struct capability capability, Str method)
{
    struct header author = { capability.name, STR("1") };
    struct cors_request page = { .page = origin,
                                 .url = STR("https://api.test/"),
                                 .method = method,
                                 .credentials = capability.credentials };
    if (capability.kind == CAPABILITY_HEADER) {
        page.headers = &author;
        page.header_count = 1;
    }
    struct cors_headers asked;
    cors_preflight_headers(model->arena, &page, &asked);
    struct request before = { .method = STR("OPTIONS"),
                              .scheme = STR("https"),
                              .host = STR("api.test"),
                              .port = 443,
                              .target = STR("/"),
                              .path = STR("/"),
                              .headers = asked.items,
                              .header_count = asked.count };
    struct header sent[] = { { STR("Origin"), origin }, author };
    struct request actual = before;
    actual.method = page.method;
    actual.headers = sent;
    actual.header_count = 1 + (capability.kind == CAPABILITY_HEADER);
    struct cors_response preflight = answer(model, endpoint, &before);
    struct cors_response response = answer(model, endpoint, &actual);
    if (response.status == 302) // the browser goes on to somewhere else
        return false;
    return cors_judge(model->arena, &page, &preflight, &response).allowed &&
           (capability.kind != CAPABILITY_EXPOSE ||
            cors_exposed(model->arena, &page, &response, capability.name));
}

// A header can be sent if it can be with some method.
static bool concrete(struct model *model, const struct endpoint *endpoint, Str origin,
                     struct capability capability)
{
    static const char *const tried[] = { "GET", "POST", "PUT", "PATCH", "DELETE" };
    bool is_method = capability.kind == CAPABILITY_METHOD, has = false;
    size_t count = capability.kind == CAPABILITY_HEADER ? sizeof tried / sizeof *tried : 1;
    for (size_t i = 0; i < count && !has; i++)
        has = concrete_with(model, endpoint, origin, capability,
                            is_method ? capability.name : str_from(tried[i]));
    return has;
}

static int lifted_is_concrete(struct prop_random *random, uint32_t size)
{
    static const struct {
        enum capability_kind kind;
        const char *name;
    } capabilities[] = {
        { CAPABILITY_READ, "" },       { CAPABILITY_METHOD, "HEAD" },
        { CAPABILITY_METHOD, "POST" }, { CAPABILITY_METHOD, "PUT" },
        { CAPABILITY_METHOD, "X-Y" },  { CAPABILITY_METHOD, "OPTIONS" },
        { CAPABILITY_HEADER, "x-a" },  { CAPABILITY_EXPOSE, "x-a" },
    };
    struct arena *arena = arena_new();
    struct model *model = model_new(run_new(arena, &limits_default));
    struct origin_space *space = origin_space_new(model);
    const struct endpoint *endpoint = endpoint_new(model, random, size);
    int good = 1;
    for (size_t i = 0; i < 2 * sizeof capabilities / sizeof *capabilities; i++) {
        struct capability capability = { capabilities[i / 2].kind,
                                         str_from(capabilities[i / 2].name), i % 2 };
        struct access access = access_of(space, NULL, endpoint, box_all(model), capability);
        if (!fa_is_subset(model->fa, access.must, access.may))
            good = 0;
        for (size_t k = 0; k < ORIGINS; k++) {
            Str origin = str_from(origins[k]);
            bool has = concrete(model, endpoint, origin, capability);
            bool must = fa_accepts(access.must, origin), may = fa_accepts(access.may, origin);
            if (must != has || may != has) { // nothing here is unknown
                Str text = capability_text(arena, capability);
                printf("%s %.*s %d: %d, must %d may %d\n", origins[k], STR_ARG(text),
                       capability.credentials, has, must, may);
                good = 0;
            }
        }
    }
    arena_free(arena);
    return good;
}

START_TEST(lifted)
{
    ck_assert_uint_eq(prop_run("lifted", lifted_is_concrete, 600, 20), 0);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = { lifted };
    return check_main(check_suite("access_prop", tests, 1));
}
