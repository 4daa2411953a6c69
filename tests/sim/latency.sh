#!/bin/bash
# With latency, many calls wait at the same time without delaying each other.
# Two concurrent updates of one user are counted as an overlap.
. "$(dirname "$0")/lib.inc"

sim_start --latency 300
for n in $(seq 60); do
    printf 'url = "%s/x%d"\noutput = /dev/null\n' "$service" "$n"
done >"$dir/config"
curl -s --parallel --parallel-max 60 --parallel-immediate -K "$dir/config" \
    2>/dev/null ||
    fail "curl: $?"
same "calls" "$(counts .calls)" 60
at_once=$(counts .most_in_flight)
[ "$at_once" -gt 30 ] || fail "only $at_once calls at once"

stored $first '{User: .}' >"$dir/put"
for _ in 1 2; do
    printf 'url = "%s/%s"\noutput = /dev/null\n' "$service" $path
done >"$dir/config"
curl -s --parallel --parallel-immediate -X PUT "${valid_headers[@]}" \
    --data-binary "@$dir/put" -K "$dir/config" 2>/dev/null
same "overlaps" "$(counts '[.UpdateUser, .update_overlaps, .applied] | @csv')" \
    2,1,1
curl -sf -d '{"latency_ms":0}' "$control/settings" >/dev/null
update_user "$(stored $first)"
same "no latency" "$status $(counts .update_overlaps)" "200 1"

# A stalled update counts too, unless its client has disconnected.
stored $first '{User: .}' >"$dir/put"
fault '[{"kind":"stall","call":"UpdateUser","times":2}]'
curl -s -m 0.1 -X PUT "${valid_headers[@]}" \
    --data-binary "@$dir/put" "$service/$path"
update() {
    curl -s -o /dev/null -X PUT "${valid_headers[@]}" \
        --data-binary "@$dir/put" "$service/$path"
}
update &
client=$!
until [ "$(counts .faults)" = 2 ]; do sleep 0.05; done
same "after one whose client disconnected" "$(counts .update_overlaps)" 1
update
same "beside one that is stalled" "$(counts .update_overlaps)" 2
no_faults
wait $client
same "the stalled one" $? 52
