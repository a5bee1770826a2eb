#pragma once
// dialect: a product whose configuration corsgate reads. One file and one row each; here alone do
// syntax and policy meet.

#include "policy/policy.h"
#include "source/files.h"
#include "source/source.h"

// What the user's configuration says about reading (design.md 5.4); zero means the default.
struct dialect_source {
    Str path; // a file, a folder, or a glob
    Str type; // a dialect's name; empty: recognised
    Span span;
};
// One entry of `controllers:`; what products and keys there are is in settings.c.
struct dialect_setting {
    Str product, key, value;
    Span span;
};
struct dialect_options {
    uint32_t nginx_version; // 1026000 for 1.26.0; 0: the newest known
    const struct dialect_source *sources;
    uint32_t source_count;
    const struct upstreams *upstreams; // of this version
    const struct dialect_setting *settings;
    uint32_t setting_count;
};

// What `controllers:` may hold: products, and the keys of each (`product` NULL: of all).
struct dialect_key {
    const char *product, *key, *help;
};
extern const char *const dialect_products[];
extern const uint32_t dialect_product_count;
extern const struct dialect_key dialect_keys[];
extern const uint32_t dialect_key_count;

struct dialect_file {
    Str path;            // from the root of the source
    const char *dialect; // as what it is read, or NULL: not at all
    Str why;             // for `show --explain`
};

// What a dialect keeps of a root for the version that this one is compared with.
struct dialect_root {
    const struct dialect *dialect;
    Str path;
    void *kept;
};

struct dialect_result {
    struct policy *policy;
    VEC(struct dialect_file) files; // roots that a dialect recognised
    VEC(struct dialect_root) roots; // as far as a dialect keeps anything
    // The version that this one is compared with, or NULL. Endpoints that are the same in both,
    // because all that decides them is, may then be left out of both policies (policy->left_out).
    struct dialect_result *before;
    struct map *trees; // of files of documents, for those that hold the same (documents.c)
};

struct document;
struct reading;

struct dialect {
    const char *name;
    const char *what; // for people: "nginx configuration"
    // Reads what it recognises below `paths` (none: the whole source), and a path that is a file in
    // any case when `forced`; adds endpoints, unknowns and remarks to out->policy and the root
    // files to out->files. False when something could not be read (run->diags says what); what
    // stands around it is there.
    // NULL for a dialect of YAML and JSON documents.
    bool (*load)(struct model *model, struct source *source, const struct dialect_options *options,
                 const Str *paths, uint32_t path_count, bool forced, struct dialect_result *out);

    // Of a dialect of YAML and JSON documents (documents.h), else NULL. One of `marks` stands in
    // every file that holds such a document: files without any are not even parsed.
    const char *const *marks; // ended by NULL
    // Whether a document is, by what it holds, this dialect's; several may claim one. *why says it
    // for `show --explain`.
    bool (*claims)(const struct document *document, Str *why);
    // Turns all that was claimed into endpoints, unknowns and remarks. False when something could
    // not be read.
    bool (*read)(struct reading *reading);
};

extern const struct dialect *const dialects[];
extern const uint32_t dialect_count;

// Whether a path is one of `paths` or below one; true for no paths.
bool dialect_is_wanted(Str path, const Str *paths, uint32_t path_count);

extern const struct kind dialect_nothing; // CG901: there is no configuration to read

// What the version before kept of the same root, or NULL. The roots of two single files are the
// same whatever their names.
void *dialect_kept(const struct dialect_result *result, const struct dialect *dialect, Str path,
                   bool is_only);
// Leaves endpoint number `number` of the version before out.
void dialect_leave_out(struct dialect_result *result, uint32_t number);

// Reads everything below `paths` (empty: the whole source) that a dialect recognises into one
// policy. A path that is a file is read even when it is not recognised by its name. False when
// something could not be read (run->diags says what); what could be is there.
MUST_CHECK bool dialect_load(struct model *model, struct source *source,
                             const struct dialect_options *options, const Str *paths,
                             uint32_t path_count, struct dialect_result *out);
