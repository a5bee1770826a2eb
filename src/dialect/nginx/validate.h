#pragma once
// validate: what the parts of nginx_validate (load.h) share. Each handler says what nginx's own
// handler of that directive refuses.

#include "base/map.h"
#include "base/vec.h"
#include "dialect/nginx/directives.h"
#include "dialect/nginx/load.h"

#include <stdbool.h>

extern const struct kind nginx_refused;           // CG901
extern const struct kind nginx_unknown_directive; // CG902

// A block that is being looked at, and those around it.
struct scope {
    enum context context; // of the statements in it
    const struct conf *block;
    const struct scope *outer;
};

struct variable_use {
    Str name; // lower case
    Span span;
};

struct handler;

// What has been seen of a directive.
struct row_state {
    const struct conf *block;      // in which it stood last
    const struct handler *handler; // of its name
    bool looked;
};

struct validate {
    struct run *run;
    struct arena *scratch; // of all that is only for the validation
    struct arena *found;   // of what the blocks that are open hold
    struct map patterns;   // that have been found good: by hash of the text
    bool refused;
    bool open;                     // variables and locations may be defined where we cannot see
    struct map variables;          // defined by the configuration: by hash of the lower-case name
    struct map listeners;          // by hash of the address
    uint32_t name_max;             // bytes of a server's name
    VEC(Str) log_formats;          // defined so far
    VEC(struct variable_use) uses; // to be looked up when all are known
    Str builtin;                   // the name used last that needs no looking up
    struct row_state *rows;        // beside directive_rows
};

// Reports at a span, and returns false.
#if defined(__GNUC__)
__attribute__((format(printf, 3, 4)))
#endif
bool refuse(struct validate *validate, Span span, const char *format, ...);

// Names in nginx's variables (variables.c).
bool variable_is_builtin(Str lower);
bool variable_is_fixed(Str lower); // built in, and neither set nor map may define it
// Enters `word`, "$name", as a definition by `set`, `map` and so on.
bool variable_define(struct validate *validate, const struct conf_word *word);
void variable_use(struct validate *validate, Str name, Span span);
void variables_check(struct validate *validate); // those used, once all are known
// Looks at a text in which variables are expanded.
bool expression_check(struct validate *validate, Str text, Span span);
bool expression_has_variables(Str text);
// Compiles a regular expression with PCRE2 and enters its named groups as variables.
bool pattern_check(struct validate *validate, Str pattern, bool caseless, Span span);

bool number_parse(Str text, uint32_t *out); // digits only, as ngx_atoi
bool duration_parse(Str text, bool milliseconds, uint64_t *out);
bool size_parse(Str text, bool giga);

// A statement's own handler; the generic checks have passed.
struct handler {
    const char *name;
    bool (*check)(struct validate *validate, const struct conf *conf, const struct scope *scope);
};
// Each ends with a row without a name.
extern const struct handler handlers_rewrite[], handlers_http[], handlers_server[],
    handlers_tables[], handlers_logs[];

// The handler of a directive whose arguments are chosen from a list, or NULL.
const struct handler *handler_of_choice(Str name);
// The bytes that the name of a hash's entry may have, when `setting` stands in the http block or
// does not.
uint32_t hash_entry_max(const struct scope *http, const char *setting);
// Two locations of one block for the same path.
bool locations_check(struct validate *validate, const struct conf *block);
// What shows only when all servers are known.
void listeners_check(struct validate *validate);
