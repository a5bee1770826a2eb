#pragma once
// variables: ${self:...} and its like in files of the Serverless Framework, as far as the file
// alone decides. A value behind a comma is what counts where the first is not in the file, as a
// parameter's default is.

#include "dialect/cloudformation/template.h"

struct variables {
    struct model *model;
    const struct data *root;
    uint32_t depth;
};

struct terms variables_terms(struct variables *variables);
// The template under `resources`, whose texts may hold variables; of several, the first. NULL when
// there is none. `variables` must live as long.
struct template *variables_template(struct variables *variables, struct policy *policy,
                                    const struct document *document);
