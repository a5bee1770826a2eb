#pragma once
// buckets: CORS rules of storage buckets, S3 and Google Cloud Storage. Source:
// reference/gateways.md sections 9 (GCS), 10 (S3).

#include "base/map.h"
#include "dialect/cases.h"
#include "dialect/cloudformation/template.h"
#include "dialect/hostname.h"
#include "dialect/languages.h"

extern const struct dialect dialect_s3, dialect_gcs;

// ---- private to this folder

struct buckets {
    struct model *model;
    struct policy *policy;
    struct reading *reading;
    const struct document *document;
    struct terms *terms;
    struct template *template; // NULL: this is none
    Str at;                    // for complaints: "resource Uploads"
    bool good;
    struct host_names *hosts; // of all documents
    struct map said;          // remarks, each once: private to buckets.c
};
struct bucket_rule {
    struct term origins, methods, headers, exposed, max_age;
    Span span;
    bool is_refused; // the product does not take it
};
struct bucket_rules {
    struct bucket_rule *items;
    uint32_t count, capacity;
};

extern const struct kind bucket_malformed; // CG901

#if defined(__GNUC__)
__attribute__((format(printf, 3, 4)))
#endif
void bucket_complain(struct buckets *buckets, Span span, const char *format, ...);
// Says CG506 for each key of a rule that is none of `keys` (ended by NULL).
void bucket_check_keys(struct buckets *buckets, const struct term *rule, const char *const *keys);

// Origins that entries may allow that are not known, all of them together: what they are not in
// one version must not hide what another one adds.
struct open_entries {
    bool some;
    struct languages languages;
    Str reason; // of the first
    uint64_t identity;
    Span span;
};
void bucket_open(struct buckets *buckets, struct open_entries *out, const struct fa *language,
                 Str reason, uint64_t identity, Span span);
// An entry that is not known, or only in part.
void bucket_open_unknown(struct buckets *buckets, struct open_entries *out,
                         const struct term *entry);
// Takes the requests with such an origin out of *rest. What is not known about them then is
// Access-Control-Allow-Origin, or anything where a later rule may answer as well.
struct branch bucket_take_open(struct cases *cases, struct branch *rest,
                               const struct open_entries *open);
void bucket_leave_open(struct cases *cases, struct branch *branch, const struct open_entries *open,
                       bool is_last);

// Splits by whether an unknown entry of a list fits. `language` is where it could.
void bucket_doubt(struct buckets *buckets, struct cases *cases, struct branch in,
                  const struct var *var, const struct fa *language, Str reason, uint64_t identity,
                  Span span, struct branch *yes, struct branch *no);
// Requests whose headers (Access-Control-Request-Headers) are all in a list; "*" in a name stands
// for any text where `stars` is set.
void bucket_split_headers(struct buckets *buckets, struct cases *cases, struct branch in,
                          const struct term *list, bool stars, struct branch *yes,
                          struct branch *no);
// Requests whose method (in `var`) is in a list.
void bucket_split_methods(struct buckets *buckets, struct cases *cases, struct branch in,
                          const struct var *var, const struct term *list, struct branch *yes,
                          struct branch *no);
// Texts joined by ", "; NULL when there are none.
const struct value *bucket_joined(struct buckets *buckets, const struct term *list);
const struct fa *bucket_glob(struct model *model, Str text, const struct fa *star);
const struct fa *bucket_some_origin(struct model *model); // any Origin but none
void bucket_remark(struct buckets *buckets, const char *rule, Span span, Str message);
// The endpoint of a bucket.
struct endpoint bucket_endpoint(struct buckets *buckets, const char *layer, Str host, Str prefix,
                                Span span);

void s3_cells(struct buckets *buckets, struct cases *cases, struct branch all,
              const struct bucket_rules *rules, Str host, Span span);
void gcs_cells(struct buckets *buckets, struct cases *cases, struct branch all,
               const struct bucket_rules *rules, Str host, Span span);
