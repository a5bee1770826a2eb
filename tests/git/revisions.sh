#!/bin/bash
# What the arguments of `corsgate diff` mean, and what is compared when nothing is said.
set -eu
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

A=https://a.shop.example B=https://b.shop.example C=https://c.shop.example

new plain
conf nginx/nginx.conf $A
commit one
git tag first
git branch -q side
conf nginx/nginx.conf $A $B
commit two
git checkout -q side
conf nginx/nginx.conf $A $C
commit three
git checkout -q main

# revisions of every form
run 3 diff first main --format json
says '"old": "first", "new": "main"'
says "$B"
run 3 diff HEAD~1 HEAD
says "HEAD~1:nginx/nginx.conf"
run 0 diff HEAD 'HEAD^{tree}'
run 3 diff "$(git rev-parse first)" "$(git rev-parse --short main)"
run 3 diff first:nginx main:nginx
says "$B"
run 3 diff first:nginx/nginx.conf nginx/nginx.conf
run 3 diff first~0 main -- nginx/nginx.conf
git tag -a -m annotated noted first
run 3 diff noted main

# ranges: two revisions, or from the merge base
run 3 diff side..main
says "$C"
says "$B"
run 3 diff side...main --format json
says "\"old\": \"$(git rev-parse --short=12 first)\", \"new\": \"main\""
keeps_quiet "$C"
run 3 diff side...
keeps_quiet "$C"
run 3 diff first..

# what stands behind one revision is the working tree
conf nginx/nginx.conf $A $B $C
run 3 diff HEAD --format json
says '"new": "worktree"'
says "$C"
keeps_quiet "\"$B\""

# nothing said: from where HEAD left the default branch
run 3 diff
says "$C"
keeps_quiet "$B:"
warns "the old version is $(git rev-parse --short=12 main), where HEAD left main"
git checkout -q -- .
git checkout -q side
run 3 diff
warns "the old version is $(git rev-parse --short=12 first), where HEAD left main"
says "$C"
run 3 diff -q
hides "old version"
git checkout -q --detach
run 3 diff
says "$C"
git checkout -q main

# a path is restricted to; of two paths, each is a version
conf other/nginx.conf $A $B
mkdir notes && echo x >notes/readme.md
run 2 diff nowhere
warns "there is no file or folder nowhere"
warns "there is no revision nowhere"
run 2 diff HEAD nowhere
run 2 diff HEAD -- nowhere
warns "neither version has a file or folder nowhere"
run 0 diff HEAD nginx
run 0 diff nginx
run 0 diff -- nginx
run 3 diff HEAD -- other
run 0 diff nginx other
run 3 diff HEAD
run 2 diff HEAD HEAD HEAD --
warns "one version too many"
rm -r other notes

# from a folder below, paths are written from there
cd nginx
run 0 diff HEAD -- nginx.conf
run 3 diff first
says "../nginx/nginx.conf:"
run 3 diff first -- .
run 2 diff first -- ../..
warns "leads out of the versions"
run 3 diff first -- "$work/plain/nginx"
run 2 diff first -- /etc
cd ..

# both a revision and a path
mkdir side
run 2 diff side
warns "side is both a revision and a path"
warns "./side"
run 3 diff side --
says "$C"
run 2 diff ./side
warns "there is no configuration that corsgate recognises"
rmdir side

# a file that only one version has
git rm -q nginx/nginx.conf
git commit -q -m gone
run 3 diff HEAD~1 HEAD -- nginx/nginx.conf
run 3 diff HEAD~1 HEAD
warns "there is no configuration in the new version"
run 2 diff HEAD~1 nginx/nginx.conf
warns 'stands behind "--"'
git reset -q --hard HEAD~1

# a file that was renamed and changed
git mv nginx/nginx.conf nginx/moved.conf
conf nginx/moved.conf $A $B $C
run 3 diff HEAD -- nginx/moved.conf
warns "nginx/moved.conf is nginx/nginx.conf in the old version"
says "HEAD:nginx/nginx.conf:"
says "$C"
keeps_quiet "$B:"
git add -A
run 3 diff --staged nginx/moved.conf
warns "nginx/moved.conf is nginx/nginx.conf in the old version"
git commit -q -m moved
run 3 diff HEAD~1 HEAD -- nginx/moved.conf
says "$C"
keeps_quiet "$B:"
run 3 diff HEAD~1 HEAD -- nginx/nginx.conf
warns "nginx/nginx.conf is nginx/moved.conf in the new version"
keeps_quiet "$B:"
cd nginx
run 3 diff HEAD~1 HEAD -- moved.conf
cd ..
run 3 diff HEAD~1 HEAD
git reset -q --hard HEAD~1

# the default branch: origin/HEAD, init.defaultBranch, main, master
git clone -q "$work/plain" "$work/clone"
cd "$work/clone"
git checkout -q -b topic
conf nginx/nginx.conf $A $B $C
commit topic
run 3 diff
warns "where HEAD left origin/main"
says "$C"
git remote set-head origin -d
run 3 diff
warns "where HEAD left origin/main"
git branch -q -m topic trunk
git branch -q -D main
git update-ref -d refs/remotes/origin/main
run 2 diff
warns "git remote set-head origin --auto"
git config --global init.defaultBranch trunk
run 0 diff
warns "where HEAD left trunk"
git config --global init.defaultBranch main

# no commit yet
new unborn
conf nginx.conf $A
run 3 diff
warns "there is no commit yet"
run 2 diff HEAD
git add nginx.conf
run 3 diff --staged

# histories that never meet, and that meet twice
new unrelated
conf nginx.conf $A
commit one
git checkout -q --orphan other
commit two
run 2 diff main...other
warns "main and other have no common history"
new crosswise
conf nginx.conf $A
commit one
git checkout -q -b left
conf left.conf $B
commit left
git checkout -q -b right main
conf right.conf $C
commit right
git checkout -q left
git merge -q -m crosswise right
git checkout -q right
git merge -q -m crosswise left~1
run 3 diff left...right
warns "several merge bases"
base=$(sed -n 's/.*merge bases: \([0-9a-f]*\) is taken/\1/p' "$work/err")
git merge-base --all left right | grep -q "^$base" || fail "$base is no merge base"

# outside of a repository
mkdir "$work/outside"
cd "$work/outside"
conf nginx.conf $A
run 2 diff
warns "there is no git repository here"
run 2 diff HEAD
run 2 diff --staged
cp nginx.conf other.conf
run 0 diff nginx.conf other.conf
finish
