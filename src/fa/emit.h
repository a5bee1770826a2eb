#pragma once
// emit: from the tree to the nodes of a program. Private to fa/.

#include "fa/program.h"

// From the tree to nodes, from right to left: what is emitted leads to `next`.
struct emit {
    struct program *program;
    struct arena *scratch;
    uint32_t atomic; // end of the innermost atomic group whose choices are in order, 0 for none
    uint32_t steps;  // nodes of the tree visited so far, each as often as it is repeated
    bool copied;     // inside a called group: its captures are not ours
    bool behind;     // inside a lookbehind
    uint32_t loops;  // bits given out
    uint32_t conditions;
    struct emit_group {
        bool open; // being emitted
        uint8_t bit;
    } * groups;
    uint32_t word_context;
};

uint32_t emit_tree(struct emit *e, const struct tree *tree, uint32_t next);
uint32_t emit_choice(struct emit *e, const struct tree *tree, uint32_t next);
uint32_t emit_split(struct emit *e, uint32_t first, uint32_t second);
