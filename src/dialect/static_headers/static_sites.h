#pragma once
// static_sites: configuration of hosts of static sites, one row each.
// Source: reference/cdn.md sections 5, 6 and 7.

#include "dialect/documents.h"
#include "dialect/engine/static_headers.h"
#include "syntax/read_headers.h"

// _headers, whoever reads it; and for whom the user says who does.
extern const struct dialect dialect_headers, dialect_cloudflare_pages, dialect_cloudflare_workers,
    dialect_netlify;

// One site that a _headers file stands in.
struct headers_file {
    struct model *model;
    struct policy *policy;
    const struct headers_lines *lines;
};

// ---- cloudflare.c, netlify.c: what each makes of the lines
void cloudflare_rules(struct headers_file *file, struct static_rules *out);
void netlify_rules(struct headers_file *file, struct static_rules *out);

// Adds a header to a rule if it counts. Where the rule has one of that name, written the same way
// (`folds`: in any case), the values are joined by ", ".
void static_rule_add(struct model *model, struct static_rule *rule, Str name,
                     const struct value *value, bool folds, Span span);
// What configuration says in vain: CG506 or CG507.
void static_remark(struct policy *policy, const char *rule, Span span, Str message);
