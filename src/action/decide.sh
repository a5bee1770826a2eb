# decide.sh: corsgate gate: fetches what people said, lets the program decide, and sets the commit status. Sourced by entry.sh.
# shellcheck shell=bash

# The configuration of the base branch as it is now, in $scratch/policy.yml. Without one nobody can approve.
fetch_policy() {
    input config
    if [ -n "$value" ]; then
        cp -- "$workspace/$value" "$scratch/policy.yml"
    elif api_get "/repos/$repository/contents/.corsgate.yml?ref=$tip" "$scratch/contents.json" \
        "the configuration of $pull_base" "contents: read" 404; then
        jq -e '.type == "file" and .encoding == "base64"' "$scratch/contents.json" >/dev/null 2>&1 ||
            die "the configuration of $pull_base is no file that the API gives"
        jq -r .content "$scratch/contents.json" | base64 -d >"$scratch/policy.yml" ||
            die "the API's answer about the configuration of $pull_base is damaged"
    else
        say "$pull_base has no .corsgate.yml: it names nobody who may approve"
        printf 'version: 1\n' >"$scratch/policy.yml"
    fi
    chmod 644 "$scratch/policy.yml"
}

fetch_reviews() {
    api_list "/repos/$repository/pulls/$number/reviews?per_page=100" "$scratch/reviews.json" \
        "the reviews of pull request $number" "pull-requests: read"
    chmod 644 "$scratch/reviews.json" "$scratch/pull.json"
}

# fetch_teams: those that the record of an undecided run names, as --teams takes them.
fetch_teams() {
    local name
    input teams_token
    [ -z "$value" ] || api_use "$value"
    printf '{}' >"$scratch/teams.json"
    while IFS= read -r name; do
        [[ $name =~ ^@?([A-Za-z0-9-]+)/([A-Za-z0-9_.-]+)$ ]] || die "\"$name\" is no team"
        api_list "/orgs/${BASH_REMATCH[1]}/teams/${BASH_REMATCH[2]}/members?per_page=100" "$scratch/members.json" \
            "the members of $name" "members: read} cannot be given to the job's own token; pass teams_token: a token with {read:org"
        jq --arg name "$name" --slurpfile members "$scratch/members.json" \
            '.[$name] = [$members[0][] | .login | strings]' "$scratch/teams.json" >"$scratch/teams.new"
        mv "$scratch/teams.new" "$scratch/teams.json"
    done < <(jq -r '[.groups[].approvers[] | select(contains("/"))] | unique | .[]' "$scratch/said")
    api_use "$token"
    chmod 644 "$scratch/teams.json"
}

# set_status STATE DESCRIPTION: of $status_commit; a description has 140 characters at most.
set_status() {
    is_true status true || return 0
    input status_context
    jq -n --arg state "$1" --arg text "$2" --arg context "${value:-corsgate/review}" --arg url "$run_url" \
        '{state: $state, description: $text[0:140], context: $context, target_url: $url}' >"$scratch/status.json"
    api POST "/repos/$repository/statuses/$status_commit" "$scratch/status.json"
    if [ "$api_status" != 201 ]; then
        api_explain "the commit status" "statuses: write"
        status_commit= # once is enough
        die "$why"
    fi
    clean "$2"
    say "status $1 of $status_commit: $told"
}

# find_result: the result of the comparison, made by an earlier job, as $result; false when there is none. It is looked for
# in output_folder.
find_result() {
    input output_folder
    results=$workspace/${value:-corsgate-report}
    result=$results/result.json
    [ -f "$result" ] && [ ! -L "$result" ] && [ ! -L "$results" ]
}

command_gate() {
    local file commit
    local -a given=()
    find_number
    [ -n "$number" ] || die "the event $event_name names no pull request: give pull_request"
    read_pull
    head=$pull_head
    if ! find_result; then
        status_commit=${group_head:-$pull_head}
        die "there is no result of a comparison: it could not finish"
    fi
    commit=$(jq -r '.new? // empty | strings' "$result" 2>/dev/null || true)
    if is_commit "$commit" && [ "$commit" != "$pull_head" ]; then
        say "the result is of $commit; by now the head is $pull_head, which has a run of its own"
        output decision unknown
        return 0
    fi
    status_commit=${group_head:-$pull_head}
    repo=$workspace
    start_program
    fetch_policy
    fetch_reviews
    install -m 644 -- "$result" "$scratch/result.json"
    for file in "$results"/older/*.json; do
        commit=$(basename "$file" .json)
        is_commit "$commit" && [ ! -L "$file" ] || continue
        install -m 644 -- "$file" "$scratch/older-$commit.json"
        given+=(--approved-result "$commit=$scratch/older-$commit.json")
    done
    if [ -n "$group_head" ]; then
        file=$results/group/$group_head.json
        [ -f "$file" ] && [ ! -L "$file" ] || die "there is no result of the merge group's comparison"
        install -m 644 -- "$file" "$scratch/group.json"
        given+=(--group-result "$group_head=$scratch/group.json")
    fi
    decide "${given[@]}"
    if [ "$(jq -r '.decision? // empty' "$scratch/said" 2>/dev/null)" = unknown ]; then
        fetch_teams
        decide "${given[@]}" --teams "$scratch/teams.json"
    fi
    tell_decision
}

decide() {
    rm -f "$scratch/out/gate.md"
    run_program gate --result "$scratch/result.json" --reviews "$scratch/reviews.json" --event "$scratch/pull.json" \
        --config "$scratch/policy.yml" "$@" --format json --format "markdown=$scratch/out/gate.md"
}

tell_decision() {
    local decision summary state=error
    decision=$(jq -r '.decision? // empty' "$scratch/said" 2>/dev/null || true)
    case $program_status:$decision in
    0:clear | 0:approved) state=success ;;
    1:failed) state=failure ;;
    3:held) state=pending ;;
    *)
        show "$scratch/talk"
        die "there is no decision$([ -z "$decision" ] || jq -r '": " + .summary' "$scratch/said")"
        ;;
    esac
    summary=$(jq -r .summary "$scratch/said")
    output decision "$decision"
    output exit_status "$program_status"
    output review_required "$([ "$decision" = held ] && echo true || echo false)"
    output pull_request "$number"
    output head "$pull_head"
    cp -- "$scratch/said" "$scratch/record.json"
    keep "$scratch/record.json" gate.json record
    set_status "$state" "$decision: $summary"
    if is_true summary true; then add_summary "$scratch/out/gate.md"; fi
    # What was found, after who has to approve it.
    cp -- "$scratch/out/gate.md" "$scratch/whole.md"
    if [ -f "$results/report.md" ] && [ ! -L "$results/report.md" ]; then
        printf '\n' >>"$scratch/whole.md"
        cat -- "$results/report.md" >>"$scratch/whole.md"
    fi
    comment_write "$scratch/whole.md" gate "$([ "$decision" = clear ] && echo quiet)"
    # Where the status says it, the step has done its work.
    if is_true status true; then finish 0; else finish "$program_status"; fi
}
