#!/bin/bash
# The token endpoint issues access tokens that expire after their lifetime. The
# record numbers them and contains no secret.
. "$(dirname "$0")/lib.inc"

sim_start --token-lifetime 3600 --record-bodies
token
same "status" "$status" 200
same "type" "$(grep -c '^Content-Type: application/json' "$dir/head")" 1
same "TrackingId" "$(grep -c '^TrackingId' "$dir/head")" 0
same "members" "$(body 'keys_unsorted | join(" ")')" "token_type scope \
expires_in ext_expires_in access_token refresh_token"
same "values" "$(body '[.token_type, .scope, .expires_in, .ext_expires_in] |
    join(" ")')" \
    "Bearer https://ads.microsoft.com/msads.manage offline_access 3600 3600"
issued=$(body .access_token)
with_token "$issued"
get_user $first
same "with the issued token" "$status" 200
with_token sim-access-token
get_user $first
same "with the one that was set" "$status" 200
with_token "${issued}x"
get_user $first
same "with another one" "$status $(body .Errors[0].ErrorCode)" \
    "401 InvalidCredentials"
same "the record" "$(record '[.service, .call, .token, .status, .id != null]' |
    tr -d '\n')" '["token","Token",1,200,false]["rest","GetUser",1,200,true]'\
'["rest","GetUser",0,200,true]["rest","GetUser",null,401,true]'
same "counts" "$(counts '[.calls, .Token, .GetUser, .refused] | @csv')" 4,1,3,1
same "no secret" "$(record | grep -c -e refresh -e "${issued:0:40}")" 0

control tokens -X DELETE >/dev/null || fail "DELETE /tokens"
with_token "$issued"
get_user $first
same "revoked" "$status $(body '.Type + " " + .Errors[0].ErrorCode')" \
    "401 AdApiFaultDetail AuthenticationTokenExpired"
same "its number" "$(record .token | tail -1)" 1
control "tokens?code=105" -X DELETE >/dev/null || fail "?code=105"
get_user $first
same "forgotten" "$status $(body .Errors[0].Code)" "401 105"

# Such a token expires immediately, but expires_in is at least one second.
curl -sf -d '{"token_lifetime_ms":0,"access_token":""}' "$control/settings" \
    >/dev/null || fail "POST /settings"
token
same "a short life" "$(body .expires_in)" 1
with_token "$(body .access_token)"
get_user $first
same "expired" "$(body .Errors[0].Code)" 109
for none in sim-access-token ''; do
    with_token "$none"
    get_user $first
    same "token '$none' is not issued" "$status $(body .Errors[0].Code)" \
        "401 105"
done
sim_stop

# The lifetime is exact to the millisecond.
patience 1
sim_start --token-lifetime "$PATIENCE.5"
token
same "whole seconds" "$(body .expires_in)" "$PATIENCE"
with_token "$(body .access_token)"
get_user $first
same "at first" "$status" 200
until get_user $first && [ "$status" = 401 ]; do sleep 0.05; done
same "in the end" "$(body .Errors[0].Code)" 109
life=$(record 'select(.call == "Token" or .status == 401) | .time_us' |
    paste -sd ' ' | { read -r from to && echo $((to - from)); })
[ "$life" -ge "${PATIENCE}500000" ] || fail "it lived for $life us only"
