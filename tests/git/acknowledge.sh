#!/bin/bash
# Changes that the owners of a file approve by it (review.acknowledge): what counts, once, and for nothing else. And what a
# fingerprint covers, since approvals hang on it.
set -eu
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

A=https://a.shop.example B=https://b.shop.example C=https://c.shop.example

# accept REASON: fills the reasons into what the program wrote.
accept() { sed -i "s/\"reason\": \"\"/\"reason\": \"$1\"/" .corsgate/acks.json; }

# fingerprint OLD NEW RULE: of the findings of that rule.
fingerprint() {
    "$program" diff "$1" "$2" --format json 2>"$work/err" |
        sed -nE "s/^\{\"rule\": \"$3\".*\"fingerprint\": \"([0-9a-f]*)\".*/\1/p"
}

new here
conf nginx.conf $A
printf 'version: 1\nreview: {acknowledge: .corsgate/acks.json, verified_revert: false}\n' >.corsgate.yml
mkdir .corsgate
commit base
git tag base
conf nginx.conf $A $B
commit wider
run 3 diff base HEAD
says CG103

# written without reasons, and refused so
run 3 diff base HEAD --write-acknowledged .corsgate/acks.json
grep -q "$B can now read" .corsgate/acks.json || fail "the file does not say what it is about"
commit reasons
run 2 diff base HEAD
warns "an entry needs a reason"
accept "asked for by shop"
commit "with reasons"
run 0 diff base HEAD
run 0 diff base                 # the working tree
run 0 diff base...HEAD nginx.conf
git tag accepted
run 0 diff base accepted --format json
says '"suppressed": "acknowledged: asked for by shop"'

# it is about that change, and no other
conf nginx.conf $A $C
commit other
run 3 diff base HEAD
says "$C can now read"
says "about nothing that needs a review here"
conf nginx.conf $A $B $C
commit more
run 3 diff base HEAD --write-acknowledged .corsgate/acks.json
accept "asked for later"
run 0 diff base
git checkout -q .corsgate

# it counts once: who does the same again has to ask again
git checkout -q accepted
conf nginx.conf $A
commit back
run 3 diff accepted HEAD # a loss
git tag undone
conf nginx.conf $A $B
commit again
run 3 diff undone HEAD
says "$B can now read"
accept ""
sed -i 's/asked for by shop/asked for again/' .corsgate/acks.json
commit "asked again"
run 0 diff undone HEAD

# what the change itself says about the file does not count
git checkout -q base
printf 'version: 1\n' >.corsgate.yml
commit "no such file"
git tag without
printf 'version: 1\nreview: {acknowledge: .corsgate/acks.json, verified_revert: false}\n' >.corsgate.yml
conf nginx.conf $A $B
git checkout -q accepted -- .corsgate/acks.json
commit "acknowledges itself"
run 3 diff without HEAD
says "$B can now read"
says CG906

# a weakened gate can be acknowledged, too, each by itself
git checkout -q base
mkdir -p .corsgate
printf 'version: 1\ntrusted_origins: ["%s"]\nreview: {acknowledge: .corsgate/acks.json, verified_revert: false}\n' $B >.corsgate.yml
commit trust
run 3 diff base HEAD --write-acknowledged .corsgate/acks.json
accept "ours"
commit accepted
run 0 diff base HEAD
sed -i "s|$B|$C|" .corsgate.yml
commit "trust another"
run 3 diff base HEAD

# broken and hostile files
for text in '' '{' '[]' '{"schema": 2, "acknowledged": []}' '{"schema": 1, "acknowledged": [{}]}' \
    '{"schema": 1, "acknowledged": [{"rule": "CG103", "fingerprint": "x", "reason": "y"}]}' \
    '{"schema": 1, "acknowledged": [{"rule": "CG103", "fingerprint": 1234567890123456, "reason": "y"}]}'; do
    printf '%s' "$text" >.corsgate/acks.json
    commit broken
    run 2 diff base HEAD
done
rm .corsgate/acks.json
ln -s ../../outside .corsgate/acks.json
commit link
run 2 diff base HEAD
rm .corsgate/acks.json
commit none
run 3 diff base HEAD

# What a fingerprint covers. An unknown is what it depends on; a weakened gate is how far.
differ() {
    checks=$((checks + 1))
    local one two
    one=$(fingerprint base "$1" "$3")
    two=$(fingerprint base "$2" "$3")
    if [ -z "$one" ] || [ -z "$two" ]; then fail "$3 is not found in $1 and $2"; fi
    [ "$one" != "$two" ] || fail "$3 of $1 and of $2 look the same"
}
lua() {
    git checkout -q base
    # shellcheck disable=SC2016
    sed "s|add_header Access.*|set_by_lua_block \$allowed_now { return require(\"$1\").origin() }\n            add_header Access-Control-Allow-Origin \$allowed_now always;|" \
        nginx.conf >"$work/nginx.conf"
    cp "$work/nginx.conf" nginx.conf
    commit lua
    git tag -f "lua-$1" >"$work/out"
}
lua cors
lua open
differ lua-cors lua-open CG905
settings() {
    git checkout -q base
    printf 'version: 1\n%s\n' "$2" >.corsgate.yml
    commit settings
    git tag -f "$1" >"$work/out" 2>&1
}
settings base 'review: {approvers: [lead], approvals: 3, endpoints: [{url: "https://pay.shop.example/", approvers: [payer]}]}
waive: [{rule: CG404, endpoint: "https://x.shop.example/", until: 2030-01-31, reason: y}]'
rest='endpoints: [{url: "https://pay.shop.example/", approvers: [payer]}]'
settings one "review: {approvers: [lead], approvals: 2, $rest}"
settings two "review: {approvers: [lead], approvals: 1, $rest}"
differ one two CG906
settings one 'review: {approvers: [lead], approvals: 3, endpoints: [{url: "https://pay.shop.example/", approvers: [payer, one]}]}'
settings two 'review: {approvers: [lead], approvals: 3, endpoints: [{url: "https://pay.shop.example/", approvers: [payer, two]}]}'
differ one two CG906
settings one "review: {approvers: [lead], approvals: 3, $rest}
waive: [{rule: CG404, endpoint: \"https://x.shop.example/\", until: 2031-01-31, reason: y}]"
settings two "review: {approvers: [lead], approvals: 3, $rest}
waive: [{rule: CG404, endpoint: \"https://x.shop.example/\", reason: y}]"
differ one two CG906
settings one "review: {approvers: [lead], approvals: 3, $rest}
sources: [nginx.conf]"
settings two "review: {approvers: [lead], approvals: 3, $rest}
sources: [other.conf, nginx.conf]"
differ one two CG906
finish
