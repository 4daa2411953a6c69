#!/bin/bash
# Rows of a user that are farther apart than --window become several updates.
# They are sent in the order of the file, and never two at the same time.
# services: rest
# acceptance: all
. "${0%/*}/../lib.sh"
sim_start --latency 2 --jitter 3

for window in 1 2 7 50; do
    {
        echo "Id,$TITLE,$TOWN"
        for i in {1..120}; do
            echo "${U}0$((i * i % 7 + 1)),Title $i,$((i % 3 ? i : 0))"
        done
    } >in.csv
    forget_calls
    users_before 01 8
    run 0 --window "$window" --concurrency 8 in.csv out.csv
    expect_run in.csv out.csv apply "$window"
    expect_counts update_overlaps=0 refused=0 'applied>=4'
done
