#!/bin/bash
# run.sh PROGRAM CASE: runs one golden case.
#
# CASE is a folder with
#   cmd              arguments of corsgate, one line, quoted as for a shell
#   status           the exit status
#   expected.EXT     its standard output (txt, json, sarif, md, html, ...)
#   expected.err     its standard error, if the case is about that
#   expected.answers what the real server answered, line by line: {"status": N, "headers": [...]}; compared with the
#                    output of `simulate --raw`, never rewritten from it (tests/oracle/idioms.py --golden writes it)
#   setup            shell commands to run in the copy first, if a case needs them (a git history, permissions)
#   stdin            standard input, if any
#   inputs           a folder of the repository that holds the inputs, if the case has none of its own
# and inputs. The program runs inside a copy that holds the inputs only. UPDATE=1 rewrites the expectations.
set -u

program=$(realpath "$1")
case_dir=$(realpath "$2")
here=$(dirname "$(realpath "$0")")
work=$(mktemp -d)
trap 'chmod -R u+rwX "$work"; rm -rf "$work"' EXIT

mkdir "$work/in"
[ -e "$case_dir/inputs" ] && cp -R "$here/../../$(cat "$case_dir/inputs")/." "$work/in/"
cp -R "$case_dir/." "$work/in/"
cd "$work/in" || exit 2
rm -rf cmd status setup stdin inputs expected.*
export NO_COLOR=1 LC_ALL=C
unset CORSGATE_CONFIG
if [ -e "$case_dir/setup" ]; then
    export GIT_AUTHOR_NAME=Author GIT_AUTHOR_EMAIL=author@shop.example GIT_AUTHOR_DATE='2024-06-01T12:00:00Z'
    export GIT_COMMITTER_NAME=Author GIT_COMMITTER_EMAIL=author@shop.example GIT_COMMITTER_DATE='2024-06-01T12:00:00Z'
    export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null
    bash -e "$case_dir/setup" >"$work/setup" 2>&1 || {
        cat "$work/setup"
        [ "$(tail -n 1 "$work/setup")" = skip ] && exit 77
        echo "setup failed"
        exit 1
    }
fi

arguments=()
eval "arguments=($(cat "$case_dir/cmd"))" || exit 2
stdin=/dev/null
[ -e "$case_dir/stdin" ] && stdin=$case_dir/stdin
"$program" "${arguments[@]}" <"$stdin" >"$work/out" 2>"$work/err"
status=$?

# The one thing in the output that is not the same in every run.
normal() {
    sed -E 's/("milliseconds": ?)[0-9]+/\10/' "$1"
}

expected=()
for file in "$case_dir"/expected.*; do
    case $file in
    *.err | *.answers | *\*) ;;
    *) expected+=("$file") ;;
    esac
done
if [ ${#expected[@]} -gt 1 ]; then
    echo "more than one expectation for standard output: ${expected[*]}"
    exit 2
fi

if [ "${UPDATE:-}" = 1 ]; then
    if [ ${#expected[@]} -eq 0 ] && [ ! -e "$case_dir/expected.answers" ]; then
        format=$(printf '%s\n' "${arguments[@]}" | grep -A1 -x -e --format | tail -n 1)
        case ${format:-text} in
        text) format=txt ;;
        markdown) format=md ;;
        esac
        expected=("$case_dir/expected.$format")
    fi
    [ ${#expected[@]} -eq 0 ] || normal "$work/out" >"${expected[0]}"
    [ -e "$case_dir/expected.err" ] && normal "$work/err" >"$case_dir/expected.err"
    echo "$status" >"$case_dir/status"
fi

failed=0
if [ ! -e "$case_dir/status" ]; then
    echo "the case has no file status"
    failed=1
elif [ "$status" != "$(cat "$case_dir/status")" ]; then
    echo "exit status $status, expected $(cat "$case_dir/status")"
    failed=1
fi
if [ ${#expected[@]} -gt 0 ]; then
    diff -u --label expected --label actual "${expected[0]}" <(normal "$work/out") || failed=1
elif [ "$status" = 0 ] && [ ! -e "$case_dir/expected.answers" ] && [ ! -e "$case_dir/expected.err" ]; then
    echo "the case expects nothing of the output: UPDATE=1 writes expected.*"
    failed=1
fi
if [ -e "$case_dir/expected.err" ]; then
    diff -u --label expected.err --label actual "$case_dir/expected.err" <(normal "$work/err") || failed=1
fi
if [ -e "$case_dir/expected.answers" ]; then
    python3 "$here/answers.py" "$case_dir/requests.jsonl" "$case_dir/expected.answers" "$work/out" || failed=1
fi
if [ $failed -ne 0 ]; then
    echo "command: corsgate ${arguments[*]}"
    [ -s "$work/err" ] && [ ! -e "$case_dir/expected.err" ] && sed 's/^/stderr: /' "$work/err"
fi
exit $failed
