#pragma once
// builtin: the rules of rules/*.yaml, compiled by src/rule/compile_rules.c when the program is built.

#include "rule/rule.h"

extern const struct rule builtin_rules[]; // sorted by id
extern const uint32_t builtin_rule_count;
