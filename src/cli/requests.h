#pragma once
// requests: requests as they go over the wire: the input of simulate --raw, one JSON object a line.

#include "policy/request.h"

#include "base/diag.h"

// Reads one line that stands at `at`. False when it describes no request (said in run->diags). The
// path is empty when no server accepts the one of the URL.
MUST_CHECK bool requests_parse(struct run *run, Span at, Str line, struct request *out);
// A request for an absolute URL, with a Host header when there is none. False when the URL is no
// http or https URL.
MUST_CHECK bool requests_make(struct arena *arena, Str method, Str url,
                              const struct header *headers, uint32_t count, struct request *out);
