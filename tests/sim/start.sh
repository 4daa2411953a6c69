#!/bin/bash
# The simulator prints two addresses and runs until SIGTERM, with exit status 0.
# --help shows every option. Invalid usage is exit status 2 with a message and
# no output.
. "$(dirname "$0")/lib.inc"

sim_start
case $service in http://127.0.0.1:[1-9]*) ;; *) fail "service: $service" ;; esac
case $control in http://127.0.0.1:[1-9]*) ;; *) fail "control: $control" ;; esac
sim_stop

sim=${BAUSER_SIM:-./bauser-sim}
"$sim" --help >"$dir/help" || fail "--help failed"
for option in --port --control-port --seed --first-id --users \
    --users-per-person --latency --jitter --access-token --developer-token \
    --customer-id --client-id --client-secret --refresh-token --token-lifetime \
    --no-rotation --limit --tls --idle-timeout --record-bodies --no-record \
    --exit-with-parent --help; do
    grep -q -- "^  $option " "$dir/help" || fail "--help lacks $option"
done

wrong() {
    timeout 5 "$sim" "$@" >"$dir/out" 2>"$dir/err"
    same "exit status of: $*" $? 2
    [ -s "$dir/err" ] || fail "no message for: $*"
    [ ! -s "$dir/out" ] || fail "output for: $*"
}
wrong --nonsense
wrong extra
wrong --port
wrong --port 65536
wrong --port -1
wrong --port 1x
wrong --seed ''
wrong --users 0
wrong --first-id 9223372036854775000
wrong --tls one
wrong --limit 300
wrong --token-lifetime 1.
wrong --token-lifetime .5
wrong --token-lifetime 1.0001
wrong --token-lifetime 1000000
wrong --tls /does/not/exist /does/not/exist
