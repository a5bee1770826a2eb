#!/bin/bash
# `corsgate diff --staged`, by hand and as the pre-commit hook of real commits.
set -eu
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

A=https://a.shop.example B=https://b.shop.example C=https://c.shop.example

new repository
conf nginx.conf $A
conf other.conf $A
commit one

# what is staged, and nothing else
conf nginx.conf $A $B
run 0 diff --staged
git add nginx.conf
conf nginx.conf $A $B $C
run 3 diff --staged --format json
says '"old": "HEAD", "new": "index"'
says "$B"
keeps_quiet "$C"
run 0 diff --staged --review note --fail-on never
run 0 diff --staged other.conf
run 3 diff --staged -- nginx.conf
run 3 diff --staged HEAD
run 2 diff --staged HEAD~1
run 2 diff --staged HEAD HEAD
run 2 diff --staged --pre-push

# another index
cp .git/index "$work/index"
git reset -q --hard
run 0 diff --staged
GIT_INDEX_FILE=$work/index run 3 diff --staged
says "$B"
cp "$work/index" .git/other
mkdir sub
cd sub
GIT_INDEX_FILE=.git/other run 3 diff --staged # from the top, as for git
cd ..
echo broken >"$work/index"
GIT_INDEX_FILE=$work/index run 2 diff --staged
warns "the index cannot be read"

# deleted, renamed, announced, in conflict
git rm -q nginx.conf other.conf
run 3 diff --staged
warns "there is no configuration in the new version"
git reset -q --hard
git mv nginx.conf moved.conf
run 0 diff --staged
git reset -q --hard
conf announced.conf $C
git add -N announced.conf
run 0 diff --staged
rm announced.conf
git reset -q --hard
git checkout -q -b left
conf nginx.conf $A $B
commit left
git checkout -q -b right main
conf nginx.conf $A $C
commit right
git merge -q left >/dev/null 2>&1 || true
run 2 diff --staged
says "has conflicts that are not resolved"
git merge --abort
git checkout -q main

# the hook
cat >.git/hooks/pre-commit <<SH
#!/bin/sh
"$program" diff --staged --review note >"$work/hook" 2>&1
status=\$?
echo \$status >"$work/hook-status"
exit \$status
SH
chmod +x .git/hooks/pre-commit
hook() {
    local expected=$1
    shift
    checks=$((checks + 1))
    : >"$work/hook-status"
    git "$@" >"$work/out" 2>"$work/err" || true
    cp "$work/hook" "$work/out"
    [ "$(cat "$work/hook-status")" = "$expected" ] || fail "git $*: $(cat "$work/hook-status"), expected $expected"
}
conf nginx.conf $A $B
conf other.conf $A $C
git add nginx.conf other.conf
hook 0 commit -m partly nginx.conf # a temporary index
says "$B"
keeps_quiet "$C"
hook 0 commit -m rest
says "$C"
keeps_quiet "$B:"
# shellcheck disable=SC2016
sed -i 's/\$allowed always/"*" always/' nginx.conf
hook 0 commit -a -m open
says "every website"
# shellcheck disable=SC2016
sed -i 's/"\*" always/$http_origin always; add_header Access-Control-Allow-Credentials true always/' nginx.conf
hook 1 commit -a -m dangerous
says "CG102"
git diff --quiet && fail "the commit was made"
git worktree add -q "$work/second" -b second
cd "$work/second"
conf nginx.conf $A $B $C
hook 0 commit -a -m "in another worktree"
says "every other website can no longer read"

# nothing that corsgate recognises is no reason to stop a commit
new nothing
echo hello >README.md
git add README.md
run 0 diff --staged
warns "nothing to compare"
commit one
run 0 diff --staged
run 2 diff HEAD
finish
