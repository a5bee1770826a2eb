#include "cli/completion.h"

// clang-format off
static const char *const script[] = {
    "_corsgate_revisions() {\n",
    "    local -a names expl\n",
    "    names=(${(f)\"$(_call_program revisions git for-each-ref --format='%\\(refname:short\\)' \\\n",
    "        refs/heads refs/tags refs/remotes 2>/dev/null && print HEAD)\"})\n",
    "    # Of A..B and A...B, the part behind the dots.\n",
    "    compset -P '*...' || compset -P '*..'\n",
    "    _wanted revisions expl revision compadd -a names\n",
    "}\n",
    "\n",
    "_corsgate_versions() {\n",
    "    if (( ${words[(I)--]} && ${words[(I)--]} < CURRENT )); then\n",
    "        _files\n",
    "    else\n",
    "        _alternative 'revisions:revision:_corsgate_revisions' 'files:file:_files'\n",
    "    fi\n",
    "}\n",
    "\n",
    "_corsgate_from() {\n",
    "    if (( ${words[(I)--]} && ${words[(I)--]} < CURRENT )); then\n",
    "        _files\n",
    "    else\n",
    "        _corsgate_revisions\n",
    "    fi\n",
    "}\n",
    "\n",
    "# The names of reports; behind NAME=, a file.\n",
    "_corsgate_report() {\n",
    "    local expl\n",
    "    if compset -P '*='; then\n",
    "        _files\n",
    "    else\n",
    "        _wanted formats expl format compadd \"$@\"\n",
    "    fi\n",
    "}\n",
    "\n",
    "_corsgate_named_file() {\n",
    "    if compset -P '*='; then\n",
    "        _files\n",
    "    else\n",
    "        _corsgate_revisions\n",
    "    fi\n",
    "}\n",
};
// clang-format on

// Text inside an argument of _arguments: what ends it stands behind a backslash.
static void add_text(struct buf *out, Str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '[' || c == ']' || c == ':' || c == '\\')
            buf_add_char(out, '\\');
        buf_add_char(out, c);
    }
}

static void add_value(struct buf *out, const struct option_row *row)
{
    buf_add_char(out, ':');
    add_text(out, str_from(row->value));
    switch (row->takes) {
    case TAKES_NOTHING:
        break;
    case TAKES_TEXT:
        buf_add_text(out, ": ");
        break;
    case TAKES_WORD:
        buf_addf(out, ":(%s)", row->words);
        break;
    case TAKES_FILE:
        buf_add_text(out, ":_files");
        break;
    case TAKES_REPORT:
        buf_addf(out, ": _corsgate_report %s", row->words);
        break;
    case TAKES_NAMED_FILE:
        buf_add_text(out, ": _corsgate_named_file");
        break;
    }
}

// '*--name=[help]:VALUE:action'; with a letter, both: '(-o --output)'{-o+,--output=}'[help]:…'.
static void add_option(struct buf *out, const struct option_row *row)
{
    struct buf text = { .arena = out->arena }, help = { .arena = out->arena };
    completion_help(&help, row);
    buf_add_char(&text, '[');
    add_text(&text, buf_str(&help));
    buf_add_char(&text, ']');
    if (row->takes != TAKES_NOTHING)
        add_value(&text, row);
    buf_add_text(out, " \\\n            ");
    const char *equals = row->takes != TAKES_NOTHING ? "=" : "";
    if (row->letter)
        buf_addf(out, "'(-%c --%s)'{-%c%s,--%s%s}", row->letter, row->name, row->letter,
                 row->takes != TAKES_NOTHING ? "+" : "", row->name, equals);
    else
        buf_addf(out, "'%s--%s%s'", row->repeats ? "*" : "", row->name, equals);
    completion_quote(out, buf_str(&text), "'\\''");
}

static const char *const argument_specs[] = {
    [ARGUMENTS_NONE] = "",
    [ARGUMENTS_PATHS] = "'*:path:_files'",
    [ARGUMENTS_VERSIONS] = "'*:version:_corsgate_versions'",
    [ARGUMENTS_REQUEST] = "'1:URL:_guard \"^-*\" URL' '*:revision:_corsgate_from'",
    [ARGUMENTS_RULES] = NULL,
    [ARGUMENTS_SHELLS] = NULL,
};

static void add_arguments(struct buf *out, enum command_arguments arguments)
{
    buf_add_text(out, " \\\n            ");
    if (arguments == ARGUMENTS_RULES) {
        buf_add_text(out, "'*:rule:(");
        completion_rules(out);
        buf_add_text(out, ")'");
    } else if (arguments == ARGUMENTS_SHELLS) {
        buf_add_text(out, "'1:shell:(");
        completion_shells(out);
        buf_add_text(out, ")'");
    } else {
        buf_add_text(out, argument_specs[arguments]);
    }
}

static void add_commands(struct buf *out)
{
    buf_add_text(out, "    command)\n        commands=(\n");
    for (uint32_t i = 0; i < command_count; i++) {
        struct buf text = { .arena = out->arena };
        buf_addf(&text, "%s:%s", commands[i]->name, commands[i]->what);
        buf_add_text(out, "            ");
        completion_quote(out, buf_str(&text), "'\\''");
        buf_add_char(out, '\n');
    }
    buf_add_text(out, "            'help:describe a command'\n        )\n"
                      "        _describe -t commands command commands && ret=0\n        ;;\n");
}

static void add_command(struct buf *out, const struct command *command)
{
    buf_addf(out, "        %s)\n        _arguments -s -S", command->name);
    for (uint32_t i = 0; i < option_row_count; i++)
        if (completion_takes(command, &option_rows[i]))
            add_option(out, &option_rows[i]);
    if (command->arguments != ARGUMENTS_NONE)
        add_arguments(out, command->arguments);
    buf_add_text(out, " && ret=0\n        ;;\n");
}

static void write(struct buf *out)
{
    buf_add_text(out, "#compdef corsgate\n"
                      "# zsh completion for corsgate, written by `corsgate completion zsh`.\n\n");
    for (size_t i = 0; i < sizeof script / sizeof *script; i++)
        buf_add_text(out, script[i]);
    buf_add_text(out, "_corsgate() {\n"
                      "    local curcontext=$curcontext state state_descr line ret=1\n"
                      "    local -a commands\n"
                      "    typeset -A opt_args\n"
                      "    _arguments -C '(- 1 *)'{-h,--help}'[this text]' \\\n"
                      "        '(- 1 *)--version[the version of corsgate]' \\\n"
                      "        '1:command:->command' '*::argument:->argument' && ret=0\n"
                      "    case $state in\n");
    add_commands(out);
    buf_add_text(out, "    argument)\n"
                      "        curcontext=${curcontext%:*:*}:corsgate-$line[1]:\n"
                      "        case $line[1] in\n"
                      "        help)\n        _arguments '1:command:(");
    completion_commands(out);
    buf_add_text(out, ")' && ret=0\n        ;;\n");
    for (uint32_t i = 0; i < command_count; i++)
        add_command(out, commands[i]);
    buf_add_text(out, "        esac\n        ;;\n    esac\n    return ret\n}\n\n"
                      "# Loaded as a function of $fpath, or read as a script.\n"
                      "if [[ $funcstack[1] = _corsgate ]]; then\n"
                      "    _corsgate \"$@\"\n"
                      "else\n"
                      "    compdef _corsgate corsgate\n"
                      "fi\n");
}

const struct completion_shell completion_zsh = { "zsh", write };
