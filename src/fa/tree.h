#pragma once
// tree: a regular expression as parsed, whatever its dialect. Private to fa/.

#include "base/vec.h"
#include "fa/charset.h"
#include "fa/pcre.h"
#include "fa/table.h"

#include <stdbool.h>
#include <stdint.h>

enum tree_kind {
    TREE_EMPTY,
    TREE_FAIL,
    TREE_SET,       // one byte out of sets[number]
    TREE_SEQUENCE,  // of items
    TREE_CHOICE,    // of items, the first is tried first
    TREE_REPEAT,    // items[0], min to max times
    TREE_CAPTURE,   // items[0], group `number`
    TREE_ATOMIC,    // items[0], which is not tried again once it has matched
    TREE_LOOK,      // items[0] matches ahead or behind, or does not
    TREE_PLACE,     // enum tree_place in `number`
    TREE_CONDITION, // items[0] when group `number` has taken part, otherwise items[1]
    TREE_CALL,      // the pattern of group `number`, captures apart
};

enum tree_place {
    PLACE_START,       // \A
    PLACE_LINE_START,  // ^ with (?m): not behind a newline at the very end
    PLACE_BREAK_START, // RE2's ^ with (?m): there as well
    PLACE_END,         // \z
    PLACE_LAST_END,    // $: at the end, or before a newline there
    PLACE_LAST_BREAK,  // Java's $: the same with any line terminator, but never inside \r\n
    PLACE_LINE_END,    // $ with (?m)
    PLACE_WORD,        // \b
    PLACE_NOT_WORD,    // \B
};

struct tree {
    uint8_t kind;          // enum tree_kind
    bool lazy;             // of TREE_REPEAT
    bool behind, negative; // of TREE_LOOK
    uint32_t number;
    uint32_t min, max; // of TREE_REPEAT; max FA_FOREVER
    uint32_t count;
    struct tree **items;
};

struct tree_group {
    Str name;
    const struct tree *tree; // the first with that number; NULL for none
    bool looked;             // inside a lookaround
};

struct regex {
    struct fa_space *space;
    enum regex_dialect dialect;
    unsigned flags;
    const struct tree *tree; // NULL when it is not regular
    bool resets_start;       // \K: the match need not begin where it was tried
    unsigned limit_nesting;
    Str pattern; // names of groups that are called lie in it
    uint32_t group_count;
    VEC(struct tree_group) groups; // by number, 0 is the whole
    VEC(struct charset) sets;
    struct table set_index; // by hash
};

// What became of an expression on its way to a language.
struct tree_verdict {
    enum regex_status status;
    const char *why;
    uint32_t at;
};

// Parses into `regex`, whose space, dialect and flags are set.
struct tree_verdict tree_parse(struct regex *regex, Str pattern);
struct tree_verdict tree_parse_lua(struct regex *regex, Str pattern);

struct tree *tree_new(struct regex *regex, enum tree_kind kind);
struct tree *tree_set(struct regex *regex, struct charset set);
struct tree *tree_wrap(struct regex *regex, enum tree_kind kind, struct tree *item);
