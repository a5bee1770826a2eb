#pragma once
// model: what all versions of a comparison share: memory, languages, and the variables that
// configuration can look at. Two versions are compared inside one model, so that equal languages
// and equal variables are equal pointers.

#include "base/diag.h"
#include "fa/fa.h"
#include "fa/pcre.h"

#include <stdint.h>

// One thing in a request, or in what surrounds it, that a configuration can look at.
enum var_kind {
    VAR_PORT,    // the port that the connection came to, decimal
    VAR_SCHEME,  // "http" or "https"
    VAR_HOST,    // the host asked for: lower case, no port, no trailing dot; "" when there is none
    VAR_PATH,    // the path as the product normalises it: percent-decoded, no query
    VAR_TARGET,  // the request target as sent: path and query, not decoded
    VAR_QUERY,   // the query as sent, without "?"
    VAR_METHOD,  // GET, OPTIONS, ...
    VAR_HEADER,  // a request header: `name` in lower case with "-"; "" when it is absent (or empty)
    VAR_COOKIE,  // a cookie, `name` as written
    VAR_ARG,     // one argument of the query, `name` in lower case
    VAR_ADDRESS, // the client's address
    VAR_UPSTREAM_STATUS, // the status that what stands behind the configuration answers, decimal;
                         // 200 is assumed
    VAR_UPSTREAM_HEADER, // a header of its answer: `name` in lower case with "-"; "" when it is
                         // absent
    VAR_KEPT_ORIGIN,     // the Origin of the request whose answer a cache kept: cache.h
    VAR_CHOICE, // a condition that is not known: "1" when it holds, "0" when not. `name` is its
                // text
};

struct var {
    enum var_kind kind;
    Str name; // empty for the kinds of which there is one
    const struct fa
        *universe;  // every value it can take (as bytes on the wire, not only what browsers send)
    uint32_t order; // unique in the model; boxes are sorted by it
    uint64_t identity; // of kind, name and what a choice depends on: the same in every run
    Span span;         // of a choice: where it is written (first seen)
    bool of_origin;    // of a choice: what is not known may look at the origin, so what holds for
                       // certain when it holds, holds for no origin in particular
};

// A regular expression, compiled once per model.
struct pattern {
    Str text;
    enum regex_dialect dialect;
    unsigned flags; // enum regex_flags
    struct regex_result result;
};

struct model {
    struct run *run;
    struct arena *arena; // run->arena
    struct fa_space *fa;
    // The variables that everything speaks of.
    const struct var *port, *scheme, *host, *path, *target, *query, *method, *address;
    const struct var *upstream_status;
    const struct var *origin;          // request header Origin
    const struct var *kept_origin;     // ... of the request whose answer a cache kept
    const struct var *request_method;  // request header Access-Control-Request-Method
    const struct var *request_headers; // request header Access-Control-Request-Headers
    struct model_tables *tables;       // private to model.c
    struct origin_space *origins;      // the first that was made: origins.h
};

struct model *model_new(struct run *run);

const struct var *model_header(struct model *model, Str name); // in any case, "-" or "_" as sent
const struct var *model_cookie(struct model *model, Str name);
const struct var *model_upstream_header(struct model *model, Str name);
const struct var *model_arg(struct model *model, Str name);
// A condition that is not known. Two are the same exactly if text and identity are: `identity`
// covers everything that the condition depends on, so that it cancels in a comparison when nothing
// of that changed (design.md section 4).
const struct var *model_choice(struct model *model, Str text, uint64_t identity, Span span);
// The same for a condition that may depend on the origin.
const struct var *model_origin_choice(struct model *model, Str text, uint64_t identity, Span span);
const struct fa *model_choice_value(struct model *model, bool holds); // { "1" } or { "0" }

// Compiles once; later calls with the same arguments give the same pointer.
const struct pattern *model_pattern(struct model *model, Str text, enum regex_dialect dialect,
                                    unsigned flags);
