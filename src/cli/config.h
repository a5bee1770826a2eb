#pragma once
// config: .corsgate.yml, what a project says about itself (docs/configuration.md).

#include "dialect/dialect.h"
#include "policy/origins.h"
#include "review/approvals.h"
#include "review/waiver.h"
#include "rule/expectation.h"
#include "rule/rule.h"

struct config_text {
    Str text;
    Span span;
};

struct config {
    bool present;
    Str path; // as shown to people; empty when there is none
    VEC(struct dialect_source) sources;
    uint32_t nginx_version; // 1026000 for 1.26.0; 0: not said
    VEC(struct upstream) upstream_list;
    struct upstreams upstreams; // of upstream_list
    VEC(struct rule_level) levels;
    const struct fa *trusted; // NULL: none declared
    VEC(struct config_text) trusted_list;
    VEC(struct dialect_setting) settings; // of controllers
    VEC(struct expectation) expectations;
    VEC(struct config_text) stack;        // names of products or files, outermost first
    VEC(struct config_text) custom_files; // paths and globs
    VEC(struct rule) custom;              // what is in them; by config_load_rules
    struct approvals approvals;
    VEC(struct waiver) waivers;
    Span span;     // of the file: its beginning
    bool is_right; // nothing was wrong in the file
};

// The configuration file that counts for a version with this root (an absolute path, or empty):
// the nearest one from there up to the top of the repository, or, outside of one, up to the current
// folder. False when there is none.
MUST_CHECK bool config_find(struct arena *arena, Str root, Str *path);

// Reads the file at `path` (of the system). False when something was wrong (said in run->diags);
// *out holds what is right.
MUST_CHECK bool config_read(struct run *run, struct files *files, struct model *model,
                            struct origin_space *space, Str path, struct config *out);
// The same for a text that is in `files` already.
MUST_CHECK bool config_parse(struct run *run, const struct files *files, uint32_t file,
                             struct model *model, struct origin_space *space, struct config *out);
// Reads the project's own rules, which lie beside the configuration of this version, and checks
// that every rule that the configuration speaks of exists. False when something was wrong.
MUST_CHECK bool config_load_rules(struct run *run, struct source *version, struct config *config);
