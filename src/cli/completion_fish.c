#include "cli/completion.h"

// clang-format off
static const char *const script[] = {
    "# Whether the command is one of these.\n",
    "function __corsgate_is\n",
    "    set -l words (commandline -opc)\n",
    "    test (count $words) -ge 2; and contains -- $words[2] $argv\n",
    "end\n",
    "\n",
    "function __corsgate_first\n",
    "    test (count (commandline -opc)) -eq 1\n",
    "end\n",
    "\n",
    "function __corsgate_second\n",
    "    test (count (commandline -opc)) -eq 2\n",
    "end\n",
    "\n",
    "# Where a revision may stand: not behind \"--\".\n",
    "function __corsgate_open\n",
    "    __corsgate_is $argv; and not contains -- -- (commandline -opc)\n",
    "end\n",
    "\n",
    "function __corsgate_revisions\n",
    "    git for-each-ref --format='%(refname:short)' refs/heads refs/tags refs/remotes 2>/dev/null; and echo HEAD\n",
    "end\n",
    "\n",
    "# Of A..B and A...B, the part behind the dots.\n",
    "function __corsgate_versions\n",
    "    set -l before (string match -r -- '^.*[^.]\\.\\.\\.?' (commandline -ct); or echo '')\n",
    "    printf '%s\\n' $before(__corsgate_revisions)\n",
    "end\n",
    "\n",
    "# One of some names; behind NAME=, a file.\n",
    "function __corsgate_named_file\n",
    "    set -l typed (string replace -r -- '^--[^=]*=' '' (commandline -ct))\n",
    "    set -l name (string match -r -- '^[^=]*=' $typed)\n",
    "    if test -n \"$name\"\n",
    "        for file in (complete -C \"'' \"(string replace -- $name '' $typed))\n",
    "            printf '%s%s\\n' $name $file\n",
    "        end\n",
    "    else\n",
    "        printf '%s\\n' $argv\n",
    "    end\n",
    "end\n",
};
// clang-format on

// Single quotes of fish: only \' and \\ mean something else inside.
static void add_quoted(struct buf *out, Str text)
{
    struct buf escaped = { .arena = out->arena };
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '\\')
            buf_add_char(&escaped, '\\');
        buf_add_char(&escaped, text.ptr[i]);
    }
    completion_quote(out, buf_str(&escaped), "\\'");
}

static void add_value(struct buf *out, const struct option_row *row)
{
    switch (row->takes) {
    case TAKES_NOTHING:
        break;
    case TAKES_TEXT:
        buf_add_text(out, " -x");
        break;
    case TAKES_WORD:
        buf_addf(out, " -x -a '%s'", row->words);
        break;
    case TAKES_FILE:
        buf_add_text(out, " -r -F");
        break;
    case TAKES_REPORT:
        buf_addf(out, " -x -a '(__corsgate_named_file %s)'", row->words);
        break;
    case TAKES_NAMED_FILE:
        buf_add_text(out, " -x -a '(__corsgate_named_file (__corsgate_revisions))'");
        break;
    }
}

static void add_option(struct buf *out, const struct option_row *row)
{
    buf_add_text(out, "complete -c corsgate -n '__corsgate_is");
    for (uint32_t i = 0; i < command_count; i++)
        if (completion_takes(commands[i], row))
            buf_addf(out, " %s", commands[i]->name);
    buf_addf(out, "' -l %s", row->name);
    if (row->letter)
        buf_addf(out, " -s %c", row->letter);
    add_value(out, row);
    struct buf help = { .arena = out->arena };
    completion_help(&help, row);
    buf_add_text(out, " -d ");
    add_quoted(out, buf_str(&help));
    buf_add_char(out, '\n');
}

static void add_arguments(struct buf *out, const struct command *command)
{
    const char *name = command->name;
    switch (command->arguments) {
    case ARGUMENTS_NONE:
        break;
    case ARGUMENTS_PATHS:
        buf_addf(out, "complete -c corsgate -n '__corsgate_is %s' -F\n", name);
        break;
    case ARGUMENTS_VERSIONS:
        buf_addf(out,
                 "complete -c corsgate -n '__corsgate_is %s' -F\n"
                 "complete -c corsgate -n '__corsgate_open %s' -a '(__corsgate_versions)'\n",
                 name, name);
        break;
    case ARGUMENTS_REQUEST:
        buf_addf(out,
                 "complete -c corsgate -n '__corsgate_is %s; and not __corsgate_open %s' -F\n"
                 "complete -c corsgate -n '__corsgate_open %s; and not __corsgate_second' "
                 "-a '(__corsgate_revisions)'\n",
                 name, name, name);
        break;
    case ARGUMENTS_RULES:
        buf_addf(out, "complete -c corsgate -n '__corsgate_is %s' -a '", name);
        completion_rules(out);
        buf_add_text(out, "'\n");
        break;
    case ARGUMENTS_SHELLS:
        buf_addf(out, "complete -c corsgate -n '__corsgate_is %s; and __corsgate_second' -a '",
                 name);
        completion_shells(out);
        buf_add_text(out, "'\n");
        break;
    }
}

static void write(struct buf *out)
{
    buf_add_text(out, "# fish completion for corsgate, written by `corsgate completion fish`.\n\n");
    for (size_t i = 0; i < sizeof script / sizeof *script; i++)
        buf_add_text(out, script[i]);
    buf_add_text(out, "\ncomplete -c corsgate -f\n"
                      "complete -c corsgate -n __corsgate_first -l help -s h -d 'this text'\n"
                      "complete -c corsgate -n __corsgate_first -l version "
                      "-d 'the version of corsgate'\n");
    for (uint32_t i = 0; i < command_count; i++) {
        buf_addf(out, "complete -c corsgate -n __corsgate_first -a %s -d ", commands[i]->name);
        add_quoted(out, str_from(commands[i]->what));
        buf_add_char(out, '\n');
    }
    buf_add_text(out, "complete -c corsgate -n __corsgate_first -a help -d 'describe a command'\n"
                      "complete -c corsgate -n '__corsgate_is help; and __corsgate_second' -a '");
    completion_commands(out);
    buf_add_text(out, "'\n");
    for (uint32_t i = 0; i < command_count; i++)
        add_arguments(out, commands[i]);
    for (uint32_t i = 0; i < option_row_count; i++)
        add_option(out, &option_rows[i]);
}

const struct completion_shell completion_fish = { "fish", write };
