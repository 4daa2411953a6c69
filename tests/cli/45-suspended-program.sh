#!/bin/bash
# A program that is suspended (Ctrl-Z) for longer than --timeout uses the
# responses that arrived meanwhile. A call without a response times out and is
# repeated.
. "${0%/*}/../lib.sh"
sim_start --latency 300

{
    echo "Id,$TITLE"
    for n in {10..25}; do
        echo "$U$n,Title $n"
    done
} >in.csv
faults "{\"kind\":\"stall\",\"call\":\"GetUser\",\"id\":\"${U}10\"}"
"${PROGRAM[@]}" --concurrency 4 --timeout 3 \
    --connect-timeout 3 in.csv out.csv 2>err &
program=$!
wait_until expect_counts 'calls>=6' 'in_flight>=3'
kill -STOP "$program"
sleep 7.5 # the suspension itself
kill -CONT "$program"
status=0
wait "$program" || status=$?
[ "$status" -eq 0 ] || fail "exit status $status"
{
    echo 'Updated||3'
    printf 'Updated||2\n%.0s' {11..25}
} | expect_columns out.csv Status ErrorName Attempts
expect_counts GetUser=17 UpdateUser=16 applied=16
