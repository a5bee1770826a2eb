#!/bin/bash
# What of the working tree is read: not what git ignores, not other repositories; worktrees, bare repositories, and
# where the environment says that they are.
set -eu
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

A=https://a.shop.example B=https://b.shop.example C=https://c.shop.example

new tree
conf nginx.conf $A
printf 'build/\n*.tmp.conf\nkept.conf\n' >.gitignore
conf kept.conf $A
git add -f kept.conf
commit one
# ignored, untracked, and tracked although ignored
conf build/nginx.conf $B
conf site.tmp.conf $B
run 0 diff
keeps_quiet "$B"
run 0 check
keeps_quiet "build/"
run 3 diff -- build
says "$B"
conf kept.conf $A $C
run 3 diff
says "$C"
git checkout -q -- .
mkdir deep
conf deep/nginx.conf $A
printf '/nginx.conf\n' >deep/.gitignore
run 0 diff
keeps_quiet "deep"
cd deep
run 2 check
cd ..
rm -r deep
conf mine.conf $B
run 3 diff
echo mine.conf >>.git/info/exclude
run 0 diff
mkdir -p "$HOME/.config/git"
echo other.conf >"$HOME/.config/git/ignore"
mv mine.conf other.conf
run 0 diff
rm other.conf

# a repository inside, a submodule
git init -q inner
conf inner/nginx.conf $B
run 0 diff
warns "inner is another repository"
run 0 check
warns "inner is another repository"
run 0 show
warns "inner is another repository"
run 3 diff -- inner
says "$B"
rm -rf inner
git clone -q "$work/tree" "$work/module"
git submodule --quiet add "$work/module" vendor/module
commit "a submodule"
run 0 diff
warns "vendor/module is another repository, or a submodule"
run 0 diff HEAD~1 HEAD
warns "the submodule vendor/module is not read"
git submodule --quiet deinit -f vendor/module
run 0 diff

# links
ln -s /etc/passwd outside.txt
ln -s nginx.conf linked.txt
ln -s ../nginx.conf vendor/upwards.txt
ln -s . here
mkdir -p far/off
touch far/off/file
cp nginx.conf far/copy.txt
ln -s far/off short
ln -s short/../copy.txt twice.txt # far/copy.txt
ln -s here/../nginx.conf above.txt
ln -s nowhere.txt broken.txt
ln -s circle.txt circle.txt
ln -s ../tree/nginx.conf around.txt
commit links
run 0 diff HEAD~1 HEAD
run 0 diff HEAD
for link in linked.txt vendor/upwards.txt twice.txt; do
    run 0 diff HEAD:nginx.conf HEAD:$link
done
for link in outside.txt around.txt above.txt; do
    run 2 diff HEAD:nginx.conf HEAD:$link
    says "$link"
    says "leads out of the folder"
done
for link in broken.txt circle.txt; do
    run 2 diff HEAD:nginx.conf HEAD:$link
    says "$link: error: there is no such file"
done
chmod +x nginx.conf
run 0 diff HEAD
git checkout -q -- .

# a second working tree
git worktree add -q "$work/second" -b second
cd "$work/second"
conf nginx.conf $A $B
run 3 diff
says "$B"
warns "where HEAD left main"
run 0 diff --staged
git add nginx.conf
run 3 diff --staged
says "$B"
commit second

# a bare repository
git clone -q --bare "$work/tree" "$work/bare.git"
cd "$work/bare.git"
run 3 diff main second
says "$B"
says "main:nginx.conf"
run 3 diff main...second -- nginx.conf
run 2 diff main
warns "no working tree"
run 2 diff
warns "no working tree"
run 2 diff --staged
warns "nothing can be staged"

# where the environment says
cd "$work"
mkdir elsewhere
conf elsewhere/nginx.conf $A $C
GIT_DIR=$work/tree/.git GIT_WORK_TREE=$work/elsewhere run 3 diff HEAD
says "$C"
cd elsewhere
GIT_DIR=$work/tree/.git run 3 diff HEAD
says "$C"
GIT_DIR=$work/bare.git GIT_WORK_TREE=. run 3 diff main
says "$C"
cd "$work/tree"
mkdir -p sub
cd sub
GIT_CEILING_DIRECTORIES=$work/tree run 2 diff HEAD
warns "no git repository here"
GIT_DIR=$work/nowhere run 2 diff HEAD
cd ..

# objects that lie elsewhere: packed, borrowed, of a push that is not accepted yet
git gc -q --prune=now
run 3 diff main second
git clone -q --shared "$work/tree" "$work/borrowing"
cd "$work/borrowing"
run 3 diff main origin/second
cd "$work/tree"
mkdir "$work/quarantine"
GIT_OBJECT_DIRECTORY=$work/quarantine GIT_ALTERNATE_OBJECT_DIRECTORIES=$work/tree/.git/objects \
    git hash-object -w -t tree /dev/null >/dev/null
conf nginx.conf $A $C
tree=$(export GIT_OBJECT_DIRECTORY=$work/quarantine GIT_ALTERNATE_OBJECT_DIRECTORIES=$work/tree/.git/objects \
    GIT_INDEX_FILE=$work/index && git add nginx.conf && git write-tree)
git checkout -q -- .
run 2 diff HEAD "$tree"
GIT_OBJECT_DIRECTORY=$work/quarantine GIT_ALTERNATE_OBJECT_DIRECTORIES=$work/tree/.git/objects run 3 diff HEAD "$tree"
says "$C"

# a sparse checkout
git clone -q "$work/tree" "$work/sparse"
cd "$work/sparse"
git sparse-checkout set --no-cone '/*' '!/kept.conf' '!/nginx.conf'
run 3 diff HEAD
warns "this is a sparse checkout: 2 tracked files"
run 0 diff --staged
run 0 diff HEAD HEAD

# names that need care: spaces, quotes, bytes that are no UTF-8
new names
conf "a b/it's.conf" $A
conf $'\xff/nginx.conf' $A
commit one
conf "a b/it's.conf" $A $B
conf $'\xff/nginx.conf' $A $C
run 3 diff HEAD --format json
says "$B"
says "$C"
run 3 diff HEAD -- "a b"
keeps_quiet "$C"
finish
