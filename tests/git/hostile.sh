#!/bin/bash
# Repositories that mean harm, or that libgit2 cannot read: nothing is run, nothing crashes, nothing passes unseen.
set -eu
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

A=https://a.shop.example B=https://b.shop.example

# no filter, no hook, no monitor is run
new filters
conf nginx.conf $A
printf '*.conf filter=evil diff=evil\n' >.gitattributes
commit one
conf nginx.conf $A $B
for setting in filter.evil.smudge filter.evil.clean filter.evil.process diff.evil.textconv diff.evil.command \
    core.fsmonitor core.hooksPath core.pager core.sshCommand; do
    git config $setting "touch $work/harm"
done
for hook in post-checkout post-index-change pre-commit; do
    printf '#!/bin/sh\ntouch %s\n' "$work/harm" >.git/hooks/$hook
    chmod +x .git/hooks/$hook
done
run 3 diff
GIT_INDEX_FILE=.git/index run 0 diff --staged
run 0 check
[ ! -e "$work/harm" ] || fail "something was run"

# LFS pointers
new lfs
conf nginx.conf $A
commit one
printf 'version https://git-lfs.github.com/spec/v1\noid sha256:%064d\nsize 12\n' 1 >nginx.conf
commit two
run 2 diff HEAD~1 HEAD
says "is kept in Git LFS"
run 2 diff HEAD~1
run 2 check

# names that lead out of the tree, and folders in circles
new names
conf nginx.conf $A
commit one
blob=$(git rev-parse HEAD:nginx.conf)
inner=$(printf '100644 blob %s\tnginx.conf\n' "$blob" | git mktree)
evil=$(python3 - "$blob" "$inner" <<'PY' | git hash-object -w -t tree --stdin --literally
import sys
blob, inner = (bytes.fromhex(x) for x in sys.argv[1:])
out = sys.stdout.buffer
for mode, name, what in [(b"40000", b"..", inner), (b"40000", b".git", inner), (b"100644", b"a/b.conf", blob),
                         (b"100644", b"nginx.conf", blob), (b"100644", b"nginx.conf", blob), (b"160000", b"sub", blob),
                         (b"170000", b"odd.conf", blob), (b"40000", b"notatree", blob)]:
    out.write(mode + b" " + name + b"\0" + what)
PY
)
run 0 diff HEAD "$evil" -- nginx.conf
run 2 diff "$evil:.." HEAD
# 10 folders that each hold the next one ten times: ten thousand million files
tree=$inner
for level in 1 2 3 4 5 6 7 8 9 10; do
    tree=$(for name in 0 1 2 3 4 5 6 7 8 9; do printf '040000 tree %s\t%s%s\n' "$tree" "$level" "$name"; done | git mktree)
done
run 2 diff "$tree" HEAD
warns "CG903"
run 2 diff HEAD "$tree"
says "CG903"
# a chain of folders that no file system could hold
tree=$inner
for ((i = 0; i < 300; i++)); do
    tree=$(printf '040000 tree %s\t%s\n' "$tree" "a_folder_with_a_long_name" | git mktree)
done
run 2 diff HEAD "$tree"
says "CG903"

# another user's repository
if [ "$(id -u)" -eq 0 ]; then
    git clone -q "$work/filters" "$work/others"
    cd "$work/others"
    conf nginx.conf $A $B
    chown -R 12345 "$work/others"
    run 2 diff
    warns "belongs to another user"
    warns "git config --global --add safe.directory '$work/others'"
    GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=safe.directory GIT_CONFIG_VALUE_0=$work/others run 3 diff
    GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=safe.directory GIT_CONFIG_VALUE_0=$work/other run 2 diff
    GIT_CONFIG_COUNT=2 GIT_CONFIG_KEY_0=safe.directory GIT_CONFIG_VALUE_0='*' GIT_CONFIG_KEY_1=safe.directory \
        GIT_CONFIG_VALUE_1='' run 2 diff
    git config --global --add safe.directory "$work/others"
    run 3 diff
    git config --global --unset-all safe.directory
    run 0 diff nginx.conf nginx.conf # no repository is needed for it
    run 0 check
    warns "belongs to another user"
fi

# formats that libgit2 does not read
git init -q --object-format=sha256 "$work/sha256"
cd "$work/sha256"
conf nginx.conf $A
commit one
run 2 diff HEAD
warns "SHA-256"
new format
git config core.repositoryFormatVersion 1
git config extensions.unheardOf true
run 2 diff HEAD
warns "cannot be opened"
finish
