#!/bin/bash
# test.sh: runs the corpus of every grammar (grammars/*/test/corpus) with tree-sitter's own runner, on
# a copy, because the tool wants files beside the grammar that are not kept here.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
status=0
for grammar in "$here"/*/grammar.js; do
    name=$(basename "$(dirname "$grammar")")
    mkdir "$work/$name"
    cp -r "$here/$name/grammar.js" "$here/$name/src" "$here/$name/test" "$work/$name/"
    echo "{\"tree-sitter\": [{\"scope\": \"source.$name\"}]}" >"$work/$name/package.json"
    cd "$work/$name"
    "$here/tree-sitter.sh" generate --no-bindings --abi=14 >&2
    "$here/tree-sitter.sh" test || status=1
done
exit $status
