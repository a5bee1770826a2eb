#!/bin/bash
# entry: what the GitHub Action runs (action.yml). It finds out from the event what is to be compared, fetches what is needed,
# lets corsgate judge, and tells the runner, the pull request and later steps. The program decides; nothing here does.
set -Eeuo pipefail
export LC_ALL=C
umask 022
here=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
# shellcheck source=src/action/runner.sh
. "$here/runner.sh"
# shellcheck source=src/action/api.sh
. "$here/api.sh"
# shellcheck source=src/action/versions.sh
. "$here/versions.sh"
# shellcheck source=src/action/compare.sh
. "$here/compare.sh"
# shellcheck source=src/action/comment.sh
. "$here/comment.sh"
# shellcheck source=src/action/decide.sh
. "$here/decide.sh"

status_commit= # what is to have a commit status by the end
command=

# die TEXT: there is no verdict. What waits for a status gets one that holds the merge.
die() {
    trap - ERR
    annotate error "$1"
    if [ -n "$status_commit" ]; then
        local commit=$status_commit
        set_status error "there is no decision: $1"
        status_commit=$commit
    fi
    if [ "$command" = gate ]; then output decision unknown; else output verdict error; fi
    output exit_status 2
    finish 2
}

# finish STATUS: with exit_zero the outputs alone say how it went.
finish() {
    if [ "$1" -ne 0 ] && [ "$(exit_zero)" = true ]; then exit 0; fi
    exit "$1"
}

exit_zero() {
    input exit_zero
    [[ $value != [tT][rR][uU][eE] ]] || echo true
}

main() {
    scratch=$(mktemp -d)
    trap 'rm -rf -- "$scratch"' EXIT
    trap 'die "the action went wrong in line $LINENO of ${BASH_SOURCE[0]##*/}"' ERR
    program=${CORSGATE_PROGRAM:-corsgate}
    workspace=$(realpath -- "${GITHUB_WORKSPACE:-.}")
    event_name=${GITHUB_EVENT_NAME:-}
    event_name=${event_name//[!a-z_]/}
    if [ -n "${GITHUB_EVENT_PATH:-}" ] && jq -es 'length == 1 and (.[0] | type == "object")' "$GITHUB_EVENT_PATH" >/dev/null 2>&1; then
        cp -- "$GITHUB_EVENT_PATH" "$scratch/event.json"
    else
        printf '{}' >"$scratch/event.json"
    fi
    input_choice command diff diff check gate
    command=$value
    local name
    for name in exit_zero fetch annotations summary comment status older_results; do
        is_true "$name" false || true
    done
    api_start
    run_url=
    [[ ! ${GITHUB_RUN_ID:-} =~ ^[0-9]+$ ]] || run_url=${GITHUB_SERVER_URL:-https://github.com}/$repository/actions/runs/$GITHUB_RUN_ID
    "command_$command"
}

main
