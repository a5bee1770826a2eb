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

int main(void)
{
    const TTest *const tests[] = { test_a_target_that_names_the_inner_host, test_what_is_not_linked,
                                   test_operations_and_forwarding, test_a_stack, test_a_loop };
    return check_main(check_suite("compose", tests, sizeof tests / sizeof *tests));
}
