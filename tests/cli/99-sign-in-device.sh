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

# sign_in_slowly: polls are too early until the service wants no interval.
sign_in_slowly() {
    begin --sign-in --device
    wait_until has_slowed_down
    control settings -d '{"device_interval_ms":1}' >settings
    enter accept
    end 0
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

# With a faster clock, the first polls come too early. Each refused one adds five
# seconds, so few are needed.
has_slowed_down() {
    control record | grep -q '"slow_down"'
}
control settings -d '{"device_interval_ms":3000}' >settings
forget_calls
fast_clock 60 sign_in_slowly
expect_stored
control record | grep -c '"slow_down"' >slow
[ "$(cat slow)" -le 20 ] || fail "$(cat slow) polls came too early"

# Polls continue while the token endpoint fails.
control settings -d '{"device_interval_ms":1}' >settings
faults '{"kind":"status","call":"Token","skip":1,"times":1}'
begin --sign-in --device
enter accept
end 0
expect_stored
