#!/bin/bash
# A script that is killed in the middle has printed the command that restores
# the user. A script that is ended by a signal restores the user itself.
# services: rest soap-v13 partner-center
. "${0%/*}/../lib.sh"
. "$TESTS/live/live.inc"
sim_start
user_now >before

# is_written: the third update was applied, and its response does not come.
is_written() {
    [[ $(control counts) == *'"applied":3,'* ]]
}

is_rejected() {
    [[ $(control counts) != *'"refused":0,'* ]]
}

# Starts the script, and waits until it is in the middle.
start() {
    control record -X DELETE >record
    faults '{"kind":"stall","call":"UpdateUser","skip":2,"when":"after"}'
    exec_live --disposable --settle 5 --only text-case,text-blanks,text-unicode &
    script=$!
    wait_until is_written
}

start
kill -KILL "$script"
wait "$script" || true
faults
! user_now | cmp -s before -
[ "$(stat -c %a live-original.json)" = 600 ]
live 2 --disposable
expect_stderr 'Restore them first'
restore 0
user_now | diff before -
expect_no_file live-original.json

# A replica still shows the user as they were before the last update.
start
kill -KILL "$script"
wait "$script" || true
faults
control settings -d '{"read_lag_ms":600000}' >settings
control record -X DELETE >record
restore 0 &
restoring=$!
wait_until is_rejected
control settings -d '{"read_lag_ms":0}' >settings
wait "$restoring"
user_now | diff before -
expect_no_file live-original.json

start
kill -TERM "$script"
status=0
wait "$script" || status=$?
[ "$status" -eq 143 ] || fail "exit status $status instead of 143"
user_now | diff before -
expect_no_file live-original.json
grep -q 'the run was stopped' out
