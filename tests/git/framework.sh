#!/bin/bash
# The hooks of .pre-commit-hooks.yaml, run by the framework pre-commit at real commits and pushes. Nothing is fetched: the
# framework clones a repository on this disk that holds the file.
set -eu
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

command -v pre-commit >/dev/null || {
    echo "the framework pre-commit is not installed"
    exit 77
}
# The framework writes what no two tests may share.
export PRE_COMMIT_HOME=$work/framework PRE_COMMIT_COLOR=never
mkdir "$work/bin"
ln -s "$program" "$work/bin/corsgate"
export PATH=$work/bin:$PATH
A=https://a.shop.example B=https://b.shop.example C=https://c.shop.example

new published
cp "$here/../../.pre-commit-hooks.yaml" .
commit hooks
git tag v0.1.0
# Its own check of such files knows the keys of the version that is installed.
checks=$((checks + 1))
pre-commit validate-manifest .pre-commit-hooks.yaml >"$work/out" 2>"$work/err" || fail "the framework refuses the manifest"

git init -q --bare "$work/remote"
new repository
conf nginx.conf $A
conf old.conf $A
cat >.pre-commit-config.yaml <<YAML
default_install_hook_types: [pre-commit, pre-merge-commit, pre-push]
repos:
  - repo: $work/published
    rev: v0.1.0
    hooks:
      - {id: corsgate, stages: [commit, merge-commit]}
      - {id: corsgate-push, stages: [push]}
YAML
# The names of stages since version 3.2.
if printf '3.2\n%s\n' "$(pre-commit --version | cut -d' ' -f2)" | sort -CV; then
    sed -i 's/\[commit, merge-commit\]/[pre-commit, pre-merge-commit]/; s/\[push\]/[pre-push]/' .pre-commit-config.yaml
fi
git remote add origin "$work/remote"
commit one
pre-commit install >/dev/null

# try STATUS COMMAND...: a git command whose hook runs; what the hook says is on both outputs.
try() {
    local expected=$1 status=0
    shift
    checks=$((checks + 1))
    git "$@" >"$work/out" 2>&1 || status=$?
    : >"$work/err"
    [ $((status != 0)) -eq "$expected" ] || fail "git $*: exit status $status"
}

# nothing about CORS; a needed review is said and lets pass; an error blocks
echo hello >README.md
git add README.md
try 0 commit -m readme
says "Passed"
conf nginx.conf $A $B
try 0 commit -am review
says "Passed"
says "$B"
says "nothing stops this here; before it is merged, a senior engineer has to approve it"
cp nginx.conf "$work/good.conf"
# shellcheck disable=SC2016
sed -i 's/\$allowed always/$http_origin always; add_header Access-Control-Allow-Credentials true always/' nginx.conf
cp nginx.conf "$work/bad.conf"
try 1 commit -am dangerous
says "Failed"
says "CG102"
[ "$(git log -1 --format=%s)" = review ] || fail "the dangerous commit was made"

# what is staged counts: not the working tree, neither if it is worse nor if it is better
cp "$work/good.conf" nginx.conf
git reset -q --hard
cp "$work/bad.conf" nginx.conf
echo more >>README.md
git add README.md
try 0 commit -m "the danger stays in the working tree"
says "Unstaged files detected"
keeps_quiet "CG102"
cmp -s nginx.conf "$work/bad.conf" || fail "the working tree is not what it was"
git add nginx.conf
cp "$work/good.conf" nginx.conf
try 1 commit -m "the danger is staged"
says "CG102"
git reset -q --hard

# a partial commit has an index of its own
cp "$work/bad.conf" nginx.conf
conf other.conf $C
git add nginx.conf other.conf
try 0 commit -m partly other.conf
keeps_quiet "CG102"
says "$C"
try 1 commit -m rest
says "CG102"
git reset -q --hard

# what is only deleted
git rm -q old.conf
try 0 commit -m "one configuration goes"
says "$A"
git rm -q nginx.conf other.conf
try 0 commit -m "all configuration goes"
says "any more"
cp "$work/good.conf" nginx.conf
git add nginx.conf
try 0 commit -m back

# another worktree
git worktree add -q "$work/second" -b second
cd "$work/second"
cp "$work/bad.conf" nginx.conf
try 1 commit -am "dangerous in another worktree"
says "CG102"
conf nginx.conf $A $B $C
try 0 commit -am "a review in another worktree"
says "$C"

# a merge
cd "$work/repository"
try 0 merge --no-ff -m merged second
says "(what the commit changes)"
says "$C"

# pushes: everything, one more commit, an error that was committed past the hook, a branch, a deletion
try 0 push -u origin main
says "(what the push changes)"
says "the old version is empty"
says "$A"
conf nginx.conf $A $B
git commit -q --no-verify -am less
try 0 push
says "$C"
keeps_quiet "$A can"
cp "$work/bad.conf" nginx.conf
git commit -q --no-verify -am "dangerous past the hook"
try 1 push
says "CG102"
git checkout -q -b topic
try 1 push origin topic
says "CG102"
try 0 push origin HEAD~1:refs/heads/harmless
try 0 push origin :harmless
cd "$work/second"
try 0 push origin second
finish
