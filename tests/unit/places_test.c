// Endpoints of one URL that were chosen by method, as one.
#include "policy/places.h"

#include "unit/check_main.h"
#include "unit/world.h"

static const char *const star[] = { "Access-Control-Allow-Origin", "*", NULL };

// An endpoint for one method of the URLs of a box.
static struct endpoint *add(struct world *world, struct policy *policy, const char *host,
                            const struct fa *paths, const char *method, const char *value)
{
    struct model *model = world->model;
    const char *list[] = { "Access-Control-Allow-Origin", value, NULL };
    struct endpoint *endpoint = world_endpoint(world, policy, host, "/");
    const struct fa *methods = fa_literal(model->fa, str_from(method));
    endpoint->box = box_with(model, endpoint->box, model->path, paths);
    endpoint->box = box_with(model, endpoint->box, model->method, methods);
    world_cell(world, endpoint, endpoint->box, world_answer(world, ANSWER_OWN, 200, list));
    return endpoint;
}

START_TEST(test_methods_of_one_url)
{
    struct world world = world_new();
    struct policy *policy = world_policy(&world);
    const struct fa *all = fa_all(world.model->fa);
    world_simple(&world, policy, "other.test", "/", star);
    add(&world, policy, "api.test", all, "GET", "*");
    add(&world, policy, "api.test", all, "OPTIONS", "*");
    ck_assert(places_merge(policy, 0));
    ck_assert_uint_eq(policy->endpoint_count, 2);
    ck_assert_uint_eq(policy->endpoints[1]->cell_count, 3); // 404 for the rest
    arena_free(world.arena);
}
END_TEST

START_TEST(test_many_hosts_are_no_overlap)
{
    enum { HOSTS = 6000 };
    struct world world = world_new();
    struct policy *policy = world_policy(&world);
    for (uint32_t i = 0; i < HOSTS; i++) {
        const char *host = str_format(world.arena, "h%u.test%c", i, '\0').ptr;
        add(&world, policy, host, fa_all(world.model->fa), "GET", "*");
        add(&world, policy, host, fa_all(world.model->fa), "OPTIONS", "*");
    }
    ck_assert(places_merge(policy, 0));
    ck_assert_uint_eq(policy->endpoint_count, HOSTS);
    ck_assert_uint_eq(world.run->diags.count, 0);
    arena_free(world.arena);
}
END_TEST

// Paths whose n-th letter is an "a", or not: the overlaps double with every endpoint.
START_TEST(test_too_many_overlaps_are_an_error)
{
    enum { LETTERS = 16 };
    struct world world = world_new();
    struct policy *policy = world_policy(&world);
    struct fa_space *fa = world.model->fa;
    const struct fa *before = fa_literal(fa, STR("/"));
    const struct fa *letter = fa_union(fa, fa_literal(fa, STR("a")), fa_literal(fa, STR("b")));
    for (uint32_t i = 0; i < LETTERS; i++) {
        const struct fa *after = fa_repeat(fa, letter, LETTERS - 1 - i, LETTERS - 1 - i);
        const struct fa *here = fa_concat(fa, before, fa_literal(fa, STR("a")));
        add(&world, policy, "api.test", fa_concat(fa, here, after), "GET", "*");
        before = fa_concat(fa, before, letter);
    }
    ck_assert(!places_merge(policy, 0));
    ck_assert_uint_ge(world.run->diags.count, 1);
    ck_assert_str_eq(world.run->diags.items[0].kind->id, "CG903");
    ck_assert_int_eq(world.run->diags.items[0].kind->level, LEVEL_ERROR);
    arena_free(world.arena);
}
END_TEST

// More cases than an endpoint may have: it is unknown, and what it depends on is all of them.
START_TEST(test_too_many_cases_are_unknown)
{
    static const char *const methods[] = { "GET", "HEAD", "PUT", "POST", "PATCH", "DELETE" };
    struct limits limits = limits_default;
    limits.cells = 3;
    uint64_t identity[2];
    for (int changed = 0; changed < 2; changed++) {
        struct world world = world_new();
        struct policy *policy = world_policy(&world);
        world.run->limits = &limits;
        for (uint32_t i = 0; i < 6; i++) {
            const char *value = str_format(world.arena, "https://%c.test%c",
                                           i == 5 && changed ? 'z' : 'a' + (int)i, '\0')
                                    .ptr;
            add(&world, policy, "api.test", fa_all(world.model->fa), methods[i], value);
        }
        ck_assert(places_merge(policy, 0));
        ck_assert_uint_eq(policy->endpoint_count, 1);
        ck_assert_uint_eq(policy->unknown_count, 1);
        ck_assert_int_eq(policy->endpoints[0]->cells[0].response->answer, ANSWER_UNKNOWN);
        identity[changed] = policy->endpoints[0]->cells[0].response->identity;
        arena_free(world.arena);
    }
    ck_assert(identity[0] != identity[1]);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = { test_methods_of_one_url, test_many_hosts_are_no_overlap,
                                   test_too_many_overlaps_are_an_error,
                                   test_too_many_cases_are_unknown };
    return check_main(check_suite("places", tests, sizeof tests / sizeof *tests));
}
