// Random routes against the definition, request by request; and cases.
#include "dialect/cases.h"
#include "dialect/routes.h"

#include "unit/check_main.h"

#include <stdio.h>

enum { ROUTES = 12, ROUNDS = 60 };

static const char *const hosts[] = { "a.b.test",   "c.b.test", "b.test",     "*.b.test",
                                     "*.test",     "*",        "*.a.b.test", "x.a.b.test",
                                     "*-x.b.test", "a.*",      "a.b.*" };
static const char *const asked_hosts[] = { "a.b.test", "c.b.test",     "b.test",
                                           "d.b.test", "y.test",       "other",
                                           "",         "a.c",          "x.a.b.test",
                                           "a.b.c",    "z.x.a.b.test", "q-x.b.test" };
static const char *const paths[] = { "/", "/v1", "/v1/", "/v1/users", "/v2", "/v" };
static const char *const asked_paths[] = { "/",    "/v1",  "/v1/", "/v1/users/7",
                                           "/v12", "/v2x", "/w",   "/v" };

// Whether a host is one that is written so, and how specific that is; 0: it is not.
static uint32_t fits(Str host, const char *written, enum wild_labels wild)
{
    Str text = str_from(written);
    if (str_is(text, "*"))
        return 1;
    if (str_ends(text, STR("*"))) {
        text.len--;
        return host.len > text.len && str_starts(host, text) ? 100 + (uint32_t)text.len : 0;
    }
    if (!str_eat(&text, STR("*")))
        return str_equal(host, text) ? 1000 : 0;
    if (host.len <= text.len || !str_ends(host, text))
        return 0;
    Str label = str_slice(host, 0, host.len - text.len);
    bool one = wild == WILD_ONE && str_starts(text, STR("."));
    return one && str_contains(label, STR(".")) ? 0 : 200 + (uint32_t)text.len;
}

struct spec {
    uint32_t hosts[2], host_count, path;
    bool only_get;
};

static uint32_t route_fits(const struct spec *spec, Str host, enum wild_labels wild)
{
    uint32_t best = spec->host_count == 0;
    for (uint32_t h = 0; h < spec->host_count; h++) {
        uint32_t one = fits(host, hosts[spec->hosts[h]], wild);
        best = one > best ? one : best;
    }
    return best;
}

static bool rest_fits(const struct spec *spec, Str path, bool get)
{
    return str_starts(path, str_from(paths[spec->path])) && (get || !spec->only_get);
}

// The definition of routes.h, read literally: UINT32_MAX for nobody.
static uint32_t expected(const struct spec *specs, uint32_t count, enum routes_choice choice,
                         enum wild_labels wild, Str host, Str path, bool get)
{
    if (choice == ROUTES_FIRST) {
        for (uint32_t r = 0; r < count; r++)
            if (route_fits(&specs[r], host, wild) && rest_fits(&specs[r], path, get))
                return r;
        return UINT32_MAX;
    }
    for (uint32_t level = 1001; level > 1;) {
        uint32_t next = 1; // the next less specific host that some route names
        for (uint32_t r = 0; r < count; r++)
            for (uint32_t h = 0; h < specs[r].host_count; h++) {
                uint32_t one = fits(host, hosts[specs[r].hosts[h]], wild);
                next = one < level && one > next ? one : next;
            }
        level = next;
        bool some = false;
        for (uint32_t r = 0; r < count; r++) {
            bool here = specs[r].host_count == 0 && level == 1;
            for (uint32_t h = 0; h < specs[r].host_count; h++)
                here |= fits(host, hosts[specs[r].hosts[h]], wild) == level;
            some |= here;
            if (here && rest_fits(&specs[r], path, get))
                return r;
        }
        if (some && choice == ROUTES_HOST_FIRST)
            return UINT32_MAX;
    }
    return UINT32_MAX;
}

static void check_round(enum routes_choice choice, enum wild_labels wild, uint32_t count)
{
    struct arena *arena = arena_new();
    struct run *run = run_new(arena, &limits_default);
    struct model *model = model_new(run);
    struct spec specs[ROUTES];
    struct route routes[ROUTES];
    Str names[ROUTES][2];
    for (uint32_t r = 0; r < count; r++) {
        struct spec *spec = &specs[r];
        *spec = (struct spec){ .host_count = (uint32_t)rand() % 3,
                               .path = (uint32_t)rand() % (sizeof paths / sizeof *paths),
                               .only_get = rand() % 4 == 0 };
        for (uint32_t h = 0; h < spec->host_count; h++) {
            // the last three are for ROUTES_HOST_FIRST
            spec->hosts[h] = (uint32_t)rand() % (choice == ROUTES_HOST_FIRST ? 11 : 8);
            names[r][h] = str_from(hosts[spec->hosts[h]]);
        }
        const struct fa *below = fa_concat(
            model->fa, fa_literal(model->fa, str_from(paths[spec->path])), fa_all(model->fa));
        const struct box *rest = box_with(model, box_all(model), model->path, below);
        if (spec->only_get)
            rest = box_with(model, rest, model->method, fa_literal(model->fa, STR("GET")));
        routes[r] = (struct route){ names[r], spec->host_count, rest, spec };
    }
    struct routed_list parts = { 0 };
    struct boxes unserved = { 0 };
    ck_assert(routes_resolve(model, routes, count, choice, wild, (Span){ 0 }, &parts));
    routes_unserved(model, &parts, &unserved);
    for (size_t h = 0; h < sizeof asked_hosts / sizeof *asked_hosts; h++)
        for (size_t p = 0; p < sizeof asked_paths / sizeof *asked_paths; p++)
            for (int get = 0; get < 2; get++) {
                struct request request = { .method = get ? STR("GET") : STR("PUT"),
                                           .scheme = STR("https"),
                                           .host = str_from(asked_hosts[h]),
                                           .path = str_from(asked_paths[p]) };
                uint32_t want =
                    expected(specs, count, choice, wild, request.host, request.path, get != 0);
                uint32_t found = 0, nobody = 0;
                const struct var *open = NULL;
                for (uint32_t i = 0; i < parts.count; i++)
                    if (request_in_box(arena, &request, parts.items[i].box, &open)) {
                        ck_assert_ptr_eq(parts.items[i].route, &routes[want]);
                        found++;
                    }
                for (uint32_t i = 0; i < unserved.count; i++)
                    nobody += request_in_box(arena, &request, unserved.items[i], &open);
                ck_assert_uint_eq(found, want != UINT32_MAX);
                ck_assert_uint_eq(nobody, want == UINT32_MAX);
            }
    arena_free(arena);
}

START_TEST(test_routes_against_the_definition)
{
    srand(7);
    for (uint32_t i = 0; i < ROUNDS; i++)
        for (int choice = 0; choice < 3; choice++)
            check_round((enum routes_choice)choice, i % 2 ? WILD_ONE : WILD_ANY,
                        1 + (uint32_t)rand() % ROUTES);
}
END_TEST

// Ten thousand hosts are ten thousand parts, and one that catches the rest.
START_TEST(test_many_hosts)
{
    enum { MANY = 10000 };
    struct arena *arena = arena_new();
    struct model *model = model_new(run_new(arena, &limits_default));
    static Str names[MANY];
    static struct route routes[MANY + 1];
    for (uint32_t i = 0; i < MANY; i++) {
        names[i] = str_format(arena, "t%u.example", i);
        routes[i] = (struct route){ &names[i], 1, box_all(model), NULL };
    }
    routes[MANY] = (struct route){ .rest = box_all(model) };
    struct routed_list parts = { 0 };
    struct boxes unserved = { 0 };
    ck_assert(
        routes_resolve(model, routes, MANY + 1, ROUTES_HOST_FIRST, WILD_ANY, (Span){ 0 }, &parts));
    ck_assert_uint_eq(parts.count, MANY + 1);
    routes_unserved(model, &parts, &unserved);
    ck_assert_uint_eq(unserved.count, 0);
    arena_free(arena);
}
END_TEST

// Ten thousand paths at no host, then "/": what the others do not take.
START_TEST(test_many_paths)
{
    enum { MANY = 10000 };
    struct arena *arena = arena_new();
    struct model *model = model_new(run_new(arena, &limits_default));
    static struct route routes[MANY + 1];
    for (uint32_t i = 0; i < MANY; i++)
        routes[i].rest = box_with(model, box_all(model), model->path,
                                  fa_literal(model->fa, str_format(arena, "/p%u", i)));
    routes[MANY].rest = box_all(model);
    struct routed_list parts = { 0 };
    ck_assert(routes_resolve(model, routes, MANY + 1, ROUTES_FIRST, WILD_ANY, (Span){ 0 }, &parts));
    ck_assert_uint_eq(parts.count, MANY + 1);
    const struct fa *rest = box_language(parts.items[MANY].box, model->path);
    ck_assert(fa_accepts(rest, STR("/p")) && !fa_accepts(rest, STR("/p77")));
    arena_free(arena);
}
END_TEST

// Cells are disjoint and cover the endpoint; operations keep their order.
START_TEST(test_cases)
{
    struct arena *arena = arena_new();
    struct model *model = model_new(run_new(arena, &limits_default));
    struct policy *policy = ARENA_NEW(arena, struct policy);
    policy->model = model;
    struct cases cases = cases_new(model, policy);
    struct branch all = cases_begin(&cases, box_all(model)), preflight, actual, listed, other;
    Span span = { 1, 2, 3 };
    branch_set_text(&cases, &all, "Vary", STR("Origin"), span);
    branch_split_preflight(&cases, all, &preflight, &actual);
    branch_split(&cases, preflight, model->origin, fa_literal(model->fa, STR("https://a.test")),
                 span, &listed, &other);
    branch_set(&cases, &listed, "Access-Control-Allow-Origin", value_var(model, model->origin),
               span);
    branch_answer(&cases, listed, 204, span);
    branch_answer(&cases, other, 403, span);
    branch_forward(&cases, actual, STR("http://app"), span);
    cases_finish(&cases, (struct endpoint){ .layer = "test", .box = box_all(model), .span = span });
    ck_assert_uint_eq(policy->endpoint_count, 1);
    const struct endpoint *endpoint = policy->endpoints[0];
    static const struct header preflights[] = { { { "Origin", 6 }, { "https://a.test", 14 } },
                                                { { "Access-Control-Request-Method", 29 },
                                                  { "PUT", 3 } } };
    static const struct {
        const char *method;
        uint32_t headers, status, lines;
    } rows[] = {
        { "OPTIONS", 2, 204, 2 }, { "OPTIONS", 1, 0, 1 }, { "OPTIONS", 0, 0, 1 }, { "GET", 2, 0, 1 }
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct request request = { .method = str_from(rows[i].method),
                                   .scheme = STR("https"),
                                   .path = STR("/"),
                                   .headers = preflights,
                                   .header_count = rows[i].headers };
        uint32_t found = 0;
        for (uint32_t c = 0; c < endpoint->cell_count; c++) {
            const struct var *open = NULL;
            if (!request_in_box(arena, &request, endpoint->cells[c].box, &open))
                continue;
            found++;
            ck_assert_uint_eq(endpoint->cells[c].response->status, rows[i].status);
            ck_assert_uint_eq(endpoint->cells[c].response->op_count, rows[i].lines);
            ck_assert(str_is(endpoint->cells[c].response->ops[0].name, "Vary"));
        }
        ck_assert_uint_eq(found, 1);
    }
    arena_free(arena);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = { test_routes_against_the_definition, test_many_hosts,
                                   test_many_paths, test_cases };
    return check_main(check_suite("routes", tests, sizeof tests / sizeof *tests));
}
