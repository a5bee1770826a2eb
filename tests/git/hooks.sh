#!/bin/bash
# hooks.sh PROGRAM [RUNNER...]: the hooks as docs/hooks.md has them do what it says, at real commits and pushes. RUNNER is git
# (default), or lefthook or husky, which npm installs below build/.
# shellcheck disable=SC2094 # the argument of snippet is a name in the page
set -eu
own_home=$HOME # npm has its settings there
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

page=$here/../../docs/hooks.md
mkdir "$work/bin"
ln -s "$program" "$work/bin/corsgate"
export PATH=$work/bin:$PATH
A=https://a.shop.example B=https://b.shop.example

# snippet FILE: the block of the page behind the line that ends with `FILE`:
snippet() {
    awk -v name="\`$1\`:" '
        index($0, name) && $0 ~ /:$/ { wanted = 1; next }
        /^```/ && wanted { if (inside) exit; inside = 1; next }
        inside { print }' "$page" | grep . || {
        echo "docs/hooks.md has no $1"
        exit 1
    }
}

set_up_git() {
    local hook
    for hook in pre-commit pre-push; do
        snippet .git/hooks/$hook >.git/hooks/$hook
        chmod +x .git/hooks/$hook
    done
}

# need_npm: the runners, in build/hooks. They have no dependencies but the builds of themselves.
need_npm() {
    local wanted="husky@9.1.7 lefthook@2.2.2" to=$here/../../build/hooks
    mkdir -p "$to"
    to=$(realpath "$to")
    [ "$(cat "$to/installed" 2>/dev/null)" = "$wanted" ] || {
        # shellcheck disable=SC2086 # two words
        (cd "$to" && echo '{"private": true}' >package.json && HOME=$own_home npm install --ignore-scripts \
            --no-package-lock --no-save --no-audit --no-fund $wanted) >"$work/npm" 2>&1 || {
            cat "$work/npm"
            exit 1
        }
        echo "$wanted" >"$to/installed"
    }
    PATH=$to/node_modules/.bin:$PATH
}

set_up_lefthook() {
    need_npm
    snippet lefthook.yml >lefthook.yml
    lefthook install >/dev/null
}

set_up_husky() {
    local hook
    need_npm
    husky >/dev/null
    for hook in pre-commit pre-push; do
        snippet .husky/$hook >.husky/$hook
    done
}

try() {
    local expected=$1 status=0
    shift
    checks=$((checks + 1))
    git "$@" >"$work/out" 2>&1 || status=$?
    : >"$work/err"
    [ $((status != 0)) -eq "$expected" ] || fail "$runner: git $*: exit status $status"
}

judge() {
    git init -q --bare "$work/remote-$runner"
    new "$runner"
    git remote add origin "$work/remote-$runner"
    echo hello >README.md
    commit one
    "set_up_$runner"
    git add -A

    try 0 commit -q --allow-empty -m "nothing about CORS"
    conf nginx.conf $A
    conf other.conf $A
    git add .
    try 0 commit -qm review
    says "$A"
    says "a senior engineer has to approve it"
    try 0 push -q origin main
    says "$A"
    says "a senior engineer has to approve it"
    # shellcheck disable=SC2016
    sed -i 's/\$allowed always/$http_origin always; add_header Access-Control-Allow-Credentials true always/' nginx.conf
    try 1 commit -qam dangerous
    says "CG102"
    git commit -q --no-verify -am "dangerous past the hook"
    try 1 push -q origin main
    says "CG102"
    git reset -q --hard HEAD~1
    git rm -q other.conf
    try 0 commit -qm "one configuration goes"
    says "any more"
    try 0 push -q origin main
    says "any more"
    keeps_quiet "$B"
    try 0 push -q origin main~1:refs/heads/topic
    try 0 push -q origin :topic
}

shift
[ $# -gt 0 ] || set -- git
for runner; do
    judge
done
finish
