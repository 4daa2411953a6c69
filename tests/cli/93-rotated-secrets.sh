#!/bin/bash
# If another program replaces the file of a developer token, a client secret, a
# password or the user of the proxy during a run, the run continues with the new
# one, whether the service rejects the old one or not.
# services: rest soap-v11
. "${0%/*}/../lib.sh"
sim_start
umask 077
. "$TESTS/cli/slow_run.inc"

# replace FILE SECRET: as an agent does.
replace() {
    echo "$2" >"$1.new"
    mv "$1.new" "$1"
}
# accept NAME SECRET: from now on, the service accepts only this secret.
accept() {
    control settings -d "{\"$1\":\"$2\"}" >settings
}

unset BAUSER_DEVELOPER_TOKEN
export BAUSER_DEVELOPER_TOKEN_FILE=developer
replace developer sim-developer-token
start --log-file log
replace developer second
accept developer_token second
completes
grep -q 'another secret was read: BAUSER_DEVELOPER_TOKEN_FILE' log
expect_none second err log

# The file is read without any rejection. Meanwhile the service throttles all
# calls.
rm log
faults '{"kind":"error","code":117,"skip":100,"times":0}'
FAST_CLOCK=20 PRELOAD=$FAST_CLOCK_LIBRARY
export FAST_CLOCK ASAN_OPTIONS=${ASAN_OPTIONS:-}:verify_asan_link_order=0
start --log-file log
replace developer third
wait_until grep -q 'another secret was read' log
accept developer_token third
faults
completes
control counts | jq -e '.refused == .faults' >counts || fail "the old token was sent"
PRELOAD=''

case $API in
soap-v11)
    accept username jo
    accept password old
    export BAUSER_USERNAME=jo BAUSER_PASSWORD_FILE=password
    replace password old
    start --log-file log
    replace password new
    accept password new
    completes
    ;;
*)
    # A new access token is requested with the new client secret.
    use_refresh_token
    export BAUSER_CLIENT_SECRET_FILE=secret
    accept access_token ''
    accept client_secret old
    replace secret old
    start --log-file log
    replace secret new
    accept client_secret new
    control 'tokens?code=109' -X DELETE >tokens
    completes
    expect_counts Token=2

    # The proxy accepts another password from now on. Its connections break.
    accept access_token sim-access-token
    export BAUSER_ACCESS_TOKEN=sim-access-token
    unset BAUSER_CLIENT_ID BAUSER_CLIENT_SECRET_FILE BAUSER_REFRESH_TOKEN_FILE
    replace login me:old
    cp login users
    mkfifo address
    "$PYTHON" -ESB "$TESTS/proxy.py" --users users seen >address 2>>sim.err &
    SIMS+=($!)
    read -r proxy <address
    start --proxy "$proxy" --proxy-user-file login
    replace login me:new
    cp login users
    faults '{"kind":"reset","call":"GetUser","times":8}'
    completes
    expect_none 'the proxy|new' err
    [ "$(grep -c "$(printf me:new | base64)" seen)" -ge 1 ]

    # The same before the first call: the run has read the old one, and waits for
    # its rows.
    control users -X DELETE >reset
    forget_calls
    mkfifo rows
    "${PROGRAM[@]}" --proxy "$proxy" --proxy-user-file login --restart rows out.csv \
        2>err &
    # shellcheck disable=SC2034 # for completes
    run=$!
    exec 9>rows
    replace login me:newer
    cp login users
    cat in.csv >&9
    exec 9>&-
    completes
    ;;
esac
