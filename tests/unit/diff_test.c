#include "diff/diff.h"

#include "unit/check_main.h"
#include "unit/world.h"

#define ACAO "Access-Control-Allow-Origin"
#define ACAC "Access-Control-Allow-Credentials"

static const char *const app_only[] = { ACAO, "https://app.example.com", NULL };
static const char *const star[] = { ACAO, "*", NULL };
static const char *const echo[] = { ACAO, "$origin", NULL };
static const char *const echo_cookies[] = { ACAO, "$origin", ACAC, "true", NULL };
static const char *const app = "https://app.example.com";
static const char *const two[] = { "https://app.example.com", "https://shop.example.com" };

START_TEST(nothing_changes_in_equal_policies)
{
    struct world world = world_new();
    struct policy *policies[2];
    for (int i = 0; i < 2; i++) {
        policies[i] = world_policy(&world);
        world_simple(&world, policies[i], "api.example.com", "/", star);
        world_list(&world, policies[i], "b.example.com", "/", two, 2, echo);
    }
    struct diff diff = world_diff(&world, policies[0], policies[1]);
    ck_assert_uint_eq(diff.change_count, 0);
    ck_assert_uint_eq(diff.compared, 2);
    ck_assert_int_eq(diff.relation, RELATION_EQUAL);
    diff = world_diff(&world, policies[0], policies[0]);
    ck_assert_uint_eq(diff.change_count, 0);
    arena_free(world.arena);
}
END_TEST

START_TEST(everyone_gains)
{
    struct world world = world_new();
    struct policy *old = world_policy(&world), *new = world_policy(&world);
    world_simple(&world, old, "api.example.com", "/v1/", app_only);
    struct endpoint *endpoint = world_simple(&world, new, "api.example.com", "/v1/", star);
    struct diff diff = world_diff(&world, old, new);
    const struct change *change = world_change(&world, &diff, DIRECTION_GAINED, "read");
    ck_assert_ptr_nonnull(change);
    ck_assert_int_eq(change->certainty, CERTAINTY_CERTAIN);
    ck_assert_int_eq(change->after.kind, ORIGINS_ANY);
    ck_assert(!fa_accepts(change->origins.set, str_from(app)));
    ck_assert(fa_accepts(change->origins.set, STR("https://evil.test")));
    ck_assert(fa_accepts(change->origins.set, STR("null")));
    ck_assert(str_is(change->region->url, "https://api.example.com/v1/"));
    ck_assert_ptr_eq(change->region->new, endpoint);
    ck_assert_ptr_null(world_change(&world, &diff, DIRECTION_LOST, "read"));
    ck_assert_int_eq(diff.relation, RELATION_WIDER);
    ck_assert_uint_eq(change->new_span.begin, endpoint->cells[0].response->ops[0].span.begin);
    arena_free(world.arena);
}
END_TEST

START_TEST(sides_mirror)
{
    struct world world = world_new();
    struct policy *old = world_policy(&world), *new = world_policy(&world);
    world_list(&world, old, "api.example.com", "/", two, 2, echo_cookies);
    world_list(&world, new, "api.example.com", "/", two, 1, echo);
    world_simple(&world, new, "www.example.com", "/", star);
    struct diff there = world_diff(&world, old, new), back = world_diff(&world, new, old);
    ck_assert_uint_gt(there.change_count, 0);
    ck_assert_uint_eq(there.change_count, back.change_count);
    for (uint32_t i = 0; i < there.change_count; i++) {
        bool found = false;
        for (uint32_t j = 0; j < back.change_count; j++)
            found = found ||
                    (there.changes[i].direction != back.changes[j].direction &&
                     there.changes[i].origins.set == back.changes[j].origins.set &&
                     capability_equal(there.changes[i].capability, back.changes[j].capability));
        ck_assert(found);
    }
    ck_assert_int_eq(there.relation, RELATION_BOTH);
    const struct change *lost = world_change(&world, &there, DIRECTION_LOST, "credentials");
    ck_assert_ptr_nonnull(lost);
    ck_assert(fa_accepts(lost->origins.set, STR("https://shop.example.com")));
    lost = world_change(&world, &there, DIRECTION_LOST, "read");
    ck_assert_ptr_nonnull(lost);
    ck_assert_uint_eq(lost->origins.count, 1);
    arena_free(world.arena);
}
END_TEST

// A location split off, and one that goes: compared with what answered there.
START_TEST(overlaps_of_paths)
{
    struct world world = world_new();
    struct policy *old = world_policy(&world), *new = world_policy(&world);
    world_simple(&world, old, "api.example.com", "/", app_only);
    world_simple(&world, new, "api.example.com", "/v2/", star);
    struct endpoint *rest = world_endpoint(&world, new, "api.example.com", "/");
    struct boxes parts = { 0 };
    box_subtract(world.model, rest->box, world_box(&world, NULL, "/v2/"), &parts);
    ck_assert_uint_eq(parts.count, 1);
    rest->box = parts.items[0];
    world_cell(&world, rest, box_all(world.model),
               world_answer(&world, ANSWER_UPSTREAM, 0, app_only));
    struct diff diff = world_diff(&world, old, new);
    ck_assert_uint_eq(diff.compared, 2);
    ck_assert_uint_eq(diff.region_count, 1);
    ck_assert(str_is(diff.regions[0]->path, "/v2/"));
    ck_assert_int_eq(diff.regions[0]->relation, RELATION_WIDER);
    diff = world_diff(&world, new, old);
    ck_assert_uint_eq(diff.region_count, 1);
    ck_assert(str_is(diff.regions[0]->path, "/v2/"));
    ck_assert(str_starts(diff.regions[0]->url, STR("https://api.example.com/v2/")));
    ck_assert_int_eq(diff.regions[0]->relation, RELATION_NARROWER);
    arena_free(world.arena);
}
END_TEST

START_TEST(removed_endpoints_lose)
{
    struct world world = world_new();
    struct policy *old = world_policy(&world), *new = world_policy(&world);
    world_simple(&world, old, "api.example.com", "/", app_only);
    world_simple(&world, old, "www.example.com", "/", NULL);
    world_simple(&world, new, "www.example.com", "/", NULL);
    struct diff diff = world_diff(&world, old, new);
    const struct change *lost = world_change(&world, &diff, DIRECTION_LOST, "read");
    ck_assert_ptr_nonnull(lost);
    ck_assert_ptr_null(lost->region->new);
    ck_assert_uint_ne(lost->old_span.file, 0);
    ck_assert_uint_eq(lost->origins.count, 1);
    arena_free(world.arena);
}
END_TEST

START_TEST(same_changes_are_merged)
{
    struct world world = world_new();
    struct policy *old = world_policy(&world), *new = world_policy(&world);
    const char *const paths[] = { "/a/", "/b/", "/c/", "/d/" };
    for (int i = 0; i < 4; i++) {
        const char *host = i < 2 ? "x.example.com" : "y.example.com";
        world_simple(&world, old, host, paths[i], NULL);
        world_simple(&world, new, host, paths[i], star);
    }
    struct diff diff = world_diff(&world, old, new);
    ck_assert_uint_eq(diff.region_count, 1);
    ck_assert_uint_eq(diff.regions[0]->merged, 4);
    ck_assert_uint_eq(diff.regions[0]->host_count, 2);
    arena_free(world.arena);
}
END_TEST

// Under a condition that both versions have, only the case that changed is a change.
START_TEST(conditions_are_compared_case_by_case)
{
    struct world world = world_new();
    struct policy *old = world_policy(&world), *new = world_policy(&world);
    const struct var *debug = model_arg(world.model, STR("debug"));
    struct policy *policies[2] = { old, new };
    const char *const *on[2] = { app_only, echo };
    for (int i = 0; i < 2; i++) {
        struct endpoint *endpoint = world_endpoint(&world, policies[i], "api.example.com", "/");
        world_cell(&world, endpoint, world_is(&world, debug, "1", true),
                   world_answer(&world, ANSWER_UPSTREAM, 0, on[i]));
        world_cell(&world, endpoint, world_is(&world, debug, "1", false),
                   world_answer(&world, ANSWER_UPSTREAM, 0, app_only));
    }
    struct diff diff = world_diff(&world, old, new);
    ck_assert_uint_eq(diff.change_count, 1);
    ck_assert_int_eq(diff.changes[0].certainty, CERTAINTY_CERTAIN);
    ck_assert(str_is(diff.changes[0].condition, "the query argument debug is 1"));
    arena_free(world.arena);
}
END_TEST

START_TEST(unknowns_cancel_only_when_they_are_the_same)
{
    struct world world = world_new();
    const char *const script[] = { ACAO, "?a script decides", NULL };
    const char *const other[] = { ACAO, "?another script", NULL };
    const char *const methods[] = { ACAO, "?a script decides", "X-Frame-Options", "DENY", NULL };
    struct policy *first = world_policy(&world), *same = world_policy(&world),
                  *changed = world_policy(&world), *more = world_policy(&world),
                  *known = world_policy(&world);
    world_simple(&world, first, "api.example.com", "/", script);
    world_simple(&world, same, "api.example.com", "/", script);
    world_simple(&world, changed, "api.example.com", "/", other);
    world_simple(&world, more, "api.example.com", "/", methods);
    world_simple(&world, known, "api.example.com", "/", app_only);
    struct diff diff = world_diff(&world, first, same);
    ck_assert_uint_eq(diff.change_count, 0);
    diff = world_diff(&world, first, more);
    ck_assert_uint_eq(diff.change_count, 0);
    diff = world_diff(&world, first, changed);
    ck_assert_uint_gt(diff.change_count, 0);
    for (uint32_t i = 0; i < diff.change_count; i++)
        ck_assert_int_eq(diff.changes[i].certainty, CERTAINTY_POSSIBLE);
    diff = world_diff(&world, known, first);
    const struct change *lost = world_change(&world, &diff, DIRECTION_LOST, "read");
    ck_assert_ptr_nonnull(lost);
    ck_assert_int_eq(lost->certainty, CERTAINTY_POSSIBLE);
    ck_assert_uint_eq(lost->origins.count, 1);
    ck_assert_ptr_nonnull(lost->why);
    arena_free(world.arena);
}
END_TEST

// A choice that is an ordinary condition makes a conditional change, one that is not known a
// possible one.
START_TEST(choices)
{
    for (int known = 0; known < 2; known++) {
        struct world world = world_new();
        struct policy *old = world_policy(&world), *new = world_policy(&world);
        Span span = known ? world_span(&world) : (Span){ 0 };
        const struct var *choice = model_choice(world.model, STR("the file exists"), 1, span);
        world_simple(&world, old, "api.example.com", "/", NULL);
        struct endpoint *endpoint = world_endpoint(&world, new, "api.example.com", "/");
        world_cell(&world, endpoint, world_is(&world, choice, "1", true),
                   world_answer(&world, ANSWER_UPSTREAM, 0, app_only));
        world_cell(&world, endpoint, world_is(&world, choice, "0", true),
                   world_answer(&world, ANSWER_UPSTREAM, 0, NULL));
        struct diff diff = world_diff(&world, old, new);
        const struct change *change = world_change(&world, &diff, DIRECTION_GAINED, "read");
        ck_assert_ptr_nonnull(change);
        ck_assert_int_eq(change->certainty, known ? CERTAINTY_CERTAIN : CERTAINTY_POSSIBLE);
        ck_assert(str_is(change->condition, "the file exists"));
        arena_free(world.arena);
    }
}
END_TEST

START_TEST(ids_survive_other_places_and_order)
{
    uint64_t ids[2];
    for (int turn = 0; turn < 2; turn++) {
        struct world world = world_new();
        world.place = turn ? 5000 : 0;
        struct policy *old = world_policy(&world), *new = world_policy(&world);
        const char *const paths[] = { "/a/", "/b/" };
        for (int i = 0; i < 2; i++) {
            world_simple(&world, old, "x.example.com", paths[i ^ turn], NULL);
            world_simple(&world, new, "x.example.com", paths[i ^ turn], star);
        }
        struct diff diff = world_diff(&world, old, new);
        ck_assert_uint_eq(diff.region_count, 1);
        ids[turn] = diff.changes[0].id;
        arena_free(world.arena);
    }
    ck_assert_uint_eq(ids[0], ids[1]);
}
END_TEST

// Thousands of endpoints that did not change cost next to nothing, and one that did is found.
START_TEST(many_endpoints)
{
    struct world world = world_new();
    struct policy *policies[2] = { world_policy(&world), world_policy(&world) };
    enum { MANY = 3000 };
    for (int side = 0; side < 2; side++)
        for (uint32_t i = 0; i < MANY; i++) {
            Str path = str_format(world.arena, "/%04u/", (unsigned)i);
            struct endpoint *endpoint = world_simple(&world, policies[side], "api.example.com",
                                                     str_terminated(world.arena, path),
                                                     side && i == 1234 ? star : app_only);
            endpoint->hash = side && i == 1234 ? 2 : 1;
        }
    struct diff diff = world_diff(&world, policies[0], policies[1]);
    ck_assert_uint_eq(diff.compared, MANY);
    ck_assert_uint_eq(diff.region_count, 1);
    ck_assert(str_is(diff.regions[0]->path, "/1234/"));
    arena_free(world.arena);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        nothing_changes_in_equal_policies,
        everyone_gains,
        sides_mirror,
        overlaps_of_paths,
        removed_endpoints_lose,
        same_changes_are_merged,
        conditions_are_compared_case_by_case,
        unknowns_cancel_only_when_they_are_the_same,
        choices,
        ids_survive_other_places_and_order,
        many_endpoints,
    };
    return check_main(check_suite("diff", tests, sizeof tests / sizeof *tests));
}
