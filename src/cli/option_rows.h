#pragma once
// option_rows: every option of every command, as one table: the parser reads by it, --help prints
// it, and completions are written from it. Private to options and completion.

#include "cli/options.h"

enum option_id {
    OPTION_FORMAT,
    OPTION_OUTPUT,
    OPTION_CONFIG,
    OPTION_REQUESTS,
    OPTION_RAW,
    OPTION_EXPLAIN,
    OPTION_STACK,
    OPTION_STAGED,
    OPTION_PRE_PUSH,
    OPTION_JUDGE,
    OPTION_BASELINE,
    OPTION_WRITE_BASELINE,
    OPTION_ORIGIN,
    OPTION_METHOD,
    OPTION_HEADER,
    OPTION_CREDENTIALS,
    OPTION_RESULT,
    OPTION_REVIEWS,
    OPTION_EVENT,
    OPTION_TEAMS,
    OPTION_APPROVED_RESULT,
    OPTION_FORCE,
    OPTION_PRINT,
    OPTION_GROUP_RESULT,
    OPTION_WRITE_ACKNOWLEDGED,
    OPTION_FAIL_ON,
    OPTION_REVIEW,
    OPTION_COLOR,
    OPTION_QUIET,
    OPTION_JOBS,
    OPTION_HELP,
    OPTION_VERSION,
};

// What an option takes.
enum option_takes {
    TAKES_NOTHING,
    TAKES_TEXT,       // anything
    TAKES_WORD,       // one of `words`
    TAKES_FILE,       // a path
    TAKES_REPORT,     // one of `words`, or one of them, "=" and a path
    TAKES_NAMED_FILE, // a revision, "=" and a path
};

struct option_row {
    enum option_id id;
    unsigned users; // enum option_user
    const char *name;
    char letter;       // 0: none
    const char *value; // what it takes, for people; NULL for nothing
    enum option_takes takes;
    bool repeats;      // may be given several times
    const char *words; // separated by spaces; NULL where anything may be written
    const char *help;  // lines separated by '\n'
};

extern const struct option_row option_rows[]; // in the order of --help
extern const uint32_t option_row_count;
