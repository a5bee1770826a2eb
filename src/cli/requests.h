#pragma once
// requests: the input of simulate, one JSON object a line.

#include "policy/request.h"

#include "base/diag.h"

// Reads one line that stands at `at`. False when it describes no request (said in run->diags). The
// path is empty when no server accepts the one of the URL.
MUST_CHECK bool requests_parse(struct run *run, Span at, Str line, struct request *out);
