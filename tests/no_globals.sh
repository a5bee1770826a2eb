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
        NF < 5 { next }
        # value, flags, section, size, name. What sanitizers and gcov add is not ours.
        $NF ~ /^(\.|__odr_asan|___?asan|__ubsan|__gcov|__llvm|__san|__unnamed_)/ { next }
        $(NF - 2) ~ /^\.(tdata|tbss)/ ||
            ($(NF - 2) ~ /^\.(data|bss)/ && $(NF - 2) !~ /^\.data\.rel\.ro/ && / O /) {
            print object " " $NF " (" $(NF - 2) ")"
        }
        /\*COM\*/ { print object " " $NF " (common)" }')
    if [ -n "$writable" ]; then
        printf '%s\n' "$writable"
        found=1
    fi
done
exit $found
