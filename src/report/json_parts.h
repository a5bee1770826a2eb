#pragma once
// json_parts: the objects of design.md 5.3 that several outputs share.

#include "base/jout.h"
#include "browser/access.h"
#include "report/report.h"

void json_parts_tool(struct jout *out);
// {"file", "line", "column"} or null.
void json_parts_place(struct jout *out, struct files *files, Span span);
// The keys of a place, inside an object that is open; null each for file 0.
void json_parts_place_keys(struct jout *out, struct files *files, Span span);
void json_parts_endpoint(struct jout *out, const struct endpoint *endpoint);
void json_parts_region(struct jout *out, const struct region *region);
void json_parts_origins(struct jout *out, const struct origins *origins);
// The keys "capability" and "credentials".
void json_parts_capability(struct jout *out, struct capability capability);
void json_parts_unknown(struct jout *out, struct files *files, const struct policy *policy);
