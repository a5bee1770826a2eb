#pragma once
// explain: the JSON of what a browser makes of a request, as simulate and why print it.

#include "base/jout.h"
#include "browser/notes.h"

// The keys "verdict", "error" and "why", inside an object that is open.
void explain_verdict(struct jout *out, const struct fetch *fetch);
// What cannot be analysed: the same keys, with an unknown verdict.
void explain_failure(struct jout *out, Str reason);
// The keys "preflight" and "response" of the last hop.
void explain_answers(struct jout *out, const struct fetch *fetch);
// The key "redirects": what came before the last hop.
void explain_redirects(struct jout *out, const struct fetch *fetch);
void explain_notes(struct jout *out, const struct notes *notes); // the key "notes"
void explain_text(struct jout *out, const char *key, Str text);  // null when it is empty
// The key "headers": a list of pairs.
void explain_headers(struct jout *out, const struct header *headers, uint32_t count);
