#include "cli/completion.h"

// clang-format off
static const char *const script[] = {
    "# Adds what begins with what is typed, behind $before.\n",
    "_corsgate_words() {\n",
    "    local word\n",
    "    for word; do\n",
    "        [[ $word != \"$typed\"* ]] || COMPREPLY+=(\"$before$word\")\n",
    "    done\n",
    "}\n",
    "\n",
    "_corsgate_files() {\n",
    "    local file\n",
    "    while IFS= read -r file; do\n",
    "        COMPREPLY+=(\"$before$file\")\n",
    "    done < <(compgen -f -- \"$typed\")\n",
    "    compopt -o filenames 2>/dev/null || true\n",
    "}\n",
    "\n",
    "# Branches, tags and HEAD; of A..B and A...B, the part behind the dots.\n",
    "_corsgate_revisions() {\n",
    "    local before=$before typed=$typed name\n",
    "    if [[ $typed =~ ^(.*[^.]\\.\\.\\.?)(.*)$ ]]; then\n",
    "        before+=${BASH_REMATCH[1]} typed=${BASH_REMATCH[2]}\n",
    "    fi\n",
    "    while IFS= read -r name; do\n",
    "        _corsgate_words \"$name\"\n",
    "    done < <(git for-each-ref --format='%(refname:short)' refs/heads refs/tags refs/remotes 2>/dev/null && echo HEAD)\n",
    "}\n",
    "\n",
    "# Of name=FILE: once there is a name, the file.\n",
    "_corsgate_named_file() {\n",
    "    before+=${typed%%=*}= typed=${typed#*=}\n",
    "    _corsgate_files\n",
    "}\n",
    "\n",
    "_corsgate_value() {\n",
    "    case $kind in\n",
    "    word) _corsgate_words \"${words[@]}\" ;;\n",
    "    file) _corsgate_files ;;\n",
    "    report) if [[ $typed == *=* ]]; then _corsgate_named_file; else _corsgate_words \"${words[@]}\"; fi ;;\n",
    "    named-file) if [[ $typed == *=* ]]; then _corsgate_named_file; else _corsgate_revisions; fi ;;\n",
    "    esac\n",
    "}\n",
    "\n",
    "_corsgate_argument() {\n",
    "    case $arguments in\n",
    "    paths) _corsgate_files ;;\n",
    "    versions)\n",
    "        [[ $separated ]] || _corsgate_revisions\n",
    "        _corsgate_files\n",
    "        ;;\n",
    "    request)\n",
    "        if [[ $separated ]]; then\n",
    "            _corsgate_files\n",
    "        elif ((given > 0)); then\n",
    "            _corsgate_revisions\n",
    "        fi\n",
    "        ;;\n",
    "    rules) _corsgate_words \"${rules[@]}\" ;;\n",
    "    shells) ((given > 0)) || _corsgate_words \"${shells[@]}\" ;;\n",
    "    esac\n",
    "}\n",
    "\n",
    "# The words up to the one at $last say what is expected there.\n",
    "_corsgate_after_command() {\n",
    "    local arguments='' options=() kind='' words=() separated='' waiting='' given=0 i word\n",
    "    _corsgate_command \"${line[1]}\"\n",
    "    for ((i = 2; i < last; i++)); do\n",
    "        word=${line[i]}\n",
    "        if [[ $waiting ]]; then\n",
    "            waiting=''\n",
    "        elif [[ $separated || $word == - || $word != -* ]]; then\n",
    "            given=$((given + 1))\n",
    "        elif [[ $word == -- ]]; then\n",
    "            separated=1\n",
    "        else\n",
    "            _corsgate_option \"${line[1]}\" \"$word\"\n",
    "            waiting=$kind\n",
    "        fi\n",
    "    done\n",
    "    if [[ $waiting ]]; then\n",
    "        _corsgate_value\n",
    "    elif [[ ! $separated && $typed == --*=* ]]; then\n",
    "        _corsgate_option \"${line[1]}\" \"${typed%%=*}\"\n",
    "        before=${typed%%=*}= typed=${typed#*=}\n",
    "        _corsgate_value\n",
    "    elif [[ ! $separated && $typed == -* ]]; then\n",
    "        _corsgate_words \"${options[@]}\"\n",
    "    else\n",
    "        _corsgate_argument\n",
    "    fi\n",
    "}\n",
    "\n",
    "_corsgate() {\n",
    "    # The shell cuts words at = and :, too; what stands between blanks is one here.\n",
    "    local commands rules shells line=() typed='' before='' last i cut\n",
    "    read -ra line <<<\"${COMP_LINE:0:COMP_POINT}\"\n",
    "    [[ ${COMP_LINE:0:COMP_POINT} != *[[:blank:]] ]] || line+=('')\n",
    "    last=$((${#line[@]} - 1))\n",
    "    typed=${line[last]}\n",
    "    COMPREPLY=()\n",
    "    _corsgate_names\n",
    "    if ((last == 1)); then\n",
    "        if [[ $typed == -* ]]; then\n",
    "            _corsgate_words --help --version\n",
    "        else\n",
    "            _corsgate_words \"${commands[@]}\" help\n",
    "        fi\n",
    "    elif [[ ${line[1]} == help ]]; then\n",
    "        ((last > 2)) || _corsgate_words \"${commands[@]}\"\n",
    "    elif ((last > 1)); then\n",
    "        _corsgate_after_command\n",
    "    fi\n",
    "    # What is put in replaces the text behind the last place where the shell cuts.\n",
    "    typed=${line[last]} cut=''\n",
    "    for ((i = 0; i < ${#typed}; i++)); do\n",
    "        [[ $COMP_WORDBREAKS != *\"${typed:i:1}\"* || ${typed:i:1} == [[:blank:]] ]] || cut=${typed:0:i+1}\n",
    "    done\n",
    "    for i in \"${!COMPREPLY[@]}\"; do\n",
    "        COMPREPLY[i]=${COMPREPLY[i]#\"$cut\"}\n",
    "    done\n",
    "}\n",
    "\n",
    "complete -F _corsgate corsgate\n",
};
// clang-format on

static const char *const argument_names[] = {
    [ARGUMENTS_NONE] = "none",       [ARGUMENTS_PATHS] = "paths", [ARGUMENTS_VERSIONS] = "versions",
    [ARGUMENTS_REQUEST] = "request", [ARGUMENTS_RULES] = "rules", [ARGUMENTS_SHELLS] = "shells",
};

static const char *const value_names[] = {
    [TAKES_NOTHING] = "",  [TAKES_TEXT] = "text",     [TAKES_WORD] = "word",
    [TAKES_FILE] = "file", [TAKES_REPORT] = "report", [TAKES_NAMED_FILE] = "named-file",
};

static void add_names(struct buf *out)
{
    buf_add_text(out, "_corsgate_names() {\n    commands=(");
    completion_commands(out);
    buf_add_text(out, ")\n    rules=(");
    completion_rules(out);
    buf_add_text(out, ")\n    shells=(");
    completion_shells(out);
    buf_add_text(out, ")\n}\n\n");
}

static void add_commands(struct buf *out)
{
    buf_add_text(out, "# What the arguments of a command are, and its options.\n"
                      "_corsgate_command() {\n    case $1 in\n");
    for (uint32_t i = 0; i < command_count; i++) {
        const char *before = "";
        buf_addf(out, "    %s)\n        arguments=%s\n        options=(", commands[i]->name,
                 argument_names[commands[i]->arguments]);
        for (uint32_t j = 0; j < option_row_count; j++) {
            const struct option_row *row = &option_rows[j];
            if (!completion_takes(commands[i], row))
                continue;
            buf_addf(out, "%s--%s", before, row->name);
            before = " ";
            if (row->letter)
                buf_addf(out, " -%c", row->letter);
        }
        buf_add_text(out, ")\n        ;;\n");
    }
    buf_add_text(out, "    esac\n}\n\n");
}

static void add_values(struct buf *out)
{
    buf_add_text(out, "# What an option of a command takes, and the words for it.\n"
                      "_corsgate_option() {\n    kind='' words=()\n    case $1:$2 in\n");
    for (uint32_t i = 0; i < option_row_count; i++) {
        const struct option_row *row = &option_rows[i];
        const char *before = "    ";
        if (row->takes == TAKES_NOTHING)
            continue;
        for (uint32_t j = 0; j < command_count; j++) {
            if (!completion_takes(commands[j], row))
                continue;
            buf_addf(out, "%s%s:--%s", before, commands[j]->name, row->name);
            before = " | ";
            if (row->letter)
                buf_addf(out, " | %s:-%c", commands[j]->name, row->letter);
        }
        buf_addf(out, ") kind=%s words=(%s) ;;\n", value_names[row->takes],
                 row->words ? row->words : "");
    }
    buf_add_text(out, "    esac\n}\n\n");
}

static void write(struct buf *out)
{
    buf_add_text(out, "# bash completion for corsgate, written by `corsgate completion bash`.\n"
                      "# shellcheck shell=bash disable=SC2034\n\n");
    add_names(out);
    add_commands(out);
    add_values(out);
    for (size_t i = 0; i < sizeof script / sizeof *script; i++)
        buf_add_text(out, script[i]);
}

const struct completion_shell completion_bash = { "bash", write };
