#!/bin/bash
# What a run has written survives a crash of the machine. OUTPUT is synced
# before it is renamed, and its directory before the journal is removed. The
# journal header and the journal's name are synced before the first call. An
# intent is written before each update.
# services: rest partner-center
. "${0%/*}/../lib.sh"
sim_start

UPDATE=$([ "$API" = rest ] && echo PUT || echo PATCH)

# check_trace OUTPUT: replays the trace that inject.c wrote of a run with one
# call in flight. A crash may lose the data of dirty files, and loose names.
check_trace() {
    awk -v dir="$PWD" -v out="$PWD/$1" -v update="$UPDATE" '
        function wrong(what) {
            print "line " NR " of the trace, " $0 ": " what
            failed = 1
        }
        $1 == "create" { loose[$2] = 1 }
        $1 == "write" || $1 == "ftruncate" { dirty[$2] = 1; written[$2] = 1 }
        $1 ~ /^f(data)?sync$/ {
            delete dirty[$2]
            if ($2 == dir) split("", loose)
        }
        $1 == "rename" || $1 == "link" {
            if ($2 in dirty) wrong("its data is not synced")
            loose[$3] = 1
            named += $3 == out
        }
        $1 == "unlink" {
            if ($2 == out ".journal" && out in loose)
                wrong("the name of " out " is not synced")
            delete dirty[$2]
            delete loose[$2]
        }
        $1 == "write" && $2 == out ".journal" { intent = 1 }
        $1 == "send" && !calls++ {
            if (out ".journal" in dirty) wrong("the journal is not synced")
            if (out ".journal" in loose) wrong("its name is not synced")
        }
        $1 == "send" {
            if ($2 == update && !intent) wrong("the journal has no intent for it")
            updates += $2 == update
            intent = 0
        }
        END {
            if (out in loose) wrong("at the end, its name is not synced")
            if (named != 1 || updates != 3 || !(out ".part" in written) ||
                !(out ".journal" in written))
                wrong("the trace is not that of a run of three updates")
            exit failed
        }' trace || fail "a crash could lose a part of $1"
}

{
    echo "Id,$TITLE"
    for n in 1 2 3; do
        user_row "$n" "Title $n"
    done
} >in.csv
# AddressSanitizer must accept that another library is preloaded before it.
export ASAN_OPTIONS=${ASAN_OPTIONS:-}:verify_asan_link_order=0
for words in out.csv out.csv.gz '--no-clobber new.csv'; do
    control users -X DELETE >reset
    rm -f trace
    read -ra options <<<"$words"
    INJECT_TRACE=trace PRELOAD=$INJECT run 0 --concurrency 1 \
        "${options[@]:0:${#options[@]}-1}" in.csv "${options[-1]}"
    check_trace "${options[-1]}"
done
