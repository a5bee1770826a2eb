#!/bin/bash
# deb.sh FOLDER: FOLDER/corsgate.deb, which reproducible.sh made, in a fresh root of the Debian that it was built on: what it
# holds, what lintian says, and whether the program there says what the one here says.
# shellcheck source=tests/packages/lib.sh
. "$(dirname "$(realpath "$0")")/lib.sh"

work=$(realpath "$1")
package=$work/corsgate.deb
program=$work/corsgate
[ -e "$package" ] || skip "there is no package: it did not build"

need dpkg-deb
held=$(dpkg-deb -c "$package" | awk '{ print $6 }')
for file in usr/bin/corsgate usr/share/man/man1/corsgate.1.gz usr/share/man/man5/corsgate.yml.5.gz \
    usr/share/bash-completion/completions/corsgate usr/share/zsh/vendor-completions/_corsgate \
    usr/share/fish/vendor_completions.d/corsgate.fish usr/share/doc/corsgate/copyright \
    usr/share/doc/corsgate/changelog.gz usr/share/doc/corsgate/changelog.Debian.gz \
    usr/share/doc/corsgate/docs/configuration.md usr/share/doc/corsgate/examples/opened-to-every-site/old.conf; do
    grep -qxF "./$file" <<<"$held" || fail "the package does not hold $file"
done
version=$("$program" --version | sed -n 's/^corsgate //p')
[ "$(dpkg-deb -f "$package" Version)" = "$version-1" ] || fail "the package is of another version than the program"
for library in libc6 libpcre2 libtree-sitter libyaml libjansson libpsl; do
    dpkg-deb -f "$package" Depends | grep -q "$library" || fail "the package does not depend on $library"
done
# A program without libgit2's transports has no way to the network: it does not even know the calls.
if ! dpkg-deb -f "$package" Depends | grep -q libgit2; then
    calls=$(nm -D --undefined-only "$program" | grep -E ' (socket|connect|bind|listen|accept4?|getaddrinfo|gethostby.*|res_.*|dlopen)(@|$)' || true)
    [ -z "$calls" ] || fail "the program can open connections: $calls"
fi
if command -v lintian >/dev/null; then
    # It is not uploaded anywhere, where a bug would ask for it.
    lintian --allow-root --fail-on error,warning --suppress-tags initial-upload-closes-no-bugs "$package" ||
        fail "lintian complains"
fi

# shellcheck source=/dev/null
suite=$(. /etc/os-release && [ "$ID" = debian ] && echo "$VERSION_CODENAME") || skip "this is not Debian"
make_root "$suite" "$work/root.tar"
root=$work/root
rm -rf "$root"
mkdir -p "$root"
tar -xf "$work/root.tar" -C "$root"
cp "$package" "$root/corsgate.deb"
cp -L /etc/resolv.conf "$root/etc/resolv.conf"
inside() { env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C DEBIAN_FRONTEND=noninteractive chroot "$root" "$@"; }
if ! { inside apt-get -qq update && inside apt-get -qq -y --no-install-recommends install /corsgate.deb; } >"$work/apt.log" 2>&1; then
    tail -n 20 "$work/apt.log"
    fail "the package cannot be installed"
fi
# shellcheck disable=SC2016 # for dpkg-query
[ "$(inside dpkg-query -W -f '${db:Status-Status}' corsgate)" = installed ] || fail "dpkg does not say that it is installed"
[ "$(inside corsgate --version)" = "corsgate $version" ] || fail "--version says something else there"

# judge DIRECTORY COMMAND...: diff of an example, and its status
judge() {
    local status=0
    (cd "$1" && shift && "$@" diff old.conf new.conf) || status=$?
    echo "status $status"
}
mkdir "$root/example"
cp "$top"/examples/opened-to-every-site/{old,new}.conf "$root/example"
judge "$top/examples/opened-to-every-site" "$program" >"$work/here.txt"
status=0
inside sh -c 'cd /example && corsgate diff old.conf new.conf' >"$work/there.txt" || status=$?
echo "status $status" >>"$work/there.txt"
diff "$work/here.txt" "$work/there.txt" || fail "diff says something else there"
grep -q CG10 "$work/there.txt" || fail "diff does not see the example's change"
inside dpkg -r corsgate >/dev/null
for file in usr/bin/corsgate usr/share/doc/corsgate usr/share/man/man1/corsgate.1.gz; do
    [ ! -e "$root/$file" ] || fail "$file is left after removal"
done
rm -rf "$root" "$work/root.tar"
finish "$(wc -l <<<"$held") files and folders, in a fresh Debian ($suite):"
