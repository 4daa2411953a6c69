#!/bin/bash
# --sign-in --device prints an address and a code, polls at the interval until
# somebody has decided, and slows down when it is asked to.
. "${0%/*}/../lib.sh"
. "$TESTS/sign_in.sh"
sim_start --access-token ''
control settings -d '{"device_interval_ms":1}' >settings
use_sign_in

# enter DECISION: enters the code that was printed.
enter() {
    local code page

    wait_until has_message 'Waiting '
    code=$(sed -n 's/.*enter the code \([A-Z0-9]*\)\.$/\1/p' err)
    page=$(sed -n 's/.*open \([^ ]*\) and.*/\1/p' err)
    [ "$page" = "$SERVICE/devicelogin" ]
    curl -sS -d "user_code=$code&decision=$1" "$page" >entered
}
# has_polled: at least one poll found that nobody had decided.
has_polled() {
    control record | grep -q '"authorization_pending"'
}

begin --sign-in --device
wait_until has_polled
enter accept
end 0
expect_stored
expect_stderr 'valid for 15 minutes'
grep -q '^User: ' out

# refused STATUS DECISION TEXT
refused() {
    begin --sign-in --device
    enter "$2"
    end "$1"
    expect_stderr "$3"
}
cp token before
refused 4 deny 'declined on the other device'
refused 4 narrow 'was not stored'
control settings -d '{"device_lifetime_ms":1000}' >settings
run 5 --sign-in --device </dev/null
expect_stderr 'the code expired'
control settings -d '{"device_lifetime_ms":900000}' >settings
BAUSER_CLIENT_ID=other run 4 --sign-in --device </dev/null
expect_stderr unauthorized_client 'public client flows'
cmp token before

# With a clock 60 times as fast, polls come too early: each adds five seconds.
control settings -d '{"device_interval_ms":100}' >settings
forget_calls
(
    export FAST_CLOCK=60 PRELOAD=$FAST_CLOCK_LIBRARY
    export ASAN_OPTIONS=${ASAN_OPTIONS:-}:verify_asan_link_order=0
    begin --sign-in --device
    wait_until has_polled
    enter accept
    end 0
)
expect_stored
control record | grep -c '"slow_down"' >slow
[ "$(cat slow)" -ge 1 ] && [ "$(cat slow)" -le 3 ]

# Polls continue while the token endpoint fails.
control settings -d '{"device_interval_ms":1}' >settings
faults '{"kind":"status","call":"Token","skip":1,"times":1}'
fast_clock 10 begin --sign-in --device
enter accept
end 0
expect_stored
