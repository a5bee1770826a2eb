#pragma once
// static_sites: configuration of hosts of static sites, one row each.
// Source: reference/cdn.md sections 5, 6 and 7.

#include "dialect/documents.h"
#include "dialect/engine/static_headers.h"
#include "syntax/read_headers.h"

// _headers, whoever reads it; and for whom the user says who does.
extern const struct dialect dialect_headers, dialect_cloudflare_pages, dialect_cloudflare_workers,
    dialect_netlify;
// Documents.
extern const struct dialect dialect_vercel, dialect_firebase, dialect_app_engine,
    dialect_digitalocean, dialect_amplify, dialect_render;

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

// ---- documents.c: what the formats in YAML and JSON have in common

extern const struct kind static_malformed; // CG901

struct static_document {
    struct model *model;
    struct policy *policy;
    const struct static_product *product;
    struct static_rules rules;
    struct static_rules redirects; // go before `rules`
    bool good;                     // nothing was refused
};

// Reports what the product refuses, and keeps it in mind.
#if defined(__GNUC__)
__attribute__((format(printf, 3, 4)))
#endif
void static_complain(struct static_document *document, Span span, const char *format, ...);
// The entries of a list below `key`; none when there is no list, which is reported if it is
// something else.
uint32_t static_count(struct static_document *document, const struct data *map, const char *key,
                      const struct data **list);
// A text as it is written, or not known where a template leaves it open.
const struct value *static_text(struct model *model, const struct data *scalar);
// What a rule matches, of a compiled expression. What is not known is a condition; what the product
// refuses is reported.
void static_match(struct static_document *document, struct static_rule *rule,
                  const struct pattern *pattern);
// The headers of a list of {key, value}; `make` (NULL: static_text) makes the values.
void static_read_pairs(struct static_document *document, const struct data *list,
                       struct static_rule *rule,
                       const struct value *(*make)(const void *state, const struct data *value),
                       const void *state);
// Where a redirect leads to, as far as that is known: a text that names no part of the request.
const struct value *static_location(struct model *model, const struct data *destination);
// Whether a file of a document is called so.
bool static_is_named(const struct document *document, const char *name);

// Of several sites in a list of one file, the requests of number `number` among those of `box`.
// What it is called stands below `name`.
const struct box *static_site_box(struct model *model, const struct data *list, uint32_t number,
                                  const char *name, const struct box *box);
// The place where a document or a part of it begins.
Span static_place(const struct data *node);
// Adds the endpoints of what was read. False also when something was refused.
MUST_CHECK bool static_document_finish(struct static_document *document, const struct box *site,
                                       Span span);

// ---- glob.c
// The paths that minimatch takes a pattern for, with braces and extended patterns, and without
// names that begin with a dot. NULL: not known.
const struct fa *glob_language(struct model *model, Str pattern);
