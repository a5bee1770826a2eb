#pragma once
// config: an nginx configuration as nginx itself holds it after reading: blocks with what each
// directive says there, and the code of the rewrite module. Made from the expanded tree; what every
// block inherits is asked for, not copied. reference/nginx.md 2, 3.

#include "dialect/dialect.h"
#include "syntax/nginx.h"

// A text with variables in it, as an argument that nginx expands at run time
// (reference/nginx.md 1.4).
struct template_part {
    Str text;       // known text, or
    Str variable;   // the name in lower case, or
    uint32_t group; // $1..$9; 0: not a capture
};
struct template
{
    const struct template_part *parts;
    uint32_t count;
    Span span;
};

// One line of add_header, or one header of a more_set_headers / more_clear_headers command.
struct header_line {
    enum header_verb verb;
    Str name;
    struct template value;
    const struct statuses *statuses;
    Span span;
    uint64_t identity; // of UNKNOWN: see code_identity
};
struct header_lines {
    struct header_line *items;
    uint32_t count, capacity;
};

enum condition_kind { IF_TRUE, IF_EQUAL, IF_MATCH, IF_FILE };
struct condition {
    enum condition_kind kind;
    bool negated;
    Str variable;                  // of all but FILE
    struct template value;         // right side of EQUAL; the path of FILE
    const struct pattern *pattern; // of MATCH
    Str text;                      // as written, for people
    Span span;
};

enum step_kind { STEP_SET, STEP_IF, STEP_RETURN, STEP_BREAK, STEP_REWRITE, STEP_UNKNOWN };
enum rewrite_flag {
    REWRITE_NONE,
    REWRITE_LAST,
    REWRITE_BREAK,
    REWRITE_REDIRECT,
    REWRITE_PERMANENT
};
struct step {
    enum step_kind kind;
    Span span;
    Str variable;               // SET
    struct template value;      // SET, RETURN's text or target, REWRITE's replacement
    struct condition condition; // IF
    const struct block
        *child; // IF: the configuration that it chooses; in a server the server itself
    const struct step *steps; // IF: its own code
    uint32_t step_count;
    uint32_t status;               // RETURN
    bool has_text;                 // RETURN: with a text or target
    const struct pattern *pattern; // REWRITE
    enum rewrite_flag flag;        // REWRITE
    Str reason;                    // UNKNOWN; SET of a value that nobody knows
    uint64_t identity;             // of the statement
};
struct steps {
    struct step *items;
    uint32_t count, capacity;
};

struct error_page {
    uint32_t status;
    int32_t overwrite; // -1: keep the original; 0: the target's own; else this
    struct template target;
    Span span;
};

enum handler {
    HANDLER_STATIC,
    HANDLER_UPSTREAM,
    HANDLER_UNKNOWN,
    HANDLER_EMPTY_GIF,
    HANDLER_STATUS
};

// What a request is passed on with: each has directives of its own (reference/nginx.md 3.5).
enum family {
    FAMILY_PROXY,
    FAMILY_FASTCGI,
    FAMILY_UWSGI,
    FAMILY_SCGI,
    FAMILIES_CACHING, // those before it have caching directives
    FAMILY_GRPC = FAMILIES_CACHING,
    FAMILY_MEMCACHED,
    FAMILIES
};

// proxy_set_header, or fastcgi_param HTTP_...: a header of the request as it is passed on.
struct sent_line {
    Str name; // in lower case, with "-"
    struct template value;
    Span span;
};
struct sent_lines {
    struct sent_line *items;
    uint32_t count, capacity;
};

// upstream NAME { server ...; }
struct upstream_block {
    Str name;
    struct {
        Str *items; // host:port
        uint32_t count, capacity;
    } servers;
};

struct templates {
    struct template *items;
    uint32_t count, capacity;
};
// What one block says about the cache of a module. Members are inherited from the nearest block
// that has them.
struct caching {
    struct template zone, key; // count 0: not said
    bool has_zone, has_key, has_valid, has_ignored, has_methods, has_buffering, unbuffered;
    struct templates no_cache, bypass;
    bool keeps_ok; // cache_valid speaks of status 200
    bool ignores_control, ignores_vary, ignores_expires;
    bool methods_post;
    Span span; // of the zone
};

enum block_kind { BLOCK_HTTP, BLOCK_SERVER, BLOCK_LOCATION, BLOCK_IF, BLOCK_LIMIT_EXCEPT };
enum modifier {
    LOCATION_PREFIX,
    LOCATION_PREFIX_FINAL /* ^~ */,
    LOCATION_EXACT,
    LOCATION_REGEX,
    LOCATION_NAMED
};
enum adds_mode { ADDS_ON, ADDS_OFF, ADDS_MERGE };

struct address_rule {
    bool allow, all;
    Str text;
};

// What one block says itself. "Nearest" members are inherited from the nearest block that has them.
struct block {
    enum block_kind kind;
    const struct block *parent;
    Span span;

    struct header_lines adds; // nearest, all or nothing
    enum adds_mode adds_mode;
    bool has_adds_mode;
    struct header_lines more;            // additive: the parents' first
    struct header_lines unknown_headers; // additive: Lua and other code that changes headers

    struct {
        struct error_page *items;
        uint32_t count, capacity;
    } error_pages; // nearest
    struct {
        struct conf_word *items;
        uint32_t count, capacity;
    } hidden[FAMILIES], passed[FAMILIES]; // names; nearest, each for itself
    struct sent_lines sent[FAMILIES];     // nearest, all or nothing
    struct template method;               // proxy_method; nearest
    struct {
        struct address_rule *items;
        uint32_t count, capacity;
    } rules; // nearest
    bool has_auth_basic, has_auth_request, has_satisfy, satisfy_any;
    struct template auth_basic;
    Str auth_request; // empty: off
    Span auth_span;
    int8_t intercept_errors[FAMILIES];
    int8_t passes_headers, recursive_error_pages, autoindex, merge_slashes, gzip,
        gzip_vary; // -1: not said
    bool has_root, is_alias;
    struct template root;
    struct {
        struct template *items;
        uint32_t count, capacity;
    } index;

    const struct caching *caching[FAMILIES_CACHING]; // NULL: nothing said
    enum family family;                              // HANDLER_UPSTREAM
    Str upstream;                                    // ... as written
    struct template target;                          // ... the same
    Span handler_span;
    enum handler handler;      // of this very block
    uint64_t handler_identity; // HANDLER_UNKNOWN
    struct {
        struct template *items;
        uint32_t count, capacity;
    } try_files; // not inherited
    Span try_span;
    struct steps steps;       // of the rewrite module; not inherited
    uint64_t hash;            // of the statement that it is read from, with all that stands in it
    uint64_t flow_identity;   // of unknown_flow
    const char *unknown_flow; // code that may end the request in any way: what it is
    Span unknown_flow_span;
    enum modifier modifier; // of a location

    // Servers and locations.
    struct {
        struct block **items;
        uint32_t count, capacity;
    } locations; // in file order
    const struct block *limit_except;
    const struct fa *limit_methods; // the methods that limit_except leaves alone
    // Locations.
    Str path; // as matched: decoded text, or the regex
    const struct pattern *pattern;
    Str unknown_match; // what to say when the pattern is not understood
    bool internal;
    bool is_read; // of a server: more than its names and listens
    // Of a location that a controller writes: rendered.h.
    bool takes_bare;               // serves its path without the final "/", too
    const struct block *otherwise; // serves in its place when `doubt` does not hold, or NULL
    Str doubt;                     // of `otherwise`: a condition that is not known
    Str unknown_answer;            // nobody knows what it answers: the reason
    uint64_t doubt_identity;       // of either
    // Servers.
    struct {
        Str *items;
        uint32_t count, capacity;
    } names;
    struct {
        struct listen *items;
        uint32_t count, capacity;
    } listens;
};

struct listen {
    Str address; // "*" for any
    uint32_t port;
    bool is_default, tls;
};

struct map_entry {
    Str key;
    const struct pattern *pattern; // of a regex key
    struct template result;
    bool hostname; // a wildcard of a map with "hostnames"
    Span span;
};
// A variable that is computed from others on demand.
enum computed_kind { COMPUTED_MAP, COMPUTED_UNKNOWN };
struct computed {
    enum computed_kind kind;
    Str name;   // in lower case
    Str reason; // UNKNOWN: why
    uint64_t identity;
    struct template source;
    struct {
        struct map_entry *items;
        uint32_t count, capacity;
    } entries;
    bool has_default, is_volatile;
    bool results_vary; // some result has a variable in it
    struct template default_result;
    Span span;
    struct map_case *cases; // made on first use: maps.c
    uint32_t case_count;
    uint64_t bytes; // of the keys, then
};

// How the reading of a server went, for the version that comes to be compared with this one.
struct server_record {
    uint32_t first, count; // its endpoints in the policy
    uint32_t notes;        // how often something came up that the server's text does not say alone
    struct {
        Str *items;
        uint32_t count, capacity;
    } missing; // folders that it looks into and that are no part of the source
};

struct rendered; // rendered.h

struct nginx_config {
    struct model *model;
    const struct rendered *rendered; // what a controller writes: rendered.h; NULL: somebody's files
    const struct dialect_options *options;
    struct source *source;
    Str main_file; // from the source's root; empty: rendered
    Str prefix;    // its folder
    struct block *http;
    struct {
        struct block **items;
        uint32_t count, capacity;
    } servers;
    struct {
        const struct conf **items;
        uint32_t count, capacity;
    } server_trees; // as many: what each server is read from
    struct {
        struct computed **items;
        uint32_t count, capacity;
    } computed;
    struct map computed_by_name; // by hash of the name
    struct {
        struct upstream_block *items;
        uint32_t count, capacity;
    } upstreams;
    struct map assigned;   // names that some set or named group assigns
    struct map inputs;     // of a fragment: those of them that are read before they are set
    uint64_t hash;         // of everything that was read
    uint64_t code;         // hash of what is imported for code in njs, Lua and Perl
    struct policy *policy; // takes unknowns and remarks
    struct map unknowns;   // the first so many of those, by place and reason
    uint32_t unknown_count;
    const struct conf *root;
    const struct nginx_loader *loader; // that read it
    struct {
        Str *items;
        uint32_t count, capacity;
    } assigned_names;              // those of `assigned`
    struct server_record *records; // one for each server
    const struct conf *reading;    // the server being read, or NULL
    struct server_record *record;  // ... and its record
    uint32_t notes;                // unknowns, remarks and questions to the files so far
    bool reads_groups;             // somewhere a text has $1 ... $9 in it
    bool is_clouded; // something unknown lies outside of the server that came across it, so that
                     // another server may be affected in silence
};

// Reads the expanded tree. Servers are entered, but what stands in them is read only by
// config_server.
struct nginx_config *config_new(struct model *model, const struct dialect_options *options,
                                struct source *source, Str main_file, const struct conf *root,
                                const struct rendered *rendered, struct policy *policy);
// For a fragment that stands in a server or location: what it reads before it sets it comes from
// what includes it.
void config_note_inputs(struct nginx_config *config);
// The server's blocks, read on the first call.
const struct block *config_server(struct nginx_config *config, uint32_t number);

// Whether the server stands in both in just the same way, and everything that it depends on is the
// same; *number is then its number in `before`.
struct same_servers *same_servers_new(struct nginx_config *before, struct nginx_config *config);
bool same_server(const struct same_servers *same, uint32_t server, uint32_t *number);

// Whether a document root is a folder of the source.
bool files_has_folder(const struct nginx_config *config, Str root);

// Lines without "always" are for these statuses only (reference/nginx.md 3.1).
extern const struct statuses nginx_listed_statuses;

struct template template_parse(struct model *model, Str text, Span span);
bool template_is_text(const struct template *value, Str *out);

const struct computed *config_computed(const struct nginx_config *config, Str name);
bool config_is_set(const struct nginx_config *config, Str name);
bool config_is_input(const struct nginx_config *config,
                     Str name); // some `set` or named group assigns it

// The nearest block, from `block` upwards, that says something.
const struct header_lines *block_adds(const struct nginx_config *config, const struct block *block);
const struct block *block_error_pages(const struct block *block);
const struct block *block_hidden(const struct block *block, enum family family);
const struct block *block_passed(const struct block *block, enum family family);
const struct block *block_rules(const struct block *block);
const struct block *block_auth_basic(const struct block *block);
const struct block *block_auth_request(const struct block *block);
const struct block *block_root(const struct block *block);
const struct block *block_index(const struct block *block);
bool block_satisfy_any(const struct block *block);
bool block_flag(const struct block *block, size_t offset,
                bool otherwise); // offset of one of the int8_t members
// The handler that serves a request in this block: its own, or (a true `if`, limit_except) the
// location's.
const struct block *block_handler(const struct block *block);
