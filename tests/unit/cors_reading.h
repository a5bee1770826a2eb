#pragma once
// cors_reading: responses and requests for tests, written as text. Header lines of a response are
// "o:value" and so on, those of a request "Name: value", one to a line.

#include "base/vec.h"
#include "browser/cors.h"
#include "unit/check_main.h"

#define O "https://app.example.com"
#define B "https://b.example.com"
#define R "https://api.example.com/v1"
static inline Str header_name(char key)
{
    switch (key) {
    case 'o':
        return STR("Access-Control-Allow-Origin");
    case 'c':
        return STR("Access-Control-Allow-Credentials");
    case 'm':
        return STR("Access-Control-Allow-Methods");
    case 'h':
        return STR("Access-Control-Allow-Headers");
    case 'e':
        return STR("Access-Control-Expose-Headers");
    case 'l':
        return STR("Location");
    case 'a':
        return STR("Allow");
    }
    ck_abort_msg("no header %c", key);
    return STR("");
}

static inline struct cors_response response_read(struct arena *arena, uint32_t status,
                                                 const char *text)
{
    struct cors_headers headers = { 0 };
    Str rest = str_from(text), line;
    while (rest.len) {
        if (!str_cut(rest, STR("\n"), &line, &rest)) {
            line = rest;
            rest = STR("");
        }
        *vec_push(arena, &headers) =
            (struct header){ header_name(line.ptr[0]), str_slice(line, 2, line.len) };
    }
    return (struct cors_response){ status, headers.items, headers.count };
}

static inline void set_headers(struct arena *arena, struct cors_request *request, const char *text)
{
    struct cors_headers headers = { 0 };
    Str rest = str_from(text), line, name, value;
    while (rest.len) {
        if (!str_cut(rest, STR("\n"), &line, &rest)) {
            line = rest;
            rest = STR("");
        }
        ck_assert(str_cut(line, STR(": "), &name, &value));
        *vec_push(arena, &headers) = (struct header){ name, value };
    }
    request->headers = headers.items;
    request->header_count = headers.count;
}
