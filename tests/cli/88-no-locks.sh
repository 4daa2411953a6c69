#!/bin/bash
# On a file system whose locks exclude nobody, a second run with --resume takes
# over: the first one ends with exit status 6 and its calls are known to the
# second, so that OUTPUT has each row once and no update is applied twice.
# services: rest
. "${0%/*}/../lib.sh"
sim_start --latency 20
export ASAN_OPTIONS=${ASAN_OPTIONS:-}:verify_asan_link_order=0
export INJECT_NO_LOCKS=1

{
    echo "Id,$TITLE"
    for n in {10..99}; do
        echo "$U$n,Title $n"
    done
} >in.csv
LD_PRELOAD=$INJECT "${PROGRAM[@]}" --concurrency 2 in.csv out.csv 2>first.err &
first=$!
wait_until expect_counts 'applied>=5'
PRELOAD=$INJECT run 0 --resume --concurrency 2 in.csv out.csv
status=0
wait "$first" || status=$?
[ "$status" -eq 6 ] || fail "the first run: exit status $status"
grep -q 'another process has changed or replaced' first.err ||
    fail "$(<first.err)"
columns out.csv Row Status | expect_file <(printf '%s|Updated\n' {1..90})
expect_counts applied=90 most_applied=1
expect_no_file out.csv.journal out.csv.part out.csv.part.summary.json
