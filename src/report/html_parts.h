#pragma once
// html_parts: pieces of HTML reports. Text of anybody's is escaped; the page's own policy lets no
// other script run, and nothing is fetched.

#include "report/matrix.h"

void html_text(struct buf *out, Str text);
void html_begin(struct buf *out, const char *title); // up to and with <body>
// The filter, and with two versions the choice of what is shown; opens <main>.
void html_toolbar(struct buf *out, bool two_versions);
void html_place(struct buf *out, const struct report *report, Span span);
void html_endpoint(struct buf *out, const struct report *report,
                   const struct matrix_endpoint *endpoint);
void html_policy(struct buf *out, const struct report *report); // every endpoint of report->policy
void html_more(struct buf *out, uint32_t count); // that `count` endpoints are not shown
void html_unknowns(struct buf *out, const struct report *report);
void html_end(struct buf *out);
