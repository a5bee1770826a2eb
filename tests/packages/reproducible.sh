#!/bin/bash
# reproducible.sh FOLDER: the same sources, built in two folders by different people (time zone, locale, umask), give the
# same bytes of the program and of the Debian package, which is left as FOLDER/corsgate.deb.
# shellcheck source=tests/packages/lib.sh
. "$(dirname "$(realpath "$0")")/lib.sh"

need cmake ninja dpkg-shlibdeps file
work=$(realpath -m "$1")
rm -rf "$work/one" "$work/two"
export SOURCE_DATE_EPOCH=1700000000
unset CMAKE_C_COMPILER_LAUNCHER

# build FOLDER
build() {
    copy_sources "$1"
    if ! (cd "$1" && cmake --preset release && cmake --build --preset release -j "$jobs" && cd build/release && cpack) >"$1.log" 2>&1; then
        tail -n 30 "$1.log"
        return 1
    fi
}

jobs=$((($(nproc) + 1) / 2))
(umask 022 && TZ=UTC LC_ALL=C build "$work/one") &
first=$!
(umask 077 && TZ=Asia/Tokyo LC_ALL=C.UTF-8 build "$work/two/of/another-length") || fail "the second does not build"
wait $first || fail "the first does not build"
program=0
package=0
if [ "$failures" -eq 0 ]; then
    one=$work/one/build/release
    two=$work/two/of/another-length/build/release
    cmp "$one/corsgate" "$two/corsgate" || fail "the program differs"
    cmp "$one"/corsgate_*.deb "$two"/corsgate_*.deb || fail "the package differs"
    ! strings -a "$one/corsgate" | grep -F "$work" || fail "the program holds the folder that it was built in"
    cp "$one"/corsgate_*.deb "$work/corsgate.deb"
    cp "$one/corsgate" "$work/corsgate"
    program=$(stat -c %s "$work/corsgate")
    package=$(stat -c %s "$work/corsgate.deb")
    rm -rf "$work/one" "$work/two"
fi
finish "$program bytes of program, $package of package:"
