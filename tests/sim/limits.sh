#!/bin/bash
# A limit refuses calls in the way of the service, or with the status of a
# gateway; the record shows which limit refused a call. Limits can be replaced
# while the simulator runs. (unit/sim/test_limits tests which calls they refuse.)
. "$(dirname "$0")/lib.inc"

limits() {
    control limits -X PUT -d "$1" >"$dir/limits" || fail "limits: $1"
}
retry_after() {
    tr -d '\r' <"$dir/head" | sed -n 's/^Retry-After: //p'
}

# Fault rules do not affect refused calls, and Token calls are never refused.
sim_start --limit 3/h,refused-count
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
same "the record" "$(record 'select(.limit) |
    [.call, .status, .code, .name, .applied, .limit]')" \
    '["UpdateUser",429,117,"CallRateExceeded",false,"3/h,refused-count"]'

# The limits are replaced, or stay as they are if one is not valid.
same "shown" "$(control limits)" '["3/h,refused-count"]'
limits '["1/h,retry-after=7"]'
same "replaced" "$(control limits)" '["1/h,retry-after=7"]'
for wrong in '["1/h","2/x"]' '[1]' '"1/h"' '{}' x; do
    same "$wrong" "$(curl -s -o /dev/null -w '%{http_code}' -X PUT -d "$wrong" \
        "$control/limits")" 400
done
same "unchanged" "$(control limits)" '["1/h,retry-after=7"]'

# The forms of Retry-After: a number, the time that is left, and a date.
get_user $first
get_user $first
same "a number" "$status $(retry_after)" "429 7"
limits '["1/h,retry-after=seconds"]'
get_user $first
get_user $first
[[ $(retry_after) =~ ^3(600|5[0-9][0-9])$ ]] || fail "seconds: $(retry_after)"
limits '["1/h,retry-after=date"]'
get_user $first
get_user $first
wait=$(($(date -d "$(retry_after)" +%s) - $(date +%s)))
[[ $(retry_after) == ???,\ *\ GMT && $wait -ge 3500 && $wait -le 3601 ]] ||
    fail "date: $(retry_after), in $wait s"
control settings -d '{"clock_ahead_s":7200}' >/dev/null || fail "settings"
get_user $first
wait=$(($(date -d "$(retry_after)" +%s) - $(date +%s)))
[[ $wait -ge 10700 && $wait -le 10801 ]] || fail "a wrong clock: in $wait s"
[[ $(tr -d '\r' <"$dir/head" | sed -n 's/^Date: //p') == \
    "$(record .date | tail -n 1 | tr -d '"')" ]] || fail "another Date"

# A gateway refuses with a status and nothing else.
limits '["random:100%,status=503,retry-after=2"]'
get_user $first
same "a gateway" "$status $(retry_after) $(wc -c <"$dir/body")" "503 2 0"
limits '["random:100%,status=503"]'
partner_get "$user"
same "a gateway, Partner Center" \
    "$status $(retry_after) $(wc -c <"$dir/body")" "503  0"
same "the record" "$(record '[.status, .code, .limit]' | tail -n 1)" \
    '[503,null,"random:100%,status=503"]'

# Conditions: one user, one operation, one tenant.
second=$((first + 1))
limits "[\"user=$first:random:100%\",\"UpdateUser:random:100%\",
    \"tenant=$tenant:random:100%\"]"
get_user $first
same "this user" "$status" 429
get_user $second
same "another user" "$status" 200
update_user "$(stored $second)"
same "an update" "$status" 429
partner_get "$user"
same "a tenant" "$status" 429
limits '[]'
get_user $first
same "no limit" "$status" 200
sim_stop

# Partner Center refuses with the error of its gateway, and always with
# Retry-After, unless the limit says otherwise.
sim_start --limit 1/h
partner_get "$user"
partner_get "$user"
same "throttled" "$status $(body .statusCode)" "429 429"
same "the message" "$(body .message)" \
    "Rate limit is exceeded. Try again in $(retry_after) seconds."
[[ $(retry_after) =~ ^3(600|5[0-9][0-9])$ ]] || fail "seconds: $(retry_after)"
limits '["random:100%,retry-after=none"]'
partner_get "$user"
same "without Retry-After" "$status $(retry_after)" "429 "
sim_stop

# A call is refused if the maximum of calls in flight is reached. Token calls do
# not count. A call of a client that has disconnected counts until the simulator
# notices that.
sim_start --limit at-once:2
fault '[{"kind":"stall","times":3},{"kind":"stall","call":"Token"}]'
curl -s -m 0.1 "$service/a"
until [ "$(counts .faults)" = 1 ]; do sleep 0.05; done
until [ "$(counts .in_flight)" = 0 ]; do sleep 0.05; done
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
partner_get "$user"
same "one more, Partner Center" "$status $(retry_after)" "429 1"
same "counts" "$(counts '[.throttled, .refused] | @csv')" 2,2
no_faults
until [ "$(counts .in_flight)" = 0 ]; do sleep 0.05; done
get_user $first
same "room again" "$status" 200
wait "${clients[@]}"
same "the stalled ones" $? 52
