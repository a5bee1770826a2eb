#pragma once
// starter: the first .corsgate.yml of a project. Every key is there with what it is for; those
// whose value only people know are comments, with what the configuration itself says as a proposal.
// Private to init.

#include "cli/version.h"

enum { STARTER_FILES = 8, STARTER_ORIGINS = 20, STARTER_TARGETS = 10, STARTER_EXPECTATIONS = 5 };

struct starter_layer {
    const char *name; // of a dialect
    uint32_t files;
};
struct starter_file {
    Str path; // from the folder of the configuration
    const char *layer;
};
// An origin that the configuration names one by one and that certainly may read something.
struct starter_origin {
    Str text;
    Str url;            // an example of where
    bool credentials;   // ... with cookies, certainly
    uint32_t endpoints; // at so many of them
};

struct starter {
    VEC(struct starter_layer) layers;
    VEC(struct starter_file) files;     // the first of each layer
    VEC(struct starter_origin *) found; // origins, those of most endpoints first
    bool has_more;                      // origins, of lists too long to be gathered whole
    VEC(Str) targets;                   // upstreams, as written
    uint32_t endpoints;
};

// What a version that was loaded holds.
void starter_gather(struct workspace *workspace, const struct version *version,
                    struct starter *out);
// The file: YAML that the reader of the configuration takes as it is, and also with all that begins
// with "#" and no blank, or with two blanks, turned from comments into settings.
void starter_write(const struct starter *starter, struct buf *out);
