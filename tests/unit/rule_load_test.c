#include "rule/condition.h"
#include "rule/load.h"

#include "unit/check_main.h"

#include <stdio.h>
#include <string.h>

#define HEAD "id: XX1\nname: some-rule\nsubject: change\n"
#define TAIL "message: m\nwhy: w\nfix: f\n"

static const struct {
    const char *name, *text;
    const char *wrong; // what the complaint points at; NULL: the rule is good
} rows[] = {
    { "the least", HEAD "when: {direction: gained}\n" TAIL, NULL },
    { "lists and negation",
      HEAD "when: {direction: [gained, lost], not: {has_null: true}, any: [{origins.count: 3}, "
           "{origins.count: {at_least: 9}}]}\n" TAIL,
      NULL },
    { "a fact that is none", HEAD "when: {directoin: gained}\n" TAIL, "directoin" },
    { "a fact of another subject", HEAD "when: {observation: access}\n" TAIL, "observation" },
    { "a word that is none", HEAD "when: {direction: upwards}\n" TAIL, "upwards" },
    { "a truth is needed", HEAD "when: {has_null: maybe}\n" TAIL, "maybe" },
    { "words cannot be compared", HEAD "when: {direction: {at_least: 1}}\n" TAIL, "{at_least: 1}" },
    { "an unknown comparison", HEAD "when: {origins.count: {above: 1}}\n" TAIL, "above" },
    { "an empty list", HEAD "when: {direction: []}\n" TAIL, "[]" },
    { "an unknown key", HEAD "when: {}\nlevle: note\n" TAIL, "levle" },
    { "a level that is none", HEAD "when: {}\nlevel: fatal\n" TAIL, "fatal" },
    { "a subject that is none", "id: XX1\nname: n\nsubject: server\nwhen: {}\n" TAIL, "server" },
    { "a place that is none", HEAD "when: {}\nmessage: 'hello {whom}'\nwhy: w\nfix: f\n",
      "'hello {whom}'" },
    { "a case without a condition", HEAD "when: {}\ncases: [{level: note}]\n" TAIL,
      "{level: note}" },
    { "an example with one version of two",
      HEAD "when: {}\nexamples: [{title: t, reported: true, before: x}]\n" TAIL,
      "{title: t, reported: true, before: x}" },
};

START_TEST(rules_are_read_or_refused)
{
    struct arena *arena = arena_new();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct run *run = run_new(arena, &limits_default);
        struct rule rule;
        Str text = str_from(rows[i].text);
        bool good = rule_load(run, 1, text, &rule);
        ck_assert_msg(good == !rows[i].wrong, "%s", rows[i].name);
        if (good)
            continue;
        ck_assert_msg(run->diags.count == 1, "%s", rows[i].name);
        Span span = run->diags.items[0].span;
        Str wrong = str_slice(text, span.begin, span.end);
        ck_assert_msg(str_is(wrong, rows[i].wrong), "%s: points at \"%.*s\"", rows[i].name,
                      STR_ARG(wrong));
    }
    arena_free(arena);
}
END_TEST

START_TEST(a_missing_part_is_named)
{
    struct arena *arena = arena_new();
    struct run *run = run_new(arena, &limits_default);
    struct rule rule;
    ck_assert(!rule_load(run, 1, STR("id: XX1\nsubject: change\nwhen: {}\n" TAIL), &rule));
    ck_assert(str_contains(run->diags.items[0].message, STR("\"name\" is missing")));
    arena_free(arena);
}
END_TEST

START_TEST(deep_conditions_are_refused)
{
    struct arena *arena = arena_new();
    struct run *run = run_new(arena, &limits_default);
    char text[4096] = HEAD "when: ";
    for (int i = 0; i < 100; i++)
        strcat(text, "{not: ");
    strcat(text, "{}");
    for (int i = 0; i < 100; i++)
        strcat(text, "}");
    strcat(text, "\n" TAIL);
    struct rule rule;
    ck_assert(!rule_load(run, 1, str_from(text), &rule));
    arena_free(arena);
}
END_TEST

static bool holds(struct arena *arena, const char *when, const struct fact_value *facts)
{
    struct run *run = run_new(arena, &limits_default);
    struct rule rule;
    Str text = str_format(arena, HEAD "when: %s\n" TAIL, when);
    ck_assert_msg(rule_load(run, 1, text, &rule), "%s", when);
    return condition_holds(&rule.when, facts);
}

START_TEST(conditions_ask_facts)
{
    struct arena *arena = arena_new();
    uint32_t count, direction, number, null;
    (void)facts_of(SUBJECT_CHANGE, &count);
    struct fact_value *facts = ARENA_ARRAY(arena, struct fact_value, count);
    ck_assert(fact_find(SUBJECT_CHANGE, STR("direction"), &direction));
    ck_assert(fact_find(SUBJECT_CHANGE, STR("origins.count"), &number));
    ck_assert(fact_find(SUBJECT_CHANGE, STR("has_null"), &null));
    facts[direction] = (struct fact_value){ .type = FACT_CHOICE, .text = STR("gained") };
    facts[number] = (struct fact_value){ .type = FACT_NUMBER, .number = 7 };
    facts[null] = (struct fact_value){ .type = FACT_BOOL, .boolean = true };
    ck_assert(holds(arena, "{}", facts));
    ck_assert(holds(arena, "{direction: gained, has_null: true}", facts));
    ck_assert(!holds(arena, "{direction: gained, has_null: false}", facts));
    ck_assert(holds(arena, "{direction: [lost, gained]}", facts));
    ck_assert(!holds(arena, "{not: {direction: [lost, gained]}}", facts));
    ck_assert(holds(arena, "{not: {direction: gained, has_null: false}}", facts));
    ck_assert(holds(arena, "{any: [{direction: lost}, {origins.count: 7}]}", facts));
    ck_assert(!holds(arena, "{all: [{direction: lost}, {origins.count: 7}]}", facts));
    ck_assert(holds(arena, "{origins.count: {at_least: 7}}", facts));
    ck_assert(!holds(arena, "{origins.count: {at_least: 8}}", facts));
    ck_assert(holds(arena, "{origins.count: {at_most: 7}}", facts));
    ck_assert(!holds(arena, "{origins.count: {at_most: 6}}", facts));
    Str text = template_fill(arena, SUBJECT_CHANGE,
                             STR("{{x} {direction}: {origins.count}, {has_null}"), facts);
    ck_assert_msg(str_is(text, "{x} gained: 7, true"), "%.*s", STR_ARG(text));
    arena_free(arena);
}
END_TEST

// docs/adding-a-rule.md has a row for each fact.
START_TEST(every_fact_is_documented)
{
    struct arena *arena = arena_new();
    static char page[1 << 16];
    FILE *file = fopen("../docs/adding-a-rule.md", "rb");
    ck_assert_ptr_nonnull(file);
    size_t size = fread(page, 1, sizeof page, file);
    fclose(file);
    ck_assert_uint_lt(size, sizeof page);
    for (enum subject subject = SUBJECT_CHANGE; subject <= SUBJECT_UNKNOWN; subject++) {
        uint32_t count;
        const struct fact *facts = facts_of(subject, &count);
        Str rest, before, section;
        Str title = str_format(arena, "### `%s`:", subject_name(subject));
        ck_assert(str_cut((Str){ page, size }, title, &before, &rest));
        section = rest;
        (void)(str_cut(rest, STR("\n### "), &section, &before) ||
               str_cut(rest, STR("\n## "), &section, &before));
        for (uint32_t i = 0; i < count; i++) {
            Str row = str_format(arena, "\n| `%s` |", facts[i].name);
            ck_assert_msg(str_contains(section, row), "%s: %s", subject_name(subject),
                          facts[i].name);
        }
    }
    arena_free(arena);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = { rules_are_read_or_refused, a_missing_part_is_named,
                                   deep_conditions_are_refused, conditions_ask_facts,
                                   every_fact_is_documented };
    return check_main(check_suite("rule_load", tests, sizeof tests / sizeof *tests));
}
