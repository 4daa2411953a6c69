#!/bin/bash
# Where the result can't be written, the run ends with exit status 6 and says
# so, and nothing is begun any more; OUTPUT is not made.
. "${0%/*}/../lib.sh"
sim_start

{
    echo Id,JobTitle
    for i in {1..2000}; do
        echo "$(id "$i"),Title $i"
    done
} >in.csv

# refused TEXT: the program ends so, long before the last row.
ended() {
    [ "$status" -eq 6 ] || fail "exit status $status instead of 6"
    expect_stderr "$1"
    expect_counts 'applied<=1990' in_flight=0
    control users -X DELETE >reset
    forget_calls
}

# A limit on a file's size is like a disk that is full.
status=0
(ulimit -f 8 && run 6 in.csv out.csv) || status=$?
[ "$status" -eq 0 ] || fail "see above"
status=6
ended 'cannot write out.csv.part'
expect_no_file out.csv
# What was written before are whole rows, but for the last one.
[ -s out.csv.part ]

run_to() {
    status=0
    "$BAUSER_BATCH" --endpoint "$SERVICE" in.csv - 2>err || status=$?
}
run_to >/dev/full
ended 'cannot write standard output'
run_to >&-
[ "$status" -eq 2 ] || [ "$status" -eq 6 ] || fail "exit status $status"
expect_counts 'applied<=1990'
{ run_to; echo "$status" >status; } | head -n 5 >first
read -r status <status
ended 'standard output was closed by its reader'
[ "$(wc -l <first)" -eq 5 ]
