#!/bin/sh
# headers.sh CC SRC: every header compiles alone, and twice.
set -eu

cc=$1
src=$2
failed=0
count=0
for header in "$src"/*/*.h; do
    name=${header#"$src"/}
    printf '#include "%s"\n#include "%s"\n' "$name" "$name" |
        "$cc" -std=c17 -D_GNU_SOURCE -Wall -Wextra -Wpedantic -Werror -fsyntax-only -I"$src" -x c - || {
        echo "$name does not compile alone"
        failed=1
    }
    count=$((count + 1))
done
echo "$count headers"
[ "$count" -gt 0 ] || exit 2
exit $failed
