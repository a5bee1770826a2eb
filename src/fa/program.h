#pragma once
// program: a parsed expression as a nondeterministic automaton, with the choices in order.
//
// It runs over a subject from left to right. What was read so far counts only through `contexts`:
// languages of which a prefix is a member or not (the empty word for \A, everything that ends in a
// word byte for \b, and so on). What is still to come counts through a condition that a thread
// carries along: a language, of which the rest must be a member. Private to fa/.

#include "fa/pool.h"
#include "fa/tree.h"

enum program_op {
    OP_MATCH,     // the end
    OP_SET,       // a byte out of sets[value], then next
    OP_SPLIT,     // next, or else other
    OP_AGAIN,     // end of an iteration: next or else other; after an empty one, only the exit
    OP_BEGIN,     // begin of an iteration
    OP_OPEN,      // of group `value`
    OP_CLOSE,     //
    OP_BEFORE,    // the context `value` holds, or with `negative` does not
    OP_AFTER,     // the rest is in the language of the pool's state `value`
    OP_WORD,      // word boundary, with `negative` none; `value` is the context "after a word byte"
    OP_LOOK,      // from other, `value` is reached, or with `negative` is not
    OP_END,       // of an atomic group
    OP_CONDITION, // group of bit `bit` has taken part: next, otherwise other
    OP_FAIL,
};

struct program_node {
    uint8_t op;
    bool negative; // for OP_AGAIN: the exit comes first
    uint8_t bit;   // PROGRAM_NO_BIT for none
    uint32_t next, other, value;
    // Of a choice: the end of the innermost atomic group around it, where the first way that gets
    // there shuts out the others. 0 where only existence counts.
    uint32_t atomic;
};
enum { PROGRAM_NO_BIT = UINT8_MAX, PROGRAM_BITS = 16 };

struct program_range {
    uint8_t lo, hi;
};
struct program_set {
    uint32_t first, count; // ranges
};

struct program {
    struct fa_space *space;
    const struct regex *regex;
    bool ordered;                   // the whole expression counts as one atomic group
    uint32_t root;                  // node where it starts
    VEC(struct program_node) nodes; // node 0 is OP_MATCH
    VEC(struct program_set) sets;
    VEC(struct program_range) ranges;
    VEC(uint32_t) contexts; // state of the pool for the empty prefix
    uint32_t next_word;     // state of the pool: a word byte comes
    bool cares;             // there are nodes that look at a context
    uint32_t begins, ends;  // states of the pool, for RUN_WHOLE: what may stand before the group,
                            // and behind it
    struct tree_verdict verdict;
};

// `ordered`: choices in order everywhere, so that there is one way at most to match a subject.
struct program program_new(const struct regex *regex, bool ordered, struct arena *scratch);

// What a run is to give.
enum run_question {
    RUN_MATCH,     // the language
    RUN_HOLDS,     // where the group holds a word of `words`
    RUN_HOLDS_NOT, //
    RUN_WHOLE,     // where the group holds the subject but for what `begins` and `ends` say
    RUN_WHOLE_NOT, //
};
// POOL_UNKNOWN for a limit. `group` and `words` for the questions about groups.
uint32_t run_program(struct program *program, struct arena *scratch, enum run_question question,
                     uint32_t group, uint32_t words);
