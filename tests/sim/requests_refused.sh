#!/bin/bash
# A request that breaks a rule of HTTP is refused with the service's status,
# error type and code, and has no effect.
. "$(dirname "$0")/lib.inc"

sim_start --customer-id 42
get="{\"UserId\":\"$first\"}"

# refused WHAT STATUS TYPE CODE: the last call must have been refused so. The
# bodies are compared at the end.
refused() {
    same "$1" "$status" "$2"
    cat "$dir/body" >>"$dir/bodies"
    echo "$1: $3 $4" >>"$dir/expected"
}
api=AdApiFaultDetail
op=ApiFault

# with NAME [VALUE]: GetUser with another value of that header, or without it.
with() {
    local -a headers=()
    local i
    for ((i = 1; i < ${#valid_headers[@]}; i += 2)); do
        [[ ${valid_headers[i]} == "$1:"* ]] || headers+=(-H "${valid_headers[i]}")
    done
    headers+=(-H "$1:${2:+ $2}")
    send POST $path/Query "$get"
}

with Authorization 'Bearer wrong'
refused "token" 401 $api 105
same "ErrorCode" "$(body .Errors[0].ErrorCode)" InvalidCredentials
same "TrackingId" "$(body .TrackingId)" \
    "$(tr -d '\r' <"$dir/head" | sed -n 's/^TrackingId: //p')"
with Authorization 'sim-access-token'
refused "no Bearer" 401 $api 105
with DeveloperToken 'wrong'
refused "developer token" 401 $api 105
with Authorization
refused "no Authorization" 400 $api 116
with DeveloperToken
refused "no DeveloperToken" 400 $api 116
with UserName 'u'
refused "UserName" 400 $api 204
with Password 'p'
refused "Password" 400 $api 204
with CustomerId '43'
refused "CustomerId" 403 $api 106
with CustomerAccountId 'x'
refused "CustomerAccountId" 400 $op 201
with Content-Type 'text/json'
refused "Content-Type" 415 $op 201
with Accept 'text/xml'
refused "Accept" 406 $op 201
send POST $path/Query ''
refused "no body" 400 $api 100
send PUT $path '{}'
refused "no User" 400 $op 203
send PUT $path '{"User":null}'
refused "null User" 400 $op 203
send POST $path/Query "{\"UserId\":\"$first\",\"x\":1}"
refused "unknown member" 400 $op 201
send POST $path/Query "$get x"
refused "junk" 400 $op 201
send POST $path/Query "{\"UserId\":\"$first\",\"UserId\":\"$first\"}"
refused "duplicate member" 400 $op 201
send POST $path/Query $'{"UserId":"\xff"}'
refused "invalid UTF-8" 400 $op 201
send POST $path/Query "{\"UserId\":$first}"
refused "number beyond 2^53" 400 $op 201
send POST $path/Query '{"UserId":1}'
refused "unknown number" 400 $op 210
send POST $path/Query '{"UserId":"01"}'
refused "leading zero" 400 $op 210
send PUT $path '{"User":"x"}'
refused "User no object" 400 $op 201
send PUT $path '{"User":{}}'
refused "User without Id" 400 $op 201
head -c 1100000 /dev/zero | tr '\0' x >"$dir/long"
send POST $path/Query '' --data-binary "@$dir/long"
refused "too long" 413 $op 201

sed 's/:.*/:/' "$dir/expected" | paste -d ' ' - <(jq -r '"\(.Type) \(
    (.Errors + .OperationErrors)[0].Code)"' "$dir/bodies") |
    diff "$dir/expected" - || fail "unexpected errors"
same "TrackingIds" "$(jq -r .TrackingId "$dir/bodies")" \
    "$(record .tracking | tr -d '"')"

send GET $path/Query "$get"
same "method" "$status $(grep -c '^Allow: POST' "$dir/head")" "405 1"
send POST $path/Nothing "$get"
same "path" "$status" 404
send POST /elsewhere "$get"
same "other path" "$status" 404

send POST $path/Query "$get" -H 'CustomerId: 42' -H 'CustomerAccountId: 7'
same "a valid one" "$status" 200
same "its headers" \
    "$(record .headers | tail -1 | jq -c '[.CustomerId, .CustomerAccountId]')" \
    '["42","7"]'
same "applied" "$(counts .applied)" 0
same "touched" "$(counts .users_touched)" 0
