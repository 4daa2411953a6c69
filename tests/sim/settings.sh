#!/bin/bash
# Settings can be changed while the simulator runs. An invalid one is rejected
# with its name, and nothing changes.
. "$(dirname "$0")/lib.inc"

sim_start --access-token one
get_user $first
same "old token" "$status" 401
curl -sf -d '{"access_token":"sim-access-token","customer_id":"5"}' \
    "$control/settings" >/dev/null || fail "POST /settings"
get_user $first
same "new token" "$status" 200
same "shown" "$(control settings | jq -c .)" \
    '{"latency_ms":0,"jitter_ms":0,"clock_ahead_s":0,"access_token":"sim-access-token","developer_token":"sim-developer-token","customer_id":"5","application_token":"","username":"","password":"","client_id":"sim-client","client_secret":"","token_lifetime_ms":3600000,"rotate_refresh_tokens":true,"redirect_uri":"http://localhost","code_lifetime_ms":600000,"device_lifetime_ms":900000,"device_interval_ms":5000,"refuse_connections":false,"read_lag_ms":0,"uppercase":false,"coarse_stamps":false,"null_keeps":false,"page_size":500,"page_epoch":0,"strict":true,"record":true,"record_bodies":false}'
for wrong in '{"latency_ms":5,"nothing":1}' '{"latency_ms":"5"}' \
    '{"latency_ms":-1}' '{"record":1}' '[]' 'x'; do
    same "$wrong" "$(curl -s -o /dev/null -w '%{http_code}' -d "$wrong" \
        "$control/settings")" 400
done
same "unchanged" "$(control settings | jq .latency_ms)" 0
