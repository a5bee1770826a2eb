#pragma once
// settle: what `diff` and `check` do alike around the rules: what these are asked with, and what
// becomes of what they say.

#include "cli/findings.h"
#include "review/suppress.h"
#include "rule/expectation.h"

// What the rules are asked with. Trust and levels are those of the old version's judge (`old` NULL:
// there is but one), so that a change under review does not judge itself; the project's own rules
// are those of the old version and what the new one adds to them.
struct rule_settings settle_rules(struct workspace *workspace, const struct version *old,
                                  const struct version *new);

// Adds what is to say about expectations, suppressions and the gate itself, marks what is accepted,
// and fills report->findings and report->expectations. False when the baseline that the options
// name, or the acknowledgements of the new version, cannot be read, which is said.
MUST_CHECK bool settle_findings(struct workspace *workspace, const struct version *old,
                                const struct version *new, const struct rule_settings *settings,
                                struct findings *findings, struct report *report);
