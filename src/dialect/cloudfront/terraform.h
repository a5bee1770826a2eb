#pragma once
// terraform: CloudFront in Terraform's JSON (*.tf.json), as a template of CloudFormation that says
// the same. Source: reference/cdn.md 3.1.

#include "dialect/documents.h"

// Whether a document has such resources.
bool terraform_is(const struct document *document);
// A document that template.h reads. Expressions that refer to resources and variables of the
// document are references there; all others are not known.
const struct document *terraform_template(struct arena *arena, const struct document *document);
