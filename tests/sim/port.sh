#!/bin/bash
# --port takes the port it is told; a port that is taken is exit 1 with a
# message that names it.
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
