#!/bin/bash
# Each kind of fault that changes a body changes Partner Center's as README.md
# says. Errors have the form of Partner Center.
. "$(dirname "$0")/lib.inc"

sim_start
full_partner
before=$(control "users/$user")

# try KIND [MEMBERS]: one GET with that fault.
try() {
    fault "{\"kind\":\"$1\",\"call\":\"GetUser\",\"id\":\"$user\"${2:+,$2}}"
    partner_get "${user^^}"
}
try error '"code":60002'
same "60002" "$status $(error '"\(.code) \(.description)"')" \
    "404 60002 The user was not found."
try error '"status":503,"code":0,"message":"Hm","retry_after":"3"'
same "503" "$status $(error '"\(.code) \(.description)"') $(tr -d '\r' \
    <"$dir/head" | grep -c '^Retry-After: 3$')" "503 0 Hm 1"
for code in 400 401 403 409 429; do
    try error "\"code\":$code"
    same "$code" "$status $(error .code)" "$code $code"
done
try error '"code":417,"status":417'
same "417" "$status $(error .code)" "417 417"
try status '"status":502'
same "status" "$status:$(cat "$dir/body"):$(grep -c "^MS-CorrelationId: " \
    "$dir/head")" "502::1"
try wrong-user
same "wrong-user" "$(body .id)" "${user%1}2"
try no-timestamp
same "no-timestamp" "$(cat "$dir/body")" \
    "$(jq -c 'del(.attributes.etag)' <<<"$before")"
try masked
same "masked" "$(body '[.id, .attributes.etag, .attributes.objectType,
    .displayName, .userPrincipalName] | join(" ")')" \
    "$user \"e1\" CustomerUser ***** *****"
try masked '"name":"phoneNumber"'
same "masked one" "$(body '[.phoneNumber, .displayName] | join(" ")')" \
    "***** Ann Lee"
try member '"name":"attributes.etag","value":7'
same "member" "$(body .attributes.etag)" 7
try member '"name":"id"'
same "member removed" "$(body 'has("id")')" false
try duplicate
same "duplicate" "$(grep -o '"displayName":' "$dir/body" | wc -l)" 2
try nul
grep -q '^{"Nul":"a\\u0000b","usageLocation"' "$dir/body" || fail "nul"
try bad-utf8
LC_ALL=C grep -qa $'^{"Broken":"a\xC3(b\xFF",' "$dir/body" || fail "bad-utf8"
try deep '"depth":50'
same "deep" "$(body '[.Deep | recurse(.[]?)] | length')" 50
try huge '"bytes":300000'
same "huge" "$(body '.Huge | length')" 300000
try bare-ids
same "bare-ids" "$(cat "$dir/body")" "$before"
try no-tracking
same "no-tracking" "$status $(grep -c MS-CorrelationId "$dir/head")" "200 0"
try short '"bytes":9'
# The byte-order mark counts.
same "short" "$(cat "$dir/body")" '{"usag'
no_faults

fault '{"kind":"duplicate","call":"UpdateUser"}'
partner_patch "$user" '{"displayName":"Neu"}'
same "duplicate in a PATCH's" "$status $(grep -o '"displayName":' "$dir/body" |
    wc -l) $(stored "$user" .displayName)" '200 2 "Neu"'
fault '{"kind":"interfere","call":"UpdateUser","times":2,
    "patch":{"displayName":"Theirs"}}'
partner_patch "$user" '{"displayName":"Ours","firstName":"Bea"}'
same "stale" "$status $(error .code) $(stored "$user" .displayName)" \
    '400 2055 "Theirs"'
patch "$user" '{"attributes":{"etag":null}}' quiet
partner_patch "$user" '{"displayName":"Ours"}'
same "never stale without an etag" "$status $(stored "$user" .displayName)" \
    '200 "Ours"'
fault '{"kind":"error","code":2055,"call":"UpdateUser"}'
partner_patch "$user" '{"displayName":"Neu"}'
same "2055" "$status $(error .code) $(record .applied | tail -1)" \
    "400 2055 false"
