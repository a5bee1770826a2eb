# api.sh: GitHub's REST API with curl and jq: retries, pages, and errors that say which permission is missing.
# Sourced by entry.sh.
# shellcheck shell=bash

api_tries=5      # requests at most for one answer
api_longest=300  # seconds that one wait may last
api_pages=100    # of a list
# Tests wait in shorter seconds.
api_second=${CORSGATE_ACTION_SECOND:-1}

# api_start: finds the API and the token. Tokens go to curl in a file: arguments can be read by others.
api_start() {
    api_url=${GITHUB_API_URL:-https://api.github.com}
    api_url=${api_url%/}
    [[ $api_url =~ ^https?://[][A-Za-z0-9.:_-]+(/[A-Za-z0-9._/-]*)?$ ]] || die "GITHUB_API_URL is no address"
    repository=${GITHUB_REPOSITORY:-}
    [[ $repository =~ ^[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+$ ]] || die "GITHUB_REPOSITORY is no repository"
    input token
    token=$value
    api_use "$token"
}

# api_use TOKEN: from here on.
api_use() {
    [[ $1 != *[[:space:][:cntrl:]]* ]] || die "a token cannot hold blanks"
    (
        umask 077
        {
            printf 'Accept: application/vnd.github+json\nX-GitHub-Api-Version: 2022-11-28\nUser-Agent: corsgate\n'
            [ -z "$1" ] || printf 'Authorization: Bearer %s\n' "$1"
        } >"$scratch/headers"
    )
}

# The value of a header of the last answer (after redirects). Sets $value.
api_header() {
    value=$(awk -v name="$1" '
        /^HTTP\// { found = "" }
        { line = $0; sub(/\r$/, "", line); at = index(line, ":") }
        at && tolower(substr(line, 1, at - 1)) == name { found = substr(line, at + 1); gsub(/^[ \t]+|[ \t]+$/, "", found) }
        END { print found }' "$scratch/answer.head")
}

# How long to wait before the same request may be made again: sets $wait. False when the answer is final.
api_should_wait() {
    local try=$1 limited='' now
    wait=$((1 << (try - 1)))
    case $api_status in
    000 | 500 | 502 | 503 | 504) ;;
    429) limited=1 ;;
    403)
        api_header x-ratelimit-remaining
        [ "$value" != 0 ] || limited=1
        api_header retry-after
        [ -z "$value" ] || limited=1
        ! grep -qi 'secondary rate limit' "$scratch/answer" || limited=1
        [ -n "$limited" ] || return 1
        ;;
    *) return 1 ;;
    esac
    api_header retry-after
    if [[ $value =~ ^[0-9]{1,6}$ ]]; then
        wait=$((10#$value))
    elif [ -n "$limited" ]; then
        wait=$((60 * wait)) # what GitHub asks for where it names no time
        api_header x-ratelimit-remaining
        if [ "$value" = 0 ]; then
            api_header x-ratelimit-reset
            now=$(date +%s)
            [[ ! $value =~ ^[0-9]{1,12}$ ]] || wait=$((10#$value > now ? 10#$value - now + 1 : 1))
        fi
    fi
    if [ "$wait" -gt $api_longest ]; then
        say "the API asks to wait for $wait s: that is too long"
        return 1
    fi
}

# api METHOD PATH [FILE [once]]: one request, FILE being its body. The answer is in $scratch/answer, its status in
# $api_status (000: there is none). What may only be done once is not tried again where it may have been done.
api() {
    local method=$1 url=$2 body=${3:-} once=${4:-} try
    local -a more=()
    case $url in
    /*) url=$api_url$url ;;
    "$api_url"/*) ;;
    *) die "the API names an address outside of itself" ;; # the token must not go there
    esac
    [ -z "$body" ] || more=(--header 'Content-Type: application/json' --data-binary "@$body")
    for ((try = 1; ; try++)); do
        : >"$scratch/answer"
        : >"$scratch/answer.head"
        api_status=$(curl --silent --show-error --globoff --proto '=http,https' --location --max-redirs 3 \
            --connect-timeout 10 --max-time 60 --max-filesize 50000000 --request "$method" \
            --header "@$scratch/headers" "${more[@]}" --dump-header "$scratch/answer.head" \
            --output "$scratch/answer" --write-out '%{http_code}' -- "$url" 2>"$scratch/curl") || api_status=000
        [ "$try" -lt $api_tries ] || return 0
        [ -z "$once" ] || [ "$api_status" = 403 ] || [ "$api_status" = 429 ] || return 0
        api_should_wait "$try" || return 0
        say "$method ${url#"$api_url"}: $(api_told); trying again in $wait s"
        sleep "$(awk -v a="$wait" -v b="$api_second" 'BEGIN { print a * b }')"
    done
}

# The answer in a few words.
api_told() {
    if [ "$api_status" = 000 ]; then
        printf 'no answer (%s)' "$(head -c 300 "$scratch/curl")"
    else
        printf 'status %s%s' "$api_status" \
            "$(jq -r '.message? // empty | strings | " (" + .[0:200] + ")"' "$scratch/answer" 2>/dev/null || true)"
    fi
}

# api_explain WHAT PERMISSION: why the last request failed. Sets $why.
api_explain() {
    why="$1: $(api_told)"
    case $api_status in
    000) why+="; is $api_url the right address, and can it be reached from here?" ;;
    401) why+="; the token is not accepted" ;;
    403) why+="; the token may not do that: the job needs \"permissions: {$2}\"" ;;
    404) why+="; it does not exist, or the token may not see it: the job needs \"permissions: {$2}\"" ;;
    esac
}

# api_get PATH FILE WHAT PERMISSION [STATUS]: into FILE, or ends the run. With STATUS, that answer is false instead.
api_get() {
    api GET "$1"
    case $api_status in
    200)
        cp -- "$scratch/answer" "$2"
        return 0
        ;;
    "${5:-none}") return 1 ;;
    esac
    api_explain "$3" "$4"
    die "$why"
}

# api_list PATH FILE WHAT PERMISSION: all pages of a list as one, or ends the run.
api_list() {
    local url=$1 pages=0
    : >"$scratch/pages"
    while [ -n "$url" ]; do
        pages=$((pages + 1))
        [ $pages -le $api_pages ] || die "$3: the list does not end after $api_pages pages"
        api_get "$url" "$scratch/page" "$3" "$4"
        jq -es 'length == 1 and (.[0] | type == "array")' "$scratch/page" >/dev/null 2>&1 || die "$3: the API's answer is no list"
        cat "$scratch/page" >>"$scratch/pages"
        api_header link
        url=
        [[ ! $value =~ \<([^\<\>]+)\>\;[[:space:]]*rel=\"next\" ]] || url=${BASH_REMATCH[1]}
    done
    jq -s 'add // []' "$scratch/pages" >"$2"
}
