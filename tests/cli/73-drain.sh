#!/bin/bash
# A call that stalls is cut off --drain seconds after a signal, and a second
# signal ends the program at once: --resume finds out what became of the update,
# and none is applied twice.
# services: rest
# acceptance: all
. "${0%/*}/../lib.sh"
sim_start

{
    echo "Id,$TITLE"
    for n in {10..29}; do
        echo "$U$n,Title $n"
    done
} >in.csv
is_stalled() {
    expect_counts GetUser="$1" applied="$2" in_flight=1
}

# start WHEN [OPTION...]: the program, whose fifth update stalls, applied
# before that or not.
start() {
    local applied=4

    [ "$1" = before ] || applied=5
    control users -X DELETE >reset
    forget_calls
    rm -f out.csv*
    faults "{\"kind\":\"stall\",\"call\":\"UpdateUser\",\"skip\":4,
        \"when\":\"$1\"}"
    users_before 10 20
    "${PROGRAM[@]}" --concurrency 1 "${@:2}" in.csv \
        out.csv 2>err &
    program=$!
    wait_until is_stalled 5 "$applied"
}
# ended STATUS: so does the program end; the next run completes it.
ended() {
    local status=0

    wait "$program" 2>wait.err || status=$?
    [ "$status" -eq "$1" ] || fail "exit status $status instead of $1"
    expect_no_file out.csv
    faults
    run 0 --resume in.csv out.csv
    expect_counts applied=20 most_applied=1
    columns out.csv Status | uniq | expect_file <(echo Updated)
    expect_run in.csv out.csv resumed
}

for when in before after; do
    start "$when" --drain 0
    kill -TERM "$program"
    ended 5
done
start after --drain 1
kill -TERM "$program"
wait_until grep -q 'in at most 1 s' err
ended 5

# A call that ends within that time ends the run, which makes none again.
start before --drain 30
kill -INT "$program"
wait_until grep -q 'in at most 30 s' err
faults # the stalled call is closed
ended 5

# A second signal, two seconds later.
is_dead() {
    ! kill -TERM "$program"
}
start after --drain 30
wait_until is_dead
ended 143
