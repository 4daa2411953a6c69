#!/bin/bash
# Each kind of fault changes a SOAP call as README.md says. An error has the
# shape and the status that the rule names.
. "$(dirname "$0")/lib.inc"
. "$(dirname "$0")/soap.inc"

sim_start
known_user
user=Body/GetUserResponse/User

# try KIND [MEMBERS]: one GetUser with that fault.
try() {
    fault "{\"kind\":\"$1\",\"call\":\"GetUser\"${2:+,$2}}"
    soap_get $version $first
}
sound() {
    xmllint --noout "$dir/body" 2>/dev/null
}
for version in v13 v12 v11; do
    customer=https://bingads.microsoft.com/Customer/$version

    # Errors of the service.
    try error '"code":117'
    same "117" "$(fault_of)" "500 AdApiFaultDetail 117"
    detail=Body/Fault/detail
    same "117's namespace" "$(xmllint --xpath "namespace-uri($(xpath \
        $detail/AdApiFaultDetail/Errors/AdApiError/Code))" "$dir/body")" \
        https://adapi.microsoft.com
    same "117's elements" "$(names \
        $detail/AdApiFaultDetail/Errors/AdApiError | xargs)" \
        "Code Detail ErrorCode Message"
    same "117's name" "$(element \
        $detail/AdApiFaultDetail/Errors/AdApiError/ErrorCode)" CallRateExceeded
    same "TrackingId in the fault" \
        "\"$(element $detail/AdApiFaultDetail/TrackingId)\"" \
        "$(record .tracking | tail -1)"
    same "TrackingId in the header" "$(element Header/TrackingId)" \
        "$(element $detail/AdApiFaultDetail/TrackingId)"
    same "faultcode" "$(element Body/Fault/faultcode | sed 's/.*://')" Server
    try error '"code":1001,"message":"a < b & c","status":200'
    same "1001 with 200" "$(fault_of)" "200 ApiFault 1001"
    same "its namespace" "$(xmllint --xpath "namespace-uri($(xpath \
        $detail/ApiFault/OperationErrors/OperationError/Message))" \
        "$dir/body")" "$customer/Exception"
    same "its elements" "$(names \
        $detail/ApiFault/OperationErrors/OperationError | xargs)" \
        "Code Details Message"
    same "its message" "$(element \
        $detail/ApiFault/OperationErrors/OperationError/Message)" "a < b & c"
    try error '"name":"TimestampNotMatch","shape":"AdApiFaultDetail","status":503'
    same "by name" "$(fault_of)" "503 AdApiFaultDetail 209"
    try error '"shape":"unknown","message":"Busy."'
    same "unknown" "$(fault_of) $(element $detail/GatewayFault/Reason)" \
        "500 GatewayFault Busy."
    try error '"shape":"none","message":"Busy.","status":200'
    same "none" "$(fault_of) $(element Body/Fault/faultstring)" \
        "200 Server Busy."
    try error '"code":117,"retry_after":"7"'
    same "Retry-After" "$(grep -c '^Retry-After: 7' "$dir/head")" 1
    try no-tracking
    same "no-tracking" "$(element Header/TrackingId)$(grep -c \
        TrackingId: "$dir/head")" 0
    fault '[{"kind":"no-tracking","where":"header"}]'
    soap_get $version 1
    same "no TrackingId in the header" \
        "$(element Header/TrackingId) $(element $detail/ApiFault/TrackingId |
            wc -c)" " 37"
    fault '[{"kind":"no-tracking","where":"body"}]'
    soap_get $version 1
    same "no TrackingId in the fault" \
        "$(element $detail/ApiFault/TrackingId) $(element Header/TrackingId |
            wc -c)" " 37"
done

version=v12
before=$(stored $first)

# Damaged responses.
for kind in junk garble bad-utf8 nul; do
    try $kind
    same "$kind" "$status" 200
    sound && fail "$kind: it is sound"
done
try short '"bytes":30'
same "short" "$curl $(wc -c <"$dir/body")" "0 30"
try cut '"bytes":30'
same "cut" "$curl $(wc -c <"$dir/body")" "18 30"
try doctype
same "doctype" "$(grep -c '<!DOCTYPE' "$dir/body") $(sound; echo $?)" "1 0"
try entity
grep -q '<Laughs>&j;</Laughs>' "$dir/body" || fail "entity"
try deep '"depth":50'
same "deep" "$(xmllint --xpath "count(//*[local-name()='d'])" "$dir/body")" 50
try huge '"bytes":300000'
same "huge" "$(xmllint --xpath "string-length(//*[local-name()='Huge'])" "$dir/body")" 300000
same "in User" "$(xmllint --xpath "local-name(//*[local-name()='Huge']/..)" "$dir/body")" User
try duplicate
same "duplicate" "$(names $user | grep -c JobTitle)" 2
try duplicate '"name":"AuthenticationToken"'
same "duplicate by name" "$(names $user | grep -c AuthenticationToken)" 2

# Another User.
try member '"name":"User.ContactInfo.Address.City","value":"<&>\r"'
same "member" "$(element $user/ContactInfo/Address/City)" $'<&>\r'
try member '"name":"User.JobTitle","value":null'
same "nil" "$(xmllint --xpath "string($(xpath $user/JobTitle)/@*)" \
    "$dir/body")" true
try member '"name":"User.Name"'
same "removed" "$(names $user | grep -c Name)" 1
try member '"name":"User.Name","value":{"a":["b"]}'
same "elements" "$(element $user/Name/a/item)" b
try member '"name":"Extra.x","value":1'
same "nowhere" "$(element $user/Id)" $first
try wrong-user
same "wrong-user" "$(element $user/Id)" $((first + 1))
try no-timestamp
same "no-timestamp" "$(xmllint --xpath \
    'count(//*[local-name() = "TimeStamp"])' "$dir/body")" 0
try masked
same "masked" "$(element $user/JobTitle) $(element $user/Id)" "***** $first"
try bare-ids
same "bare-ids" "$(element $user/Id)" $first
same "before" "$(stored $first)" "$before"

# UpdateUser.
fault '{"kind":"member","call":"UpdateUser","name":"LastModifiedTime"}'
soap_update $version "$(user_element $version)"
same "no time" "$status $(names Body/UpdateUserResponse)" "200 "
fault '{"kind":"error","call":"UpdateUser","code":0,"when":"after"}'
soap_update $version "$(user_element $version)"
same "after" "$(fault_of) $(record .applied | tail -1)" \
    "500 AdApiFaultDetail 0 true"
fault '{"kind":"interfere","call":"UpdateUser"}'
soap_update $version "$(user_element $version)"
same "interfere" "$(fault_of)" "500 ApiFault 209"

# Over REST, the kinds for XML have no effect, and all shapes exist.
for kind in doctype entity; do
    fault "{\"kind\":\"$kind\"}"
    get_user $first
    same "REST $kind" "$(body .User.Id)" $first
done
fault '{"kind":"error","shape":"unknown","code":106}'
get_user $first
same "REST unknown" "$status $(body .Type)" "403 GatewayFault"
fault '{"kind":"error","shape":"none"}'
get_user $first
same "REST none" "$status $(body 'keys | join(" ")')" "500 TrackingId Type"

# The limits apply to all services together.
control limits -X PUT -d '["1/h,retry-after=9"]' >/dev/null || fail "/limits"
get_user $first
soap_get v12 $first
same "throttled" "$(fault_of) $(grep -c '^Retry-After: 9' "$dir/head")" \
    "500 AdApiFaultDetail 117 1"
control limits -X PUT -d '["random:100%,status=503"]' >/dev/null || fail "/limits"
soap_get v12 $first
same "a gateway" "$status $(wc -c <"$dir/body")" "503 0"
