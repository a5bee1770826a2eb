#pragma once
// rule_page: a rule in Markdown: its help, its page in docs/rules, and the list of all of them.

#include "base/buf.h"
#include "rule/rule.h"

// Why, what to do, and more to read. Rules of a project may hold anything: what means something in
// Markdown or HTML is only text.
Str rule_page_help(struct arena *arena, const struct rule *rule);

// For the rules that are built in: docs/rules/ID.md, and docs/rules/README.md with links to them.
void rule_page_write(struct buf *out, const struct rule *rule);
void rule_page_index(struct buf *out);
