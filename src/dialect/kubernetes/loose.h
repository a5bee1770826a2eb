#pragma once
// loose: annotations that do not stand in an object: values of a chart, patches of a kustomization.
// What becomes of them is decided when somebody renders them.

#include "dialect/kubernetes/cluster.h"

// Whether a document that is no object holds annotations about CORS; *why says so.
bool loose_claim(const struct document *document, Str *why);
// Reports those of all documents as not known.
void loose_read(struct cluster *cluster);
