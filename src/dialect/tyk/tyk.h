#pragma once
// tyk: API definitions of the Tyk gateway, the classic form and that of OpenAPI.
// Source: reference/gateways.md section 5.2.

#include "dialect/documents.h"
#include "dialect/engine/rs_cors.h"

extern const struct dialect dialect_tyk;
extern const struct kind tyk_malformed;

// One API. All of a source are served by one gateway.
struct tyk_api {
    const struct data *root;
    Str name, host, path, target; // `host` empty: any
    bool strips_path;
    const struct data *cors_config; // or NULL
    bool has_cors;                  // ... and it is on
    bool passes_options;            // OPTIONS goes to the upstream, past everything
    Str unknown;                    // why the settings are not known; empty: they are
    uint64_t identity;
    struct rs_cors cors;
    Span span;
};

// ---- definition.c
bool tyk_claims(const struct document *document, Str *why);
// False when Tyk does not load the API, which is reported.
MUST_CHECK bool tyk_read_api(struct model *model, struct policy *policy, const struct data *root,
                             struct tyk_api *out);
