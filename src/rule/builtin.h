#pragma once
// builtin: the rules of rules/*.yaml, which src/rule/compile_rules.c compiles during the build.

#include "rule/rule.h"

extern const struct rule builtin_rules[]; // sorted by id
extern const uint32_t builtin_rule_count;
