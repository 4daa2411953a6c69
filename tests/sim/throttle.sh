#!/bin/bash
# Calls that exceed the limit of a sliding window are refused with 117. Refused
# calls count too, Token calls do not. Retry-After has the form of the setting.
. "$(dirname "$0")/lib.inc"

setting() {
    control settings -d "$1" >/dev/null || fail "settings: $1"
}
retry_after() {
    tr -d '\r' <"$dir/head" | sed -n 's/^Retry-After: //p'
}

sim_start --throttle-calls 3 --throttle-window 3600000
for _ in 1 2; do get_user $first; done
send GET $path x
same "three calls" "$status" 405
fault '{"kind":"status"}'
update_user "$(stored $first)"
same "the fourth" "$status $(body '.Type + " " + .Errors[0].ErrorCode')" \
    "429 AdApiFaultDetail CallRateExceeded"
same "Retry-After" "$(retry_after)" ""
same "no rule for it" "$(counts .faults)" 0
no_faults
token
same "a token call" "$status" 200
same "counts" "$(counts '[.calls, .throttled, .refused, .applied] | @csv')" \
    5,1,1,0
same "the record" "$(record 'select(.call == "UpdateUser") |
    [.status, .code, .name, .applied]')" '[429,117,"CallRateExceeded",false]'
setting '{"throttle_retry_after":"7"}'
get_user $first
same "a number" "$status $(retry_after)" "429 7"
setting '{"throttle_retry_after":"seconds"}'
get_user $first
[[ $(retry_after) =~ ^3(600|5[0-9][0-9])$ ]] || fail "seconds: $(retry_after)"
setting '{"throttle_retry_after":"date"}'
get_user $first
wait=$(($(date -d "$(retry_after)" +%s) - $(date +%s)))
[[ $(retry_after) == ???,\ *\ GMT && $wait -ge 3500 && $wait -le 3601 ]] ||
    fail "date: $(retry_after), in $wait s"
setting '{"throttle_calls":0}'
get_user $first
same "no limit" "$status" 200
sim_stop

# A call is refused exactly if so many arrived in the window before it.
patience 50
sim_start --throttle-calls 5 --throttle-window "$PATIENCE" --jitter 20
for _ in $(seq 100); do printf 'url = "%s/%s/x"\n' "$service" $path; done \
    >"$dir/config"
curl -s -K "$dir/config" >/dev/null
record '[.time_us, .status]' | tr -d '[]' >"$dir/calls"
awk -F, -v window="${PATIENCE}000" '{
        arrived[NR] = $1
        for (i = before = 0; ++i < NR;) before += $1 - arrived[i] < window
        if (before >= 5 != ($2 == 429)) print NR, before, $2
        seen[$2]++
    }
    END { if (!seen[429] || !seen[404]) print "only one status" }' \
    "$dir/calls" >"$dir/wrong"
[ ! -s "$dir/wrong" ] || fail "call, calls before it, status: $(cat "$dir/wrong")"
sim_stop

# A call is refused if the maximum of concurrent calls is reached. Token calls
# do not count, nor do calls whose client has disconnected.
sim_start --throttle-concurrent 2
fault '[{"kind":"stall","times":3},{"kind":"stall","call":"Token"}]'
curl -s -m 0.1 "$service/a"
until [ "$(counts .faults)" = 1 ]; do sleep 0.05; done
curl -s "$service/b" &
clients=($!)
curl -s "$service/$token_path" -d x=1 &
clients+=($!)
until [ "$(counts .faults)" = 3 ]; do sleep 0.05; done
curl -s -X POST "${valid_headers[@]}" -d "{\"UserId\":\"$first\"}" \
    "$service/$path/Query" &
clients+=($!)
until [ "$(counts .faults)" = 4 ]; do sleep 0.05; done
get_user $first
same "one more" "$status $(body '.Type + " " + .Errors[0].ErrorCode')" \
    "400 AdApiFaultDetail ConcurrentRequestOverLimit"
same "counts" "$(counts '[.throttled, .refused] | @csv')" 1,1
no_faults
until [ "$(counts .in_flight)" = 0 ]; do sleep 0.05; done
get_user $first
same "room again" "$status" 200
wait "${clients[@]}"
same "the stalled ones" $? 52
