#!/bin/bash
# A change that goes back to what an ancestor of the old version answered needs no review again, and only such a change.
set -eu
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

A=https://a.shop.example B=https://b.shop.example C=https://c.shop.example

new repository
conf nginx.conf $A
commit one
conf nginx.conf $A $B
commit "let b in"

echo text >notes.txt
commit "notes"
conf nginx.conf $A
commit "shut b out"
base=$(git rev-parse HEAD)

# back again: as it was, and in other words
conf nginx.conf $A $B
run 0 diff
says "verified revert: it answers as $(git rev-parse --short=12 HEAD~1) did (notes)"
says "https://b.shop.example can now read"
keeps_quiet "review]"
run 0 diff --format json
says '"verdict": "pass"'
says "\"revert\": {\"commit\": \"$(git rev-parse HEAD~1)\""
python3 - "$work/out" "$here/../../docs/schema/diff.json" <<'PY' || fail "the JSON is not as the schema says"
import json, sys
import jsonschema
jsonschema.validate(json.load(open(sys.argv[1])), json.load(open(sys.argv[2])))
PY
conf nginx.conf $B $A
sed -i 's/listen 80;/listen 80; # plain/' nginx.conf
run 0 diff
says "verified revert"
git add nginx.conf
run 0 diff --staged
says "verified revert"
commit "let b in again"
run 0 diff HEAD~1 HEAD -- nginx.conf
says "verified revert"
feed "refs/heads/main $(git rev-parse HEAD) refs/heads/main $base
" 0 diff --pre-push
says "verified revert"
git reset -q --hard "$base"

# not quite as it was
conf nginx.conf $A $B $C
run 3 diff
keeps_quiet "verified revert"
conf nginx.conf $B
run 3 diff
keeps_quiet "verified revert"
# shellcheck disable=SC2016
conf nginx.conf $A $B && sed -i '/Vary/d' nginx.conf
run 3 diff
keeps_quiet "verified revert"
# shellcheck disable=SC2016
conf nginx.conf $A $B && sed -i 's/server_name api.shop.example;/& set $x 1; include missing.conf;/' nginx.conf
run 3 diff
keeps_quiet "verified revert"
git reset -q --hard

# as it was in a version that is no ancestor
git checkout -q -b side "$base"
conf nginx.conf $A $C
commit "let c in"
git checkout -q main
conf nginx.conf $A $C
run 3 diff
keeps_quiet "verified revert"
git reset -q --hard

# where the project wants to see every change
printf 'version: 1\nreview: {verified_revert: false}\n' >.corsgate.yml
commit "look at everything"
conf nginx.conf $A $B
run 3 diff
keeps_quiet "verified revert"
git reset -q --hard
printf 'version: 1\nreview: {verified_revert: true}\n' >.corsgate.yml
commit "or not"
conf nginx.conf $A $B
run 0 diff
git reset -q --hard
git rm -q .corsgate.yml
git commit -q -m "the default"

# what opens the doors is looked at again
# shellcheck disable=SC2016
sed -i 's/\$allowed always/"*" always/' nginx.conf
commit "open to all"
conf nginx.conf $A
commit "close"
# shellcheck disable=SC2016
sed -i 's/\$allowed always/"*" always/' nginx.conf
run 3 diff
keeps_quiet "verified revert"
conf nginx.conf $A "null"
commit "null"
conf nginx.conf $A
commit "no null"
conf nginx.conf $A "null"
run 3 diff
keeps_quiet "verified revert"
git reset -q --hard

# far back
for ((i = 0; i < 50; i++)); do git commit -q --allow-empty -m "nothing $i"; done
conf nginx.conf $A $B
run 3 diff
keeps_quiet "verified revert"
finish
