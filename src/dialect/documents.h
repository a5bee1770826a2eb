#pragma once
// documents: the YAML and JSON texts of a source, each read once for all dialects.

#include "dialect/dialect.h"
#include "dialect/hostname.h"
#include "policy/box.h"
#include "syntax/data.h"

// One document: a JSON text, or one of the documents of a YAML stream.
struct document {
    Str path;
    uint32_t file;   // its number in struct files
    uint32_t number; // which document of the file, from 0
    bool is_json;    // the file is JSON
    bool is_broken;  // something in the file could not be read: what is here may not be all
    const struct data *root;
};

struct documents {
    const struct document **items;
    uint32_t count, capacity;
};

// What a dialect of documents is handed: what it claimed, and where to put what it makes of it.
struct reading {
    struct model *model;
    struct source *source;
    const struct dialect_options *options;
    struct documents documents; // in byte order of the paths, then as in the file
    struct dialect_result *out;
    struct host_names *hosts; // of all dialects: one may speak of what another one names
};

// Runs every dialect that reads documents over the files below `paths` (none: the whole source).
// A dialect whose row is `typed` takes every document there, claimed or not; NULL: each takes what
// it claims. The files that some dialect took are entered in out->files. False when something could
// not be read.
MUST_CHECK bool documents_load(struct model *model, struct source *source,
                               const struct dialect_options *options, const Str *paths,
                               uint32_t path_count, const struct dialect *typed,
                               struct dialect_result *out);

// The requests that come to what document number `number` of the dialect configures, where each
// document is a program of its own: all of them when there is one document, else those of a choice,
// because nobody says which program a request comes to.
const struct box *documents_instance(const struct reading *reading, uint32_t number,
                                     const char *product);

// A host that is filled in later, as a host of its own whose name is the expression's text: what is
// answered there can be compared all the same. Others as they are written.
Str document_host(struct arena *arena, const struct data *host);

// Whether a path is a document by its name alone: .json, .yaml, .yml, .template (CloudFormation) or
// one of those before ".tpl", ".tmpl", ".j2".
bool document_is_named(Str path);

// For claims: the text of the scalar at `key` of a map, empty when there is none.
Str document_text(const struct data *map, const char *key);
const struct data *document_find(const struct data *map, const char *key);
// ---- configuration of which nobody can say where it is served

// The host of its own under which it is shown: "NAME.invalid", which no server has (RFC 2606).
Str document_own_host(struct arena *arena, Str name);
// Adds an endpoint there, of which nothing is known, so that its changes are seen. The reason says
// what is not known; the identity covers all of it.
void document_outside(struct policy *policy, Str name, const char *layer, struct unknown what);

// Whether a template still has to say something of a map; what it says in a list whose key starts
// with `lists` aside, for such lists are read entry by entry.
bool document_is_open(const struct data *map, const char *lists);
