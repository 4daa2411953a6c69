#!/bin/bash
# Rules select calls by kind, user, order and connection, and affect as many as
# they say, in the order of the rules. An invalid rule is rejected, and none is
# added.
. "$(dirname "$0")/lib.inc"

sim_start
second=$((first + 1))
statuses() {
    local seen=
    for id in "$@"; do
        get_user "$id"
        seen+="$status "
    done
    same "$what" "$seen" "$expected "
}
what="skip and times" expected="200 503 503 200"
fault '{"kind":"status","skip":1,"times":2}'
statuses $first $first $first $first
same "hits" "$(control faults | jq -c '[.[0].hits, .[0].rule.skip]')" \
    '[2,1]'
no_faults
what="always" expected="500 500 500"
fault '{"kind":"status","status":500,"times":0}'
statuses $first $first $first
no_faults
what="id" expected="200 503 200"
fault "{\"kind\":\"status\",\"id\":\"$second\"}"
statuses $first $second $second
no_faults
what="call" expected="200 200"
fault '{"kind":"status","call":"UpdateUser"}'
statuses $first $first
update_user "$(stored $first)"
same "call UpdateUser" "$status" 503
send_form -d x=1
same "any is no call for tokens" "$status" 400
no_faults
what="two rules" expected="500 429 200"
fault '[{"kind":"status","status":500},{"kind":"status","status":429}]'
statuses $first $first $first
no_faults
what="removed" expected="200"
fault '{"kind":"status"}'
no_faults
statuses $first

fault '{"kind":"status","reused":true,"times":0}'
same "reused" "$(curl -s -w '%{http_code} ' -o /dev/null "$service/a" \
    -o /dev/null "$service/b")" "404 503 "
no_faults

fault '{"kind":"status","percent":50,"times":0}'
for _ in $(seq 40); do echo "url = \"$service/x\""; done >"$dir/config"
hit=$(curl -s -w '%{http_code}\n' -K "$dir/config" | grep -c 503)
[[ $hit -gt 5 && $hit -lt 35 ]] || fail "percent: $hit of 40"
no_faults

for wrong in '{}' '{"kind":"nothing"}' '{"kind":"status","colour":1}' \
    '{"kind":"status","status":42}' '{"kind":"status","times":-1}' \
    '{"kind":"status","call":"Get"}' '{"kind":"status","when":"now"}' \
    '{"kind":"wrong-user"}' \
    '{"kind":"wrong-user","call":"Token"}' '{"kind":"interfere"}' \
    '{"kind":"member"}' '{"kind":"interfere","call":"UpdateUser","patch":1}' '{"kind":"status","id":5}' '5' '{' \
    '[{"kind":"status"},{"kind":"x"}]'; do
    same "$wrong" "$(curl -s -o "$dir/out" -w '%{http_code}' -d "$wrong" \
        "$control/faults")" 400
done
same "no rule" "$(control faults)" '[]'
