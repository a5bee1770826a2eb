#pragma once
// completion: scripts that let a shell complete corsgate's command line, written from the tables
// that the program itself reads by; one writer a shell. Private to completion*.

#include "cli/command.h"
#include "cli/option_rows.h"

struct completion_shell {
    const char *name;
    void (*write)(struct buf *out);
};
extern const struct completion_shell completion_bash, completion_fish, completion_zsh;

// Whether a command takes an option.
bool completion_takes(const struct command *command, const struct option_row *row);
// The help of an option as one line.
void completion_help(struct buf *out, const struct option_row *row);
// A text inside single quotes; `quote` is what stands for a quote.
void completion_quote(struct buf *out, Str text, const char *quote);
// Names separated by blanks.
void completion_commands(struct buf *out);
void completion_rules(struct buf *out);
void completion_shells(struct buf *out);
