#!/bin/bash
# Under any limit of the service, each row is applied once, in order, and few
# calls are refused. A limit of one user delays no other user.
# services: rest soap-v13 partner-center
# acceptance: all
. "${0%/*}/../lib.sh"
sim_start --latency 20

# begin ROWS LIMIT...: starts a run with these limits.
begin() {
    control users -X DELETE >reset
    users_before 01 "$1"
    forget_calls
    rm -f out.csv
    echo "Id,$TITLE" >in.csv
    for ((i = 1; i <= $1; i++)); do
        user_row "$i" "Title $i"
    done >>in.csv
    limits "${@:2}"
    "${PROGRAM[@]}" in.csv out.csv 2>err &
    program=$!
}

# finish ROWS PERCENT: waits for the end of the run. At most that share of the
# calls was refused.
finish() {
    local calls refused

    wait_until expect_counts applied="$1"
    wait "$program" || fail "exit status $?"
    expect_run in.csv out.csv killed # the number of calls may differ
    expect_counts applied="$1" most_applied=1
    control record | jq -c .limit >decisions
    calls=$(wc -l <decisions) refused=$(grep -vc null decisions || true)
    [ $((refused * 100)) -le $((calls * $2)) ] ||
        fail "$refused of $calls calls were refused"
}

# A sliding window.
begin 60 40/s
finish 60 40

# A token bucket that sends Retry-After.
begin 80 bucket:60/s,burst=20,retry-after=seconds
finish 80 40

# A maximum of concurrent calls, in a gateway before the service.
begin 100 at-once:8,status=503
finish 100 50

# Chance.
begin 100 random:5%
finish 100 15
expect_counts 'throttled>=1'

# Different limits for GetUser and UpdateUser.
begin 60 GetUser:200/s UpdateUser:30/s
finish 60 40

# One user is refused until all others are applied.
begin 40 "user=$(id 3):random:100%,retry-after=1"
wait_until expect_counts applied=39
limits
finish 40 40
expect_counts 'throttled>=1'
[ "$(control applied | jq -r .id | tail -n 1)" = "$(id 3)" ]
