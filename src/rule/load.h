#pragma once
// load: a rule as a YAML file writes it, checked: built-in rules when the program is built, a
// project's own when it runs.

#include "base/diag.h"
#include "rule/rule.h"

extern const struct kind rule_malformed;

// Reads `text`, the whole content of the file with that number: one rule. False when something is
// wrong with it, which is then in run->diags. Slices point into `text` or into the run's arena.
MUST_CHECK bool rule_load(struct run *run, uint32_t file, Str text, struct rule *out);
