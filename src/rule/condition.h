#pragma once
// condition: asking a rule's questions, and filling its words.

#include "base/arena.h"
#include "rule/rule.h"

// `facts` has a value for each fact of the subject.
bool condition_holds(const struct condition *condition, const struct fact_value *facts);

// The template with every {fact} replaced. "{{" stands for a brace.
Str template_fill(struct arena *arena, enum subject subject, Str template,
                  const struct fact_value *facts);
// Is every {fact} one of the subject? If not: the first that is none.
bool template_check(enum subject subject, Str template, Str *unknown);
