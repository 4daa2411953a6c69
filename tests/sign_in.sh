# shellcheck shell=bash
# Functions for the scenarios of a first sign-in. Source it after lib.sh and
# after sim_start.

# use_sign_in: the following runs may sign in, and store the token in the file
# token.
use_sign_in() {
    export BAUSER_ACCESS_TOKEN='' BAUSER_CLIENT_ID=sim-client
    export BAUSER_REFRESH_TOKEN_FILE=$PWD/token
    export BAUSER_TOKEN_URL=$SERVICE/common/oauth2/v2.0/token
    unset BROWSER DISPLAY WAYLAND_DISPLAY
}

# begin ARGUMENT...: starts the program in the background, with its standard
# input from the descriptor INPUT. Sets PROCESS. Its output goes to out and err.
begin() {
    rm -f input
    mkfifo input
    : >err
    LD_PRELOAD=${PRELOAD:-} "$BAUSER_BATCH" "${API_OPTIONS[@]}" \
        --endpoint "$SERVICE" "$@" <input >out 2>err &
    PROCESS=$!
    exec {INPUT}>input
}

# end STATUS: waits for it.
end() {
    local status=0

    wait "$PROCESS" || status=$?
    exec {INPUT}>&-
    [ "$status" -eq "$1" ] || fail "exit status $status instead of $1"
}

has_message() {
    grep -qF -- "$1" err
}

# address: prints the address that the program shows.
address() {
    wait_until has_message 'Waiting '
    grep -o 'http[^ ]*/authorize?[^ ]*' err
}

# decide ADDRESS DECISION: decides on the page of the sign-in, and prints where
# the browser is sent.
decide() {
    curl -sS -o decided.html -w '%{redirect_url}' -d "decision=$2" "$1"
}

# visit STATUS URL [CURL-OPTION...]: requests a page of the program into page.
visit() {
    local found

    found=$(curl -sS -o page -w '%{http_code}' "${@:3}" "$2")
    [ "$found" = "$1" ] || fail "HTTP status $found instead of $1: ${*:2}"
}

# expect_stored: the newest refresh token of the simulator is in the file.
expect_stored() {
    control tokens | jq -r '.refresh_tokens[-1]' | cmp - token ||
        fail "not the newest refresh token"
    [ "$(stat -c %a token)" = 600 ] || fail "mode $(stat -c %a token)"
}
