#pragma once
// directives: what nginx's own modules (and headers-more and Lua) call directives: where each may
// stand, with how many arguments, and whether it opens a block.

#include "base/str.h"
#include "syntax/nginx.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Where a statement stands.
enum context {
    CONTEXT_MAIN = 1 << 0,
    CONTEXT_EVENTS = 1 << 1,
    CONTEXT_HTTP = 1 << 2,
    CONTEXT_SERVER = 1 << 3,
    CONTEXT_LOCATION = 1 << 4,
    CONTEXT_SERVER_IF = 1 << 5,
    CONTEXT_LOCATION_IF = 1 << 6,
    CONTEXT_LIMIT_EXCEPT = 1 << 7,
    CONTEXT_UPSTREAM = 1 << 8,
    CONTEXT_FREE = 1 << 9, // in a block whose lines are no directives: map, types, stream …
};

enum directive_arguments {
    ARGUMENTS_1_OR_MORE = 1 << 8, // beside bits 0 to 7, each for that number of arguments
    ARGUMENTS_2_OR_MORE = 1 << 9,
    ARGUMENTS_ANY = 1 << 10,
};

// What a directive with one argument takes.
enum directive_value {
    VALUE_ANY,    // anything that can be told without knowing the directive
    VALUE_FLAG,   // on or off
    VALUE_NUMBER, // digits
    VALUE_SIZE,   // with k or m
    VALUE_OFFSET, // with k, m or g
    VALUE_SEC,    // a time: 1d 2h 3m 4s
    VALUE_MSEC,   // the same, also with ms
};

enum directive_traits {
    DIRECTIVE_ONCE = 1 << 0,       // twice in one block is an error
    DIRECTIVE_EXPRESSION = 1 << 1, // its one argument may hold variables
};

struct directive {
    const char *name;
    uint16_t contexts;
    uint16_t arguments;
    enum directive_form { FORM_SIMPLE, FORM_BLOCK, FORM_LUA } form;
    enum directive_value value;
    unsigned traits;
};

// Sorted by name; directives.c looks names up in it.
extern const struct directive directive_rows[];
extern const size_t directive_row_count;

enum directive_check {
    DIRECTIVE_OK,
    DIRECTIVE_UNKNOWN_NAME, // no module known here has it
    DIRECTIVE_WRONG_CONTEXT,
    DIRECTIVE_WRONG_TERMINATOR, // ";" where a block belongs, or the other way round
    DIRECTIVE_WRONG_COUNT,
};

// The directive of that name that may stand there; some names mean different things in different
// places. NULL when there is none.
const struct directive *directive_find(Str name, enum context context);
// Every context in which the name is a directive; 0 for an unknown name.
unsigned directive_contexts(Str name);
// The known name that `name` is a slip of, at most two edits away, or NULL.
const char *directive_near(Str name);

// The first of nginx's objections to a statement, in nginx's order.
enum directive_check directive_check(const struct conf *conf, enum context context);
// The same, where directive_find has given `directive`.
enum directive_check directive_check_as(const struct conf *conf, const struct directive *directive);
// Where the statements in the block of `conf` stand, when it stands in `context` itself.
enum context directive_inside(const struct conf *conf, enum context context);
