#!/bin/bash
# GetUser over SOAP returns the elements of its version in order and in its
# namespaces, and TrackingId in the header. The form varies.
. "$(dirname "$0")/lib.inc"
. "$(dirname "$0")/soap.inc"

sim_start
known_user
patch $first '{"Password":"p","AuthenticationToken":"t"}' quiet
address='City CountryCode Id Line1 Line2 Line3 Line4 PostalCode StateOrProvince
    TimeStamp'
for version in v13 v12 v11; do
    case $version in
    v13) old='' new='ForwardCompatibilityMap AuthenticationToken' ;;
    v12) old='' new=ForwardCompatibilityMap ;;
    v11) old=CustomerAppScope new=IsMigratedToMicrosoftAccount ;;
    esac
    soap_get $version $first
    same "$version" "$status" 200
    same "$version: TrackingId" "\"$(element Header/TrackingId)\"" \
        "$(record .tracking | tail -1)"
    same "$version: no TrackingId of HTTP" \
        "$(grep -c TrackingId: "$dir/head")" 0
    same "$version: service" "$(record .service | tail -1)" "\"soap-$version\""
    user=Body/GetUserResponse/User
    # shellcheck disable=SC2086 # words
    same "$version: User" "$(names $user | xargs)" "$(echo ContactInfo $old \
        CustomerId Id JobTitle LastModifiedByUserId LastModifiedTime Lcid \
        Name Password SecretAnswer SecretQuestion UserLifeCycleStatus \
        TimeStamp UserName $new)"
    business=BusinessName
    [ $version != v11 ] || business=
    # shellcheck disable=SC2086 # words
    same "$version: Address" "$(names $user/ContactInfo/Address | xargs)" \
        "$(echo $address $business)"
    same "$version: ContactInfo" "$(names $user/ContactInfo | xargs)" \
        "Address ContactByPhone ContactByPostalMail Email EmailFormat Fax $(
        )HomePhone Id Mobile Phone1 Phone2"
    same "$version: response" "$(names Body/GetUserResponse | xargs)" \
        "User $([ $version = v11 ] && echo Roles Accounts Customers ||
            echo CustomerRoles)"
    ns=https://bingads.microsoft.com/Customer/$version
    for pair in Header/TrackingId=$ns $user=$ns $user/Id=$ns/Entities \
        $user/Name/FirstName=$ns/Entities; do
        same "$version: $pair" "$(xmllint --xpath \
            "namespace-uri($(xpath "${pair%%=*}"))" "$dir/body")" "${pair#*=}"
    done
    same "$version: a value" "$(element $user/ContactInfo/Address/City)" Köln
done
pair=Body/GetUserResponse/User/ForwardCompatibilityMap
soap_get v13 $first
same "map" "$(element $pair/KeyValuePairOfstringstring/value)" v
same "its namespace" "$(xmllint --xpath "namespace-uri(//*[local-name()='key'])" \
    "$dir/body")" \
    http://schemas.datacontract.org/2004/07/System.Collections.Generic

# The same user sixty times has one infoset and many forms.
for ((n = 0; n < 60; n++)); do
    soap_get v12 $first
    sed 's/[0-9a-f-]\{36\}//' "$dir/body" >>"$dir/forms"
    echo >>"$dir/forms"
    element Body/GetUserResponse/User/ContactInfo/Address/City >>"$dir/cities"
done
same "one city" "$(sort -u "$dir/cities")" Köln
for form in '<?xml' '<Envelope' '<s:Envelope' '<soap:Envelope' '<!\[CDATA\[' \
    '&#x' '&#[0-9]' "='" ':nil="false"' ' />' '/>' '</e[0-9]*:City' '^ *<[^/]' \
    '<User'; do
    grep -q -- "$form" "$dir/forms" || fail "never: $form"
done
