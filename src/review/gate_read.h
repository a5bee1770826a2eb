#pragma once
// gate_read: what the gate decides by, from JSON: the result of `diff --format json`, reviews and a
// pull request as GitHub's REST API and events have them, and the members of teams. What is not
// understood is refused: a gate that guesses is open.

#include "review/gate.h"

// What an event or a pull request object says.
struct gate_pull {
    Str head;        // commit, in lower case
    Str author;      // login
    Str url;         // of the API, or empty
    uint32_t number; // 0: not said
};

extern const struct kind gate_malformed, gate_contradicts;

// Each reads the text of the file with that number. False, with what is wrong in run->diags, when
// it is no such thing. *label: what the result calls the new version.
MUST_CHECK bool gate_read_result(struct run *run, uint32_t file, Str text,
                                 struct gate_findings *out, Str *label, Span *label_at);
MUST_CHECK bool gate_read_pull(struct run *run, uint32_t file, Str text, struct gate_pull *out);
// The reviews must be of `pull` as far as they say of which they are.
MUST_CHECK bool gate_read_reviews(struct run *run, uint32_t file, Str text,
                                  const struct gate_pull *pull, struct gate_reviews *out);
MUST_CHECK bool gate_read_teams(struct run *run, uint32_t file, Str text, struct gate_teams *out);

// A commit as the API writes it, 40 or 64 hexadecimal digits; *out in lower case.
MUST_CHECK bool gate_parse_commit(struct arena *arena, Str text, Str *out);
// Whether a result that calls its new version so can be of that commit: an id must be its id or the
// beginning of it; what other names stood for is not known.
bool gate_label_fits(Str label, Str commit);
