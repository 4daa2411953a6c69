#!/bin/bash
# A PATCH with the MS-RequestId of an applied one is not applied again, and the
# response is the first one. With --strict, that id is refused for any other
# request.
. "$(dirname "$0")/lib.inc"

sim_start
full_partner

change='{"displayName":"Neu","passwordProfile":{"password":"secret-12"}}'
partner_patch "$user" "$change" -H 'If-Match: "e1"'
same "the first time" "$status" 200
id=$request
response=$(cat "$dir/body")
patch "$user" '{"displayName":"Theirs"}'
after=$(control "users/$user")
for repeated in "$id" "${id^^}"; do
    partner_patch "$user" "$change" -H 'If-Match: "e1"' \
        -H "MS-RequestId: $repeated"
    same "again" "$status $(cat "$dir/body")" "200 $response"
    same "its id" "$(tr -d '\r' <"$dir/head" |
        sed -n 's/^MS-RequestId: //p')" "$repeated"
done
same "not applied again" "$(control "users/$user")" "$after"
same "the record" "$(record '[.applied, .replayed]' | tr -d '\n')" \
    '[true,null][false,true][false,true]'
same "counts" "$(counts '[.applied, .replayed, .misused] | @csv')" 1,2,0
same "set once" "$(control "users/$user?secret=1" | jq .times_set)" 1

# misuse WHAT: the last call must have been refused for its MS-RequestId.
misuse() {
    same "$1" "$status $(error .description)" "400 MS-RequestId is that of\
 another request. The service is not known to refuse it."
}
partner_patch "$user" '{"displayName":"Other"}' -H "MS-RequestId: $id"
misuse "another body"
partner_patch "${user%1}2" "$change" -H "MS-RequestId: $id"
misuse "another user"
partner_get "$user" -H "MS-RequestId: $id"
misuse "a GET"
partner_get "$user"
id=$request
partner_get "$user" -H "MS-RequestId: $id"
same "a GET again" "$status" 200
partner_patch "$user" "$change" -H "MS-RequestId: $id"
misuse "a PATCH with a GET's"
same "counts of misuse" "$(counts '[.applied, .replayed, .misused] | @csv')" 1,2,4

# A request that was not applied is executed when it is repeated. Its id must
# not be used for another body, even so.
fault '[{"kind":"status","times":2},{"kind":"reset","when":"after"}]'
partner_patch "$user" "$change"
same "not applied" "$status" 503
id=$request
partner_patch "$user" '{"displayName":"Other"}' -H "MS-RequestId: $id"
same "refused first" "$status" 503
partner_patch "$user" "$change" -H "MS-RequestId: $id"
same "applied, and the response lost" "$curl $(stored "$user" .displayName)" '56 "Neu"'
partner_patch "$user" "$change" -H "MS-RequestId: $id"
same "the repeated response" "$status $(cat "$dir/body")" \
    "200 $(control "users/$user")"
partner_patch "$user" '{"displayName":"Other"}' -H "MS-RequestId: $id"
misuse "another body"
same "in the end" "$(counts '[.applied, .replayed, .misused] | @csv')" 2,3,6

# The simulator remembers the last 16384 ids, also those of refused calls. The
# first one is that of the first PATCH.
id=$(record .tracking | head -1 | tr -d '"')
partner_get "$user" -H "MS-CorrelationId: $id"
same "known" "$status" 400
calls=$(counts .calls)
for ((n = calls; n < 16384 + 4; n++)); do
    printf 'url = "%s/v1/x"\nheader = "MS-CorrelationId: %08d-%s"\nnext\n' \
        "$service" "$n" 1111-4111-8111-111111111111
done | sed '$d' >"$dir/config"
curl -s -K "$dir/config" >/dev/null
partner_get "$user" -H "MS-CorrelationId: $id"
same "forgotten" "$status" 200
partner_get "$user" -H "MS-CorrelationId: $id"
same "known again" "$status" 400
