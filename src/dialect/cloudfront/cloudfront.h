#pragma once
// cloudfront: distributions and response headers policies of AWS CloudFront, in CloudFormation
// (also SAM and what CDK writes), or as the command line takes and prints them.
// Source: reference/cdn.md sections 3, 10, 12 and 13.

#include "base/map.h"
#include "dialect/cases.h"
#include "dialect/cloudformation/template.h"
#include "dialect/hostname.h"
#include "dialect/languages.h"

extern const struct dialect dialect_cloudfront;

// ---- private to this folder

struct cloudfront {
    struct model *model;
    struct policy *policy;
    struct reading *reading;
    const struct document *document;
    struct terms *terms;
    struct template *template; // NULL: this is none
    Str at;                    // for complaints: "resource Site"
    bool good;
    struct host_names *aliases; // of all distributions
    struct map said;            // remarks and what is not known, each once: private to cloudfront.c
    struct map used;            // policies of the template that a distribution uses, by name
    struct map identities;      // of pieces of the document: private to references.c
};

extern const struct kind cloudfront_malformed; // CG901

#if defined(__GNUC__)
__attribute__((format(printf, 3, 4)))
#endif
void cf_complain(struct cloudfront *cf, Span span, const char *format, ...);
// Once for each place and rule: each case of a template would say it again.
#if defined(__GNUC__)
__attribute__((format(printf, 4, 5)))
#endif
void cf_remark(struct cloudfront *cf, const char *rule, Span span, const char *format, ...);
// Enters what is not known, once.
void cf_unknown(struct cloudfront *cf, Str reason, uint64_t identity, Span span);
void cf_unknown_value(struct cloudfront *cf, const struct value *value);
// Of a piece of the document and all that it can depend on: parameters, the resources that it
// refers to, and the files of the source that those name.
uint64_t cf_identity(struct cloudfront *cf, const struct data *data);
uint64_t cf_identity_of(struct cloudfront *cf, const struct term *term);
// The first resource of the template that a piece of it refers to, and what follows the name, such
// as an attribute. False when there is none.
bool cf_refers(const struct cloudfront *cf, const struct data *data, struct resource *out,
               Str *attribute);

// Whether an entry of Resources is a loop or a macro that makes distributions or policies.
bool cf_is_made(const struct data_entry *entry);

// A list: itself, or the Items of a map {Quantity, Items}.
struct term cf_items(struct cloudfront *cf, const struct term *term);
struct term cf_list(struct cloudfront *cf, const struct term *map, const char *key);
// Texts joined by ", "; NULL when there are none.
const struct value *cf_joined(struct cloudfront *cf, const struct term *list);

// What may be true, false, or not known.
struct cf_truth {
    bool holds, is_open;
    Str reason; // "whether ...": when it is open
    uint64_t identity;
    Span span;
};
struct cf_truth cf_truth_of(struct cloudfront *cf, const struct term *map, const char *key,
                            bool fallback);
void cf_split_truth(struct cases *cases, struct branch in, const struct cf_truth *truth,
                    struct branch *yes, struct branch *no);

// ---- origins of a policy (3.3)

// What is not certain about the grammar; what an entry matches only where such facts hold counts as
// possible.
enum cf_fact {
    CF_BOTH_SCHEMES,  // an entry without a scheme allows http, not only https
    CF_MANY_LABELS,   // "*." stands for several labels, not only for one
    CF_NO_PORT,       // ":*" allows the port to be left out
    CF_NO_PORT_DIGIT, // a "*" in a port stands for nothing, too
    CF_NULL_ORIGIN,   // the entry null allows the origin null
    CF_FACTS,
    CF_FACT_SETS = 1 << CF_FACTS
};

struct cf_origins {
    Span span;
    bool any;                            // "*" is listed
    const struct fa *sets[CF_FACT_SETS]; // what is matched where these facts hold; NULL: nothing
    // Entries that are not known.
    const struct fa *open; // the origins that they may allow; NULL: there are none
    bool may_be_star;      // one of them may be "*"
    Str open_reason;
    uint64_t open_identity;
    Span open_span;
};
void cf_origins_read(struct cloudfront *cf, const struct term *list, struct cf_origins *out);

// Requests with an origin: those that are answered "*", with the origin itself, without any, and
// those of which that is not known.
struct cf_matched {
    struct branch star, echo, none, open;
};
struct cf_matched cf_origins_match(struct cases *cases, struct branch in,
                                   const struct cf_origins *origins);

// ---- response headers policies (3.2, 3.4, 3.7)

struct cf_cors {
    Span span;
    struct cf_origins origins;
    const struct value *methods, *expose, *max_age; // NULL: not sent
    const struct value *headers;                    // names that are allowed as they are
    const struct fa *header_lists; // where there are patterns: lists whose names they all allow
    Span methods_span, headers_span, expose_span, max_age_span;
    struct cf_truth credentials, override;
    bool exposes_on_preflight; // and not else
};
struct cf_header {
    Str name; // empty: not known
    const struct value *value;
    struct cf_truth override;
    Span span;
};
struct cf_headers {
    struct cf_header *items;
    uint32_t count, capacity;
};
struct cf_policy {
    Str unknown; // why nothing of it is known; empty: it is
    uint64_t identity;
    Span span;
    bool has_cors;
    struct cf_cors cors;
    struct cf_headers removed, custom;
};
// `config` is a ResponseHeadersPolicyConfig.
void cf_policy_read(struct cloudfront *cf, const struct term *config, Span span,
                    struct cf_policy *out);
// The policy that a behaviour names. False when it names none.
bool cf_policy_find(struct cloudfront *cf, const struct term *id, struct cf_policy *out);
// What the policy does to an answer; `next` is given the branches.
struct cf_next {
    void (*end)(struct cases *cases, struct branch in, const void *state);
    const void *state;
};
void cf_policy_apply(struct cases *cases, struct branch in, const struct cf_policy *policy,
                     struct cf_next next);

// ---- what is known by its id (3.7)

struct cf_managed {
    const char *id, *name;
    bool cors, preflight; // of a response headers policy: "*"; ... and headers for preflights
};
const struct cf_managed *cf_managed_policy(Str id);
enum cf_forwards { CF_NOTHING, CF_LISTED, CF_ALL, CF_ALL_BUT };
struct cf_managed_request { // an origin request policy
    const char *id, *name;
    enum cf_forwards forwards;
    const char *headers; // in lower case, with "," between
};
const struct cf_managed_request *cf_managed_request(Str id);
struct cf_managed_cache { // a cache policy
    const char *id, *name;
    const char *headers;    // of the key, beyond Accept-Encoding
    enum cache_keeps keeps; // by the default TTL
    bool ignores_control;   // by the minimum TTL
};
const struct cf_managed_cache *cf_managed_cache(Str id);

// ---- what the origin is sent (3.6)

struct cf_names {
    Str *items; // in lower case
    uint32_t count, capacity;
};
bool cf_names_has(const struct cf_names *names, Str name);
struct cf_forwarding {
    enum cf_forwards forwards;
    struct cf_names names; // listed, or left out
    struct cf_names key;   // headers of the cache key; they are forwarded as well
    enum cache_keeps keeps;
    bool ignores_control; // keeps what Cache-Control forbids to keep
    bool keeps_options;   // answers to OPTIONS as well as those to GET and HEAD
    bool is_legacy;       // what is forwarded without being named is taken out of Vary as well
    Str unknown;          // why it is not known what is forwarded; empty: it is
    uint64_t identity;
    Span span;
};
void cf_forwarding_read(struct cloudfront *cf, const struct term *behaviour,
                        struct cf_forwarding *out);

// ---- where it is sent

struct cf_target {
    Str http, https; // the target for viewers that came by http, by https
    Str host;        // of a bucket: its Host, whatever is forwarded; else empty
    Str path;        // put before every path
    Str unknown;     // why something else may be sent; empty: nothing is
    uint64_t identity;
    struct cf_headers headers; // that CloudFront adds to the request
    Span span;
};
void cf_target_read(struct cloudfront *cf, const struct term *distribution, const struct term *id,
                    struct cf_target *out);
// What is sent to a target.
const struct forward *cf_forward(struct model *model, const struct cf_forwarding *forwarding,
                                 const struct cf_target *target);
// Takes names out of the Vary of what answers: the number of operations that this takes.
uint32_t cf_trim_vary(struct cases *cases, struct branch *in,
                      const struct cf_forwarding *forwarding);
// The cache in front of an origin, behind so many operations; NULL where nothing is kept.
const struct cache *cf_cache(struct model *model, const struct cf_forwarding *forwarding,
                             uint32_t op_count);
