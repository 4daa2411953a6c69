#!/bin/bash
# --concurrency is the maximum number of calls in flight and of connections, and
# is reached if there is enough work. Each call is sent once, and connections
# are reused.
# services: rest
# acceptance: all
. "${0%/*}/../lib.sh"
sim_start --latency 5

{
    echo "Id,$TITLE"
    for n in {10..99}; do
        echo "$U$n,Title"
    done
} >in.csv
for concurrency in 1 5 16; do
    control users -X DELETE >reset
    forget_calls
    option=(--concurrency "$concurrency")
    [ "$concurrency" -ne 16 ] || option=() # the default
    run 0 "${option[@]}" in.csv out.csv
    expect_counts calls=180 GetUser=90 UpdateUser=90 applied=90 \
        most_in_flight="$concurrency" update_overlaps=0
    opened=$(control record | jq -s '[.[].connection] | unique | length')
    [ "$opened" -le "$concurrency" ] || fail "$opened connections"
done
