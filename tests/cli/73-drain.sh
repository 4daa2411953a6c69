#!/bin/bash
# A call that stalls is cancelled --drain seconds after a signal. A second
# signal ends the program at once. --resume finds the outcome of the update, and
# no update is applied twice.
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

# start WHEN [OPTION...]: starts the program. Its fifth update stalls, before or
# after it is applied.
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
# ended STATUS: the program ends with that exit status, and the next run
# completes the result.
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

# If the call ends within that time, the run stops and does not repeat the call.
start before --drain 30
kill -INT "$program"
wait_until grep -q 'in at most 30 s' err
faults # the stalled call is closed
ended 5

# A second signal, two seconds later, ends the program.
is_dead() {
    ! kill -TERM "$program"
}
start after --drain 30
wait_until is_dead
ended 143
