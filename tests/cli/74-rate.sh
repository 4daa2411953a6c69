#!/bin/bash
# With --rate N/s, the service receives at most N calls in any second, also from
# a program that is stopped now and then. Retries and token calls count too.
# Shards share the rate.
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

# The rate is that of all shards together, and each says its share. They have
# other titles to write, so each makes more calls than its share of a second.
forget_calls
sed 's/,Title$/,Other title/' in.csv >shards.csv
programs=()
for k in 0 1 2; do
    "${PROGRAM[@]}" --rate 40/s --shard "$k/3" shards.csv "shard.$k.csv" \
        2>"shard.$k.err" &
    programs+=($!)
done
for program in "${programs[@]}"; do
    wait "$program"
done
check_most
expect_counts 'calls>=70'
grep -q 'shard 0/3, 14 of 40 calls/s$' shard.0.err
grep -q 'shard 2/3, 13 of 40 calls/s$' shard.2.err
grep -q 'at 13 calls/s, of 40 for all shards$' shard.2.err
run 2 --rate 2/s --shard 0/3 shards.csv refused.csv
expect_stderr '--rate 2/s is for all 3 shards together'

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
