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
