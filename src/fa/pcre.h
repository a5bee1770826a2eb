#pragma once
// pcre: regular expressions as languages. Sources: pcre2pattern(3), reference/nginx.md section 4;
// what a product changes is a flag. What is not regular (back-references, recursion), not supported
// or too large is not a guess: the result says why.

#include "base/str.h"
#include "fa/fa.h"

#include <stdbool.h>
#include <stdint.h>

enum regex_flags {
    REGEX_CASELESS = 1 << 0, // ASCII only
    REGEX_FULL = 1 << 1, // the whole subject must match (RE2::FullMatch, Envoy); otherwise a search
    REGEX_ANCHORED = 1 << 2,      // the match begins where the subject begins
    REGEX_DOLLAR_STRICT = 1 << 3, // $ only at the very end, not before a final newline
};
enum regex_dialect { REGEX_PCRE2, REGEX_RE2, REGEX_GO, REGEX_JAVA, REGEX_ECMASCRIPT, REGEX_LUA };

enum regex_status {
    REGEX_OK,
    REGEX_INVALID,   // the product refuses it: `why` is the product's reason in our words
    REGEX_IRREGULAR, // it compiles, but its language is not regular, or a construct is not
                     // supported: unknown
    REGEX_TOO_LARGE, // a limit was reached: unknown, CG903
};

struct regex; // a parsed expression with its groups

struct regex_result {
    enum regex_status status;
    const char *why;           // for all but OK
    uint32_t at;               // offset in the pattern where that shows
    const struct fa *language; // for OK: subjects that match. Otherwise NULL
    const struct regex *regex; // for OK: to ask about groups; for IRREGULAR: still counts and names
                               // the groups. Otherwise NULL
};

struct regex_result regex_compile(struct fa_space *space, Str pattern, enum regex_dialect dialect,
                                  unsigned flags);

uint32_t regex_group_count(const struct regex *regex);                     // without group 0
bool regex_group_find(const struct regex *regex, Str name, uint32_t *out); // a named group's number
Str regex_group_name(const struct regex *regex, uint32_t group); // empty when it has no name

// The language { subject : the expression matches with `group` capturing a word of `words` } and
// its counterpart with a word outside `words`; a group that takes no part captures "". They overlap
// where the subject can be split in several ways and the engine's priorities would have to decide;
// *yes and *no are both complete then, and the overlap is not known. NULL in either: not known at
// all. Group 0 is the whole match.
void regex_group_split(struct fa_space *space, const struct regex *regex, uint32_t group,
                       const struct fa *words, const struct fa **yes, const struct fa **no);
// The same for the question "does the group hold the whole subject?".
void regex_group_whole(struct fa_space *space, const struct regex *regex, uint32_t group,
                       const struct fa **yes, const struct fa **no);
// The same for the question "is the subject `before`, what the group holds, and `behind`?", as in
// "https://$1". Not known for long texts.
void regex_group_between(struct fa_space *space, const struct regex *regex, uint32_t group,
                         Str before, Str behind, const struct fa **yes, const struct fa **no);

// Matches with PCRE2 itself, for concrete subjects: true on a match, and groups 0..count-1 written
// ("" when unset). False also when PCRE2 cannot compile the pattern or gives up. Dialects other
// than PCRE2: by the language only, no groups.
bool regex_match(struct arena *arena, Str pattern, unsigned flags, Str subject, Str *groups,
                 uint32_t count);
