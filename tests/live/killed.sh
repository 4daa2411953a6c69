#!/bin/bash
# A script that is killed in the middle has printed the command that restores
# the user. A script that is ended by a signal restores the user itself.
# services: rest soap-v13 partner-center
. "${0%/*}/../lib.sh"
. "$TESTS/live/live.inc"
sim_start "${ETAGS[@]}"
user_now >before

# is_applied N: N updates were applied.
is_applied() {
    [[ $(control counts) == *"\"applied\":$1,"* ]]
}

is_rejected() {
    [[ $(control counts) != *'"refused":0,'* ]]
}

# start N: starts the script. The Nth update is applied, and has no response.
start() {
    control record -X DELETE >record
    faults "{\"kind\":\"stall\",\"call\":\"UpdateUser\",\"skip\":$(($1 - 1)),
        \"when\":\"after\"}"
    exec_live --disposable --settle 5 --only text-case,text-blanks,text-unicode &
    script=$!
    wait_until is_applied "$1"
}

start 3
kill -KILL "$script"
wait "$script" || true
faults
user_now >now
if cmp -s before now; then fail "the user was not changed"; fi
[ "$(stat -c %a live-original.json)" = 600 ]
live 2 --disposable
expect_stderr 'Restore them first'
# An etag may have quotes of its own, or not.
[ "$API" != partner-center ] || control "users/$USER_ID?quiet=1" -X PATCH \
    -d '{"attributes":{"etag":"plain"}}' >patched
restore 0
user_now | diff before -
expect_no_file live-original.json

# A replica still shows the user as they were before the last update.
control settings -d '{"read_lag_ms":600000}' >settings
start 1
kill -KILL "$script"
wait "$script" || true
faults
control record -X DELETE >record
restore 0 &
restoring=$!
wait_until is_rejected
control settings -d '{"read_lag_ms":0}' >settings
wait "$restoring"
user_now | diff before -
expect_no_file live-original.json

start 3
kill -TERM "$script"
status=0
wait "$script" || status=$?
[ "$status" -eq 143 ] || fail "exit status $status instead of 143"
user_now | diff before -
expect_no_file live-original.json
grep -q 'the run was stopped' out
