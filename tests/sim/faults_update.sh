#!/bin/bash
# With before, an UpdateUser that meets a fault is not applied; with after, it
# is. This must be true for each kind, and the record must show it.
. "$(dirname "$0")/lib.inc"

sim_start
kinds='status error reset close stall no-http cut-reset short chunked redirect html empty cut slow garble junk
    content-type bad-utf8 nul deep huge close-after announced-close no-tracking
    duplicate'
# A user and a rule for each kind and moment.
jq -nc --arg kinds "$kinds" --arg first $first '
    [$kinds | splits("\\s+") as $kind | ("before", "after") |
        {kind: $kind, when: ., call: "UpdateUser", ms: 1, bytes: 20, depth: 3}]
    | to_entries | map(.value + {id: ($first[:-2] + (.key + 101 | tostring)[1:])})
    ' >"$dir/rules"
fault "$(cat "$dir/rules")"
jq -c '.[] | [.kind, .when == "after"]' "$dir/rules" >"$dir/expected"
control "users?first=$first&count=50" >"$dir/users"
update_all "$dir/users"
record '[.fault, .applied]' | diff - "$dir/expected" || fail "another outcome"
same "applied" "$(counts '[.applied, .faults] | @csv')" 25,50
same "responses of dropped calls" "$(record 'select(.fault == "reset" or
    .fault == "close" or .fault == "stall" or .fault == "no-http") | .status' | sort -u)" 0
