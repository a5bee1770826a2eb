# comment.sh: the one comment on a pull request that is kept up to date. Sourced by entry.sh.
# shellcheck shell=bash

comment_most=65000 # bytes; the API takes 65,536 characters

# comment_write FILE KIND [quiet]: the text of the comment for later steps, and, if asked for, on the pull request. A quiet
# one is not begun, but one that is there says that all is well now.
comment_write() {
    local marker base
    base=${pull_base//[!A-Za-z0-9._\/]/-}
    while [[ $base = *--* ]]; do base=${base//--/-}; done # which would end an HTML comment
    marker="<!-- corsgate:$2 v=1 base=$base -->"
    {
        printf '%s\n' "$marker"
        cut_markdown "$1" $((comment_most - ${#marker} - ${#run_url} - 100))
        [ -z "$run_url" ] || printf '\n[The run](%s)\n' "$run_url"
    } >"$scratch/comment.md"
    keep "$scratch/comment.md" "$([ "$2" = report ] && echo comment.md || echo "$2-comment.md")" comment_file
    is_true comment false || return 0
    if [ -z "${number:-}" ]; then
        say "no comment: the event names no pull request"
        return 0
    fi
    comment_put "$marker" "${3:-}"
}

comment_put() {
    local id author
    input comment_author
    author=${value:-github-actions[bot]}
    api_list "/repos/$repository/issues/$number/comments?per_page=100" "$scratch/comments.json" \
        "the comments of pull request $number" "pull-requests: read"
    # Others can write the marker, but not with this account.
    id=$(jq -r --arg marker "$1" --arg author "$author" \
        'first(.[] | select(.user.login? == $author and ((.body? // "") | startswith($marker))) | .id) // empty' \
        "$scratch/comments.json")
    [ -n "$id" ] || [ "$2" != quiet ] || return 0
    jq -n --rawfile body "$scratch/comment.md" '{body: $body}' >"$scratch/body.json"
    if [ -n "$id" ]; then
        [[ $id =~ ^[0-9]+$ ]] || die "the API's list of comments is damaged"
        api PATCH "/repos/$repository/issues/comments/$id" "$scratch/body.json"
    else
        api POST "/repos/$repository/issues/$number/comments" "$scratch/body.json" once
    fi
    case $api_status in
    200 | 201) say "comment on pull request $number written" ;;
    403 | 404)
        # Tokens of pull requests from forks may only read.
        annotate notice "no comment on pull request $number: the token may not write it (as in pull requests from forks); the report is in the summary of the job"
        ;;
    *)
        api_explain "the comment on pull request $number" "pull-requests: write"
        annotate warning "$why"
        ;;
    esac
}
