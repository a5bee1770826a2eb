// Layers on top of each other: what the outermost URL answers.
#include "policy/compose.h"

#include "unit/check_main.h"
#include "unit/world.h"

#include <stdio.h>

static Str no_path(const void *state, uint32_t file)
{
    (void)state;
    (void)file;
    return STR("");
}

static struct answer_lines ask(struct world *world, struct policy *policy, const char *method,
                               const char *url, const char *origin)
{
    struct answer_lines out = { 0 };
    struct request request = { .method = str_from(method) };
    struct header headers[] = { { STR("Host"), STR("") }, { STR("Origin"), str_from(origin) } };
    ck_assert(request_set_url(world->arena, &request, str_from(url)));
    ck_assert(request_normalise(world->arena, request.target, true, &request.path, &request.query));
    headers[0].value = request.authority;
    request.headers = headers;
    request.header_count = 2;
    policy_answer(policy, NULL, &request, &out);
    return out;
}

static Str line_of(const struct answer_lines *answer, const char *name)
{
    for (uint32_t i = 0; i < answer->headers.count; i++)
        if (str_is(answer->headers.items[i].name, name))
            return answer->headers.items[i].value;
    return STR("");
}

// An endpoint of a layer that passes everything on, after `ops`.
static struct response *add_outer(struct world *world, struct policy *policy, const char *layer,
                                  const char *host, const char *target)
{
    struct endpoint *endpoint = world_endpoint(world, policy, host, "/");
    struct response *response = ARENA_NEW(world->arena, struct response);
    *response = *world_answer(world, ANSWER_UPSTREAM, 0, NULL);
    response->upstream = str_from(target);
    endpoint->layer = layer;
    if (strcmp(host, "*") == 0)
        endpoint->box = world_box(world, NULL, "/");
    world_cell(world, endpoint, box_all(world->model), response);
    return response;
}

static const char *const origins[] = { "https://app.test" };
static const char *const headers[] = { "Access-Control-Allow-Origin", "$origin", NULL };

START_TEST(test_a_target_that_names_the_inner_host)
{
    struct world world = world_new();
    struct policy *policy = world_policy(&world);
    add_outer(&world, policy, "cloudfront", "www.test", "https://api.internal");
    world_list(&world, policy, "api.internal", "/", origins, 1, headers);
    compose(policy, NULL, no_path, NULL);
    ck_assert_uint_eq(policy->endpoint_count, 1);
    ck_assert_uint_eq(policy->inner_count, 1);
    struct answer_lines yes = ask(&world, policy, "GET", "https://www.test/x", "https://app.test");
    struct answer_lines no = ask(&world, policy, "GET", "https://www.test/x", "https://evil.test");
    ck_assert(str_is(line_of(&yes, "Access-Control-Allow-Origin"), "https://app.test"));
    ck_assert_uint_eq(no.headers.count, 0);
    ck_assert(yes.known && no.known);
    arena_free(world.arena);
}
END_TEST

// Layers, hosts or ports that do not fit are left alone.
START_TEST(test_what_is_not_linked)
{
    static const struct {
        const char *layer, *target;
    } rows[] = { { "cloudfront", "https://other.internal" },
                 { "nginx", "https://api.internal" }, // of the same layer
                 { "cloudfront", "https://api.internal:8443" },
                 { "cloudfront", "http://$backend" },
                 { "cloudfront", "http://unix:/run/app.sock" } };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct world world = world_new();
        struct policy *policy = world_policy(&world);
        add_outer(&world, policy, rows[i].layer, "www.test", rows[i].target);
        struct endpoint *inner =
            world_list(&world, policy, "api.internal", "/", origins, 1, headers);
        const struct box *port = world_is(&world, world.model->port, "443", true);
        inner->box = box_meet(world.model, inner->box, port);
        compose(policy, NULL, no_path, NULL);
        ck_assert_msg(policy->endpoint_count == 2, "%s", rows[i].target);
        ck_assert_uint_eq(policy->inner_count, 0);
        arena_free(world.arena);
    }
}
END_TEST

// The outer layer's operations come after the inner ones, and what is forwarded decides.
START_TEST(test_operations_and_forwarding)
{
    struct world world = world_new();
    struct policy *policy = world_policy(&world);
    struct response *hides =
        add_outer(&world, policy, "gateway", "hides.test", "http://api.internal");
    struct response *sets =
        add_outer(&world, policy, "gateway", "sets.test", "http://api.internal");
    struct response *drops =
        add_outer(&world, policy, "gateway", "drops.test", "http://api.internal");
    struct header_op hide = { HEADER_CLEAR, STR("Access-Control-Allow-Origin"),
                              .span = { 1, 1, 2 } };
    struct header_op set = { HEADER_SET, STR("Access-Control-Allow-Origin"),
                             world_value(&world, "*"), .span = { 1, 1, 2 } };
    struct forwarded_header no_origin = { STR("origin"), world_value(&world, "") };
    struct forward forward = { .headers = &no_origin, .header_count = 1 };
    hides->ops = &hide;
    sets->ops = &set;
    hides->op_count = sets->op_count = 1;
    drops->forward = &forward;
    world_list(&world, policy, "api.internal", "/", origins, 1, headers);
    compose(policy, NULL, no_path, NULL);
    ck_assert_uint_eq(policy->endpoint_count, 3);
    static const struct {
        const char *url, *value;
    } rows[] = { { "https://hides.test/", "" },
                 { "https://sets.test/", "*" },
                 { "https://drops.test/", "" } };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct answer_lines got = ask(&world, policy, "GET", rows[i].url, "https://app.test");
        Str value = line_of(&got, "Access-Control-Allow-Origin");
        ck_assert_msg(got.known && str_is(value, rows[i].value), "%s", rows[i].url);
    }
    arena_free(world.arena);
}
END_TEST

// Three layers by the user's order; the path changes on the way.
START_TEST(test_a_stack)
{
    static const Str names[] = { { "cdn", 3 }, { "kong", 4 }, { "nginx", 5 } };
    const struct stack stack = { names, 3 };
    struct world world = world_new();
    struct policy *policy = world_policy(&world);
    add_outer(&world, policy, "cdn", "www.test", "https://d111.cloudfront.test");
    struct response *kong = add_outer(&world, policy, "kong", "*", "http://app:8080");
    struct forward forward = {
        .path = value_concat(world.model, world_value(&world, "/v1"),
                             value_var(world.model, world.model->path)),
    };
    kong->forward = &forward;
    struct endpoint *app = world_list(&world, policy, "app", "/v1/", origins, 1, headers);
    (void)app;
    world_simple(&world, policy, "app", "/v2/", NULL);
    compose(policy, &stack, no_path, NULL);
    ck_assert_uint_eq(policy->endpoint_count, 2); // /v2/ is nobody's inner
    struct answer_lines got =
        ask(&world, policy, "GET", "https://www.test/users", "https://app.test");
    ck_assert(str_is(line_of(&got, "Access-Control-Allow-Origin"), "https://app.test"));
    arena_free(world.arena);
}
END_TEST

// A loop of layers ends.
START_TEST(test_a_loop)
{
    struct world world = world_new();
    struct policy *policy = world_policy(&world);
    add_outer(&world, policy, "a", "one.test", "http://two.test");
    add_outer(&world, policy, "b", "two.test", "http://one.test");
    compose(policy, NULL, no_path, NULL);
    ck_assert_uint_ge(policy->endpoint_count + policy->inner_count, 2);
    arena_free(world.arena);
}
END_TEST

// Layers of which something is not known, or too much to follow. When the layer beneath changes, a
// comparison must not say that nobody gains or loses.
enum beneath {
    BENEATH_STATUS, // the outer status replaces the one that the inner header went by
    BENEATH_ANSWER, // the outer layer asks for a header that the inner one sends
    BENEATH_CODE,   // the inner answer is not known, and Origin is not sent to it any more
    BENEATH_CHOICE, // the inner condition is not known, and another Origin is sent
    BENEATH_CELLS,  // more cells than are told apart
    BENEATH_LAYERS, // more layers than are followed
    BENEATH_COUNT,
};

static const char *const beneath_names[] = {
    "status", "answer", "code", "choice", "cells", "layers"
};

static void layers(struct world *world, struct policy *policy, uint32_t count, bool changed)
{
    for (uint32_t i = 0; i < count; i++) {
        const char *host = str_format(world->arena, "h%u.test%c", i, '\0').ptr;
        const char *next = str_format(world->arena, "http://h%u.test%c", i + 1, '\0').ptr;
        add_outer(world, policy, i % 2 ? "kong" : "cdn", host, next);
    }
    const char *last = str_format(world->arena, "h%u.test%c", count, '\0').ptr;
    world_list(world, policy, last, "/", origins, 1, changed ? headers : NULL);
}

// The inner layer adds the header for one origin only when a choice holds that looks at Origin.
static void add_choice(struct world *world, struct policy *policy)
{
    struct model *model = world->model;
    struct endpoint *inner = world_endpoint(world, policy, "api.internal", "/");
    const struct value *choice =
        value_var(model, model_origin_choice(model, STR("whether it matches"), 3, (Span){ 0 }));
    struct boxes yes = { 0 }, no = { 0 };
    value_split(model, inner->box, choice, model_choice_value(model, true), &yes, &no);
    static const char *const star[] = { "Access-Control-Allow-Origin", "*", NULL };
    world_cell(world, inner, yes.items[0], world_answer(world, ANSWER_OWN, 200, star));
    world_cell(world, inner, no.items[0], world_answer(world, ANSWER_OWN, 200, NULL));
}

// Each inner cell has a header of its own, so that they do not become one.
static void add_many(struct world *world, struct policy *policy, uint32_t count, const char *last)
{
    struct endpoint *inner = world_endpoint(world, policy, "api.internal", "/");
    for (uint32_t i = 0; i <= count; i++) {
        const char *name = str_format(world->arena, "%u%c", i, '\0').ptr;
        const char *list[] = { "Access-Control-Allow-Origin", i < count ? name : last, NULL };
        struct model *model = world->model;
        const struct value *arg = value_var(model, model_arg(model, STR("n")));
        struct boxes yes = { 0 }, no = { 0 };
        value_split(model, inner->box, arg, fa_literal(model->fa, str_from(name)), &yes, &no);
        world_cell(world, inner, yes.items[0], world_answer(world, ANSWER_OWN, 200, list));
    }
}

static void build_beneath(struct world *world, struct policy *policy, enum beneath what,
                          bool changed)
{
    static const char *const sometimes[] = { "!Access-Control-Allow-Origin", "*", NULL };
    static const char *const other[] = { "!Access-Control-Allow-Origin", "https://b.test", NULL };
    static const char *const mark[] = { "!X-Mark", "1", NULL };
    static const char *const mark_2[] = { "!X-Mark", "2", NULL };
    const struct value *sent = world_value(world, changed ? "https://app.test" : "");
    if (what == BENEATH_LAYERS) {
        layers(world, policy, 12, changed);
        return;
    }
    struct response *outer = add_outer(world, policy, "cdn", "www.test", "http://api.internal");
    struct forward *forward = ARENA_NEW(world->arena, struct forward);
    struct forwarded_header *origin = ARENA_NEW(world->arena, struct forwarded_header);
    *origin = (struct forwarded_header){ STR("origin"), sent };
    *forward = (struct forward){ .headers = origin, .header_count = 1 };
    struct header_op *echo = ARENA_NEW(world->arena, struct header_op);
    switch (what) {
    case BENEATH_STATUS: {
        outer->status = 200;
        struct endpoint *inner = world_endpoint(world, policy, "api.internal", "/");
        world_cell(world, inner, box_all(world->model),
                   world_answer(world, ANSWER_UPSTREAM, 0, changed ? other : sometimes));
        break;
    }
    case BENEATH_ANSWER: {
        struct model *model = world->model;
        *echo = (struct header_op){ HEADER_SET, STR("Access-Control-Allow-Origin"),
                                    value_var(model, model_upstream_header(model, STR("x-mark"))),
                                    .span = { 1, 1, 2 } };
        outer->ops = echo;
        outer->op_count = 1;
        struct endpoint *inner = world_endpoint(world, policy, "api.internal", "/");
        world_cell(world, inner, box_all(model),
                   world_answer(world, ANSWER_UPSTREAM, 0, changed ? mark_2 : mark));
        break;
    }
    case BENEATH_CODE: {
        outer->forward = forward;
        struct endpoint *inner = world_endpoint(world, policy, "api.internal", "/");
        world_cell(world, inner, box_all(world->model),
                   world_answer(world, ANSWER_UNKNOWN, 0, NULL));
        break;
    }
    case BENEATH_CHOICE:
        outer->forward = forward;
        add_choice(world, policy);
        break;
    case BENEATH_CELLS:
        add_many(world, policy, 40, changed ? "*" : "https://b.test");
        break;
    case BENEATH_LAYERS:
    case BENEATH_COUNT:
        break;
    }
}

START_TEST(test_what_is_not_known_depends_on_what_is_beneath)
{
    struct limits limits = limits_default;
    limits.cells = 20;
    for (int what = 0; what < BENEATH_COUNT; what++)
        for (int changed = 0; changed < 2; changed++) {
            struct world world = world_new();
            world.run->limits = what == BENEATH_CELLS ? &limits : &limits_default;
            struct policy *policies[2];
            for (int i = 0; i < 2; i++) {
                policies[i] = world_policy(&world);
                build_beneath(&world, policies[i], (enum beneath)what, changed && i);
                compose(policies[i], NULL, no_path, NULL);
                ck_assert_msg(policies[i]->inner_count, "%s", beneath_names[what]);
            }
            struct diff diff = world_diff(&world, policies[0], policies[1]);
            ck_assert_msg((diff.change_count > 0) == changed, "%s, %s: %u changes",
                          beneath_names[what], changed ? "changed" : "the same", diff.change_count);
            arena_free(world.arena);
        }
}
END_TEST

// An upstream that decides for itself, behind two layers: what it is sent decides.
START_TEST(test_an_upstream_behind_two_layers)
{
    static const struct upstream own = { .target = { "http://app:8080", 15 }, .own = true };
    const struct upstreams upstreams = { &own, 1 };
    for (int changed = 0; changed < 2; changed++) {
        struct world world = world_new();
        struct policy *policies[2];
        struct forwarded_header origin = { STR("origin"), world_value(&world, "") };
        struct forward forward = { .headers = &origin, .header_count = 1 };
        for (int i = 0; i < 2; i++) {
            policies[i] = world_policy(&world);
            struct response *outer =
                add_outer(&world, policies[i], "cdn", "www.test", "http://api.internal");
            outer->forward = changed && i ? &forward : NULL;
            world_simple(&world, policies[i], "api.internal", "/", NULL);
            compose(policies[i], NULL, no_path, NULL);
        }
        struct diff diff;
        diff_policies(world.space, &upstreams, &upstreams, policies[0], policies[1], &diff);
        ck_assert_int_eq(diff.change_count > 0, changed);
        arena_free(world.arena);
    }
}
END_TEST

// The outer layer's values and conditions over what is answered are worked out where it is known.
START_TEST(test_what_the_outer_layer_asks_about_the_answer)
{
    static const struct {
        const char *inner[5];
        const char *want;
    } rows[] = {
        { { "X-Mark", "https://app.test" }, "https://app.test" },
        { { "X-Other", "https://app.test" }, "" },
        { { "!X-Mark", "https://app.test" }, "" }, // not sent with this status
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct world world = world_new();
        struct model *model = world.model;
        struct policy *policy = world_policy(&world);
        struct response *outer =
            add_outer(&world, policy, "cdn", "www.test", "http://api.internal");
        struct header_op echo = { HEADER_SET, STR("Access-Control-Allow-Origin"),
                                  value_var(model, model_upstream_header(model, STR("x-mark"))),
                                  .span = { 1, 1, 2 } };
        outer->ops = &echo;
        outer->op_count = 1;
        struct endpoint *inner = world_endpoint(&world, policy, "api.internal", "/");
        world_cell(&world, inner, box_all(model),
                   world_answer(&world, ANSWER_OWN, 404, rows[i].inner));
        compose(policy, NULL, no_path, NULL);
        struct answer_lines got =
            ask(&world, policy, "GET", "http://www.test/", "https://app.test");
        ck_assert_msg(got.known && got.status == 404, "row %zu", i);
        ck_assert_msg(str_is(line_of(&got, "Access-Control-Allow-Origin"), rows[i].want), "row %zu",
                      i);
        arena_free(world.arena);
    }
}
END_TEST

// Another status in place of the inner one: what was sent stays, what was not sent does not come.
START_TEST(test_another_status_does_not_change_what_was_sent)
{
    for (int error = 0; error < 2; error++) {
        struct world world = world_new();
        static const char *const sometimes[] = { "!Access-Control-Allow-Origin", "*", NULL };
        struct policy *policy = world_policy(&world);
        struct response *outer =
            add_outer(&world, policy, "cdn", "www.test", "http://api.internal");
        outer->status = error ? 200 : 404;
        struct endpoint *inner = world_endpoint(&world, policy, "api.internal", "/");
        world_cell(&world, inner, box_all(world.model),
                   world_answer(&world, ANSWER_OWN, error ? 404 : 200, sometimes));
        compose(policy, NULL, no_path, NULL);
        struct answer_lines got =
            ask(&world, policy, "GET", "http://www.test/", "https://app.test");
        ck_assert(got.known && got.status == outer->status);
        ck_assert(str_is(line_of(&got, "Access-Control-Allow-Origin"), error ? "" : "*"));
        arena_free(world.arena);
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = { test_a_target_that_names_the_inner_host,
                                   test_what_is_not_linked,
                                   test_operations_and_forwarding,
                                   test_a_stack,
                                   test_a_loop,
                                   test_what_is_not_known_depends_on_what_is_beneath,
                                   test_an_upstream_behind_two_layers,
                                   test_what_the_outer_layer_asks_about_the_answer,
                                   test_another_status_does_not_change_what_was_sent };
    return check_main(check_suite("compose", tests, sizeof tests / sizeof *tests));
}
