#pragma once
// options: the command line of a command, read by the one table that --help prints, too.

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"

#include <stdbool.h>
#include <stdint.h>

enum color { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

// Where a report goes, in which form.
struct output {
    Str format;
    Str path; // empty: standard output
};

struct options {
    VEC(struct output) outputs; // at least one
    Str output;                 // of --output, given to one of them already
    VEC(Str) arguments;         // what is no option, in order
    uint32_t separated;         // of the arguments, those from here on stood behind "--"
    bool is_separated;          // "--" was written
    Str config, requests;
    Str baseline, write_baseline;      // paths of files
    Str origin, method;                // of history; empty: not said
    Str result, reviews, event, teams; // of gate: paths of files
    VEC(Str) approved_results;         // "SHA=FILE"
    Str group_result;                  // the same
    Str write_acknowledged;            // of diff: path of a file
    Str judge;                         // of diff: a revision
    VEC(Str) headers;                  // "name", or "name: value"
    enum level fail_on;                // LEVEL_OFF: never
    enum color color;
    uint32_t jobs; // 0: as many as there are processors
    bool review_note, quiet, raw, explain, stack, help, version;
    bool staged, pre_push, credentials;
    bool force, print; // of init
};

// The commands that take an option, as bits.
enum option_user {
    USED_BY_DIFF = 1,
    USED_BY_CHECK = 2,
    USED_BY_SHOW = 4,
    USED_BY_SIMULATE = 8,
    USED_BY_RULES = 16,
    USED_BY_WHY = 32,
    USED_BY_HISTORY = 64,
    USED_BY_GATE = 128,
    USED_BY_COMPLETION = 256,
    USED_BY_INIT = 512,
    USED_BY_ALL = 1023,
};

// Reads the words that follow the command's name. False when they make no sense: *complaint says
// why, for people.
MUST_CHECK bool options_parse(struct arena *arena, enum option_user user, char *const *words,
                              uint32_t count, struct options *out, Str *complaint);
// The options of a command, one a line.
void options_help(struct buf *out, enum option_user user);
// The nearest of some names to a misspelt one, or NULL when none is near.
const char *options_suggest(Str word, const char *const *names, uint32_t count);
