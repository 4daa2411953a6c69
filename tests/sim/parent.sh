#!/bin/bash
# With --exit-with-parent, the simulator ends when its parent process ends.
. "$(dirname "$0")/lib.inc"

bash -c '"${BAUSER_SIM:-./bauser-sim}" --exit-with-parent >"$0/out" &
    until [ "$(wc -l <"$0/out")" = 2 ]; do sleep 0.01; done; echo $!' \
    "$dir" >"$dir/pid"
control=$(sed -n 's/^control //p' "$dir/out")
for _ in $(seq 100); do
    curl -s "$control/counts" >/dev/null || exit 0
    sleep 0.01
done
kill "$(cat "$dir/pid")"
fail "it is still there"
