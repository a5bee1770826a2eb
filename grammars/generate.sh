#!/bin/bash
# generate.sh [--check]: writes grammars/*/src/parser.c from grammar.js. With --check nothing is
# written, and it fails when what is committed is not what would be.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
status=0
for grammar in "$here"/*/grammar.js; do
    name=$(basename "$(dirname "$grammar")")
    mkdir "$work/$name"
    cp "$grammar" "$work/$name/"
    # Only the parser is kept; bindings for other languages, which the tool also writes, are not.
    (cd "$work/$name" && "$here/tree-sitter.sh" generate --no-bindings --abi=14 >&2)
    for file in parser.c tree_sitter/parser.h; do
        if [[ ${1-} == --check ]]; then
            cmp "$work/$name/src/$file" "$here/$name/src/$file" || status=1
        else
            mkdir -p "$(dirname "$here/$name/src/$file")"
            cp "$work/$name/src/$file" "$here/$name/src/$file"
        fi
    done
done
exit $status
