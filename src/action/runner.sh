# runner.sh: how the action talks to the runner: inputs, outputs, the log, annotations, the summary. Whatever comes from
# outside is made harmless for the place where it goes. Sourced by entry.sh.
# shellcheck shell=bash

# ---- text for the log

# What workflow commands are written with, in a text that may stand anywhere in the log: one line, no "##[", no "::" in
# front. Sets $told.
clean() {
    told=${1//[[:cntrl:]]/ }
    told=${told//'##['/'##\x5b'}
    while [[ $told =~ ^[[:space:]]*:: ]]; do told=${told/::/:}; done
}

say() {
    clean "$1"
    printf '%s\n' "$told"
}

# The message of a workflow command; a runner cuts it at 4096 characters. Sets $told.
escape_message() {
    told=${1:0:4000}
    told=${told//'##['/'##\x5b'}
    told=${told//'%'/'%25'}
    told=${told//$'\r'/'%0D'}
    told=${told//$'\n'/'%0A'}
}

# annotate error|warning|notice TEXT
annotate() {
    escape_message "$2"
    printf '::%s title=corsgate::%s\n' "$1" "$told"
}

random_word() {
    od -An -N 16 -t x1 /dev/urandom | tr -d ' \n'
}

# show FILE: text of others in the log, in which no command acts.
show() {
    [ -s "$1" ] || return 0
    local word
    word=$(random_word)
    printf '::stop-commands::%s\n' "$word"
    cat -- "$1"
    printf '\n::%s::\n' "$word"
}

# ---- inputs

# input NAME: the input without blanks around it. Sets $value.
input() {
    local name=INPUT_${1^^}
    value=${!name:-}
    value=${value#"${value%%[![:space:]]*}"}
    value=${value%"${value##*[![:space:]]}"}
}

# input_choice NAME DEFAULT WORD...: one of the words.
input_choice() {
    local name=$1 default=$2 word
    shift 2
    input "$name"
    value=${value:-$default}
    for word; do [ "$value" != "$word" ] || return 0; done
    die "the input $name must be one of: $*; it is \"$value\""
}

# is_true NAME DEFAULT: a boolean as YAML's core schema writes it.
is_true() {
    input "$1"
    case ${value:-$2} in
    true | True | TRUE) return 0 ;;
    false | False | FALSE) return 1 ;;
    esac
    die "the input $1 must be true or false; it is \"$value\""
}

# ---- outputs

# output NAME VALUE: for later steps. The delimiter cannot be guessed, so no value can end early.
output() {
    local word
    [ -n "${GITHUB_OUTPUT:-}" ] || return 0
    word=$(random_word)
    printf '%s<<%s\n%s\n%s\n' "$1" "$word" "$2" "$word" >>"$GITHUB_OUTPUT"
}

# ---- Markdown within a limit

# cut_markdown FILE MOST: cut at a finding or an endpoint, so that nothing stands open. Findings come first then: they say
# what matters.
cut_markdown() {
    local size
    size=$(stat -c %s -- "$1")
    if [ "$size" -le "$2" ]; then
        cat -- "$1"
        return
    fi
    awk '
        /^## Findings$/ { part = 1 }
        /^## Unknown/ { part = 2 }
        part == 0 && /^### / { part = 3 }
        { text[part + 0] = text[part + 0] $0 "\n" }
        END { printf "%s%s%s%s", text[0], text[1], text[3], text[2] }
    ' "$1" | awk -v most="$(($2 - 200))" '
        function flush() { if (!full && size + length(block) <= most) { printf "%s", block; size += length(block) } else full = 1; block = "" }
        /^(##|- \*\*)/ { flush() }
        { block = block $0 "\n" }
        END { flush(); if (full) printf "\nThe rest is left out here for its length; the reports of the run have all of it.\n" }
    '
}

# add_summary FILE: to the summary of the job. Of one that is longer than 1 MiB a runner shows nothing at all.
add_summary() {
    local most=1000000 used=0
    [ -n "${GITHUB_STEP_SUMMARY:-}" ] || return 0
    [ ! -e "$GITHUB_STEP_SUMMARY" ] || used=$(stat -c %s -- "$GITHUB_STEP_SUMMARY")
    [ $((most - used)) -gt 1000 ] || return 0
    cut_markdown "$1" $((most - used)) >>"$GITHUB_STEP_SUMMARY"
}

# ---- files for later steps

# The folder of the workspace for reports. What was checked out may hold links that lead elsewhere. Sets $folder (as it is
# written in outputs), once.
need_folder() {
    local part path=$workspace
    [ -z "${folder:-}" ] || return 0
    input output_folder
    value=${value:-corsgate-report}
    value=${value%/}
    [[ $value != /* && /$value/ != */../* && /$value/ != */./* && $value != *//* && $value != *[[:cntrl:]]* ]] ||
        die "output_folder must be a folder below the workspace"
    local -a parts
    IFS=/ read -r -a parts <<<"$value"
    for part in "${parts[@]}"; do
        path+=/$part
        [ ! -L "$path" ] || die "output_folder is, or lies behind, a symbolic link"
        [ -d "$path" ] || mkdir -- "$path"
    done
    folder=$value
}

# keep FILE NAME [OUTPUT]: a file as NAME in that folder. Sets the output to its path.
keep() {
    [ -e "$1" ] || return 0
    need_folder
    local to=$workspace/$folder/$2 part
    part=$(dirname "$to")
    [ "$2" = "${2#*/}" ] || { [ ! -L "$part" ] && mkdir -p -- "$part"; }
    cp -- "$1" "$scratch/kept"
    chmod 644 "$scratch/kept"
    mv -fT -- "$scratch/kept" "$to" # a link in its place is replaced, not followed
    [ $# -lt 3 ] || output "$3" "$folder/$2"
}
