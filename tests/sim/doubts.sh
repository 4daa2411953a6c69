#!/bin/bash
# A call that the service is not known to refuse is executed, and what could be
# refused has no effect. The record, the counts and standard error report it.
# With the setting strict, the same call is refused.
. "$(dirname "$0")/lib.inc"
. "$(dirname "$0")/soap.inc"

# doubted WHAT COMMAND...: the command makes a call with that doubt.
calls=0
doubted() {
    local what=$1
    shift
    "$@"
    same "$what: status" "$status" 200
    same "$what: doubt" "$(record .doubt | tail -1)" "\"$what\""
    same "$what: count" "$(counts .doubtful)" $((++calls))
    same "$what: warnings" "$(grep -cF ": $what The service is not known" \
        "$dir/errors")" 1
    control settings -d '{"strict":true}' >/dev/null
    "$@"
    [ "$status" -ge 400 ] || fail "$what: accepted with strict"
    grep -q 'The service is not known to refuse it\.' "$dir/body" ||
        same "$what: body of $status" "$(wc -c <"$dir/body")" 0
    control settings -d '{"strict":false}' >/dev/null
}
# get HEADER: a GetUser with that header. changed FILTER: an UpdateUser.
get() {
    local -a headers=()
    local i

    for ((i = 1; i < ${#valid_headers[@]}; i += 2)); do
        [[ ${valid_headers[i]} == "${1%%:*}:"* ]] ||
            headers+=(-H "${valid_headers[i]}")
    done
    send POST $path/Query "{\"UserId\":\"$first\"}" -H "$1"
}
changed() {
    update_user "$(stored $first "$1")"
}

strict=
sim_start
full_user
doubted "Content-Type is not application/json." get 'Content-Type: text/x'
doubted "Accept does not include application/json." get 'Accept: text/xml'
doubted "The body begins with a byte-order mark." send POST $path/Query \
    $'\xEF\xBB\xBF'"{\"UserId\":\"$first\"}"
doubted "The headers UserName and Password are reserved." get 'UserName: u'
doubted "CustomerId or CustomerAccountId is not a number." get \
    'CustomerId: x'
doubted "UserId is a number beyond 2^53." send POST $path/Query \
    "{\"UserId\":$first}"
doubted "The body has another member than UserId." send POST $path/Query \
    "{\"UserId\":\"$first\",\"x\":1}"
get 'Accept: text/xml'
same "the same doubt" "$(counts .doubtful) $(grep -c 'Accept does' \
    "$dir/errors")" "$((++calls)) 1"

ignored='del(.TimeStamp, .LastModifiedTime, .LastModifiedByUserId,
    .ContactInfo.Address.TimeStamp)'
changed . # the service sets the Ids of ContactInfo and Address
before=$(stored $first "$ignored" | jq -cS .)
doubted "UserName is read-only and was changed." changed '.UserName = "other"'
doubted "CustomerId is read-only and was changed." changed 'del(.CustomerId)'
doubted "LastModifiedTime is read-only and was changed." changed \
    '.LastModifiedTime = "2020-01-01T00:00:00"'
doubted "Name.Nick is unknown." changed '.Name.Nick = "x"'
same "kept" "$(stored $first "$ignored" | jq -cS .)" "$before"
doubted "Lcid is in another letter case." changed \
    '.Lcid |= if . == "ENGLISHUK" then "englishuk" else "ENGLISHUK" end'
changed '.SecretQuestion = null'
same "SecretQuestion" "$status $(record .doubt | tail -1)" \
    '200 "SecretQuestion is null."'
((++calls))

# The values that a user has are always valid.
patch $first '{"Lcid":"Elvish","JobTitle":"012345678901234567890123456789012345678901234567891"}' quiet
changed .
same "what the user has" "$status $(stored $first .Lcid)" '200 "Elvish"'
changed '.ContactInfo.Id = "1"'
same "the Id of ContactInfo" "$status" 400

# Who signs in is the first user.
send POST $path/Query '{}'
same "without UserId" "$status $(body .User.Id)" "200 $first"
send POST $path/Query '{"UserId":null}'
same "null" "$status $(record .id | tail -1)" "200 \"$first\""

# Over SOAP.
valid=$(envelope v13 GetUser "<c:UserId>$first</c:UserId>")
soap() {
    send_envelope v13 GetUser "$(sed -z "$1" <<<"$valid")"
}
doubted "Action is of another operation." soap 's/GetUser<.c:Act/X<\/c:Act/'
doubted "The header is unknown: X." soap 's/<.s:Header>/<c:X\/>&/'
doubted "The header has unusual attributes: Action." soap \
    's/ mustUnderstand="1"//'
soap 's/<.s:Header>/<c:Password>p<\/c:Password>&/'
same "Password" "$status $(record .doubt | tail -1)" \
    '200 "The headers UserName and Password are reserved."'
((++calls))
doubted "The Envelope has an element after its Body: X." soap \
    's/<.s:Envelope>/<s:X\/>&/'
content_type=text/xml
doubted "Content-Type has not only charset=utf-8." soap ''
content_type=
soap 's/<c:Action.*<.c:Action>//; s/<.s:Header>/<c:Password i:nil="true"\/>&/'
same "no Action, nil Password" "$status $(record .doubt | tail -1)" "200 null"
soap 's/<c:UserId>.*<.c:UserId>//'
same "no UserId" "$status $(record .id | tail -1)" "200 \"$first\""
soap 's/<c:UserId>/&\n /'
same "white space" "$status $(record .id | tail -1)" "200 \"$first\""
known_user
soap_changed() {
    soap_update v13 "$(user_element v13 | sed "$1")"
}
doubted "The element New is unknown, changed or moved." soap_changed \
    's/<.c:User>/<e:New>x<\/e:New>&/'
doubted "The element Name has an unknown attribute." soap_changed \
    's/<e:Name>/<e:Name x="1">/'

# Partner Center.
full_partner
patch $user '{"attributes":{"etag":null}}' quiet
# with JSON OPTION...: a PATCH with a new displayName and these members.
with() {
    ((++names))
    partner_patch $user "$(jq -c ".displayName = \"N$names\"" <<<"$1")" \
        "${@:2}"
}
names=0
doubted "X-Locale is not en-US." partner_get $user -H 'X-Locale: de-DE'
doubted "MS-Contract-Version is not v1." partner_get $user \
    -H 'MS-Contract-Version: v2'
doubted "MS-RequestId is not a GUID." partner_get $user -H 'MS-RequestId: 1'
doubted "MS-CorrelationId is not a GUID." partner_get $user \
    -H 'MS-CorrelationId: x'
doubted "The header DeveloperToken belongs to another service." \
    partner_get $user -H 'DeveloperToken: d'
doubted "The body begins with a byte-order mark." partner PATCH $user \
    $'\xEF\xBB\xBF''{"lastName":"Ng","attributes":{"objectType":"CustomerUser"}}'
doubted "A GET has a body." partner GET $user '{}'
ignored='del(.displayName)'
before=$(stored $user "$ignored")
doubted "If-Match is sent, but the user has no etag." with '{}' \
    -H 'If-Match: "x"'
doubted "id is read-only." with '{"id":"1"}'
doubted "Nick is unknown." with '{"Nick":"x"}'
doubted "usageLocation is null, but cannot be cleared." with \
    '{"usageLocation":null}'
doubted "firstName does not change the user." with '{"firstName":"Ann"}'
without_attributes() {
    partner PATCH $user "{\"displayName\":\"A$((++names))\"}"
}
doubted "attributes is missing." without_attributes
doubted "The body changes nothing." partner_patch $user '{}'
same "kept" "$(stored $user "$ignored")" "$before"
patch $user '{"attributes":{"etag":"e1"}}' quiet
without_etag() {
    partner PATCH $user "{\"displayName\":\"E$((++names))\",
        \"attributes\":{\"objectType\":\"CustomerUser\"}}"
}
doubted "If-Match is missing: the user has an etag." without_etag

# The id of a request that was applied, for another one: it is executed.
id=10000000-0000-4000-8000-000000000001
with '{}' -H "MS-RequestId: $id"
with '{}' -H "MS-RequestId: $id"
same "MS-RequestId" "$status $(record .doubt | tail -1) $(counts \
    '[.replayed, .misused] | @csv')" \
    '200 "MS-RequestId is that of another request." 0,1'
