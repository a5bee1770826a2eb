#pragma once
// sam: what SAM makes of AWS::Serverless::Api and of the events of functions. Source:
// reference/gateways.md 4.4.

#include "dialect/aws/rest.h"

// `resource` is NULL for the API that is made for events that name none.
void sam_read_api(struct aws *aws, const struct resource *resource, Str id, struct rest_api *out);
bool sam_has_implicit_api(struct aws *aws);
Span sam_implicit_span(struct aws *aws); // the first event of it
