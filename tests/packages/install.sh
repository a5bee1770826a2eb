#!/bin/bash
# install.sh BUILD: `cmake --install` puts everything where it belongs, and bash takes the completion.
# shellcheck source=tests/packages/lib.sh
. "$(dirname "$(realpath "$0")")/lib.sh"

prefix=$(mktemp -d)
trap 'rm -rf "$prefix"' EXIT
if ! cmake --install "$1" --prefix "$prefix" >"$prefix/log" 2>&1; then
    cat "$prefix/log"
    exit 1
fi
for file in bin/corsgate share/man/man1/corsgate.1 share/man/man5/corsgate.yml.5 share/bash-completion/completions/corsgate \
    share/zsh/site-functions/_corsgate share/fish/vendor_completions.d/corsgate.fish share/doc/corsgate/README.md \
    share/doc/corsgate/LICENSE share/doc/corsgate/CHANGELOG.md share/doc/corsgate/docs/formats.md \
    share/doc/corsgate/docs/schema/config.json share/doc/corsgate/examples/trailing-slash; do
    [ -s "$prefix/$file" ] || fail "$file is not installed"
done
"$prefix/bin/corsgate" --version | grep -q '^corsgate [0-9]' || fail "what is installed does not run"
completion=$prefix/share/bash-completion/completions/corsgate
bash -c '. "$0" && complete -p corsgate' "$completion" >/dev/null || fail "bash does not take the completion"
for option in $("$prefix/bin/corsgate" diff --help | sed -nE 's/^  (-[a-z], )?(--[a-z-]+).*/\2/p'); do
    for name in share/zsh/site-functions/_corsgate share/fish/vendor_completions.d/corsgate.fish share/bash-completion/completions/corsgate; do
        grep -qF -e "${option#--}" "$prefix/$name" || fail "$name does not know $option"
    done
done
finish "installed:"
