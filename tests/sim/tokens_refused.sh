#!/bin/bash
# An invalid token request is refused with the identity platform's status, error
# and code, and no token is issued.
. "$(dirname "$0")/lib.inc"

# refused WHAT STATUS ERROR CODE: the last call must have been refused so.
refused() {
    same "$1" "$status $(body '"\(.error) \(.error_codes[0])"')" "$2 $3 $4"
    body .error_description | tr -d '\r' | tr '\n' ' ' |
        grep -q "^AADSTS$4: .* Trace ID: .* Timestamp: " ||
        fail "$1: $(body .error_description)"
}

sim_start --client-id me
valid_fields[client_id]=me
for field in grant_type refresh_token client_id; do
    token $field
    refused "no $field" 400 invalid_request 900144
    token $field=
    refused "empty $field" 400 invalid_request 900144
done
token grant_type=password
refused "another grant" 400 unsupported_grant_type 70003
token client_id=you
refused "another client" 400 unauthorized_client 700016
token scope=offline_access
refused "no resource" 400 invalid_scope 70011
token scope='https://ads.microsoft.com/msads.manage  offline_access'
refused "two spaces" 400 invalid_scope 70011
token refresh_token=nonsense
refused "another token" 400 invalid_grant 70000
token client_secret=s
refused "a public client's secret" 401 invalid_client 700025

sent='client_id=me&grant_type=refresh_token&refresh_token=sim-refresh-token'
sent+='&scope=https%3a%2F%2Fads.microsoft.com%2Fmsads.manage+offline_access'
for wrong in "$sent&client_id=me" "$sent&" "&$sent" "$sent%" "$sent%4" \
    "$sent%zz" "$sent%00" "$sent x" "$sent=" "$sent&=1" "$sent&x" \
    "$sent"$'\xc3\xa9'; do
    send_form --data-binary "$wrong"
    refused "$wrong" 400 invalid_request 900144
done
send_form --data-binary "$sent" -H 'Content-Type: application/json'
refused "Content-Type" 400 invalid_request 900144
send_form --data-binary "$sent" -H 'DeveloperToken: d'
refused "DeveloperToken" 400 invalid_request 900144
send_form --data-binary "$sent" -H 'Authorization: Bearer t'
refused "Authorization" 400 invalid_request 900144
send_form -X GET
same "method" "$status $(grep -c '^Allow: POST' "$dir/head")" "405 1"
token_path=a/b/oauth2/v2.0/token send_form --data-binary "$sent"
same "path" "$status" 404
same "nothing given out" "$(control tokens | jq .issued)" 0
same "the record" "$(record 'select(.name == "invalid_client") |
    [.status, .code, .token]')" '[401,700025,null]'

send_form --data-binary "$sent" -H \
    'Content-Type: application/x-www-form-urlencoded; charset=utf-8'
same "a valid one" "$status" 200
sim_stop

sim_start --client-secret 's&e=c%r et'
valid_fields[client_id]=sim-client
token
refused "no secret" 401 invalid_client 7000218
token client_secret=other
refused "another secret" 401 invalid_client 7000215
token 'client_secret=s&e=c%r et'
same "its secret" "$status" 200
