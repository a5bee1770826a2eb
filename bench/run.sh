#!/bin/bash
# bench/run.sh [PROGRAM]: how long corsgate takes for large input, as ratios to what other tools need for the same
# files in the same run; BENCH_RUNS=N takes the best of N (3). docs/performance.md says what the figures mean.
set -euo pipefail
cd "$(dirname "$(realpath "$0")")/.."

program=$(realpath "${1:-build/release/corsgate}")
runs=${BENCH_RUNS:-3}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

python3 bench/gen.py "$work"
cc -std=c17 -O2 -Igrammars/nginx/src bench/parse.c grammars/nginx/src/parser.c grammars/nginx/src/scanner.c \
    -ltree-sitter -o "$work/parse"
cc -std=c17 -O2 bench/libfa.c -lfa -o "$work/libfa"
cd "$work"

# Runs a command a few times: the best time in milliseconds, and the most memory in KiB.
measure() {
    local i best=0 most=0 begin spent kib
    for ((i = 0; i < runs; i++)); do
        begin=$(date +%s%N)
        /usr/bin/time -f '%M' -o time.txt "$@" >out.txt 2>&1 || true
        spent=$((($(date +%s%N) - begin) / 1000000))
        kib=$(tail -n 1 time.txt)
        ((i > 0 && spent >= best)) || best=$spent
        ((kib <= most)) || most=$kib
    done
    echo "$best $most"
}

# A row of the table: what, its time and memory, and how many times as long as the yardstick that is.
row() {
    local what=$1 time=$2 memory=$3 yardstick=$4 other=$5 target=$6
    awk -v what="$what" -v t="$time" -v m="$memory" -v y="$yardstick" -v o="$other" -v g="$target" 'BEGIN {
        against = o ? sprintf("%d ms | %.1f", o, t / o) : " | "
        printf "| %s | %d ms | %d MiB | %s | %s | %s |\n", what, t, m / 1024, y, against, g }'
}

diff_of() { measure "$program" diff "$1.old.conf" "$1.new.conf"; }
compare_lists() {
    # shellcheck disable=SC2016 # for the inner shell
    measure bash -c 'LC_ALL=C comm -3 <(LC_ALL=C sort "$0.old.txt") <(LC_ALL=C sort "$0.new.txt")' "$1"
}

# The best of many short runs, in microseconds; exit statuses do not matter.
brief() {
    local i best=0 begin spent
    for ((i = 0; i < 20 * runs; i++)); do
        begin=${EPOCHREALTIME/[.,]/}
        "$@" >out.txt 2>&1 || true
        spent=$((${EPOCHREALTIME/[.,]/} - begin))
        ((i > 0 && spent >= best)) || best=$spent
    done
    echo "$best"
}

# brief_row WHAT TIME YARDSTICK OTHER TARGET: a row for those.
brief_row() {
    awk -v what="$1" -v t="$2" -v y="$3" -v o="$4" -v g="$5" 'BEGIN {
        printf "| %s | %.1f ms | | %s | %.1f ms | %.1f | %s |\n", what, t / 1000, y, o / 1000, t / o, g }'
}

# A commit that is about to be made: 60 lines of nginx, every third of them changed.
staged_repository() {
    local i
    git init -q staged
    cd staged
    for ((i = 0; i < 20; i++)); do
        printf 'location /v%d/ {\n    add_header Access-Control-Allow-Origin https://app.shop.example;\n}\n' "$i"
    done >locations
    printf 'events {}\nhttp { server { listen 80; server_name api.shop.example;\n%s\n} }\n' "$(cat locations)" >nginx.conf
    rm locations
    git add nginx.conf
    git -c user.name=bench -c user.email=bench@shop.example commit -qm before
    sed -i 's|https://app\.|https://www.|' nginx.conf
    git add nginx.conf
}

echo "| what | time | memory | against | time | ratio | target |"
echo "| --- | --- | --- | --- | --- | --- | --- |"

example=$OLDPWD/examples/opened-to-every-site
read -r time memory < <(measure "$program" diff "$example/old.conf" "$example/new.conf")
row "an example" "$time" "$memory" "" 0 "10 ms, 10 MiB"

brief_row "corsgate --version" "$(brief "$program" --version)" "true" "$(brief /bin/true)" ""
(
    staged_repository
    brief_row "the hook, 20 of 60 lines staged" "$(brief "$program" diff --staged --review note)" \
        "git diff --cached" "$(brief git --no-pager diff --cached)" "20 ms more"
)
strip -o stripped "$program"
echo "The stripped program has $(($(stat -c %s stripped) / 1024)) KiB." >&2

read -r parse _ < <(measure ./parse lines.old.conf)
read -r time memory < <(diff_of lines)
row "134,000 lines, one location changed" "$time" "$memory" "parsing one" "$parse" "2"
read -r nginx _ < <(measure nginx -t -q -p "$work" -e stderr -c "$work/lines.new.conf")
row "the same" "$time" "$memory" "nginx -t" "$nginx" ""

for count in 50000 100000; do
    read -r lists _ < <(compare_lists "origins-$count")
    read -r time memory < <(diff_of "origins-$count")
    row "a map of $count origins" "$time" "$memory" "sort, comm" "$lists" "8"
done

read -r libfa _ < <(measure ./libfa origins-200.old.txt origins-200.new.txt)
read -r time memory < <(diff_of origins-200)
row "a map of 200 origins" "$time" "$memory" "libfa" "$libfa" ""

read -r half _ < <(diff_of servers-5000)
read -r parse _ < <(measure ./parse servers-10000.old.conf servers-10000.new.conf)
read -r time memory < <(diff_of servers-10000)
row "10,000 servers, all changed" "$time" "$memory" "5,000 servers" "$half" "2.3"
row "the same" "$time" "$memory" "parsing both" "$parse" ""

for kind in patterns hostnames; do
    read -r half _ < <(diff_of "$kind-5000")
    read -r time memory < <(diff_of "$kind-10000")
    row "a map of 10,000 $kind" "$time" "$memory" "5,000" "$half" "2.3"
done
