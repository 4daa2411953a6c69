#!/bin/bash
# --rate N/s: never more than N calls in any second, as the service sees them;
# retries count, and so do token calls.
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

# most_in WINDOW-US: the largest number of calls in any such window.
most_in() {
    control record | jq -r .time_us | sort -n | awk -v window="$1" '
        {
            came[NR] = $1
            while (came[NR] - came[first + 1] >= window) first++
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
# A tenth less than a second, for calls that are held up on their way here.
most=$(most_in 900000)
[ "$most" -le 40 ] || fail "$most calls in a second"

# By the minute: two calls leave early on, and no third.
forget_calls
"${PROGRAM[@]}" --rate 2/m in.csv slow.csv 2>err &
program=$!
came() {
    expect_counts 'calls>=1'
}
wait_until came
kill -INT "$program"
status=0
wait "$program" || status=$?
[ "$status" -eq 5 ]
expect_counts 'calls<=2'
