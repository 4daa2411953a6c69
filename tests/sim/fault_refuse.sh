#!/bin/bash
# With refuse, the connection is reset and new ones are refused for a time, or
# as long as the setting says. The port stays the same.
. "$(dirname "$0")/lib.inc"

sim_start
fault '{"kind":"refuse","call":"GetUser","ms":3600000}'
get_user $first
same "the call" "$curl" 56
get_user $first
same "the next one" "$curl" 7
no_faults
get_user $first
same "without rules" "$status" 200
fault '{"kind":"refuse","call":"UpdateUser","when":"after","ms":50}'
update_user "$(stored $first)"
same "an update" "$curl $(counts .applied)" "56 1"
until get_user $first && [ "$status" = 200 ]; do same "meanwhile" "$curl" 7; done

for open in false true; do
    curl -sf -d "{\"refuse_connections\":$([ $open = true ] && echo false ||
        echo true)}" "$control/settings" >/dev/null || fail "settings"
    get_user $first
    same "open: $open" "$curl" "$([ $open = true ] && echo 0 || echo 7)"
done
