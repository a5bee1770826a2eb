// examples_test PROGRAM [ID]: runs the examples of every built-in rule through the program. Those
// that are said to be reported are reported by exactly that rule, the others not by it.

#include "rules/trial.h"

static bool try_example(const struct trial *trial)
{
    const struct rule_example *example = trial->example;
    struct trial_report report = trial_example(trial);
    const char *wrong = NULL;
    if (!report.good)
        wrong = "there is no report";
    else if (example->reported && !report.by_rule)
        wrong = "it is not reported";
    else if (example->reported && report.others.len)
        wrong = "others report something, too";
    else if (!example->reported && report.by_rule)
        wrong = "it is reported";
    if (!wrong)
        return true;
    printf("%.*s, \"%.*s\": %s\n%.*s", STR_ARG(trial->rule->id), STR_ARG(example->title), wrong,
           STR_ARG(report.others));
    if (!report.others.len && !report.by_rule)
        printf("    %.*s\n", report.text.len < 400 ? (int)report.text.len : 400, report.text.ptr);
    return false;
}

int main(int argc, char **argv)
{
    return trial_all(argc, argv, false, try_example);
}
