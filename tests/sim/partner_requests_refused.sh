#!/bin/bash
# A request to Partner Center that breaks a rule of HTTP is refused with its
# status and code, and has no effect. The error has the service's form.
. "$(dirname "$0")/lib.inc"

sim_start
full_partner
before=$(control "users/$user")

# refused WHAT STATUS CODE: the last call must have been refused so.
refused() {
    same "$1" "$status $(error '"\(.code) \(keys | join(" "))"')" \
        "$2 $3 code data description source"
    echo "$correlation" >>"$dir/correlations"
}
# without WHAT STATUS CODE [HEADER...]: a GET with these headers instead of the
# valid ones; "X:" removes X.
without() {
    local what=$1 expected=$2 code=$3 header options=()
    shift 3
    for header; do options+=(-H "$header"); done
    partner_get "$user" "${options[@]}"
    refused "$what" "$expected" "$code"
}

without "no token" 401 401 'Authorization:'
without "token" 401 401 'Authorization: Bearer wrong'
without "no Bearer" 401 401 'Authorization: sim-access-token'
without "Accept" 406 400 'Accept: text/xml'
without "MS-Contract-Version" 400 400 'MS-Contract-Version: v2'
without "X-Locale" 400 400 'X-Locale: de-DE'
without "no MS-RequestId" 400 400 'MS-RequestId:'
without "MS-RequestId" 400 400 'MS-RequestId: 1'
without "DeveloperToken" 400 400 'DeveloperToken: sim-developer-token'
without "CustomerId" 400 400 'CustomerId: 1'
without "CustomerAccountId" 400 400 'CustomerAccountId: 1'
without "UserName" 400 400 'UserName: u'
without "Password" 400 400 'Password: p'
without "SOAPAction" 400 400 'SOAPAction: GetUser'
used=$(tail -1 "$dir/correlations")
# The id of an earlier call, in uppercase.
partner_get "$user" -H "MS-CorrelationId: ${used^^}"
correlation=${used^^}
refused "MS-CorrelationId again" 400 400
same "misused" "$(counts .misused)" 1
same "MS-CorrelationIds" "$(record .tracking | tr -d '"')" \
    "$(cat "$dir/correlations")"
same "the last one in the response" "$correlation" \
    "$(tr -d '\r' <"$dir/head" | sed -n 's/^MS-CorrelationId: //p')"
without "no MS-CorrelationId" 400 400 'MS-CorrelationId:'
without "MS-CorrelationId" 400 400 'MS-CorrelationId: g0000000-0000-4000-8000-000000000001'
partner GET "$user" '{}'
refused "a body" 400 400
partner_get "${user%1}x"
refused "user id that is not a GUID" 400 400
tenant=common partner_get "$user"
refused "tenant that is not a GUID" 400 400
change='{"firstName":"Bea"}'
partner_patch "$user" "$change" -H 'Content-Type: text/json'
refused "Content-Type" 415 400
head -c 1100000 /dev/zero | tr '\0' x >"$dir/long"
partner PATCH "$user" '' --data-binary "@$dir/long"
refused "too long" 413 400
partner PUT "$user" '{}'
same "method" "$status $(grep -c '^Allow: GET, PATCH' "$dir/head")" "405 1"
partner PATCH "" "$change"
same "users" "$status" 404
partner_get "$user/licenses"
same "a longer path" "$status" 404

# Partner Center accepts issued tokens until they expire.
token scope='https://api.partnercenter.microsoft.com/user_impersonation offline_access'
bearer=$(body .access_token)
partner_get "$user" -H "Authorization: Bearer $bearer"
same "issued token" "$status" 200
control tokens -X DELETE >/dev/null
partner_get "$user" -H "Authorization: Bearer $bearer"
refused "expired token" 401 401
same "both in the record" "$(record .token | tail -2 | tr -d '\n')" 11

same "errors one level down, and not" \
    "$(for _ in $(seq 20); do
        partner_get "$user" -H "X-Locale: de-DE"
        body 'has("code")'
    done | sort -u | tr -d '\n')" falsetrue
same "the user is as before" "$(control "users/$user")" "$before"
same "applied" "$(counts '[.applied, .UpdateUser] | @csv')" 0,2
