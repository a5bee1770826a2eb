#pragma once
// static_headers: lists of headers that hosts of static sites add by path: App Engine, Cloudflare,
// Netlify, Vercel, Firebase, Amplify, Render. They differ in what a rule matches, which is the
// dialect's affair, and in what several rules for one header make, which is here.
// Source: reference/cdn.md sections 2, 6 and 13.

#include "dialect/cases.h"

struct static_header {
    Str name;                  // as written
    const struct value *value; // NULL: the header is removed
    Span span;
};
struct static_list {
    struct static_header *items;
    uint32_t count, capacity;
};
// What a rule asks for besides host and path.
struct static_condition {
    const struct var *var;
    const struct fa *language; // NULL: not known, `reason` says why
    bool is_negated;
    Str reason;
    uint64_t identity;
    Span span;
};

struct static_rule {
    Str host, path; // as written; `host` empty: any
    enum match match;
    const struct fa *hosts;   // NULL: any
    const struct fa *paths;   // those that it matches
    const struct fa *perhaps; // those of which that is not known; NULL: none
    struct {
        VEC(struct static_condition) list;
    } conditions; // all must hold
    struct static_list headers;
    bool is_upstream; // STATIC_FIRST: a program answers
    // Not 0: the status of a redirect, which is looked for before all else and gets no headers.
    // Such rules stand before the others.
    uint32_t redirect;
    const struct value *location; // of a redirect
    Span span;
};
struct static_rules {
    struct static_rule *items;
    uint32_t count, capacity;
};

enum static_joining {
    STATIC_FIRST,  // the first rule that matches is the only one; none: not known what answers
    STATIC_LAST,   // the last rule that names a header
    STATIC_JOINED, // all of them, with ", " between; a removal takes what came before
    STATIC_FIRST_OR_LAST, // nobody says: the first one or the last one
    STATIC_OPEN,          // nobody says: the first, the last or all of them
};

// How one product serves.
struct static_product {
    const char *layer; // also of the endpoints
    enum static_joining joining;
    uint32_t options_status;    // what answers OPTIONS; 0: not documented
    bool refuses_other_methods; // everything but GET and HEAD has options_status
    bool sends_star;            // "Access-Control-Allow-Origin: *" on every file
    bool may_send_star;         // ... or not: it is one of two products
    bool has_functions;         // a function may answer in place of a file; rules reach it, too
    bool names_keep_case;       // names that differ in case are two to the product
    bool not_on_errors;         // rules do not touch answers from 500 on
};

// Whether a header has a part in CORS or in what caches make of it. Rules lose the others.
bool static_header_counts(Str name);

// Adds the endpoints of one site: for each path the rules that match, in their order. `site`: the
// requests that come to it; `file`: the place of the file. False when there are too many, which is
// reported.
MUST_CHECK bool static_headers_add(struct model *model, struct policy *policy,
                                   const struct static_product *product,
                                   const struct static_rules *rules, const struct box *site,
                                   Span file);

// `text` so that a regular expression takes it as it is.
Str static_escape(struct arena *arena, Str text);
// Expressions of a whole path; NULL when it is not known, which the caller has to say.
const struct pattern *static_pattern(struct model *model, Str expression);
