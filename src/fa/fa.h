#pragma once
// fa: regular languages over bytes, as minimal deterministic automata. Knows nothing of origins.
//
// A `const struct fa *` is a language. It is built inside a `struct fa_space`, lives as long as
// that space's arena, is never changed, and is canonical: two languages of one space are equal
// exactly if the pointers are equal. Operations neither consume nor change their arguments, and
// repeated operations on the same arguments are looked up.
//
// NULL stands for "not known: a limit was reached" (struct limits: fa_states, fa_steps). Every
// operation gives NULL when an argument is NULL, so a chain needs one check at its end.
// fa_space_exhausted says that a limit was reached.

#include "base/arena.h"
#include "base/limits.h"
#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fa;
struct fa_space;

struct fa_space *fa_space_new(struct arena *arena, const struct limits *limits);
struct arena *fa_space_arena(const struct fa_space *space);
// The work of all operations so far, in steps: for a ceiling over many operations.
uint64_t fa_space_spent(const struct fa_space *space);
bool fa_space_exhausted(
    const struct fa_space *space); // some operation gave NULL because of a limit

// Languages to begin with.
const struct fa *fa_none(struct fa_space *space);  // {}
const struct fa *fa_empty(struct fa_space *space); // { "" }
const struct fa *fa_all(struct fa_space *space);   // every string of bytes
const struct fa *fa_literal(struct fa_space *space, Str word);
const struct fa *fa_literal_nocase(struct fa_space *space,
                                   Str word); // in any case of ASCII letters
// The set of `count` words in any order, repeats allowed; straight to the minimal acyclic
// automaton.
const struct fa *fa_literals(struct fa_space *space, const Str *words, size_t count);
const struct fa *fa_literals_nocase(struct fa_space *space, const Str *words, size_t count);
// One byte out of the set: bit b of bytes[b / 64] is set for each member b.
const struct fa *fa_bytes(struct fa_space *space, const uint64_t bytes[4]);

// Algebra.
const struct fa *fa_union(struct fa_space *space, const struct fa *a, const struct fa *b);
const struct fa *fa_intersect(struct fa_space *space, const struct fa *a, const struct fa *b);
const struct fa *fa_subtract(struct fa_space *space, const struct fa *a,
                             const struct fa *b); // a without b
const struct fa *fa_complement(struct fa_space *space, const struct fa *a);
const struct fa *fa_concat(struct fa_space *space, const struct fa *a, const struct fa *b);
const struct fa *fa_repeat(struct fa_space *space, const struct fa *a, uint32_t min,
                           uint32_t max); // max FA_FOREVER
#define FA_FOREVER UINT32_MAX
const struct fa *fa_reverse(struct fa_space *space, const struct fa *a);
// { w : prefix w in a } and { w : w suffix in a }.
const struct fa *fa_after(struct fa_space *space, const struct fa *a, Str prefix);
const struct fa *fa_before(struct fa_space *space, const struct fa *a, Str suffix);
// { w : lower(w) in a } and { lower(w) : w in a }, lower folding ASCII letters.
const struct fa *fa_unfold_case(struct fa_space *space, const struct fa *a);
const struct fa *fa_fold_case(struct fa_space *space, const struct fa *a);
// { w : w with one "/" in place of each run of them in a }.
const struct fa *fa_unfold_slashes(struct fa_space *space, const struct fa *a);

// a without the words in which another byte stands in a place where `byte` and all bytes of `over`
// lead to the same: what is left when the dots of /^a.b.c$/ are meant to be dots. Bit b of
// over[b / 64] is set for each member b.
const struct fa *fa_prefer(struct fa_space *space, const struct fa *a, uint8_t byte,
                           const uint64_t over[4]);

// Two-part splits of a: all pairs (L, R), disjoint in L, such that { x y in a } = union of { x in
// L, y in R }, where x ranges over all strings: L holds the strings that lead to one state, R what
// is accepted from there. Pairs with an empty L or R are left out. At most `max` pairs are written;
// the number is returned, UINT32_MAX when `max` or a limit is passed.
struct fa_pair {
    const struct fa *left, *right;
};
uint32_t fa_splits(struct fa_space *space, const struct fa *a, struct fa_pair *out, uint32_t max);

// Questions. With a NULL argument: false (so ask for what is safe when false).
bool fa_is_none(const struct fa *a); // certainly empty
bool fa_is_all(const struct fa *a);
bool fa_is_subset(struct fa_space *space, const struct fa *a,
                  const struct fa *b); // certainly a <= b
bool fa_is_disjoint(struct fa_space *space, const struct fa *a,
                    const struct fa *b); // certainly nothing in common
bool fa_accepts(const struct fa *a, Str word);
bool fa_is_finite(const struct fa *a);

// The number of words; FA_INFINITE when there is no end (or more than fit).
#define FA_INFINITE UINT64_MAX
uint64_t fa_count(const struct fa *a);
// The first `max` words in order of length, then by byte; returns how many were written (fewer
// where the limit on steps is reached, which only very long words do). Words are copied into
// `arena`.
size_t fa_enumerate(struct arena *arena, const struct fa *a, Str *out, size_t max);
// A shortest word; among those, the one whose bytes come earliest in `taste` (256 ranks, smaller is
// nicer; NULL for byte order). False, and nothing written, when there is none.
bool fa_shortest(struct arena *arena, const struct fa *a, const uint8_t *taste, Str *out);
// If `a` is exactly one word: true, and the word.
bool fa_is_literal(struct arena *arena, const struct fa *a, Str *out);
// The longest text with which every word begins; empty when `a` is NULL or has no words.
Str fa_common_prefix(struct arena *arena, const struct fa *a);
// The bytes that words begin with: bit b of bytes[b / 64].
void fa_first(const struct fa *a, uint64_t bytes[4]);

uint32_t fa_states(const struct fa *a); // for statistics and limits
uint64_t fa_hash(const struct fa *a);   // of the language: the same in every space and run
