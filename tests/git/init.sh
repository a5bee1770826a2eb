#!/bin/bash
# `corsgate init`: the first .corsgate.yml, as it is written and with all its proposals taken.
set -eu
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

A=https://a.shop.example B=https://b.shop.example C=https://c.shop.example
schema=$here/../../docs/schema/config.json

# takes_it: the configuration here is what the schema and the reader take, and names every key of the schema.
takes_it() {
    checks=$((checks + 1))
    python3 - "$schema" .corsgate.yml >"$work/out" 2>"$work/err" <<'PY' || fail "the schema refuses it"
import json, sys, jsonschema, yaml
schema = json.load(open(sys.argv[1]))
text = open(sys.argv[2]).read()
# YAML 1.1 has dates, JSON has none.
yaml.SafeLoader.yaml_implicit_resolvers = {
    first: [rule for rule in rules if rule[0] != "tag:yaml.org,2002:timestamp"]
    for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()}
jsonschema.Draft202012Validator(schema).validate(yaml.safe_load(text))
for key in schema["properties"]:
    if f"\n{key}:" not in text and f"\n#{key}:" not in text and key != "custom_rules":
        sys.exit(f"{key} is not in the file")
PY
    # As a version to compare with, so that it is read even where nothing else is.
    run 0 diff --config .corsgate.yml "$work/some.conf" "$work/some.conf"
}

# take: what is proposed becomes what counts.
take() {
    sed -i -E 's/^#( {2,}|[^ #])/\1/' .corsgate.yml
    # Files that are only an example.
    grep -q '^custom_rules: \["policy' .corsgate.yml || fail "there are no custom_rules"
    sed -i '/^custom_rules:/d' .corsgate.yml
}
conf "$work/some.conf" $A

# an empty repository, and no repository
new empty
run 0 init
warns "is written; there is no configuration here"
takes_it
take
takes_it
grep -q '^trusted_origins:' .corsgate.yml || fail "the proposals were not taken"
mkdir "$work/nothing"
cd "$work/nothing"
run 0 init --quiet
hides "written"
takes_it

# a repository with two products; what git ignores is not read; from below, too
new repository
conf deploy/nginx.conf $A $B
conf ignored/nginx.conf $C
echo ignored >.gitignore
cat >kong.yml <<'YAML'
_format_version: "3.0"
services:
  - name: api
    url: http://api:8080
    routes: [{name: all, hosts: [kong.shop.example], paths: [/]}]
    plugins:
      - name: cors
        config: {origins: ["https://b.shop.example", "https://d.shop.example"], credentials: true}
YAML
commit one
cd deploy
run 0 init
warns "$work/repository/.corsgate.yml is written; read: "
[ ! -e .corsgate.yml ] || fail "it was written in the wrong folder"
cd ..
warns "nginx (1)"
warns "kong (1)"
warns "3 origins named one by one"
takes_it
cp .corsgate.yml "$work/out"
says "$B\" # reads 2 endpoints, also with cookies"
says "$A\" # reads 1 endpoint"
says "#  \"http://127.0.0.1:8080\": none"
keeps_quiet "$C"
take
takes_it
run 0 check --fail-on error
keeps_quiet "CG60" # what is said to work now works
hides "corsgate.yml"
git add -A
run 3 diff --staged # to begin with trust is a change of the gate
says "is trusted from now on"
keeps_quiet "CG1"
git reset -q

# what is there stays
run 2 init
warns ".corsgate.yml is there already; --force replaces it"
run 2 init .
grep -q '^trusted_origins:' .corsgate.yml || fail "it was replaced"
run 0 init --print
says "#trusted_origins:"
run 0 init --force
grep -q '^#trusted_origins:' .corsgate.yml || fail "it was not replaced"
rm .corsgate.yml
ln -s nowhere .corsgate.yml
run 2 init
warns "there already"
rm .corsgate.yml
run 0 init deploy
[ -e deploy/.corsgate.yml ] || fail "it is not where it was asked for"

# what cannot be written, and what makes no sense
mkdir .corsgate.yml
run 2 init --force
warns ".corsgate.yml cannot be written: it is a folder"
rmdir .corsgate.yml
if [ "$(id -u)" -ne 0 ]; then
    mkdir locked
    chmod a-w locked
    run 2 init locked
    warns "cannot be written: Permission denied"
fi
run 2 init nowhere
warns "there is no folder nowhere"
run 2 init ""
run 2 init kong.yml
warns "there is no folder kong.yml"
run 2 init deploy ignored
run 2 init --froce
warns "did you mean --force?"

# what cannot be read is said
echo 'http { server { location / {' >broken.conf
echo 'add_header Access-Control-Allow-Origin "*";' >>broken.conf
run 0 init --print
warns "broken.conf"
says "$A"

# names that would be something else in YAML
new hostile
# shellcheck disable=SC2016
conf $'a: "b\n#c.conf' $A
run 0 init
take
takes_it
finish
