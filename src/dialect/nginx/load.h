#pragma once
// load: from files to one tree of statements, with every include replaced by what it names
// (reference/nginx.md 1.3), and fragments put where they would stand.

#include "base/diag.h"
#include "base/map.h"
#include "source/source.h"
#include "syntax/nginx.h"

#include <stdbool.h>
#include <stdint.h>

extern const struct kind nginx_include_outside; // CG904 warning: what it would bring is unknown
extern const struct kind nginx_include_missing; // CG910 warning: the same
extern const struct kind nginx_include_cycle;   // CG901
extern const struct kind nginx_include_depth;   // CG903
extern const struct kind nginx_empty;           // CG901: nothing of nginx in the file

enum wrap {
    WRAP_NONE,     // a whole configuration
    WRAP_HTTP,     // the file's statements stand in an http block
    WRAP_SERVER,   // … in a server without a name: any host
    WRAP_LOCATION, // … in location / of such a server
};

struct loaded {
    Str path; // of the main file
    uint32_t file;
    enum wrap wrap;
    // Never NULL. No words; the children are the main level, always: for a fragment there is an
    // http block (and server, and location) whose words have the span of the file's beginning.
    // An include that could not be resolved stays in the tree: what it brings is unknown.
    const struct conf *root;
    bool broken;         // CG901 was reported for one of its files
    VEC(uint32_t) files; // that it was read from, each once, in the order of reading
};

// Reads files of one source, each once, however often they are included.
struct nginx_loader {
    struct run *run;
    struct source *source;
    struct map trees;                  // by hash of the path: files as read
    struct map known;                  // ... and parts of dumps, too
    const struct nginx_reading *first; // of the first file or part that was read, or NULL
    // Of the version that this one is compared with, or NULL: what is the same in both is not
    // parsed again.
    const struct nginx_loader *before;
    struct map loaded; // by hash of the path: main files with all that they include
};
struct nginx_loader *nginx_loader_new(struct run *run, struct source *source);

// The tree of one main file or fragment, or of the output of `nginx -T`. False when there is
// nothing at all to look at; what is wrong otherwise is reported, `broken` set, and true returned.
MUST_CHECK bool nginx_load(struct nginx_loader *loader, Str path, const struct loaded **out);

// Whether a text looks like nginx configuration, by what its statements are.
bool nginx_recognise(Str text);
// Whether a tree holds what only a main file has: http, events and the like.
bool nginx_is_main(const struct conf *root);
// One file as it stands, without what it includes; NULL when it cannot be read. What is wrong with
// it is reported the first time.
const struct conf *nginx_tree(struct nginx_loader *loader, Str path);

// The files to load one by one, in byte order of their paths: what looks like nginx and is not
// included by another of them. `source->only` alone when the user named a file.
bool nginx_roots(struct nginx_loader *loader, struct source_paths *out);

// Statements that stand in a place of a configuration that is not seen: what may be there beside
// them is not known, so that names of variables are not looked up. Spans are offsets in `text`,
// with file 0. *out has the statements as children, with includes as they stand. False when nginx
// would not take them, which is reported.
MUST_CHECK bool nginx_text_read(struct run *run, struct source *source, Str text, enum wrap place,
                                struct conf *out);

// Whether nginx would accept the tree: contexts, terminators, argument counts and what the handlers
// of the directives of interest refuse. Reports each place with CG901 (unknown names: see
// directives.h) and returns false when there was one.
bool nginx_validate(struct nginx_loader *loader, const struct loaded *loaded);
