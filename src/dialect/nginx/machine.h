#pragma once
// machine: what nginx does with a request, for all requests at once. A state is a box of requests
// that have all taken the same way so far; where a decision depends on the request, the state is
// split. reference/nginx.md 2.10 is the program.

#include "dialect/nginx/config.h"
#include "policy/cells.h"

struct binding { // a variable that has a value: by set, by a named group, or a map's cached result
    const struct binding *next;
    Str name;
    const struct value *value;
    bool from_map;
};

struct state {
    const struct box *box;
    const struct block *server;
    const struct block
        *cfg; // the configuration in force: server, location, a true if's, limit_except's
    const struct binding *bindings;
    const struct pattern *matched; // what $1..$9 are groups of; NULL: all empty
    const struct value *subject;   // ... and what it matched
    const struct value *path, *args, *method;
    uint32_t error_status; // err_status: overrides what is sent; 0: none
    uint32_t changes_left; // of the budget for re-searches and redirects
    bool path_broken; // "rewrite ... break" changed the path, so that no location stands for it
    bool path_changed, error_page_used, internal, stopped;
    const struct sent *upstream_asked; // an answer to this led here; NULL: none did
    bool headerless; // the request line alone was read: no header of the request is known
    // While headers are made: who answers, and with what.
    bool answering;
    enum answer answer;
    uint32_t status;
    struct op_room *op_room; // NULL: none so far
    uint32_t op_count;       // those in it that are this state's
};

// Header operations, shared by the states that begin with the same ones.
struct op_room {
    uint32_t used, capacity;
    struct header_op items[];
};

struct states {
    struct state *items;
    uint32_t count, capacity;
};

// One way to serve a path: a location or (NULL) the server itself.
struct target {
    const struct block *location; // the server block itself when no location fits
    const struct fa *paths;
    bool slash_redirect; // 301 to the same path with a slash
    const struct block
        *unknown; // a location whose regular expression may claim these paths, or not; else NULL
};
struct targets {
    struct target *items;
    uint32_t count, capacity;
};

struct machine {
    struct nginx_config *config;
    struct model *model;
    struct arena *scratch; // of states and what goes with them: while one endpoint is interpreted
    struct cells *cells;   // of the endpoint being interpreted
    const struct block *server;
    bool keeps_slashes;
    struct targets targets;     // of that server
    const struct target *entry; // that the endpoint being interpreted stands for
    uint32_t steps_left;        // of all states together
    uint64_t fa_spent;          // by the languages when the endpoint began
    uint64_t allowance;         // what they may cost more, for long maps
    struct map roots;           // what stands below a document root: files.c
};

// The values of an expression, one for each state that the evaluation splits into.
struct evaluation {
    struct state state;
    const struct value *value;
};
struct evaluations {
    struct evaluation *items;
    uint32_t count, capacity;
};
void evaluate(struct machine *machine, const struct state *state, const struct template *expression,
              struct evaluations *out);
// The value without splitting: of no use where there are maps that have no result yet.
const struct value *evaluate_as_is(struct machine *machine, const struct state *state,
                                   const struct template *expression);
// A variable that needs no splitting any more (evaluate splits first).
const struct value *variable(struct machine *machine, const struct state *state, Str name,
                             Span span);
const struct binding *binding_find(const struct state *state, Str name);
void bind(struct machine *machine, struct state *state, Str name, const struct value *value,
          bool from_map);

// Splits by a language, by a pattern (which sets the captures of those that match), by a condition.
void split_language(struct machine *machine, const struct state *state, const struct value *value,
                    const struct fa *language, struct states *yes, struct states *no);
void split_pattern(struct machine *machine, const struct state *state, const struct value *value,
                   const struct pattern *pattern, struct states *yes, struct states *no);
void split_condition(struct machine *machine, const struct state *state,
                     const struct condition *condition, struct states *yes, struct states *no);
void split_choice(struct machine *machine, const struct state *state, Str text, uint64_t identity,
                  Span span, struct states *yes, struct states *no);
// A pattern has matched: its groups are $1..$9 from here on, and its names variables.
void set_captures(struct machine *machine, struct state *state, const struct pattern *pattern,
                  const struct value *subject);
// A map's result, bound to its name.
void evaluate_map(struct machine *machine, const struct state *state, const struct computed *map,
                  uint32_t depth, struct states *out);
void evaluate_deep(struct machine *machine, const struct state *state,
                   const struct template *expression, uint32_t depth, struct evaluations *out);

// File tests: by what stands in the source, else by a choice. `test` is f, d, e or x.
void split_file(struct machine *machine, const struct state *state, const struct value *path,
                char test, Span span, struct states *yes, struct states *no);
// Whether the files below the document root in force can be looked at.
bool files_are_known(struct machine *machine, const struct state *state);
// The document root's path of the state's path, as nginx maps it (root or alias). NULL when that is
// not modelled.
const struct value *file_path(struct machine *machine, const struct state *state);

// Which location serves a path: reference/nginx.md 2.3.
void targets_find(struct machine *machine, const struct block *server, struct targets *out);
const struct block *named_location(const struct block *server, Str name);

// Runs code of the rewrite module; what goes on is appended to *out, what answers is finished.
void run_steps(struct machine *machine, const struct states *in, const struct step *steps,
               uint32_t count, struct states *out);
void states_join(struct machine *machine, struct states *states);

// The phases from here to an answer.
void serve(struct machine *machine, const struct state *state); // from the server's rewrite code
void serve_location(struct machine *machine, const struct state *state,
                    const struct target *target);
void serve_access(struct machine *machine, const struct state *state); // behind the location's code
void serve_try_files(struct machine *machine,
                     const struct state *state); // behind access, with try_files
void serve_content(struct machine *machine, const struct state *state); // behind access
// To another path inside the server. The arguments are those behind its "?"; without one, the
// request's own if they are kept.
enum redirect_args { ARGS_DROPPED, ARGS_KEPT };
void redirect_to(struct machine *machine, const struct state *state, const struct value *uri,
                 enum redirect_args args);
void jump_to(struct machine *machine, const struct state *state, const struct block *named);

// Ends: an error or redirect that error_page may take over; an answer as it is.
void finish_status(struct machine *machine, const struct state *state, uint32_t status,
                   const struct value *location, Span span);
void finish_direct(struct machine *machine, const struct state *state, uint32_t status,
                   const struct value *location, Span span);
void finish_file(struct machine *machine, const struct state *state, Span span); // a file, or 404
// The states that a request to an upstream splits into by what the cache before it makes of it,
// each with that cache (NULL: none). caching.c.
struct cached_state {
    struct state state;
    const struct cache *cache;
};
struct cached_states {
    struct cached_state *items;
    uint32_t count, capacity;
};
void split_caching(struct machine *machine, const struct state *state, struct cached_states *out);
void finish_upstream(struct machine *machine, const struct state *state, const struct sent *sent,
                     Span span);
void finish_unknown(struct machine *machine, const struct state *state, Str reason,
                    uint64_t identity, Span span);
void finish_none(struct machine *machine, const struct state *state, Span span);

// Which servers answer at which ports for which hosts: reference/nginx.md 2.1.
struct serving {
    uint32_t server; // its number in the configuration
    const struct box *box;
    uint32_t port; // one of them, for an example
    bool tls;
    bool is_default; // also for hosts that nobody names
    // Slashes are merged before the host is known, as the default server of the port says.
    bool keeps_slashes;
};
struct servings {
    struct serving *items;
    uint32_t count, capacity;
};
// How a server name that is a regular expression is compiled.
const struct pattern *server_name_pattern(struct nginx_config *config, Str expression, Span span);
// The hosts that any other server name stands for, whatever other servers there are.
const struct fa *server_name_hosts(struct nginx_config *config, Str name);
void servings_find(struct nginx_config *config, struct servings *out);

// Counts one step. False when the endpoint has taken too many, or has too many cells: then nothing
// more is worth doing.
bool machine_goes_on(struct machine *machine);
// The same without a step: whether the languages have not cost too much.
bool machine_can_afford(struct machine *machine);
