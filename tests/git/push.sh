#!/bin/bash
# `corsgate diff --pre-push`: the lines that git gives, a real push, and the environment of the framework pre-commit.
set -eu
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

A=https://a.shop.example B=https://b.shop.example C=https://c.shop.example
zeros=0000000000000000000000000000000000000000

new origin
conf nginx.conf $A
commit one
git clone -q "$work/origin" "$work/clone"
cd "$work/clone"
one=$(git rev-parse HEAD)
git checkout -q -b topic
conf nginx.conf $A $B
commit two
two=$(git rev-parse HEAD)
conf nginx.conf $A $B $C
commit three
three=$(git rev-parse HEAD)

# a new branch, from where it left the default one; an old one, from what the remote has
feed "refs/heads/topic $three refs/heads/topic $zeros
" 3 diff --pre-push --format json
says "\"old\": \"${one:0:12}\", \"new\": \"topic\""
says "$B"
says "$C"
feed "refs/heads/topic $three refs/heads/topic $two
" 3 diff --pre-push origin "$work/origin"
says "$C"
keeps_quiet "$B:"
feed "refs/heads/topic $three refs/heads/topic 1234567890123456789012345678901234567890" 3 diff --pre-push
says "$B"

# deleted, nothing, several, the same twice, and what git would not write
feed "(delete) $zeros refs/heads/topic $two
" 0 diff --pre-push
warns "is deleted at the remote"
feed "" 0 diff --pre-push
warns "nothing is pushed"
feed "refs/heads/topic $three refs/heads/topic $two
refs/heads/main $one refs/heads/main $one
" 3 diff --pre-push
says "$C"
warns "comparing"
feed "refs/heads/topic $three refs/heads/topic $two
refs/heads/again $three refs/heads/again $two
" 3 diff --pre-push --format json
feed "refs/heads/topic $three refs/heads/topic $two
refs/heads/main $one refs/heads/main $one
" 2 diff --pre-push --format json
warns "only the format text"
feed "nonsense
" 2 diff --pre-push
warns "--pre-push reads what git gives"
feed "refs/heads/topic nonsense refs/heads/topic $two
" 2 diff --pre-push
feed "" 2 diff --pre-push a b c
feed "refs/heads/topic $three refs/heads/topic $zeros
" 2 diff --pre-push -- nowhere.conf

# the framework
export PRE_COMMIT_FROM_REF=$two PRE_COMMIT_TO_REF=$three PRE_COMMIT_REMOTE_NAME=origin PRE_COMMIT_LOCAL_BRANCH=refs/heads/topic
run 3 diff --pre-push
says "$C"
keeps_quiet "$B:"
unset PRE_COMMIT_FROM_REF
run 3 diff --pre-push
says "$B"
unset PRE_COMMIT_TO_REF

# the framework when all of the history is pushed: it names only the branch
export PRE_COMMIT_LOCAL_BRANCH=refs/heads/topic
run 0 diff --pre-push --review note
says "$B"
unset PRE_COMMIT_REMOTE_NAME PRE_COMMIT_LOCAL_BRANCH

# a real push
# shellcheck disable=SC2016
sed -i 's/\$allowed always/$http_origin always; add_header Access-Control-Allow-Credentials true always/' nginx.conf
commit four
cat >.git/hooks/pre-push <<SH
#!/bin/sh
exec "$program" diff --pre-push --review note "\$@"
SH
chmod +x .git/hooks/pre-push
push() {
    local expected=$1 status=0
    shift
    checks=$((checks + 1))
    git push -q "$@" >"$work/out" 2>"$work/err" || status=$?
    [ $status -eq "$expected" ] || fail "git push $*: exit status $status, expected $expected"
}
push 1 origin topic
says "CG102"
push 0 origin "$three:refs/heads/topic"
push 0 origin :topic

# the first push to a remote: all of it is new there; of a remote that was never asked, what is known here counts
all_is_new() {
    says "every website, such as"
    warns "the old version is empty"
}
git init -q --bare "$work/empty"
for branch in main trunk; do
    new "first-$branch"
    git checkout -q -b $branch 2>/dev/null || true
    conf nginx.conf $A
    # shellcheck disable=SC2016
    sed -i 's/\$allowed always/$http_origin always; add_header Access-Control-Allow-Credentials true always/' nginx.conf
    commit open
    head=$(git rev-parse HEAD)
    git remote add origin "$work/empty"
    feed "refs/heads/$branch $head refs/heads/$branch $zeros
" 1 diff --pre-push --review note origin "$work/empty"
    all_is_new
    PRE_COMMIT_REMOTE_NAME=origin PRE_COMMIT_LOCAL_BRANCH=refs/heads/$branch run 1 diff --pre-push --review note
    all_is_new
    git checkout -q -b topic
    echo >>nginx.conf
    commit topic
    topic=$(git rev-parse HEAD)
    [ $branch = trunk ] || feed "refs/heads/topic $topic refs/heads/topic $zeros
" 0 diff --pre-push origin "$work/empty"
    git checkout -q --orphan pages
    commit pages
    [ $branch = trunk ] || feed "refs/heads/pages $(git rev-parse HEAD) refs/heads/pages $zeros
" 1 diff --pre-push --review note origin "$work/empty"
done
git push -q origin trunk
feed "refs/heads/pages $(git rev-parse HEAD) refs/heads/pages $zeros
" 2 diff --pre-push origin "$work/empty"
warns "which branch is the default one is not known here"
finish
