#pragma once
// objects: the Kubernetes objects of one version of a project, from all its manifests: lists
// flattened, each to be found by kind, namespace and name. reference/kubernetes.md 2.

#include "base/map.h"
#include "dialect/documents.h"

// One object. Constant once indexed.
struct object {
    Str group, version, kind; // of "apps/v1": "apps" and "v1"; of "v1": "" and "v1"
    Str space;                // metadata.namespace; empty: chosen when it is applied
    Str name;                 // metadata.name
    const struct data *root;  // a map
    const struct document *document;
    Span span;     // of the name, or of the whole where it has none
    Span whole;    // of all of it
    uint64_t hash; // of all that it holds, wherever it stands
};

struct objects {
    const struct object **items; // in the order of the files and in them
    uint32_t count, capacity;
    // Private.
    struct {
        struct objects_kind *items;
        uint32_t count, capacity;
    } kinds;
    struct map by_space; // by kind, name and namespace
    struct map by_name;  // by kind and name: those of every namespace
};

extern const struct kind object_malformed; // CG901: an object that the API server would refuse

// A kind of object that some controller reads. The table is in objects.c; a controller that reads
// more kinds adds rows.
struct object_kind {
    const char *group, *kind;
    const char *versions; // separated by spaces
};

// Whether a document holds such an object, or a list with one; *why says which.
bool objects_claim(const struct document *document, Str *why);
// Indexes all of them. Of two with the same kind, namespace and name in one file the last one
// counts; those of several files may be for several clusters, and are all there. False
// when something could not be read.
MUST_CHECK bool objects_read(struct reading *reading, struct objects *out);

// All objects of a kind, one after another: start with *at = 0 and call until it gives NULL.
const struct object *objects_next(const struct objects *objects, const char *group,
                                  const char *kind, uint32_t *at);
// What an object in namespace `space` means by a name: the one of that namespace, else one whose
// namespace is not written, else (where `space` is not known) the only one of that name anywhere.
const struct object *objects_find(const struct objects *objects, const char *group,
                                  const char *kind, Str space, Str name);

// Whether a scalar is a text for the API server, whose YAML is 1.1: yes, no, on and off are truths.
bool scalar_is_text(const struct data *scalar);

// How to call an object in a message: "Ingress prod/api".
Str object_text(struct arena *arena, const struct object *object);

// ---- fields. Absent is NULL or empty; what has the wrong type is said once, as CG901, and is
// absent then (*good becomes false).

// The value at a path like "spec.rules".
const struct data *object_get(const struct object *object, const char *path);
// The text, list or map at `key` of `map`.
Str field_text(struct run *run, const struct object *object, const struct data *map,
               const char *key, bool *good);
const struct data *field_list(struct run *run, const struct object *object, const struct data *map,
                              const char *key, bool *good);
const struct data *field_map(struct run *run, const struct object *object, const struct data *map,
                             const char *key, bool *good);

// An annotation: the scalar, or NULL. It may be no text: the API server refuses that.
const struct data *object_annotation(const struct object *object, Str key);
const struct data *object_annotations(const struct object *object); // a map, or NULL
