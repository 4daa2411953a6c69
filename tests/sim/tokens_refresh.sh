#!/bin/bash
# Each response contains a new refresh token, and the old one is valid until the
# new one is used. Without rotation or offline_access there is no new one.
. "$(dirname "$0")/lib.inc"

valid_tokens() {
    control "tokens" | jq -r '.refresh_tokens | length'
}

sim_start
token
one=$(body .refresh_token)
[[ $one == *[!a-zA-Z0-9._~-]* ]] || fail "nothing in it needs to be encoded"
same "old and new" "$(valid_tokens)" 2
token
same "the old one again" "$status" 200
two=$(body .refresh_token)
[ "$one" != "$two" ] || fail "the same token again"
token "refresh_token=$one"
same "a new one" "$status" 200
three=$(body .refresh_token)
token
same "the first one, now replaced" "$status $(body .error)" "400 invalid_grant"
token "refresh_token=$one"
same "not replaced yet" "$status" 200
token "refresh_token=$three"
same "its successor" "$status" 200
token "refresh_token=$one"
same "replaced" "$status $(body .error)" "400 invalid_grant"
token "refresh_token=$two"
same "whose successor was never used" "$status" 200
same "the newest" "$(control tokens | jq -r .refresh_tokens[-1])" \
    "$(body .refresh_token)"
same "tokens given out" "$(control tokens |
    jq -c '[.issued, (.access_tokens | length)]')" '[6,6]'

control "tokens?refresh=1" -X DELETE >/dev/null
same "none is valid" "$(control "tokens")" \
    '{"issued":6,"access_tokens":[],"refresh_tokens":[]}'
token "refresh_token=$two"
same "revoked" "$status" 400
control tokens -d '{"refresh_token":"fresh one"}' >/dev/null
token "refresh_token=fresh one"
same "allowed" "$status" 200
for wrong in '{}' '[]' '{"refresh_token":5}' x; do
    same "$wrong" "$(curl -s -o /dev/null -w '%{http_code}' -d "$wrong" \
        "$control/tokens")" 400
done

token 'refresh_token=fresh one' scope=https://ads.microsoft.com/msads.manage
same "no offline_access" "$status $(body 'has("refresh_token")')" "200 false"
sim_stop

sim_start --no-rotation --refresh-token mine
token refresh_token=mine
same "no rotation" "$status $(body 'has("refresh_token")')" "200 false"
token refresh_token=mine
same "again" "$status $(valid_tokens)" "200 1"
