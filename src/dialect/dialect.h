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
struct dialect_options {
    uint32_t nginx_version; // 1026000 for 1.26.0; 0: the newest known
    const struct dialect_source *sources;
    uint32_t source_count;
    const struct upstreams *upstreams; // of this version
};

struct dialect_file {
    Str path;            // from the root of the source
    const char *dialect; // as what it is read, or NULL: not at all
    Str why;             // for `show --explain`
};

struct dialect_result {
    struct policy *policy;
    struct dialect_file *files; // that a dialect recognised, roots only
    uint32_t file_count, file_capacity;
};

struct dialect {
    const char *name;
    const char *what; // for people: "nginx configuration"
    // Those of `paths` (files of the source) that this dialect reads as roots; files that another
    // includes are left out.
    void (*find)(struct run *run, struct files *files, struct source *source, const Str *paths,
                 uint32_t path_count, struct dialect_result *out);
    // Adds the endpoints, unknowns and remarks of one root file. False when it cannot be read at
    // all (said in run->diags).
    bool (*load)(struct model *model, struct files *files, struct source *source, Str path,
                 const struct dialect_options *options, struct policy *out);
};

extern const struct dialect *const dialects[];
extern const uint32_t dialect_count;

// Reads everything below `paths` (empty: the whole source) that a dialect recognises into one
// policy. A path that is a file is read even when it is not recognised by its name. False when
// something could not be read (run->diags says what); what could be is there.
MUST_CHECK bool dialect_load(struct model *model, struct files *files, struct source *source,
                             const struct dialect_options *options, const Str *paths,
                             uint32_t path_count, struct dialect_result *out);
