#pragma once
// reading: the fields of the JSON objects that simulate and why take as input, each with a
// complaint that names it.

#include "policy/request.h"
#include "syntax/data.h"

struct reading {
    struct run *run;
    Span at;            // of the line
    const char *object; // what the object is, for messages: "a request of --raw"
};

struct headers {
    VEC(struct header) list;
};

// More than that is no message that a browser would take; what looks at headers is quadratic in
// their number.
enum { READING_HEADERS = 1000, READING_HEADER_BYTES = 256 << 10 };
bool reading_within_limits(const struct headers *headers);

// All of these return false when something is wrong, which is said in run->diags, and leave *out
// alone when the field is absent or null.
bool reading_refuse(const struct reading *reading, Str field, const char *expected);
MUST_CHECK bool reading_fields(const struct reading *reading, const struct data *object,
                               const char *const *names, size_t count); // no others
MUST_CHECK bool reading_text(const struct reading *reading, const struct data *object, Str field,
                             Str *out); // not empty
MUST_CHECK bool reading_number(const struct reading *reading, const struct data *object, Str field,
                               uint32_t min, uint32_t max, uint32_t *out);
MUST_CHECK bool reading_bool(const struct reading *reading, const struct data *object, Str field,
                             bool *out);
MUST_CHECK bool reading_choice(const struct reading *reading, const struct data *object, Str field,
                               const char *const *words, uint32_t count, uint32_t *out);
// {"Name": "value", "Name": ["value", ...]} or [["Name", "value"], ...].
MUST_CHECK bool reading_headers(const struct reading *reading, const struct data *object, Str field,
                                struct headers *out);
const struct header *reading_find(const struct headers *headers, Str name);
