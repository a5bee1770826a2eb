#!/bin/bash
# image.sh FOLDER: builds the Dockerfile for real, on a root of Debian that stands in for the image that it starts from, and
# runs what comes out: the program, as the owner of a mounted folder; and the action's entry, on a pull request's event.
# shellcheck source=tests/packages/lib.sh
. "$(dirname "$(realpath "$0")")/lib.sh"

need git buildah
mkdir -p "$1"
work=$(realpath "$1")
store=$work/store
rm -rf "$store"
mkdir -p "$store" "$work/tmp"
export TMPDIR=$work/tmp
own_buildah() { buildah --root "$store/root" --runroot "$store/run" --storage-driver vfs "$@"; }

base=$(sed -nE 's/^FROM (debian:[a-z]+-slim)( AS [a-z]+)?$/\1/p' "$top/Dockerfile" | sort -u)
[[ $base =~ ^debian:[a-z]+-slim$ ]] || fail "the Dockerfile starts from: $base"
suite=${base#debian:}
make_root "${suite%-slim}" "$work/base.tar"
container=$(own_buildah from scratch) || skip "buildah cannot work here"
if ! { own_buildah add --quiet "$container" "$work/base.tar" / &&
    own_buildah commit --quiet --rm "$container" "docker.io/library/$base"; } >"$work/base.log" 2>&1; then
    cat "$work/base.log"
    skip "buildah cannot make a base image here"
fi

copy_sources "$work/sources"
if ! own_buildah build --isolation chroot --pull-never --layers=false --build-arg REVISION=0123abcd -t corsgate \
    "$work/sources" >"$work/image.log" 2>&1; then
    tail -n 40 "$work/image.log"
    fail "the image does not build"
    finish ""
fi
container=$(own_buildah from --pull-never localhost/corsgate)
inspect() { own_buildah inspect --type image --format "$1" localhost/corsgate; }
# run FOLDER:PLACE COMMAND...: in the image, as its runtime would.
run() {
    local volume=$1
    shift
    own_buildah run --isolation chroot --volume "$volume" --workingdir "${volume#*:}" "${variables[@]}" "$container" -- "$@" 2>>"$work/run.log"
}
variables=()
entry=$(inspect '{{index .OCIv1.Config.Entrypoint 0}}')

# --- what it holds
root=$(own_buildah mount "$container")
version=$(run "$work/sources:/src" "$entry" --version | sed -n 's/^corsgate //p')
[ "$(inspect '{{index .OCIv1.Config.Labels "org.opencontainers.image.version"}}')" = "$version" ] ||
    fail "the label says another version than the program ($version)"
[ "$(inspect '{{index .OCIv1.Config.Labels "org.opencontainers.image.revision"}}')" = 0123abcd ] || fail "the revision is not a label"
[ "$(inspect '{{.OCIv1.Config.User}}')" = "" ] || fail "USER is set, which GitHub's runner does not take"
for folder in var/lib/apt/lists var/cache/apt tmp; do
    [ -z "$(ls -A "$root/$folder")" ] || fail "/$folder is not empty: $(ls -A "$root/$folder")"
done
for file in usr/bin/gcc usr/bin/cmake usr/share/man/man1/corsgate.1.gz usr/share/perl5/Git.pm; do
    [ ! -e "$root/$file" ] || fail "the image holds /$file"
done
for file in usr/bin/git usr/lib/git-core/git-remote-http usr/bin/corsgate usr/bin/curl usr/bin/jq; do
    missing=$(run "$work/sources:/src" ldd "/$file" 2>&1 | grep 'not found' || true)
    [ -z "$missing" ] || fail "/$file lacks $missing"
done

# --- the program by itself: the reports belong to whom the folder belongs
cp -r "$top/examples/opened-to-every-site" "$work/example"
chown -R 1234:2345 "$work/example"
status=0
run "$work/example:/src" "$entry" diff old.conf new.conf -o report.txt || status=$?
[ "$status" -eq 1 ] || [ "$status" -eq 3 ] || fail "diff of the example: exit status $status"
grep -q CG10 "$work/example/report.txt" || fail "diff of the example does not see the change"
owner=$(stat -c %u:%g "$work/example/report.txt")
[ "$owner" = 1234:2345 ] || fail "the report belongs to $owner"

# --- git over HTTP, which the action fetches commits with
git_here() { git -c user.name=author -c user.email=author@shop.example -c init.defaultBranch=main -C "$work/workspace" "$@"; }
mkdir -p "$work/workspace"
git_here init -q
cp "$work/example/old.conf" "$work/workspace/nginx.conf"
git_here add . && git_here commit -qm old
git_here checkout -qb topic
cp "$work/example/new.conf" "$work/workspace/nginx.conf"
git_here commit -qam new
topic=$(git_here rev-parse HEAD)
git_here checkout -q main
git_here merge -q --no-ff -m merge topic
merge=$(git_here rev-parse HEAD)
git_here update-server-info
python3 - "$work/workspace/.git" "$work/port" <<'PYTHON' >"$work/server.log" 2>&1 &
import functools, http.server, sys
handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=sys.argv[1])
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
with open(sys.argv[2], "w", encoding="utf-8") as file:
    print(server.server_port, file=file)
server.serve_forever()
PYTHON
server=$!
trap 'kill $server 2>/dev/null || true' EXIT
for _ in $(seq 100); do [ -s "$work/port" ] || sleep 0.1; done
mkdir "$work/fetched"
run "$work/fetched:/src" bash -c "git init -q && git fetch -q http://127.0.0.1:$(cat "$work/port")/ main && git cat-file -e $topic" ||
    fail "git in the image does not fetch over HTTP"

# --- the action's entry
action=$(sed -n 's/^ *entrypoint: *//p' "$top/action.yml")
printf '{"action": "opened", "number": 7, "pull_request": {"number": 7, "head": {"sha": "%s"}, "base": {"ref": "main"}}}' \
    "$topic" >"$work/workspace/.git/event.json"
: >"$work/workspace/.git/outputs"
variables=(--env GITHUB_ACTIONS=true --env GITHUB_EVENT_NAME=pull_request --env GITHUB_REPOSITORY=example/shop
    --env GITHUB_EVENT_PATH=/github/workspace/.git/event.json --env GITHUB_WORKSPACE=/github/workspace
    --env GITHUB_OUTPUT=/github/workspace/.git/outputs --env "GITHUB_SHA=$merge" --env INPUT_COMMAND=diff --env INPUT_FETCH=false)
status=0
run "$work/workspace:/github/workspace" "$action" >"$work/action.log" || status=$?
[ "$status" -eq 1 ] || [ "$status" -eq 3 ] || fail "the action: exit status $status"
grep -q '^::error .*file=nginx.conf' "$work/action.log" || fail "the action shows no annotation: $(cat "$work/action.log")"
grep -A1 '^verdict' "$work/workspace/.git/outputs" | grep -qE 'fail|review' || fail "the action's outputs: $(cat "$work/workspace/.git/outputs")"

size=$(inspect '{{.OCIv1.RootFS}}' >/dev/null && own_buildah images --format '{{.Size}}' localhost/corsgate)
from=$(own_buildah images --format '{{.Size}}' "docker.io/library/$base")
kill $server
wait $server 2>/dev/null || true
own_buildah umount "$container" >/dev/null
[ -n "${KEEP:-}" ] || rm -rf "$store" "$work/base.tar" "$work/workspace" "$work/fetched" "$work/example" "$work/sources" "$work/tmp"
finish "image of $size ($base of $from), built and run:"
