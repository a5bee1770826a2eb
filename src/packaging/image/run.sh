#!/bin/bash
# The image's entry: corsgate as the owner of the folder that is mounted, so that git's check of the owner holds and
# reports belong to the user; as nobody where nothing is mounted. Where containers map the user to root, root is the owner.
set -euo pipefail

owner=$(stat -c %u .)
group=$(stat -c %g .)
if [ "$owner" -eq 0 ] && ! mountpoint -q .; then
    owner=65534
    group=65534
fi
as_owner=(setpriv "--reuid=$owner" "--regid=$group" --clear-groups --no-new-privs)
# Without the right to change the user, whoever it is has no right to lose.
if [ "$(id -u)" -ne 0 ] || [ "$owner" -eq 0 ] || ! "${as_owner[@]}" true 2>/dev/null; then
    as_owner=()
fi
exec "${as_owner[@]}" corsgate "$@"
