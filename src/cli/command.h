#pragma once
// command: what corsgate can be asked for, one row each; and what a run of one needs.

#include "cli/options.h"
#include "review/verdict.h"
#include "source/repo.h"

#include <stdio.h>

struct command_run {
    struct run *run;
    const struct options *options;
    uint64_t started;           // by command_clock
    bool color_out, color_err;  // whether standard output and standard error take colours
    struct repo *repo;          // once somebody has asked for it; closed by main
    enum repo_found repo_found; // what became of that
    Str no_repo;                // why there is none
};

// What the arguments of a command are, for completions.
enum command_arguments {
    ARGUMENTS_NONE,
    ARGUMENTS_PATHS,
    ARGUMENTS_VERSIONS, // revisions and paths; behind "--" only paths
    ARGUMENTS_REQUEST,  // a URL, then revisions; behind "--" paths
    ARGUMENTS_RULES,
    ARGUMENTS_SHELLS,
};

struct command {
    const char *name;
    enum option_user user;
    const char *usage; // arguments, for people
    enum command_arguments arguments;
    const char *what; // one line
    const char *help; // paragraphs below the usage
    enum exit_status (*start)(struct command_run *command);
};

extern const struct command command_diff, command_check, command_show, command_simulate,
    command_rules, command_why, command_history, command_gate, command_init, command_completion;
extern const struct command *const commands[]; // in the order of --help
extern const uint32_t command_count;

uint64_t command_clock(void); // in milliseconds, from some beginning
uint64_t command_milliseconds(const struct command_run *command); // since the start

// The git repository around the current folder, opened once; NULL with the reason when there is
// none or it cannot be used.
struct repo *command_repository(struct command_run *command, Str *reason);

// "corsgate: ..." on standard error; returns EXIT_STATUS_BROKEN.
#if defined(__GNUC__)
__attribute__((format(printf, 2, 3)))
#endif
enum exit_status
command_fail(struct command_run *command, const char *format, ...);
// The same as a remark, unless --quiet.
#if defined(__GNUC__)
__attribute__((format(printf, 2, 3)))
#endif
void command_remark(struct command_run *command, const char *format, ...);
// Writes a result to a file, or to standard output when `path` is empty. False when that failed,
// which is said.
MUST_CHECK bool command_write(struct command_run *command, Str path, Str text);
// Writes reports whose bytes go to `path`: whether they may hold colours.
bool command_paints(const struct command_run *command, Str path);
