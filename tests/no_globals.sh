#!/bin/sh
# no_globals.sh OBJDUMP LIBRARY...: no layer has writable file-level state. Constants that hold
# addresses lie in .data.rel.ro and are read-only once the program is loaded.
set -eu

objdump=$1
shift
found=0
for library in "$@"; do
    symbols=$("$objdump" -t "$library") || exit 2
    case $symbols in
    *.text*) ;;
    *)
        echo "$library: no symbols: the check read nothing"
        exit 2
        ;;
    esac
    writable=$(printf '%s\n' "$symbols" | awk '
        /file format/ { object = $1 }
        # value flags section size name; the instrumentation of sanitizers and of gcov is not ours
        NF >= 5 && $(NF - 2) ~ /^\.(t?data|t?bss|common)/ && $(NF - 2) !~ /^\.data\.rel\.ro/ &&
            $0 ~ / O / && $NF !~ /^(__odr_asan|__asan|___asan|__ubsan|__gcov|__llvm|__sanc?ov|__const\.|\.L|\*\.L)/ {
            print object ": " $NF " (" $(NF - 2) ")"
        }
        /\*COM\*/ { print object ": " $NF " (common)" }')
    if [ -n "$writable" ]; then
        printf '%s\n' "$writable"
        found=1
    fi
done
exit $found
