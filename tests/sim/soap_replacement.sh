#!/bin/bash
# UpdateUser over SOAP replaces what its version shows: an element that is nil
# or not sent is removed. Members without an element in the version stay.
. "$(dirname "$0")/lib.inc"
. "$(dirname "$0")/soap.inc"

for version in v13 v12 v11; do
    sim_start
    known_user
    patch $first '{"AuthenticationToken":"t","Odd":[1,2.50],"Name":{"X":"x"}}' quiet
    before=$(stored $first)
    user_element $version |
        sed '/<e:JobTitle>/d; /<e:MiddleInitial>/d; /<e:Phone1>/d
            s|<e:Lcid>.*|<e:Lcid i:nil="true"/>|
            s|>true</e:ContactByPhone>|>0</e:ContactByPhone>|
            s|>false</e:ContactByPostalMail>|>1</e:ContactByPostalMail>|
            s|<e:Line2>.*|<e:Line2></e:Line2>|
            s|<e:Line3>.*|<e:Line3><![CDATA[\&#65;]]>\&#x4E2D;\&#13;</e:Line3>|
            s|>B</e:Bus|>other</e:Bus|
            s|<e:Authen.*|<e:AuthenticationToken i:nil="1"/>|
            s|<e:Name>|<e:Name i:nil="false">|' >"$dir/user"
    soap_update $version "$(cat "$dir/user")"
    same "$version" "$(fault_of)" 200
    same "$version: the time in the response" \
        "\"$(element Body/UpdateUserResponse/LastModifiedTime)\"" \
        "$(stored $first .LastModifiedTime)"
    keys='del(.TimeStamp, .LastModifiedTime, .LastModifiedByUserId,
        .ContactInfo.Address.TimeStamp, .ContactInfo.Id,
        .ContactInfo.Address.Id)'
    asked='del(.JobTitle, .Name.MiddleInitial, .ContactInfo.Phone1, .Odd,
            .Name.X) | .Lcid = null | .ContactInfo.ContactByPhone = false |
        .ContactInfo.ContactByPostalMail = true |
        .ContactInfo.Address.Line2 = "" |
        .ContactInfo.Address.Line3 = "&#65;中\r"'
    [ $version != v13 ] || asked+=' | .AuthenticationToken = null'
    same "$version: stored" "$(stored $first "$keys")" \
        "$(jq -c "$asked | $keys" <<<"$before")"
    same "$version: record" "$(applied '[.id, .user.ContactInfo.Address.Line3]')" \
        "[\"$first\",\"&#65;中\\r\"]"
    same "$version: BusinessName as sent" \
        "$(applied .user.ContactInfo.Address.BusinessName)" \
        "$([ $version = v11 ] && echo '"B"' || echo '"other"')"

    # A map that is not sent stays; a new parent gets an Id.
    patch $first '{"Name":null}' quiet
    user_element $version | sed -z 's|<e:Forward.*ityMap>||
        s|<e:ContactInfo>.*</e:ContactInfo>|<e:ContactInfo i:nil="1"/>|
        s|<e:Name>.*</e:Name>|<e:Name><e:LastName>L</e:LastName></e:Name>|' \
        >"$dir/user"
    patch $first '{"ContactInfo":null}' quiet
    soap_update $version "$(cat "$dir/user")"
    same "$version: parents" "$(fault_of)" 200
    same "$version: new parents" "$(stored $first \
        '[.ContactInfo, .Name, .ForwardCompatibilityMap]')" \
        '[null,{"LastName":"L"},[{"key":"k","value":"v"}]]'
    user_element $version | sed 's|<e:ContactInfo.*|<e:ContactInfo>|
        /Address>/d; /<e:Country/d' | sed -z '
        s|<e:ContactInfo>.*</e:ContactInfo>|<e:ContactInfo><e:Address><e:City>Bonn</e:City></e:Address></e:ContactInfo>|
        s|<p:value>v<|<p:value i:nil="true"/></p:KeyValuePairOfstringstring><p:KeyValuePairOfstringstring><p:key>2</p:key><p:value><|' \
        >"$dir/user"
    soap_update $version "$(cat "$dir/user")"
    same "$version: address" "$(fault_of)" 200
    same "$version: its Id" "$(stored $first '.ContactInfo |
        [.Address.City, .Id, .Address.Id]')" \
        "[\"Bonn\",\"$((first + 10000000))\",\"$((first + 20000000))\"]"
    [ $version = v11 ] || same "$version: the map" \
        "$(stored $first .ForwardCompatibilityMap)" \
        '[{"key":"k","value":null},{"key":"2","value":""}]'

    # SecretQuestion cannot be nil, so its element is missing.
    stored $first '.SecretQuestion = null' >"$dir/null"
    curl -sf -X PUT --data-binary "@$dir/null" "$control/users/$first" \
        >/dev/null || fail "PUT SecretQuestion"
    soap_update $version "$(user_element $version | sed '/SecretQ/d')"
    same "$version: no SecretQuestion" \
        "$(fault_of) $(stored $first 'has("SecretQuestion")')" "200 false"
    sim_stop
done
