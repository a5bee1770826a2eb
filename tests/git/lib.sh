# lib.sh: what tests/git/*.sh share. Each is run with the program as its argument, in a folder of its own; the
# repositories are made by git itself.
# shellcheck shell=bash
set -eu

program=$(realpath "$1")
here=$(dirname "$(realpath "$0")")
work=$(realpath "$(mktemp -d)")
trap 'chmod -R u+rwX "$work"; rm -rf "$work"' EXIT

export HOME=$work/home NO_COLOR=1 LC_ALL=C TZ=UTC
export GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=$work/home/.gitconfig
export GIT_AUTHOR_NAME=Author GIT_AUTHOR_EMAIL=author@shop.example GIT_AUTHOR_DATE='2024-06-01T12:00:00Z'
export GIT_COMMITTER_NAME=Author GIT_COMMITTER_EMAIL=author@shop.example GIT_COMMITTER_DATE='2024-06-01T12:00:00Z'
export LSAN_OPTIONS=suppressions=$here/lsan.supp:print_suppressions=0
unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE CORSGATE_CONFIG PRE_COMMIT_TO_REF PRE_COMMIT_FROM_REF
mkdir "$work/home"
git config --global init.defaultBranch main
git config --global protocol.file.allow always
git config --global advice.detachedHead false

failures=0
checks=0

fail() {
    failures=$((failures + 1))
    echo "line ${BASH_LINENO[1]}: $1"
    sed 's/^/  stdout: /' "$work/out"
    sed 's/^/  stderr: /' "$work/err"
}

# new NAME: an empty repository, and into it.
new() {
    git init -q "$work/$1"
    cd "$work/$1"
}

# conf FILE ORIGIN...: nginx configuration that lets these origins read.
conf() {
    local file=$1 origin
    shift
    mkdir -p "$(dirname "$file")"
    {
        # shellcheck disable=SC2016
        printf 'events {}\nhttp {\n    map $http_origin $allowed {\n        default "";\n'
        for origin; do
            # shellcheck disable=SC2016
            printf '        "%s" $http_origin;\n' "$origin"
        done
        # shellcheck disable=SC2016
        printf '    }\n    server {\n        listen 80;\n        server_name api.shop.example;\n        location / {\n'
        # shellcheck disable=SC2016
        printf '            add_header Access-Control-Allow-Origin $allowed always;\n            add_header Vary Origin always;\n'
        printf '            proxy_pass http://127.0.0.1:8080;\n        }\n    }\n}\n'
    } >"$file"
}

# commit MESSAGE: everything there is. Each is a minute later than the one before.
minutes=0
commit() {
    minutes=$((minutes + 1))
    export GIT_COMMITTER_DATE
    GIT_COMMITTER_DATE=$(printf '2024-06-01T13:%02d:00Z' "$minutes")
    git add -A
    git commit -q --allow-empty -m "$1"
}

# run STATUS ARGUMENT...: runs the program.
run() {
    local expected=$1 status=0
    shift
    checks=$((checks + 1))
    "$program" "$@" >"$work/out" 2>"$work/err" </dev/null || status=$?
    [ $status -eq "$expected" ] || fail "corsgate $*: exit status $status, expected $expected"
}

# feed TEXT STATUS ARGUMENT...: the same, with standard input.
feed() {
    local text=$1 expected=$2 status=0
    shift 2
    checks=$((checks + 1))
    printf '%s' "$text" | "$program" "$@" >"$work/out" 2>"$work/err" || status=$?
    [ $status -eq "$expected" ] || fail "corsgate $*: exit status $status, expected $expected"
}

# says TEXT, keeps_quiet TEXT: about the results of the last run. warns, hides: about what it said besides.
says() { grep -qF -e "$1" "$work/out" || fail "the result does not say: $1"; }
keeps_quiet() { ! grep -qF -e "$1" "$work/out" || fail "the result says: $1"; }
warns() { grep -qF -e "$1" "$work/err" || fail "standard error does not say: $1"; }
hides() { ! grep -qF -e "$1" "$work/err" || fail "standard error says: $1"; }

finish() {
    echo "$checks runs, $failures failures"
    [ "$checks" -gt 0 ] && [ $failures -eq 0 ]
}
