#!/bin/bash
# lib.sh: sourced by the tests of packages and image. Each ends with a line that says what it checked, and with status 77
# where it cannot run here, which is said, too.
# shellcheck shell=bash
set -euo pipefail

top=$(realpath "$(dirname "${BASH_SOURCE[0]}")/../..")
failures=0

fail() {
    echo "$*"
    failures=$((failures + 1))
}

skip() {
    echo "skipped: $*"
    exit 77
}

need() {
    local program
    for program in "$@"; do
        command -v "$program" >/dev/null || skip "there is no $program here"
    done
}

# A copy of the sources, with what is not committed yet.
copy_sources() {
    mkdir -p "$1"
    (cd "$top" && git ls-files -z --cached --others --exclude-standard |
        while IFS= read -r -d '' file; do [ ! -e "$file" ] || printf '%s\0' "$file"; done |
        tar --null -cf - --no-recursion -T -) | tar -xf - -C "$1"
}

# make_root SUITE TAR: a fresh Debian, as small as the images of containers are.
make_root() {
    [ "$(id -u)" -eq 0 ] || skip "a Debian root needs root"
    need mmdebstrap
    local option
    local -a options=()
    # How this system reaches its mirror holds in there, too.
    for option in Acquire::Check-Valid-Until Acquire::Check-Date Acquire::http::Proxy; do
        option=$(apt-config dump "$option")
        [ -z "$option" ] || options+=("--aptopt=$option")
    done
    for option in 'path-exclude=/usr/share/doc/*' 'path-include=/usr/share/doc/*/copyright' \
        'path-exclude=/usr/share/man/*' 'path-exclude=/usr/share/locale/*'; do
        options+=("--dpkgopt=$option")
    done
    if ! mmdebstrap --quiet --variant=minbase "${options[@]}" "$1" "$2" 2>"$2.log"; then
        tail -n 20 "$2.log"
        skip "no root of Debian $1 can be made here"
    fi
}

finish() {
    echo "$* $failures failures"
    [ "$failures" -eq 0 ] || exit 1
}
