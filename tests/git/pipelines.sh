#!/bin/bash
# The pipelines of examples/gitlab and docs/other-places.md: the lines of their scripts, run as a runner would, and what they leave.
set -eu
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

root=$here/../..
mkdir "$work/bin"
ln -s "$program" "$work/bin/corsgate"
export PATH=$work/bin:$PATH
A=https://a.shop.example B=https://b.shop.example

# job NAME: the lines of a job of the example, with what it inherits.
job() {
    python3 - "$root/examples/gitlab/.gitlab-ci.yml" "$1" <<'PY'
import sys, yaml
jobs = yaml.safe_load(open(sys.argv[1]))
job = jobs[sys.argv[2]]
base = jobs[job["extends"]]
known = {"stage", "image", "variables", "before_script", "extends", "rules", "script", "allow_failure", "artifacts"}
assert set(job) | set(base) <= known, set(job) | set(base)
assert base["variables"] == {"GIT_DEPTH": "0"}, base["variables"]
print("\n".join(base["before_script"] + job["script"]))
PY
}

# play STATUS SCRIPT: as runners do, stopping at the first line that fails.
play() {
    local expected=$1 status=0
    checks=$((checks + 1))
    rm -f corsgate-junit.xml gl-code-quality-report.json corsgate.md
    bash -eo pipefail -c "$2" >"$work/out" 2>"$work/err" || status=$?
    [ $status -eq "$expected" ] || fail "$2: exit status $status, expected $expected"
}

new origin
conf nginx.conf $A
commit one
git checkout -q -b topic
conf nginx.conf $A $B
commit review
review=$(git rev-parse HEAD)
# shellcheck disable=SC2016
sed -i 's/\$allowed always/$http_origin always; add_header Access-Control-Allow-Credentials true always/' nginx.conf
commit dangerous
git clone -q "$work/origin" "$work/clone"
cd "$work/clone"
export CI_PROJECT_DIR=$PWD CI_MERGE_REQUEST_DIFF_BASE_SHA CI_COMMIT_SHA
CI_MERGE_REQUEST_DIFF_BASE_SHA=$(git rev-parse HEAD~2)

diff=$(job corsgate-diff) check=$(job corsgate-check)
CI_COMMIT_SHA=$CI_MERGE_REQUEST_DIFF_BASE_SHA
play 0 "$diff"
says "PASS"
CI_COMMIT_SHA=$review
play 3 "$diff" # allow_failure
says "$B"
grep -q "CG103" corsgate.md || fail "the artifact does not say it"
CI_COMMIT_SHA=$(git rev-parse HEAD)
play 1 "$diff"
says "CG102"
grep -q '<failure' corsgate-junit.xml || fail "the tests have no failure"
python3 -c 'import sys, xml.etree.ElementTree as tree; tree.parse(sys.argv[1])' corsgate-junit.xml || fail "this is no XML"

play 0 "$check"
says "CG401"
python3 - gl-code-quality-report.json <<'PY' || fail "this is no report of Code Quality"
import json, sys
report = json.load(open(sys.argv[1]))
assert report
for issue in report:
    assert set(issue) >= {"description", "check_name", "fingerprint", "severity", "location"}, issue
    assert issue["severity"] in ("info", "minor", "major", "critical", "blocker"), issue
    path = issue["location"]["path"]
    assert path == "nginx.conf", path
    place = issue["location"].get("lines") or issue["location"]["positions"]
    begin = place["begin"]
    assert (begin if isinstance(begin, int) else begin["line"]) > 0, issue
assert len({issue["fingerprint"] for issue in report}) == len(report)
PY

# a runner that clones less than GIT_DEPTH 0 is told what to fetch
git clone -q --depth 1 --branch topic "file://$work/origin" "$work/shallow"
cd "$work/shallow"
CI_PROJECT_DIR=$PWD play 2 "$diff"
warns "git fetch"

# Bitbucket: the destination moved on, and the step compares with where the branch began
cd "$work/origin"
git checkout -q main
conf other.conf $B
commit "the destination moves on"
cd "$work/clone"
bitbucket=$(awk '/^            - (git|corsgate) /{ sub(/^ *- /, ""); print }' "$root/docs/other-places.md")
[ "$(wc -l <<<"$bitbucket")" -eq 2 ] || fail "the script for Bitbucket is not found"
export BITBUCKET_PR_DESTINATION_BRANCH=main BITBUCKET_COMMIT=$review
play 3 "$bitbucket"
says "$B"
keeps_quiet "other.conf"
finish
