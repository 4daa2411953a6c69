#!/bin/bash
# A disk that takes half a second for each sync slows a run, but no call times
# out: each user is fetched and updated once.
# services: rest
. "${0%/*}/../lib.sh"
sim_start

{
    echo "Id,$TITLE"
    for n in {10..17}; do
        echo "$U$n,Title $n"
    done
} >in.csv
export ASAN_OPTIONS=${ASAN_OPTIONS:-}:verify_asan_link_order=0
INJECT_SYNC=500 PRELOAD=$INJECT run 0 --concurrency 4 --timeout 1 \
    --connect-timeout 1 in.csv out.csv
expect_columns out.csv Status Attempts < <(printf 'Updated|2\n%.0s' {10..17})
expect_counts GetUser=8 UpdateUser=8 applied=8
