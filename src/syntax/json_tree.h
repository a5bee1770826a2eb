#pragma once
// json_tree: builds the tree of a JSON text, piece by piece as it is read. Only for read_json.

#include "base/vec.h"
#include "syntax/keys.h"

// A list or map that is still open.
struct json_frame {
    struct data *node;
    uint32_t entries;       // what lay on the stack when it began
    const struct data *key; // read, waiting for its value
    bool has_colon;         // ... behind which that stands
};

struct json_tree {
    struct run *run;
    Str text;   // all of it
    Span at;    // where it stands in its file
    bool good;  // no key twice, no limit reached
    bool loose; // the text is no JSON: values that are none are left out
    struct keys keys;
    struct arena *frames_arena, *entries_arena; // each its own, so that it grows in place
    VEC(struct json_frame) frames;              // the first holds the root
    VEC(struct data_entry) entries;
};

void json_tree_begin(struct json_tree *tree, struct run *run, Span at, Str text, bool loose);
// The root, or NULL when there is none, and releases what building took. What is still open is
// closed at the end of the text.
const struct data *json_tree_end(struct json_tree *tree);

// False when it is nested too deep, which is reported. `begin` and `end` are offsets in the text.
MUST_CHECK bool json_tree_open(struct json_tree *tree, enum data_kind kind, uint32_t begin);
// Closes what of that kind is open, and what stands open in it; nothing, where there is none.
void json_tree_close(struct json_tree *tree, enum data_kind kind, uint32_t end);
// A text with its quotes, a number or a word; jansson decides what it means. In a map it is the key
// where none waits.
void json_tree_scalar(struct json_tree *tree, uint32_t begin, uint32_t end);
void json_tree_colon(struct json_tree *tree);
void json_tree_comma(struct json_tree *tree);
