#!/bin/bash
# --port sets the port. If the port is in use, the simulator exits with status 1
# and a message with the port.
. "$(dirname "$0")/lib.inc"

sim_start
port=${service##*:}
"${BAUSER_SIM:-./bauser-sim}" --port "$port" >"$dir/out" 2>"$dir/err"
same "exit status" $? 1
grep -q "$port" "$dir/err" || fail "message: $(cat "$dir/err")"
same "output" "$(cat "$dir/out")" ''
sim_stop
sim_start --port "$port"
same "the port" "$service" "http://127.0.0.1:$port"
