// twins_test PROGRAM [ID]: what one rule reports of a change, another one reports of the reverse:
// whoever hears that access is gained also hears that it is lost, and the other way round.

#include "rules/trial.h"

static bool is_listed(const struct rule *rule, Str ids, Str *found)
{
    for (uint32_t i = 0; i < rule->twin_count; i++)
        if (str_contains(ids, rule->twins[i])) {
            *found = rule->twins[i];
            return true;
        }
    return false;
}

// Rules that look at only one version have no reverse.
static bool has_reverse(const struct rule *rule)
{
    return str_starts(rule->id, STR("CG1")) || str_starts(rule->id, STR("CG2"));
}

static bool try_example(const struct trial *trial)
{
    const struct rule *rule = trial->rule;
    const struct rule_example *example = trial->example;
    Str twin = { NULL, 0 };
    if (!has_reverse(rule))
        return true;
    if (!rule->twin_count == !rule->no_twin.len) {
        printf("%.*s needs twins, or no_twin with the reason why it has none\n", STR_ARG(rule->id));
        return false;
    }
    if (!rule->twin_count || !example->before.len)
        return true;
    struct trial_report report = trial_run(trial, &example->after, example->before);
    if (report.good && is_listed(rule, report.ids, &twin)) {
        printf("%.*s: the reverse is %.*s\n", STR_ARG(rule->id), STR_ARG(twin));
        return true;
    }
    printf("%.*s, \"%.*s\": none of its twins reports the reverse: %.*s\n", STR_ARG(rule->id),
           STR_ARG(example->title), STR_ARG(report.ids));
    return false;
}

int main(int argc, char **argv)
{
    return trial_all(argc, argv, true, try_example);
}
