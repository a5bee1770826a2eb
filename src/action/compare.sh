# compare.sh: corsgate diff and check, and what becomes of their reports. Sourced by entry.sh.
# shellcheck shell=bash

# run_program ARGUMENT...: corsgate on text of others: with no environment of ours, no token, and, where we are root, with
# no right to do anything but read (the runner's docker socket included). Sets $program_status.
run_program() {
    local -a as=()
    if drops_rights; then
        chown "$reader" "$scratch/out"
        as=(setpriv "--reuid=$reader" "--regid=$reader" --clear-groups --no-new-privs --inh-caps=-all --bounding-set=-all)
    fi
    program_status=0
    "${as[@]}" env -i "PATH=$PATH" LC_ALL=C.UTF-8 TZ=UTC "HOME=$scratch/out" GIT_CONFIG_COUNT=1 \
        GIT_CONFIG_KEY_0=safe.directory "GIT_CONFIG_VALUE_0=$repo" \
        "$program" "$@" >"$scratch/said" 2>"$scratch/talk" || program_status=$?
    # From here on nobody but us changes what is there; a link would make us read for him what he may not.
    if drops_rights; then chown 0 "$scratch/out"; fi
    find "$scratch/out" -mindepth 1 \( ! -type f -o -links +1 \) -exec rm -rf -- {} +
}

drops_rights() { [ "$(id -u)" -eq 0 ] && [ "${CORSGATE_ACTION_USER:-}" != same ]; }

# Files that the program writes are in $scratch/out, which belongs to whom it runs as.
start_program() {
    # Nobody, who owns nothing; where he may not read the repository, its owner.
    reader=65534
    if drops_rights && ! setpriv --reuid=65534 --regid=65534 --clear-groups ls -- "$repo" "$repo/.git" >/dev/null 2>&1 &&
        [ -e "$repo/.git" ] && [ "$(stat -c %u -- "$repo")" -ne 0 ]; then
        reader=$(stat -c %u -- "$repo")
    fi
    chmod 711 "$scratch"
    reports=("--format=json=$scratch/out/result.json" "--format=sarif=$scratch/out/corsgate.sarif"
        "--format=markdown=$scratch/out/report.md" --format=github)
    mkdir -p "$scratch/out"
    [ "$program" = corsgate ] || program=$(realpath -- "$program")
}

# Options and paths that diff and check share. Sets the arrays $options and $paths.
read_options() {
    local line
    options=()
    paths=()
    input_choice fail_on error error warning note never
    options+=("--fail-on=$value")
    input config
    if [ -n "$value" ]; then
        [ "$repo" = "$workspace" ] || die "config names a file of the workspace, and nothing is checked out there"
        options+=("--config=$workspace/$value")
    fi
    input paths
    while IFS= read -r line; do
        line=${line#"${line%%[![:space:]]*}"}
        line=${line%"${line##*[![:space:]]}"}
        [ -z "$line" ] || paths+=("$line")
    done <<<"$value"
}

# What the program found as words of the action. Sets $verdict, $needs_review, $count, $digest.
read_result() {
    case $program_status in
    0) verdict=clear ;;
    1) verdict=fail ;;
    3) verdict=review ;;
    *) verdict=error ;;
    esac
    needs_review=false
    count=0
    digest=
    if ! jq -es 'length == 1 and (.[0].findings | type == "array")' "$scratch/out/result.json" >/dev/null 2>&1; then
        verdict=error
        program_status=2
        return
    fi
    count=$(jq '[.findings[] | select(.suppressed == null)] | length' "$scratch/out/result.json")
    [ "$verdict" = error ] || needs_review=$(jq '.findings | any(.review and .suppressed == null)' "$scratch/out/result.json")
    digest=$(jq -r '[.findings[] | select(.review and .suppressed == null) | .rule + ":" + .fingerprint] | unique | .[]' \
        "$scratch/out/result.json" | sha256sum | cut -d ' ' -f 1)
}

# The reports to where people and later steps look.
tell_result() {
    read_result
    if [ -s "$scratch/said" ] && is_true annotations true; then
        cat -- "$scratch/said" # annotations, which the program has escaped
    fi
    show "$scratch/talk"
    output verdict "$verdict"
    output exit_status "$program_status"
    output review_required "$needs_review"
    output findings "$count"
    output digest "$digest"
    output pull_request "${number:-}"
    keep "$scratch/out/result.json" result.json result
    keep "$scratch/out/corsgate.sarif" corsgate.sarif sarif_file
    keep "$scratch/out/report.md" report.md report
    if [ ! -e "$scratch/out/report.md" ]; then
        { # the reason stands as code, so nothing in it is Markdown
            printf '## corsgate: BROKEN\n\nThere is no verdict:\n\n'
            head -c 4000 "$scratch/talk" | sed 's/^/    /'
        } >"$scratch/out/report.md"
    fi
    if is_true summary true; then add_summary "$scratch/out/report.md"; fi
    comment_write "$scratch/out/report.md" report "$([ "$verdict" = clear ] && [ "$count" = 0 ] && echo quiet)"
}

# With stale: same-findings, approvals of older heads may count: the gate needs to know what these showed.
compare_older() {
    local commit from
    [ "$needs_review" = true ] && [ -n "$judge" ] && is_true older_results true || return 0
    fetch_policy
    fetch_reviews
    run_program gate --result "$scratch/out/result.json" --reviews "$scratch/reviews.json" --event "$scratch/pull.json" \
        --config "$scratch/policy.yml" --format json
    [ "$(jq -r '.stale? // empty' "$scratch/said" 2>/dev/null)" = same-findings ] || return 0
    while IFS= read -r commit; do
        is_commit "$commit" || continue
        merge_base "$commit"
        from=$value
        fetch_commits 1 "$commit" "$from"
        rm -f "$scratch/out/older.json"
        run_program diff --judge "$judge" --format=json="$scratch/out/older.json" "$from" "$commit" -- "${paths[@]}"
        if [ -e "$scratch/out/older.json" ] && [ $program_status -ne 2 ]; then
            keep "$scratch/out/older.json" "older/$commit.json"
        else
            say "$commit, which was approved, cannot be compared: its approvals are stale"
            show "$scratch/talk"
        fi
    done < <(jq -r --arg head "$pull_head" '[.[] | select(.state == "APPROVED" and .commit_id != null) | .commit_id
        | select(. != $head)] | reverse | reduce .[] as $c ([]; if index([$c]) then . else . + [$c] end) | .[0:10][]' \
        "$scratch/reviews.json")
}

# Of a merge group, what the group changes is held against what the pull request changes.
compare_group() {
    [ -n "$group_head" ] && [ "$event_name" = workflow_run ] || return 0
    fetch_commits 1 "$group_base" "$group_head"
    run_program diff --judge "$judge" --format=json="$scratch/out/group.json" "$group_base" "$group_head" -- "${paths[@]}"
    show "$scratch/talk"
    [ -e "$scratch/out/group.json" ] || die "the merge group cannot be compared"
    keep "$scratch/out/group.json" "group/$group_head.json"
}

command_diff() {
    local status
    local -a versions judging=()
    start_program_at_repository
    read_options
    find_number
    if ! find_versions; then
        output verdict clear
        output exit_status 0
        output review_required false
        output findings 0
        return 0
    fi
    case $base in
    *...*) versions=("$base") ;;
    *)
        versions=("$base" "$head")
        local commit
        for commit in "$base" "$head" $judge; do
            if is_commit "$commit"; then fetch_commits 51 "$commit"; fi # so far back a revert is looked for
        done
        ;;
    esac
    [ -z "$judge" ] || judging=(--judge "$judge")
    output base "$base"
    output head "$head"
    input_choice review fail fail note
    run_program diff "${options[@]}" "--review=$value" "${judging[@]}" "${reports[@]}" "${versions[@]}" -- "${paths[@]}"
    status=$program_status
    tell_result
    status=$program_status
    compare_older
    compare_group
    finish "$status"
}

command_check() {
    start_program_at_repository
    [ "$repo" = "$workspace" ] || [ -n "$(ls -A -- "$workspace")" ] || die "check reads the workspace, and it is empty: check out first"
    repo=$workspace
    read_options
    number=
    pull_base=
    cd -- "$workspace"
    run_program check "${options[@]}" "${reports[@]}" -- "${paths[@]}"
    tell_result
    finish "$program_status"
}

start_program_at_repository() {
    find_repository
    start_program
    cd -- "$repo"
}
