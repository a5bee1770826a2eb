#include "rule/load.h"

#include "base/hash.h"
#include "rule/condition.h"
#include "syntax/read_yaml.h"

#include <stddef.h>

const struct kind rule_malformed = { "CG901", LEVEL_ERROR, "the rule cannot be used" };

enum { CONDITION_DEPTH = 16 };

static bool wrong(struct run *run, const struct data *at, const char *what)
{
    return diagf(run, &rule_malformed, at->span, "%s", what);
}

// What a file may hold, for messages about what it may not.
static bool check_keys(struct run *run, const struct data *map, const char *const *known,
                       size_t count)
{
    bool good = true;
    if (map->kind != DATA_MAP)
        return wrong(run, map, "a map is needed here");
    for (uint32_t i = 0; i < map->count; i++) {
        const struct data *key = map->entries[i].key;
        const char *near = NULL;
        size_t best = 4;
        bool found = false;
        for (size_t j = 0; j < count; j++) {
            found = found || str_is(key->text, known[j]);
            size_t distance = str_distance(key->text, str_from(known[j]), best);
            if (distance < best) {
                best = distance;
                near = known[j];
            }
        }
        if (found)
            continue;
        good = near ? diagf(run, &rule_malformed, key->span,
                            "unknown key \"%.*s\"; did you mean \"%s\"?", STR_ARG(key->text), near)
                    : diagf(run, &rule_malformed, key->span, "unknown key \"%.*s\"",
                            STR_ARG(key->text));
    }
    return good;
}

static bool get_text(struct run *run, const struct data *map, const char *key, bool needed,
                     Str *out)
{
    const struct data *value = data_find(map, str_from(key));
    if (!value)
        return needed ? diagf(run, &rule_malformed, map->span, "\"%s\" is missing", key) : true;
    if (value->kind != DATA_SCALAR)
        return wrong(run, value, "text is needed here");
    *out = str_trim(value->text);
    if (needed && !out->len)
        return wrong(run, value, "text is needed here");
    return true;
}

static bool get_bool(struct run *run, const struct data *map, const char *key, bool *out)
{
    const struct data *value = data_find(map, str_from(key));
    if (value && !data_get_bool(value, out))
        return wrong(run, value, "true or false is needed here");
    return true;
}

static bool get_texts(struct run *run, const struct data *map, const char *key, const Str **out,
                      uint32_t *count)
{
    const struct data *value = data_find(map, str_from(key));
    if (!value)
        return true;
    if (value->kind != DATA_LIST)
        return wrong(run, value, "a list is needed here");
    Str *texts = ARENA_ARRAY(run->arena, Str, value->count + 1);
    for (uint32_t i = 0; i < value->count; i++) {
        const struct data *item = value->entries[i].value;
        if (item->kind != DATA_SCALAR)
            return wrong(run, item, "text is needed here");
        texts[i] = item->text;
    }
    *out = texts;
    *count = value->count;
    return true;
}

// Conditions.

static bool read_value(struct run *run, const struct fact *fact, const struct data *data,
                       struct fact_value *out)
{
    uint32_t number;
    *out = (struct fact_value){ .type = fact->type };
    if (data->kind != DATA_SCALAR)
        return wrong(run, data, "a value is needed here");
    switch (fact->type) {
    case FACT_BOOL:
        return data_get_bool(data, &out->boolean) ||
               wrong(run, data, "true or false is needed here");
    case FACT_NUMBER:
        if (!data_get_number(data, UINT32_MAX, &number))
            return wrong(run, data, "a number is needed here");
        out->number = number;
        return true;
    case FACT_CHOICE:
        out->text = data->text;
        return fact_allows(fact, data->text) ||
               diagf(run, &rule_malformed, data->span, "\"%.*s\" is none of: %s",
                     STR_ARG(data->text), fact->choices);
    case FACT_TEXT:
        out->text = data->text;
        return true;
    }
    return false;
}

static bool read_comparison(struct run *run, const struct fact *fact, const struct data *data,
                            struct condition *out)
{
    static const char *const known[] = { "at_least", "at_most" };
    if (fact->type != FACT_NUMBER)
        return wrong(run, data, "only numbers can be compared");
    if (!check_keys(run, data, known, sizeof known / sizeof *known))
        return false;
    if (data->count != 1)
        return wrong(run, data, "one of at_least and at_most is needed here");
    uint32_t number;
    if (!data_get_number(data->entries[0].value, UINT32_MAX, &number))
        return wrong(run, data, "a number is needed here");
    out->op =
        str_is(data->entries[0].key->text, "at_least") ? CONDITION_AT_LEAST : CONDITION_AT_MOST;
    out->number = number;
    return true;
}

static bool read_question(struct run *run, enum subject subject, const struct data *key,
                          const struct data *data, struct condition *out)
{
    uint32_t count;
    const struct fact *facts = facts_of(subject, &count);
    if (!fact_find(subject, key->text, &out->fact)) {
        const char *near = fact_suggest(subject, key->text);
        return diagf(run, &rule_malformed, key->span, "there is no fact \"%.*s\"%s%s%s",
                     STR_ARG(key->text), near ? "; did you mean \"" : "", near ? near : "",
                     near ? "\"?" : "");
    }
    const struct fact *fact = &facts[out->fact];
    if (data->kind == DATA_MAP)
        return read_comparison(run, fact, data, out);
    out->op = CONDITION_ONE_OF;
    out->value_count = data->kind == DATA_LIST ? data->count : 1;
    if (!out->value_count)
        return wrong(run, data, "the list is empty: this can never hold");
    struct fact_value *values = ARENA_ARRAY(run->arena, struct fact_value, out->value_count);
    for (uint32_t i = 0; i < out->value_count; i++)
        if (!read_value(run, fact, data->kind == DATA_LIST ? data->entries[i].value : data,
                        &values[i]))
            return false;
    out->values = values;
    return true;
}

static bool read_condition(struct run *run, enum subject subject, const struct data *data,
                           uint32_t depth, struct condition *out);

static bool read_list(struct run *run, enum subject subject, const struct data *data,
                      uint32_t depth, struct condition *out)
{
    if (data->kind != DATA_LIST || !data->count)
        return wrong(run, data, "a list of conditions is needed here");
    struct condition *children = ARENA_ARRAY(run->arena, struct condition, data->count);
    out->children = children;
    out->child_count = data->count;
    for (uint32_t i = 0; i < data->count; i++)
        if (!read_condition(run, subject, data->entries[i].value, depth + 1, &children[i]))
            return false;
    return true;
}

// A map of questions, all of which must hold; "any", "all" and "not" hold further ones.
static bool read_condition(struct run *run, enum subject subject, const struct data *data,
                           uint32_t depth, struct condition *out)
{
    if (depth > CONDITION_DEPTH)
        return wrong(run, data, "conditions lie too deep in one another");
    if (data->kind != DATA_MAP)
        return wrong(run, data, "a map of facts is needed here");
    struct condition *children = ARENA_ARRAY(run->arena, struct condition, data->count + 1);
    *out =
        (struct condition){ .op = CONDITION_ALL, .children = children, .child_count = data->count };
    for (uint32_t i = 0; i < data->count; i++) {
        const struct data *key = data->entries[i].key, *value = data->entries[i].value;
        struct condition *child = &children[i];
        bool good;
        if (str_is(key->text, "any") || str_is(key->text, "all")) {
            child->op = str_is(key->text, "any") ? CONDITION_ANY : CONDITION_ALL;
            good = read_list(run, subject, value, depth, child);
        } else if (str_is(key->text, "not")) {
            struct condition *inner = ARENA_NEW(run->arena, struct condition);
            *child = (struct condition){ .op = CONDITION_NOT, .children = inner, .child_count = 1 };
            good = read_condition(run, subject, value, depth + 1, inner);
        } else {
            good = read_question(run, subject, key, value, child);
        }
        if (!good)
            return false;
    }
    return true;
}

// The rest of a rule.

static bool get_level(struct run *run, const struct data *map, enum level *out)
{
    const struct data *value = data_find(map, STR("level"));
    if (!value)
        return true;
    if (value->kind != DATA_SCALAR || !level_parse(value->text, out))
        return wrong(run, value, "the level is one of: off, note, warning, error");
    return true;
}

static bool get_message(struct run *run, enum subject subject, const struct data *map, bool needed,
                        Str *out)
{
    Str unknown;
    if (!get_text(run, map, "message", needed, out))
        return false;
    if (out->len && !template_check(subject, *out, &unknown))
        return diagf(run, &rule_malformed, data_find(map, STR("message"))->span,
                     "there is no fact \"%.*s\" for the message", STR_ARG(unknown));
    return true;
}

static bool get_subject(struct run *run, const struct data *map, enum subject *out)
{
    Str text = { 0 };
    if (!get_text(run, map, "subject", true, &text))
        return false;
    for (enum subject subject = SUBJECT_CHANGE; subject <= SUBJECT_EXPECTATION; subject++)
        if (str_is(text, subject_name(subject))) {
            *out = subject;
            return true;
        }
    return wrong(run, data_find(map, STR("subject")),
                 "the subject is one of: change, endpoint, remark, diag, unknown, expectation");
}

static bool read_case(struct run *run, const struct rule *rule, const struct data *data,
                      struct rule_case *out)
{
    static const char *const known[] = { "when", "level", "review", "message" };
    *out = (struct rule_case){ .level = rule->level, .review = rule->review };
    if (!check_keys(run, data, known, sizeof known / sizeof *known))
        return false;
    const struct data *when = data_find(data, STR("when"));
    if (!when)
        return wrong(run, data, "\"when\" is missing");
    return read_condition(run, rule->subject, when, 0, &out->when) &&
           get_level(run, data, &out->level) && get_bool(run, data, "review", &out->review) &&
           get_message(run, rule->subject, data, false, &out->message);
}

static bool read_cases(struct run *run, const struct data *map, struct rule *out)
{
    const struct data *list = data_find(map, STR("cases"));
    if (!list)
        return true;
    if (list->kind != DATA_LIST)
        return wrong(run, list, "a list is needed here");
    struct rule_case *cases = ARENA_ARRAY(run->arena, struct rule_case, list->count + 1);
    for (uint32_t i = 0; i < list->count; i++)
        if (!read_case(run, out, list->entries[i].value, &cases[i]))
            return false;
    out->cases = cases;
    out->case_count = list->count;
    return true;
}

static bool read_example(struct run *run, const struct data *data, struct rule_example *out)
{
    static const char *const known[] = { "title",    "type",          "before",  "after",
                                         "config",   "reported",      "trusted", "upstreams",
                                         "settings", "after_settings" };
    *out = (struct rule_example){ .type = STR("nginx") };
    if (!check_keys(run, data, known, sizeof known / sizeof *known))
        return false;
    if (!data_find(data, STR("reported")))
        return wrong(run, data, "\"reported\" is missing");
    if (!get_text(run, data, "title", true, &out->title) ||
        !get_text(run, data, "type", false, &out->type) ||
        !get_text(run, data, "before", false, &out->before) ||
        !get_text(run, data, "after", false, &out->after) ||
        !get_text(run, data, "config", false, &out->config) ||
        !get_text(run, data, "trusted", false, &out->trusted) ||
        !get_text(run, data, "upstreams", false, &out->upstreams) ||
        !get_text(run, data, "settings", false, &out->settings) ||
        !get_text(run, data, "after_settings", false, &out->after_settings) ||
        !get_bool(run, data, "reported", &out->reported))
        return false;
    bool pair = data_find(data, STR("before")) && data_find(data, STR("after"));
    if (pair == (data_find(data, STR("config")) != NULL))
        return wrong(run, data, "an example has \"before\" and \"after\", or \"config\"");
    return true;
}

static bool read_examples(struct run *run, const struct data *map, struct rule *out)
{
    const struct data *list = data_find(map, STR("examples"));
    if (!list)
        return true;
    if (list->kind != DATA_LIST)
        return wrong(run, list, "a list is needed here");
    struct rule_example *examples = ARENA_ARRAY(run->arena, struct rule_example, list->count + 1);
    for (uint32_t i = 0; i < list->count; i++)
        if (!read_example(run, list->entries[i].value, &examples[i]))
            return false;
    out->examples = examples;
    out->example_count = list->count;
    return true;
}

// The fix as single products write it: a map from layers to texts.
static bool read_fixes(struct run *run, const struct data *map, struct rule *out)
{
    const struct data *fixes = data_find(map, STR("fix_for"));
    if (!fixes)
        return true;
    if (fixes->kind != DATA_MAP)
        return wrong(run, fixes, "a map from products to texts is needed here");
    struct rule_fix *list = ARENA_ARRAY(run->arena, struct rule_fix, fixes->count + 1);
    for (uint32_t i = 0; i < fixes->count; i++) {
        const struct data *key = fixes->entries[i].key, *value = fixes->entries[i].value;
        if (value->kind != DATA_SCALAR || !str_trim(value->text).len)
            return wrong(run, value, "text is needed here");
        list[i] = (struct rule_fix){ key->text, str_trim(value->text) };
    }
    out->fixes = list;
    out->fix_count = fixes->count;
    return true;
}

static bool read_rule(struct run *run, const struct data *map, struct rule *out)
{
    static const char *const known[] = { "id",         "name",     "level", "review",
                                         "subject",    "when",     "cases", "covered_by",
                                         "message",    "why",      "fix",   "fix_for",
                                         "references", "examples", "twins", "no_twin" };
    if (!check_keys(run, map, known, sizeof known / sizeof *known))
        return false;
    out->level = LEVEL_WARNING;
    const struct data *when = data_find(map, STR("when"));
    if (!when)
        return wrong(run, map, "\"when\" is missing");
    return get_text(run, map, "id", true, &out->id) &&
           get_text(run, map, "name", true, &out->name) && get_level(run, map, &out->level) &&
           get_bool(run, map, "review", &out->review) && get_subject(run, map, &out->subject) &&
           read_condition(run, out->subject, when, 0, &out->when) && read_cases(run, map, out) &&
           get_texts(run, map, "covered_by", &out->covered_by, &out->covered_by_count) &&
           get_message(run, out->subject, map, true, &out->message) &&
           get_text(run, map, "why", true, &out->why) &&
           get_text(run, map, "fix", true, &out->fix) && read_fixes(run, map, out) &&
           get_texts(run, map, "references", &out->references, &out->reference_count) &&
           get_texts(run, map, "twins", &out->twins, &out->twin_count) &&
           get_text(run, map, "no_twin", false, &out->no_twin) && read_examples(run, map, out);
}

bool rule_load(struct run *run, uint32_t file, Str text, struct rule *out)
{
    struct data_list documents = { 0 };
    struct rule rule = { 0 };
    if (!read_yaml(run, file, text, &documents))
        return false;
    if (documents.count != 1)
        return diagf(run, &rule_malformed, (Span){ file, 0, 0 }, "a file holds one rule");
    if (!read_rule(run, documents.items[0], &rule))
        return false;
    rule.source_hash = hash_str(HASH_SEED, text);
    *out = rule;
    return true;
}
