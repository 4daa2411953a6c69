#!/bin/bash
# If a service does not do what is assumed, the table says so in that line, and
# the user is restored.
. "${0%/*}/../lib.sh"
. "$TESTS/live/live.inc"
sim_start "${ETAGS[@]}"
user_now >before

# expect_differs NAME STATUS ARGUMENT...: this assumption differs. Then the
# simulator is as before.
expect_differs() {
    local name=$1

    live "$2" --disposable --settle 2 "${@:3}"
    expect_result "$name" differs
    control settings -d '{"coarse_stamps":false,"clock_ahead_s":0,
        "read_lag_ms":0,"uppercase":false}' >settings
    control faults -X DELETE >faults
    user_now | diff before - || fail "$name: the user is not restored"
}

control settings -d '{"coarse_stamps":true}' >settings
expect_differs version-changes 1 --only copy-rejected,version-changes
expect_result copy-rejected differs

control settings -d '{"clock_ahead_s":120}' >settings
expect_differs date-header 1 --only text-case,date-header
expect_result text-case holds

control settings -d '{"read_lag_ms":2500}' >settings
expect_differs read-lag 1 --only text-case,read-lag --settle 1

faults '{"kind":"bare-ids","call":"GetUser","times":0}'
expect_differs ids-are-strings 1 --only ids-are-strings

faults '{"kind":"no-tracking","times":0}'
expect_differs tracking-id 1 --only tracking-id,error-no-user

faults '{"kind":"member","call":"UpdateUser","name":"LastModifiedTime","times":0,
    "value":"2001-01-01T00:00:00"}'
expect_differs time-returned 1 --only text-case,time-returned,time-grows
expect_result time-grows differs

faults '{"kind":"error","code":117,"call":"GetUser","retry_after":"0"}'
expect_differs throttled 1 --only error-no-user,throttled

# A service that changes texts on write cannot be given back the user as it was.
control settings -d '{"uppercase":true}' >settings
live 1 --disposable --only text-case,text-unicode
expect_result text-case differs
grep -q 'in uppercase' out
expect_stderr 'Name.FirstName is not as before'
user_now | jq 'walk(if type == "string" then ascii_upcase else . end)' >now
jq 'walk(if type == "string" then ascii_upcase else . end)' before | diff - now
