#include "rule/rule.h"

#include "review/verdict.h"

#include "unit/check_main.h"
#include "unit/world.h"

#define ACAO "Access-Control-Allow-Origin"
#define ACAC "Access-Control-Allow-Credentials"
#define ACAM "Access-Control-Allow-Methods"
#define VARY "Vary"

// What is said about a change from one set of headers to another, at one endpoint.
static struct findings judge(struct world *world, const struct policy *old,
                             const struct policy *new, const struct fa *trusted)
{
    struct diff diff = world_diff(world, old, new);
    struct findings out = { 0 };
    const struct rule_settings settings = { .trusted = trusted };
    rule_evaluate_diff(world->space, &settings, &diff, (struct rule_diags){ 0 },
                       (struct rule_diags){ 0 }, &out);
    return out;
}

// The ids in order, with "!" for an error and "?" for a review.
static const char *ids(struct world *world, const struct findings *findings)
{
    Str out = { 0 };
    for (uint32_t i = 0; i < findings->count; i++) {
        const struct finding *finding = &findings->items[i];
        out = str_format(world->arena, "%.*s%s%.*s%s%s", STR_ARG(out), i ? " " : "",
                         STR_ARG(finding->rule->id), finding->level == LEVEL_ERROR ? "!" : "",
                         finding->review ? "?" : "");
        ck_assert_uint_ne(finding->span.file, 0);
        ck_assert_uint_gt(finding->message.len, 0);
        ck_assert_uint_gt(finding->reach, 0);
    }
    return str_terminated(world->arena, out);
}

static const struct {
    const char *name;
    const char *old[9], *new[9]; // headers: name and value by turns
    const char *trusted;
    const char *expected;
} rows[] = {
    { "nothing", { ACAO, "*" }, { ACAO, "*" }, NULL, "" },
    { "everyone", { NULL }, { ACAO, "*" }, NULL, "CG101?" },
    { "everyone but one", { ACAO, "https://app.example.com" }, { ACAO, "*" }, NULL, "CG101?" },
    { "everyone with cookies",
      { NULL },
      { ACAO, "$origin", ACAC, "true", VARY, "Origin" },
      NULL,
      "CG102!?" },
    { "everyone could read, and now with cookies",
      { ACAO, "*" },
      { ACAO, "$origin", ACAC, "true", VARY, "Origin" },
      NULL,
      "CG102!?" },
    { "one", { NULL }, { ACAO, "https://app.example.com" }, NULL, "CG103?" },
    { "one with cookies",
      { NULL },
      { ACAO, "https://app.example.com", ACAC, "true" },
      NULL,
      "CG103?" },
    { "one that is trusted",
      { NULL },
      { ACAO, "https://app.example.com" },
      "https://*.example.com",
      "CG104" },
    { "cookies for one that could read",
      { ACAO, "https://app.example.com" },
      { ACAO, "https://app.example.com", ACAC, "true" },
      NULL,
      "CG105?" },
    { "null", { NULL }, { ACAO, "null" }, NULL, "CG106?" },
    { "null with cookies", { NULL }, { ACAO, "null", ACAC, "true" }, NULL, "CG106!?" },
    { "http", { NULL }, { ACAO, "http://app.example.com" }, NULL, "CG107?" },
    { "local", { NULL }, { ACAO, "http://localhost:3000" }, NULL, "CG109?" },
    { "an app", { NULL }, { ACAO, "capacitor://localhost" }, NULL, "CG113?" },
    { "one is replaced by another: two findings",
      { ACAO, "https://app.example.com" },
      { ACAO, "https://shop.example.com" },
      NULL,
      "CG103? CG201?" },
    { "all is lost", { ACAO, "https://app.example.com" }, { NULL }, NULL, "CG206?" },
    { "strangers lose, and trust is declared",
      { ACAO, "https://stranger.test" },
      { NULL },
      "https://*.example.com",
      "CG206" },
    { "a star becomes a name", { ACAO, "*" }, { ACAO, "https://app.example.com" }, NULL, "CG201" },
    { "cookies are lost",
      { ACAO, "https://app.example.com", ACAC, "true" },
      { ACAO, "https://app.example.com" },
      NULL,
      "CG202?" },
    { "a star that cannot have cookies, as it was",
      { ACAO, "*", ACAC, "true" },
      { ACAO, "*", ACAC, "true" },
      NULL,
      "" },
    { "a star with cookies is new", { ACAO, "*" }, { ACAO, "*", ACAC, "true" }, NULL, "CG505" },
    { "an unknown", { ACAO, "*" }, { ACAO, "?a script decides" }, NULL, "CG905?" },
    { "Vary is lost", { ACAO, "$origin", VARY, "Origin" }, { ACAO, "$origin" }, NULL, "CG302?" },
    { "errors lose the header",
      { ACAO, "https://app.example.com" },
      { "!" ACAO, "https://app.example.com" },
      NULL,
      "CG208?" },
    { "a slash", { NULL }, { ACAO, "https://app.example.com/" }, NULL, "CG501" },
    { "a list", { NULL }, { ACAO, "https://a.example, https://b.example" }, NULL, "CG501" },
    { "a letter is missing", { NULL }, { "Access-Control-Allow-Orgin", "*" }, NULL, "CG506" },
    { "a word that is no truth",
      { ACAO, "https://app.example.com" },
      { ACAO, "https://app.example.com", ACAC, "True" },
      NULL,
      "CG503" },
    { "a method in lower case",
      { ACAO, "https://app.example.com" },
      { ACAO, "https://app.example.com", ACAM, "GET" },
      NULL,
      "" },
};

START_TEST(changes_are_judged)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct world world = world_new();
        struct policy *old = world_policy(&world), *new = world_policy(&world);
        world_simple(&world, old, "api.example.com", "/", rows[i].old);
        world_simple(&world, new, "api.example.com", "/", rows[i].new);
        const struct fa *trusted = NULL;
        Str reason;
        if (rows[i].trusted)
            ck_assert(
                origins_parse_trusted(world.space, str_from(rows[i].trusted), &trusted, &reason));
        struct findings findings = judge(&world, old, new, trusted);
        ck_assert_msg(strcmp(ids(&world, &findings), rows[i].expected) == 0, "%s: %s, expected %s",
                      rows[i].name, ids(&world, &findings), rows[i].expected);
        arena_free(world.arena);
    }
}
END_TEST

// One finding for many endpoints with one cause, and its fingerprint does not know places.
START_TEST(one_cause_is_one_finding)
{
    uint64_t fingerprints[2];
    static const char *const echo[] = { ACAO, "$origin", ACAC, "true", VARY, "Origin", NULL };
    for (int turn = 0; turn < 2; turn++) {
        struct world world = world_new();
        struct policy *old = world_policy(&world), *new = world_policy(&world);
        world.place = turn ? 900 : 0;
        for (int i = 0; i < 5; i++) {
            Str path = str_format(world.arena, "/%d/", turn ? 4 - i : i);
            world_simple(&world, old, "api.example.com", str_terminated(world.arena, path), NULL);
            world_simple(&world, new, "api.example.com", str_terminated(world.arena, path), echo);
        }
        struct findings findings = judge(&world, old, new, NULL);
        ck_assert_str_eq(ids(&world, &findings), "CG102!?");
        ck_assert_uint_eq(findings.items[0].reach, 5);
        ck_assert(str_contains(findings.items[0].message, STR("4 more endpoints")));
        ck_assert_uint_gt(findings.items[0].witness.len, 0);
        fingerprints[turn] = findings.items[0].fingerprint;
        arena_free(world.arena);
    }
    ck_assert_uint_eq(fingerprints[0], fingerprints[1]);
}
END_TEST

START_TEST(levels_are_the_projects)
{
    struct world world = world_new();
    struct policy *old = world_policy(&world), *new = world_policy(&world);
    static const char *const star[] = { ACAO, "*", NULL };
    world_simple(&world, old, "api.example.com", "/", NULL);
    world_simple(&world, new, "api.example.com", "/", star);
    struct diff diff = world_diff(&world, old, new);
    const struct rule_level levels[] = { { .id = STR("CG101"), .level = LEVEL_ERROR },
                                         { .id = STR("cg101"), .level = LEVEL_OFF } };
    struct rule_settings settings = { .levels = levels, .level_count = 1 };
    struct findings findings = { 0 };
    rule_evaluate_diff(world.space, &settings, &diff, (struct rule_diags){ 0 },
                       (struct rule_diags){ 0 }, &findings);
    ck_assert_str_eq(ids(&world, &findings), "CG101!?");
    settings.level_count = 2;
    findings = (struct findings){ 0 };
    rule_evaluate_diff(world.space, &settings, &diff, (struct rule_diags){ 0 },
                       (struct rule_diags){ 0 }, &findings);
    ck_assert_uint_eq(findings.count, 0);
    arena_free(world.arena);
}
END_TEST

START_TEST(check_tells_what_stands)
{
    static const struct {
        const char *headers[9];
        const char *expected;
    } checks[] = {
        { { ACAO, "$origin", ACAC, "true", VARY, "Origin" }, "CG401!" },
        { { ACAO, "null", ACAC, "true" }, "CG404!" },
        { { ACAO, "*" }, "" },
        { { "!" ACAO, "*" }, "CG509" },
        { { ACAO, "$origin" }, "CG301" },
        { { ACAO, "https://a.example", ACAO, "https://b.example" }, "CG502" },
        { { "X-Frame-Options", "DENY" }, "" },
        { { ACAO, "http://localhost" }, "CG407" },
        { { ACAO, "https://app.example.com", ACAM, "put" }, "CG511" },
        { { ACAO, "https://app.example.com", "Access-Control-Max-Age", "600" }, "" },
    };
    for (size_t i = 0; i < sizeof checks / sizeof *checks; i++) {
        struct world world = world_new();
        struct policy *policy = world_policy(&world);
        world_simple(&world, policy, "api.example.com", "/", checks[i].headers);
        world_simple(&world, policy, "www.example.com", "/", NULL);
        struct findings findings = { 0 };
        const struct rule_settings settings = { 0 };
        rule_evaluate_check(world.space, &settings, policy, (struct rule_diags){ 0 }, &findings);
        ck_assert_msg(strcmp(ids(&world, &findings), checks[i].expected) == 0, "%zu: %s, not %s", i,
                      ids(&world, &findings), checks[i].expected);
        arena_free(world.arena);
    }
}
END_TEST

// GET works and preflights are refused: CG504 when it stands so, CG207 when it became so.
START_TEST(preflights)
{
    static const char *const headers[] = { ACAO, "https://app.example.com", ACAM, "GET, PUT",
                                           NULL };
    struct world world = world_new();
    struct policy *policies[2] = { world_policy(&world), world_policy(&world) };
    for (int i = 0; i < 2; i++) {
        struct endpoint *endpoint = world_endpoint(&world, policies[i], "api.example.com", "/");
        world_cell(&world, endpoint, world_is(&world, world.model->method, "OPTIONS", true),
                   world_answer(&world, ANSWER_OWN, i ? 403 : 204, headers));
        world_cell(&world, endpoint, world_is(&world, world.model->method, "OPTIONS", false),
                   world_answer(&world, ANSWER_UPSTREAM, 0, headers));
    }
    struct findings findings = judge(&world, policies[0], policies[1], NULL);
    ck_assert_str_eq(ids(&world, &findings), "CG207?");
    findings = judge(&world, policies[1], policies[0], NULL);
    ck_assert_str_eq(ids(&world, &findings), "CG110?");
    findings = (struct findings){ 0 };
    const struct rule_settings settings = { 0 };
    rule_evaluate_check(world.space, &settings, policies[1], (struct rule_diags){ 0 }, &findings);
    ck_assert_str_eq(ids(&world, &findings), "CG504");
    arena_free(world.arena);
}
END_TEST

START_TEST(remarks_unknowns_and_diags_are_told_once)
{
    static const struct kind broken = { "CG901", LEVEL_ERROR, "syntax error" };
    struct world world = world_new();
    struct policy *old = world_policy(&world), *new = world_policy(&world);
    struct remark remark = { .rule = "CG508",
                             .span = world_span(&world),
                             .message = STR("these are not inherited") };
    policy_add_remark(old, remark);
    policy_add_remark(new, remark);
    policy_add_unknown(new, (struct unknown){ world_span(&world), STR("a script decides"), 1 });
    struct diag diags[2] = { { &broken, world_span(&world), STR("syntax error: x") },
                             { &broken, world_span(&world), STR("syntax error: y") } };
    struct diff diff = world_diff(&world, old, new);
    struct findings findings = { 0 };
    const struct rule_settings settings = { 0 };
    rule_evaluate_diff(world.space, &settings, &diff, (struct rule_diags){ diags, 1 },
                       (struct rule_diags){ diags, 2 }, &findings);
    ck_assert_str_eq(ids(&world, &findings), "CG901! CG901 CG902");
    findings = (struct findings){ 0 };
    rule_evaluate_check(world.space, &settings, new, (struct rule_diags){ diags, 1 }, &findings);
    ck_assert_str_eq(ids(&world, &findings), "CG901! CG508 CG902");
    arena_free(world.arena);
}
END_TEST

// A dialect may speak for any rule, whatever that looks at itself.
START_TEST(a_remark_goes_to_the_rule_that_it_names)
{
    static const char *const rules[] = { "CG303", "CG506", "CG507", "CG508", "CG510",
                                         "CG908", "CG909", "CG904", "CG999" };
    struct world world = world_new();
    struct policy *old = world_policy(&world), *new = world_policy(&world);
    uint64_t fingerprint = 0;
    for (uint32_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        struct policy *policy = world_policy(&world);
        struct findings findings = { 0 };
        const struct rule_settings settings = { 0 };
        const struct rule *rule = rule_find(str_from(rules[i]));
        const struct remark remark = { .rule = rules[i],
                                       .span = world_span(&world),
                                       .message = STR("it is {not} a template"),
                                       .identity = i };
        policy_add_remark(policy, remark);
        rule_evaluate_check(world.space, &settings, policy, (struct rule_diags){ 0 }, &findings);
        ck_assert_uint_eq(findings.count, rule != NULL);
        if (!rule)
            continue;
        ck_assert_ptr_eq(findings.items[0].rule, rule);
        ck_assert(str_is(findings.items[0].message, "it is {not} a template"));
        ck_assert_int_eq(findings.items[0].level, rule->level);
        ck_assert_uint_eq(findings.items[0].span.begin, remark.span.begin);
        ck_assert_uint_ne(findings.items[0].fingerprint, fingerprint);
        fingerprint = findings.items[0].fingerprint;
        // The same once more, in other words and elsewhere: only what it is about counts.
        struct remark moved = remark;
        moved.span = world_span(&world);
        moved.message = i ? STR("reworded") : remark.message;
        findings = (struct findings){ 0 };
        rule_evaluate_remarks(world.space, &settings, &moved, 1, &findings);
        ck_assert_uint_eq(findings.items[0].fingerprint, fingerprint);
        policy_add_remark(old, remark);
        policy_add_remark(new, moved);
    }
    struct diff diff = world_diff(&world, old, old);
    struct findings findings = { 0 };
    const struct rule_level off[] = { { .id = STR("CG508"), .level = LEVEL_OFF } };
    const struct rule_settings settings = { .levels = off, .level_count = 1 };
    rule_evaluate_diff(world.space, &settings, &diff, (struct rule_diags){ 0 },
                       (struct rule_diags){ 0 }, &findings);
    ck_assert_uint_eq(findings.count, 0); // what both versions have is no news
    rule_evaluate_remarks(world.space, &settings, old->remarks, old->remark_count, &findings);
    ck_assert_uint_eq(findings.count, old->remark_count - 1);
    arena_free(world.arena);
}
END_TEST

// Every rule says why and what to do; ids are in order.
START_TEST(the_catalogue_is_whole)
{
    uint32_t count;
    struct arena *arena = arena_new();
    const struct rule *rules = rule_all(&count);
    ck_assert_uint_ge(count, 55);
    for (uint32_t i = 0; i < count; i++) {
        ck_assert(rules[i].why.len && rules[i].fix.len && rules[i].message.len &&
                  rules[i].reference_count);
        ck_assert_ptr_eq(rule_find(str_lower(arena, rules[i].id)), &rules[i]);
        ck_assert(i == 0 || str_compare(rules[i - 1].id, rules[i].id) < 0);
        for (uint32_t j = 0; j < rules[i].covered_by_count; j++)
            ck_assert_ptr_nonnull(rule_find(rules[i].covered_by[j]));
        bool reported = rules[i].example_count == 0, innocent = reported;
        for (uint32_t j = 0; j < rules[i].example_count; j++) {
            reported = reported || rules[i].examples[j].reported;
            innocent = innocent || !rules[i].examples[j].reported;
        }
        ck_assert_msg(reported && innocent, "%.*s", STR_ARG(rules[i].id));
    }
    ck_assert_ptr_null(rule_find(STR("CG999")));
    arena_free(arena);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        changes_are_judged,
        one_cause_is_one_finding,
        levels_are_the_projects,
        check_tells_what_stands,
        preflights,
        remarks_unknowns_and_diags_are_told_once,
        a_remark_goes_to_the_rule_that_it_names,
        the_catalogue_is_whole,
    };
    return check_main(check_suite("rule", tests, sizeof tests / sizeof *tests));
}
