#pragma once
// patterns: random expressions in the syntax of a dialect, and words to try them on: at random,
// members out of the automaton, and members with a byte changed.

#include "fa/pcre.h"
#include "prop/prop.h"

enum { PATTERN_MAX = 800 };

// An expression of about `size` items. Some of them are refused by the product: that is a question
// too.
Str pattern_random(struct prop_random *random, struct arena *arena, enum regex_dialect dialect,
                   uint32_t size);

Str word_random(struct prop_random *random, struct arena *arena);
// A walk through the language: a member most of the time.
Str word_guided(struct prop_random *random, struct arena *arena, struct fa_space *space,
                const struct fa *language);
Str word_changed(struct prop_random *random, struct arena *arena, Str word);
// The three in turn.
Str word_next(struct prop_random *random, struct arena *arena, struct fa_space *space,
              const struct fa *language, uint32_t turn);
