#pragma once
// sarif_rule: a rule as SARIF's reportingDescriptor, with its help in Markdown.

#include "base/jout.h"
#include "rule/rule.h"

void sarif_rule_write(struct jout *out, const struct rule *rule);
const char *sarif_level(enum level level); // none, note, warning, error
