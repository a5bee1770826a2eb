#pragma once
// matrix: endpoints x origins x what those may do: of one version, or of two side by side. Reports
// for people (text, Markdown, HTML) are written from it.

#include "browser/access.h"
#include "report/report.h"

enum matrix_column {
    MATRIX_READ,    // read answers without cookies
    MATRIX_COOKIES, // read answers with them
    MATRIX_METHODS,
    MATRIX_HEADERS, // of the request
    MATRIX_EXPOSED, // of the response
};
enum { MATRIX_COLUMNS = MATRIX_EXPOSED + 1 };

enum matrix_state { MATRIX_KEPT, MATRIX_GAINED, MATRIX_LOST };

// One capability of a row. In one version everything is KEPT.
struct matrix_item {
    struct capability capability;
    enum matrix_state state;
    bool certain;
    bool some;               // for some of the row's origins only
    Span old_span, new_span; // what decides in each version; file 0: nothing does
    Str condition;           // only then; empty: always
};

// Origins to which the same applies.
struct matrix_row {
    const struct fa *set;
    struct origins origins;
    bool changed, certain;
    bool rest; // every website that no other row names
    VEC(struct matrix_item) items;
    const struct unknown *why; // of what is not certain, or NULL
};

struct matrix_endpoint {
    Str url, path;
    const Str *hosts;
    uint32_t host_count;
    const char *layer;
    Span old_span, new_span;     // where it is written; file 0: not in that version
    uint32_t merged;             // endpoints for which this stands
    VEC(struct matrix_row) rows; // those that change come first
};

const char *matrix_column_title(enum matrix_column column);
enum matrix_column matrix_column_of(struct capability capability);
// "yes", "PUT", "x-csrf-token", "any": what stands in the cell.
Str matrix_item_text(const struct matrix_item *item);

// Who the row is about, in words that are safe for a terminal.
Str matrix_row_text(struct arena *arena, const struct matrix_row *row);
// Whether an earlier item of the row says the same, but for cookies.
bool matrix_item_repeats(const struct matrix_row *row, uint32_t at);
// " with cookies", " without cookies" where it is so for one of both only, else nothing.
const char *matrix_item_suffix(const struct matrix_row *row, const struct matrix_item *item);
// What decides about a row: about what changes in it, else about the first thing that it may do.
struct matrix_places {
    Span old_span, new_span;
};
struct matrix_places matrix_row_places(const struct matrix_row *row);

enum matrix_rows {
    MATRIX_GROUPED, // one row for each set of origins that has something
    MATRIX_DIVIDED, // disjoint rows: a cell holds for every origin of its row
};

// What one endpoint of a version allows: certain is what holds at the endpoint's example, possible
// is what else may hold somewhere.
void matrix_of_endpoint(struct arena *arena, struct origin_space *space,
                        const struct upstreams *upstreams, const struct endpoint *endpoint,
                        enum matrix_rows how, struct matrix_endpoint *out);
// What changes in a region of report->diff, beside what stays. *at is the region's first change;
// it is moved behind the last one.
void matrix_of_region(struct arena *arena, const struct report *report, uint32_t *at,
                      struct matrix_endpoint *out);
