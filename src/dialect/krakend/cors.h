#pragma once
// cors: the configuration "security/cors" of KrakenD. Only for KrakenD.

#include "dialect/documents.h"
#include "dialect/engine/rs_cors.h"

// Reads it; false when KrakenD would not start, which is reported.
MUST_CHECK bool krakend_read_cors(struct policy *policy, const struct data *config,
                                  struct rs_cors *out);
