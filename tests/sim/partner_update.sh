#!/bin/bash
# A valid PATCH changes exactly the members that it contains, and the etag. If
# the user has an etag, the PATCH must have it. The record contains both.
. "$(dirname "$0")/lib.inc"

sim_start --record-bodies
full_partner
header() {
    tr -d '\r' <"$dir/head" | sed -n "s/^$1: //p"
}

before=$(control "users/$user")
partner_patch "$user" '{"displayName":"Zwölf","firstName":null,
    "passwordProfile":{"password":"Geheim-123","forceChangePassword":true}}'
same "the response" "$status $(cat "$dir/body")" \
    "200 $(control "users/$user")"
same "but for the etag" "$(stored "$user" '.attributes.etag = "\"e1\""')" \
    "$(jq -c '.displayName = "Zwölf" | .firstName = null' <<<"$before")"
etag=$(stored "$user" .attributes.etag)
[ "$etag" != '"\"e1\""' ] || fail "the etag is the old one"
same "headers" "$(header MS-RequestId) $(header MS-CorrelationId)" \
    "$request $correlation"
same "one Date, and the record's" "$(header Date)" "$(record .date | tr -d '"')"
same "the record" "$(record '[.service, .call, .id, .status, .applied,
    .tracking, .request, .body_bytes, .replayed]')" \
    "[\"partner-center\",\"UpdateUser\",\"$user\",200,true,\"$correlation\",\
\"$request\",$(wc -c <"$dir/request"),null]"
same "the password" "$(control "users/$user?secret=1")" \
    '{"passwordProfile":{"password":"Geheim-123","forceChangePassword":true},"times_set":1}'
sent=$(jq -c '.passwordProfile.password = "*****"' "$dir/request")
same "applied" "$(applied)" "{\"n\":1,\"id\":\"$user\",\"user\":$sent}"
same "the body" "$(record '.body | fromjson')" "$sent"
partner_get "$user"
partner PATCH "$user" '{"Password":"Geheim-456","x":[{"password":{"a":"Geheim-7"}}]}'
same "refused" "$status" 400
partner PATCH "$user" '{"password":"Geheim-8"'
! { control record && control applied &&
    cat "$dir/body" && control "users/$user"; } |
    grep Geheim || fail "a password is shown"

# stale WHAT CODE [CURL OPTIONS]
stale() {
    local what=$1 code=$2
    shift 2
    partner_patch "$user" '{"displayName":"Neu"}' "$@"
    same "$what" "$status $(error .code)" "400 $code"
}
stale "the earlier etag" 2055 -H 'If-Match: "e1"'
stale "any etag" 2055 -H 'If-Match: *'
stale "no etag" 400 -H 'If-Match:'
partner_patch "$user" '{"displayName":"Neu"}'
same "the stored etag" "$status" 200
patch "$user" '{"displayName":"Theirs"}'
[ "$(stored "$user" .attributes.etag)" != "$(body .attributes.etag)" ] ||
    fail "another program's write leaves the etag"
patch "$user" '{"attributes":{"etag":null}}' quiet
stale "an etag for a user without one" 2055 -H 'If-Match: "e1"'
partner_patch "$user" '{"displayName":"Neu"}'
same "no new etag" "$status $(body '.attributes | keys[]')" \
    "200 objectType"

second=${user%1}2
partner_patch "$second" '{"usageLocation":"CH"}'
partner_patch "${second^^}" '{"usageLocation":"AT"}'
same "in uppercase" "$status $(stored "$second" .usageLocation)" '200 "AT"'
update_user "$(stored $first)"
same "per user" "$(control "applied?summary=1" | tr -d '\n')" \
    "{\"id\":\"$first\",\"applied\":1}{\"id\":\"$user\",\"applied\":3}\
{\"id\":\"$second\",\"applied\":2}"
same "counts" "$(counts '[.applied, .most_applied, .users_touched] | @csv')" 6,3,3
control "record" -X DELETE >/dev/null
same "no counts" "$(control "applied?summary=1")$(counts .most_applied)" 0
control "users" -X DELETE >/dev/null
same "generated again" "$(stored "$user" .userPrincipalName | grep -c '"user1@')" 1
same "no password" "$(control "users/$user?secret=1")" \
    '{"passwordProfile":null,"times_set":0}'
same "touched" "$(counts .users_touched)" 0
