#!/bin/bash
# `corsgate history`: the commits at which an answer changed.
set -eu
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

A=https://a.shop.example B=https://b.shop.example C=https://c.shop.example

new repository
echo nothing >README.md
commit "say what this is"
conf deploy/nginx.conf $A
commit "serve"
conf deploy/nginx.conf $A $B
commit "let b in"
let_in=$(git rev-parse HEAD)
echo more >>README.md
commit "say more"
echo text >notes.txt
commit "a new file"
sed -i 's/listen 80;/listen 80; # plain/' deploy/nginx.conf
commit "a comment"
git checkout -q -b side
conf deploy/nginx.conf $A $C
GIT_AUTHOR_DATE='2024-06-02T08:30:00+02:00' GIT_AUTHOR_NAME='Ünal' commit "shut b out"
git checkout -q main
git merge -q --no-ff -m "merge the side" side
merged=$(git rev-parse HEAD)
echo more >>README.md
commit "say even more"

url=http://api.shop.example/v1/
run 0 history $url --origin $B
says "now:   blocked: MissingAllowOriginHeader, by"
says "3 changes of the answer in 8 commits"
says "${merged:0:12} 2024-06-01T12:00:00+00:00 Author"
says "before: allowed, by $(git rev-parse --short=12 HEAD~2):deploy/nginx.conf:1"
says "after:  allowed, by ${let_in:0:12}:deploy/nginx.conf"
keeps_quiet "say more"
[ "$(grep -n "merge the side" "$work/out" | cut -d: -f1)" -lt "$(grep -n "let b in" "$work/out" | cut -d: -f1)" ] ||
    fail "the newest is not first"

run 0 history $url --origin $B --format json
python3 - "$work/out" "$here/../../docs/schema/history.json" "$merged" "$let_in" <<'PY' || fail "the JSON is not as it should be"
import json, sys
import jsonschema
result = json.load(open(sys.argv[1]))
jsonschema.validate(result, json.load(open(sys.argv[2])))
assert result["schema"] == 1 and result["complete"] and result["commits"] == 8, result
assert result["judged"] <= 6, result["judged"]  # of the eight trees, those that read something else
assert [c["commit"] for c in result["changes"]][:2] == sys.argv[3:5], result
first = result["changes"][0]
assert first["old"]["answer"]["verdict"] == "allowed" and first["new"]["answer"]["verdict"] == "blocked"
assert first["old"]["file"] == "deploy/nginx.conf" and first["old"]["line"] > 1
assert first["subject"] == "merge the side" and first["author"] == "Author"
assert result["request"]["url"] == "http://api.shop.example/v1/"
PY

# from another commit, below a path, of another page
run 0 history $url --origin $B side
says "shut b out"
says "2024-06-02T08:30:00+02:00 Ünal"
run 0 history $url --origin $B "$let_in" -- deploy
says "2 changes of the answer in 3 commits"
run 0 history $url --origin $A
says "1 change of the answer"
run 0 history $url --origin $A -- README.md
says "0 changes"
run 0 history $url --origin $A --method PUT --header "X-Csrf: 1" --credentials
says "Preflight"

# taken back and done again: each tree is judged once
conf deploy/nginx.conf $A $B
commit "again"
git revert --no-edit HEAD >/dev/null
git revert --no-edit HEAD >/dev/null
run 0 history $url --origin $B --format json
says '"judged": 7'

# a commit that cannot be read, a shallow clone, no commit
echo '}' >>deploy/nginx.conf
commit "broken"
run 0 history $url --origin $B
says "the configuration of that commit cannot be read"
git clone -q --depth=2 "file://$work/repository" "$work/shallow"
cd "$work/shallow"
run 0 history $url --origin $B
says "this clone is shallow"
new empty
run 2 history $url --origin $A
warns "HEAD is no commit"

# what makes no sense
run 2 history
run 2 history $url
warns "--origin is missing"
run 2 history nonsense --origin $A
warns "is no URL"
run 2 history $url --origin nonsense
run 2 history $url --origin $A nowhere
run 2 history $url --origin $A --format sarif
cd "$work"
run 2 history $url --origin $A
warns "there is no git repository here"
finish
