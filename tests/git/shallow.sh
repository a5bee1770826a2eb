#!/bin/bash
# Clones without the whole history or all objects: what is missing is never taken for empty, and what is said to fetch
# it does.
set -eu
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

A=https://a.shop.example B=https://b.shop.example C=https://c.shop.example

# fetched: runs the command that the last run advised.
fetched() {
    local command
    command=$(sed -n 's/.*: \(git fetch [^,;]*\).*/\1/p' "$work/err" | head -n 1)
    [ -n "$command" ] || {
        fail "no git fetch is advised"
        return
    }
    bash -c "$command" >"$work/out" 2>&1 || fail "$command does not work"
}

new origin
conf nginx.conf $A
commit one
git branch -q base
conf nginx.conf $A $C
for message in two three four; do commit $message; done
git checkout -q -b topic base
conf nginx.conf $A $B
for message in five six; do commit $message; done
git checkout -q --detach main
git merge -q -s ours -m merged topic
git update-ref refs/pull/1/merge HEAD
git checkout -q main
url=file://$work/origin

# one commit deep, one branch
git clone -q --depth=1 -b topic "$url" "$work/one"
cd "$work/one"
run 2 diff HEAD~1 HEAD
warns "this clone is shallow and does not hold HEAD~1"
fetched
run 0 diff HEAD~1 HEAD
run 2 diff HEAD^^ HEAD
fetched
run 3 diff HEAD^^ HEAD
run 2 diff
warns "git remote set-head origin --auto"
run 2 diff main
warns "there is no revision main in this shallow clone"
fetched
run 3 diff origin/main
run 2 diff main
warns "did you mean origin/main?"
hides "git fetch"

# a merge base beyond the edge
git clone -q --depth=1 --no-single-branch "$url" "$work/two"
cd "$work/two"
run 2 diff origin/main...origin/topic
warns "its history ends before origin/main and origin/topic meet"
fetched
run 3 diff origin/main...origin/topic
says "$B"
keeps_quiet "$C"

# a merge base inside the edge
git clone -q --depth=4 --no-single-branch "$url" "$work/three"
cd "$work/three"
[ "$(git rev-parse --is-shallow-repository)" = false ] || fail "is shallow" # four is all of it
git clone -q --depth=3 -b topic --no-single-branch "$url" "$work/four"
cd "$work/four"
git fetch -q --depth=4 origin main:refs/remotes/origin/main
run 3 diff origin/main...origin/topic
says "$B"
keeps_quiet "$C"

# the checkout of a pull request's merge
git init -q "$work/pull"
cd "$work/pull"
git remote add origin "$url"
git fetch -q --depth=1 origin refs/pull/1/merge
git checkout -q FETCH_HEAD
run 2 diff HEAD^1 HEAD
fetched
run 0 diff HEAD^1 HEAD
run 3 diff HEAD^2 HEAD

# a commit that is named by its id, a branch that was never fetched
git clone -q --depth=1 "$url" "$work/named"
cd "$work/named"
id=$(git -C "$work/origin" rev-parse base)
run 2 diff "$id"
warns "the commit $id is not in this clone"
fetched
run 3 diff "$id"
says "$C"
run 2 diff origin/topic
warns "the branch origin/topic is not in this clone"
fetched
run 3 diff origin/topic

# a clone without the blobs
git -C "$work/origin" config uploadpack.allowFilter true
git clone -q --filter=blob:none --no-checkout "$url" "$work/partial"
cd "$work/partial"
run 2 diff HEAD~1 HEAD
says "its object is not in this clone"
git checkout -q main
run 0 diff HEAD
run 2 diff base
git checkout -q base
git checkout -q main
run 3 diff origin/base HEAD
says "$C"

# damaged objects: a blob, a folder, a commit
for what in HEAD:nginx.conf 'HEAD^{tree}' HEAD; do
    git clone -q "$url" "$work/damaged"
    cd "$work/damaged"
    mv .git/objects/pack/*.pack "$work/pack"
    rm -f .git/objects/pack/*
    git unpack-objects -q <"$work/pack"
    object=$(git rev-parse "$what")
    file=.git/objects/${object:0:2}/${object:2}
    chmod u+w "$file"
    printf 'damage' >"$file"
    run 2 diff origin/base HEAD
    cd ..
    rm -rf damaged
done
finish
