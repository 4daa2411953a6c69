#!/bin/bash
# Each user can be sent back over each version of SOAP, byte for byte as
# received, and is then stored unchanged.
. "$(dirname "$0")/lib.inc"
. "$(dirname "$0")/soap.inc"

trip() {
    "${PYTHON:-python3}" -ESB "$(dirname "$0")/../oracle/soap_round_trip.py" \
        "$service" "$control" "$@" 2>"$dir/trip" ||
        fail "$(head -c 3000 "$dir/trip")"
}
sim_start
count=700
trip $first $count
same "applied" "$(counts .applied)" $((3 * count))

# Values that are difficult in XML, or that XML cannot contain.
known_user
soap_update v13 "$(user_element v13)"
same "ids of the service's own" "$status" 200
jq -c . >"$dir/odd" <<'END'
{"JobTitle":" a\r\n\tb ","Name":{"FirstName":"]]>&<\"'","LastName":"\u0001\ufffe\uffff"}}
{"JobTitle":"","Name":{"FirstName":"  ","MiddleInitial":""},"SecretAnswer":"\r\r\n\r\r"}
{"ContactInfo":{"Email":"\ud83e\udd8a\u007f\u0085\u2028","Address":{"Line1":"&amp;","Line2":"&#65;","Line3":"<!-- x -->","Line4":"\ufeffx"}}}
{"Null":{"a":[null,[],{},"",[[1,[2.50,-0.0,1E+3]]]]},"Bad \u0002 name ":"\u0003","xmlns":"x","xml":1,"0":true,"é":false}
{"CustomerAppScope":"Other","IsMigratedToMicrosoftAccount":7,"ID":42,"id":"x","":"","ContactInfo":{"City":"x","contactinfo":1}}
{"ForwardCompatibilityMap":[{"Key":" k ","Value":""},{"value":"v","key":"]]>"},{"key":"","value":null}]}
{"ForwardCompatibilityMap":[],"AuthenticationToken":" ","ContactInfo":{"Address":{"BusinessName":"\r"}}}
END
while IFS= read -r odd; do
    patch $first "$odd" quiet
    trip $first 1 6
done <"$dir/odd"
for null in Name ContactInfo Lcid ForwardCompatibilityMap; do
    stored $first ".$null = null" >"$dir/null"
    curl -sf -X PUT --data-binary "@$dir/null" "$control/users/$first" \
        >/dev/null || fail "PUT $null"
    trip $first 1 3
done
