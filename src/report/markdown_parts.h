#pragma once
// markdown_parts: pieces of reports in GitHub's Markdown. Text of anybody's stands in code spans,
// or escaped so that it makes no markup, link, mention or reference.

#include "report/matrix.h"

void markdown_text(struct buf *out, Str text);
// A code span, also inside a table.
void markdown_code(struct buf *out, Str text);
// `path:line:column`, or nothing for file 0.
void markdown_place(struct buf *out, const struct report *report, Span span);
// A heading and a table: origins x what they may do; in two versions what they gain and lose.
void markdown_endpoint(struct buf *out, const struct report *report,
                       const struct matrix_endpoint *endpoint);
void markdown_unknowns(struct buf *out, const struct report *report);
