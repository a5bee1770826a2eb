#pragma once
// show: a policy as it was read: endpoint by endpoint, who may do what.

#include "base/buf.h"
#include "dialect/dialect.h"
#include "report/report.h"

struct show {
    struct files *files;
    struct origin_space *space;
    const struct upstreams *upstreams;
    const struct dialect_result *result;
    bool explain; // say as what each file was read, and why
    uint64_t milliseconds;
};

struct show_format {
    const char *name;
    void (*write)(const struct show *show, enum report_look look, struct buf *out);
};

extern const struct show_format show_formats[];
extern const uint32_t show_format_count;
const struct show_format *show_format_find(Str name); // or NULL
