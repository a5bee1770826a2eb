#!/bin/bash
# tree-sitter.sh ARGUMENT...: runs the tree-sitter tool, version 0.22.6, which writes parsers of ABI 14:
# what libtree-sitter of Debian 12 reads. A tool on the PATH that is of that line is used as it is.
# Otherwise Debian 13's package is taken from the mirror that apt is set up with, unpacked in a cache
# folder together with the C library that it was built for, and run from there; the system is not
# changed. Needs node, to evaluate grammar.js.
set -euo pipefail

version=0.22.6
if tool=$(command -v tree-sitter) && "$tool" --version | grep -q "tree-sitter ${version%.*}\."; then
    exec "$tool" "$@"
fi

cache=${XDG_CACHE_HOME:-$HOME/.cache}/tree-sitter-cli-$version
if [[ ! -x $cache/usr/bin/tree-sitter ]]; then
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    mkdir -p "$work"/{sources,lists/partial,archives/partial,packages,root}
    # shellcheck disable=SC2016 # apt-get expands $(REPO_URI)
    mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Codename: bookworm' | head -n 1)
    if [[ -z $mirror ]]; then
        echo "tree-sitter.sh: no source of Debian 12 is set up, and no tree-sitter $version is installed" >&2
        exit 1
    fi
    echo "deb $mirror trixie main" >"$work/sources/trixie.list"
    options=(-qq -o Dir::Etc::sourcelist=/dev/null -o Dir::Etc::sourceparts="$work/sources"
        -o Dir::State::lists="$work/lists" -o Dir::Cache="$work" -o APT::Sandbox::User=root)
    apt-get "${options[@]}" update
    (cd "$work/packages" && apt-get "${options[@]}" download tree-sitter-cli/trixie libc6/trixie libgcc-s1/trixie)
    for package in "$work"/packages/*.deb; do
        dpkg-deb -x "$package" "$work/root"
    done
    mkdir -p "$(dirname "$cache")"
    rm -rf "$cache"
    mv "$work/root" "$cache"
fi

libraries=$cache/usr/lib/$(uname -m)-linux-gnu
exec "$libraries"/ld-linux-*.so.* --library-path "$libraries" "$cache/usr/bin/tree-sitter" "$@"
