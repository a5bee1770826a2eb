# versions.sh: from the event to the two commits that are compared, and how they come here. Sourced by entry.sh.
# shellcheck shell=bash

# event FILTER: of the payload. Sets $value; empty for what is not there.
event() {
    value=$(jq -r "($1) // empty | tostring" "$scratch/event.json")
}

is_commit() { [[ $1 =~ ^([0-9a-f]{40}|[0-9a-f]{64})$ ]]; }
is_zero() { [[ $1 =~ ^0+$ ]]; }

# ---- git

# Runs git as the owner of the repository, so that whoever comes later can go on with it.
git_run() {
    env GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=safe.directory "GIT_CONFIG_VALUE_0=$repo" GIT_TERMINAL_PROMPT=0 \
        "${as_owner[@]}" git -C "$repo" "$@"
}

has_commit() { git_run cat-file -e "$1^{commit}" 2>/dev/null; }

# The repository: the workspace's, or an empty one of our own: comparing needs no checkout.
find_repository() {
    repo=$workspace
    as_owner=()
    local owner
    if [ -e "$workspace/.git" ]; then
        owner=$(stat -c %u -- "$workspace/.git")
        [ "$(id -u)" -ne 0 ] || [ "$owner" -eq 0 ] || as_owner=(setpriv "--reuid=$owner" --clear-groups)
        return
    fi
    repo=$scratch/repository
    GIT_CONFIG_GLOBAL=/dev/null git init -q --bare -- "$repo"
    git -C "$repo" remote add origin "${GITHUB_SERVER_URL:-https://github.com}/$repository"
}

# fetch_commits DEPTH COMMIT...: those that are missing. Without right or wish to fetch they stay so: the program then says
# which git fetch brings them. The token is for the server alone, and in no argument.
fetch_commits() {
    local depth=$1 commit
    local -a missing=()
    shift
    for commit; do
        is_commit "$commit" || die "\"$commit\" is no commit"
        has_commit "$commit" || missing+=("$commit")
    done
    [ ${#missing[@]} -gt 0 ] && is_true fetch true || return 0
    local server=${GITHUB_SERVER_URL:-https://github.com}
    local -a with=(GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=safe.directory "GIT_CONFIG_VALUE_0=$repo")
    if [ -n "$token" ]; then
        # The empty value takes away what a checkout may have left: two such headers are refused.
        with=(GIT_CONFIG_COUNT=3 "${with[@]:1}" "GIT_CONFIG_KEY_1=http.${server%/}/.extraheader" GIT_CONFIG_VALUE_1=
            "GIT_CONFIG_KEY_2=http.${server%/}/.extraheader"
            "GIT_CONFIG_VALUE_2=Authorization: Basic $(printf 'x-access-token:%s' "$token" | base64 -w 0)")
    fi
    if ! (export "${with[@]}" GIT_TERMINAL_PROMPT=0 &&
        "${as_owner[@]}" git -C "$repo" fetch --quiet --no-tags --no-recurse-submodules --no-write-fetch-head \
            "--depth=$depth" origin "${missing[@]}") >"$scratch/fetched" 2>&1; then
        say "git fetch --depth=$depth origin ${missing[*]} failed:"
        show "$scratch/fetched"
    fi
}

# ---- the pull request

# find_number: sets $number, or leaves it empty; of a merge group that rang, $group_base and $group_head, too.
find_number() {
    number=
    group_base=
    group_head=
    input pull_request
    number=$value
    case $event_name in
    pull_request | pull_request_target | pull_request_review)
        event .pull_request.number
        number=${number:-$value}
        ;;
    merge_group)
        event .merge_group.head_ref
        read_group "$value"
        event .merge_group.head_sha
        group_head=$value
        event .merge_group.base_sha
        group_base=$value
        ;;
    workflow_run)
        # What rang is named by the pull request itself: it chooses which one is looked at again, and nothing else.
        event .workflow_run.event
        if [ "$value" = merge_group ]; then
            event .workflow_run.head_branch
            read_group "$value"
            event .workflow_run.head_sha
            group_head=$value
        elif [ -z "$number" ]; then
            event .workflow_run.display_title
            [[ ! $value =~ ^ping\ ([0-9]+)$ ]] || number=${BASH_REMATCH[1]}
        fi
        ;;
    esac
    [ -z "$number" ] || [[ $number =~ ^[1-9][0-9]{0,8}$ ]] || die "\"$number\" is no number of a pull request"
}

# The branch of a merge group ends with the pull request and the commit that it starts from.
read_group() {
    [[ $1 =~ /pr-([0-9]+)-([0-9a-f]{40})$ ]] || die "the branch of the merge group names no pull request"
    number=${number:-${BASH_REMATCH[1]}}
    group_base=${BASH_REMATCH[2]}
}

# read_pull: the pull request as it is now: $pull_head, $tip (the newest commit of its base branch), $pull_base (its name).
read_pull() {
    local branch
    api_get "/repos/$repository/pulls/$number" "$scratch/pull.json" "pull request $number" "pull-requests: read"
    pull_head=$(jq -r '.head.sha // empty' "$scratch/pull.json")
    pull_base=$(jq -r '.base.ref // empty' "$scratch/pull.json")
    is_commit "$pull_head" || die "the API's answer about pull request $number names no head"
    branch=$(jq -rn --arg name "$pull_base" '$name | @uri')
    api_get "/repos/$repository/git/ref/heads/$branch" "$scratch/ref.json" "the branch $pull_base" "contents: read"
    tip=$(jq -r '.object.sha? // empty' "$scratch/ref.json")
    is_commit "$tip" || die "the API's answer about the branch $pull_base names no commit"
}

# merge_base COMMIT: where it left the base branch. Sets $value.
merge_base() {
    api_get "/repos/$repository/compare/$tip...$1?per_page=1" "$scratch/compared.json" "where $1 left $pull_base" \
        "contents: read"
    value=$(jq -r '.merge_base_commit.sha? // empty' "$scratch/compared.json")
    is_commit "$value" || die "the API knows no commit where $1 left $pull_base"
}

# ---- what is compared

# Of a checkout of what the merge would be, its parents say all: no network is needed.
versions_of_merge() {
    local merge=${GITHUB_SHA:-} parents
    case $event_name in pull_request | pull_request_review) ;; *) return 1 ;; esac
    is_commit "$merge" && has_commit "$merge" || return 1
    event .pull_request.head.sha
    mapfile -t parents < <(git_run cat-file -p "$merge" | sed -n '/^$/q; s/^parent //p')
    [ ${#parents[@]} -eq 2 ] && [ "${parents[1]}" = "$value" ] || return 1
    base=${parents[0]}
    head=$merge
    event .pull_request.base.ref
    pull_base=$value
}

# A pull request's own changes: since it left its base branch. Who is trusted and who approves is said there today: an old
# commit that a branch starts from is the author's choice.
versions_of_pull() {
    read_pull
    head=$pull_head
    merge_base "$head"
    base=$value
    judge=$tip
}

versions_of_push() {
    event .after
    head=$value
    event .before
    base=$value
    event .repository.default_branch
    if is_zero "$base"; then
        base=origin/$value...$head
        head=
    fi
}

# find_versions: sets $base, $head, $judge (the revision whose configuration judges, or nothing). False when there is
# nothing to compare.
find_versions() {
    judge=
    pull_base=
    input base
    base=$value
    input head
    head=$value
    [[ $base != -* && $head != -* ]] || die "base and head are revisions"
    if [ -n "$base" ]; then
        head=${head:-HEAD}
        return 0
    fi
    [ -z "$head" ] || die "head is given, and base is not"
    event .deleted
    if [ "$event_name" = push ] && [ "$value" = true ]; then
        say "a branch was deleted: nothing to compare"
        return 1
    fi
    if [ "$event_name" = merge_group ]; then
        base=$group_base
        head=$group_head
    elif [ "$event_name" = push ]; then
        versions_of_push
    elif [ -n "$number" ]; then
        versions_of_merge || versions_of_pull
    else
        die "the event $event_name does not say what to compare: give base and head, or pull_request"
    fi
    is_commit "$head" || [ -z "$head" ] || die "the event names no commit to compare"
}
