#!/bin/bash
# With --rate N/s, the service receives at most N calls in any second, also from
# a program that is stopped now and then. Retries and token calls count too.
# services: rest
# acceptance: all
. "${0%/*}/../lib.sh"
sim_start

{
    echo "Id,$TITLE"
    for n in {10..44}; do
        echo "$U$n,Title"
    done
} >in.csv

# most_in MICROSECONDS: prints the largest number of calls in any interval of
# that length.
most_in() {
    control record | jq -r .time_us | sort -n | awk -v length_us="$1" '
        {
            arrived[NR] = $1
            while (arrived[NR] - arrived[first + 1] >= length_us) first++
            if (NR - first > most) most = NR - first
        }
        END { print most }'
}

faults '{"kind":"status","call":"GetUser","times":5}' \
    '{"kind":"reset","call":"UpdateUser","times":5}'
(
    use_refresh_token
    run 0 --rate 40/s in.csv out.csv
)
expect_counts Token=1 applied=35 'calls>=85'
# The interval is a fifth shorter than a second, because calls are delayed on the
# way to the simulator, which may be late itself.
check_most() {
    local most
    most=$(most_in 800000)
    [ "$most" -le 40 ] || fail "$most calls in a second"
}
check_most

forget_calls
"${PROGRAM[@]}" --rate 40/s --restart in.csv stopped.csv 2>err &
program=$!
until [ -e stopped.csv ]; do
    kill -STOP "$program"
    control counts >counts
    kill -CONT "$program"
    control counts >counts
done
wait "$program"
check_most

# With 2/m, two calls are sent at the start, and no third one.
forget_calls
"${PROGRAM[@]}" --rate 2/m in.csv slow.csv 2>err &
program=$!
arrived() {
    expect_counts 'calls>=1'
}
wait_until arrived
kill -INT "$program"
status=0
wait "$program" || status=$?
[ "$status" -eq 5 ]
expect_counts 'calls<=2'
