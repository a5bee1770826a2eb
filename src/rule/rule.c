#include "rule/rule.h"

#include "rule/builtin.h"

const struct rule *rule_all(uint32_t *count)
{
    *count = builtin_rule_count;
    return builtin_rules;
}

const struct rule *rule_find(Str id)
{
    for (uint32_t i = 0; i < builtin_rule_count; i++)
        if (str_equal_nocase(builtin_rules[i].id, id))
            return &builtin_rules[i];
    return NULL;
}

Str finding_fix_for(const struct finding *finding)
{
    const char *layer = finding->region     ? finding->region->layer
                        : finding->endpoint ? finding->endpoint->layer
                                            : NULL;
    const struct rule *rule = finding->rule;
    for (uint32_t i = 0; layer && i < rule->fix_count; i++)
        if (str_is(rule->fixes[i].layer, layer))
            return rule->fixes[i].text;
    return (Str){ NULL, 0 };
}
