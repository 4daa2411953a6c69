#!/bin/bash
# A User that breaks the schema of its version is refused by the parser of the
# envelope. One that breaks a rule of the service gets the rule's error. Nothing
# changes.
. "$(dirname "$0")/lib.inc"
. "$(dirname "$0")/soap.inc"

sim_start
known_user
patch $first '{"Odd":{"a":["y",null],"b":" x\r\n"},"Name":{"Nick name":"é","":"1"}}' quiet

# unknown_of PATH COUNT: the elements that follow the first COUNT in the last
# GetUser, with the namespaces that they need.
unknown_of() {
    xmllint --exc-c14n "$dir/body" >"$dir/canonical"
    xmllint --xpath "$(xpath "$1")/*[position() > $2]" "$dir/canonical" |
        sed -z 's/\n$//'
}

# refused EXPECTED PROGRAM: the valid User, changed by a sed program.
refused() {
    sed -z "$2" "$dir/valid" >"$dir/changed"
    cmp -s "$dir/valid" "$dir/changed" && fail "$version: changes nothing: $2"
    soap_update $version "$(cat "$dir/changed")"
    same "$version: $2" "$(fault_of)" "500 $1"
}
# unreadable PROGRAM
unreadable() {
    refused 'DeserializationFailed' "$1"
}

# All versions share one implementation, so each case is tried with one version.
# The order of elements.
places() {
    unreadable 's/\(<e:City>[^\n]*\)\n\([^\n]*\)/\2\n\1/'
    unreadable 's/\(<e:JobTitle>[^\n]*\)\(.*\)\n<.c:U/\2\n\1<\/c:U/'
    unreadable 's/\(<e:Name>.*<.e:Name>\)\(.*\)\n<.c:U/\2\n\1<\/c:U/'
    unreadable 's/<e:City>[^\n]*/&&/'
    unreadable 's/<e:City>[^\n]*/&<e:Town>x<\/e:Town>/'
    unreadable 's/e:JobTitle>/e:jobTitle>/g'
    unreadable 's/e:JobTitle>/c:JobTitle>/g'
    unreadable 's/e:JobTitle>/JobTitle>/g'
    unreadable 's/c:User>/e:User>/g'
    unreadable 's/<e:Name>/&x/'
    unreadable 's/<c:User>/&x/'
    unreadable 's/<e:JobTitle>/&<e:x\/>/'
    unreadable 's/<e:JobTitle>/<e:JobTitle x="1">/'
    unreadable 's/<e:JobTitle>/<e:JobTitle i:type="e:x">/'
    unreadable 's/<.c:User>/<e:Known>x<\/e:Known>&/'
}
# nil and empty elements.
nils() {
    unreadable 's/<e:SecretQuestion>[^\n]*/<e:SecretQuestion i:nil="true"\/>/'
    unreadable 's/<e:City>/<e:City i:nil="true">/'
    unreadable 's/<e:City>[^\n]*/<e:City i:nil="true"> <\/e:City>/'
    unreadable 's/<e:City>/<e:City i:nil="no">/'
    unreadable 's/<e:Name>/<e:Name i:nil="true">/'
    unreadable 's/<c:User>/<c:User i:nol="false">/'
    refused 'ApiFault 203' 's/<c:User>.*/<c:User i:nil="true"\/>/'
    for name in CustomerId ContactByPhone Lcid EmailFormat LastModifiedTime \
        SecretQuestion UserLifeCycleStatus; do
        unreadable "s/<e:$name>[^\n]*/<e:$name\/>/"
        unreadable "s/<e:$name>[^\n]*/<e:$name i:nil=\"false\"><\/e:$name>/"
    done
    unreadable 's/<e:ContactByPhone>[^\n]*/<e:ContactByPhone>yes<\/e:ContactByPhone>/'
}
# Unknown elements.
unknowns() {
    unreadable 's/\(<e:IsMig[^\n]*>\)\n\(.*\)<.c:User>/\2\1<\/c:User>/'
    unreadable 's/\(<[^\n]*Nick_name>\)\n\([^\n]*\)<.e:Name>/\2\1<\/e:Name>/'
    unreadable 's/<[^\n]*Nick_name>\n/&&/'
    unreadable 's/ x&#13;/ y\&#13;/'
    unreadable 's/ x&#13;\n/ x\n/'
    unreadable 's/\(<[^\n]*Odd\)\([ >]\)/\1 added="1"\2/'
    unreadable 's/since=/sinse=/'
    unreadable 's/xml:lang="de"/xml:lang="fr"/'
    unreadable 's/ \n\(<[^\n]*b\)/\1/'
    unreadable 's/since="2031 /since="2031/'
    unreadable 's/\(<e:JobTitle\)/<x:Odd xmlns:x="urn:example:loyalty">x<\/x:Odd>\1/'
}
# The rules of the service.
rules() {
    refused 'ApiFault 209' 's/\(<.e:SecretQuestion.*<e:TimeStamp>\)[^<]*/\1AAAAAAAAAAA=/'
    refused 'ApiFault 209' 's/<e:TimeStamp>[^\n]*//'
    refused 'ApiFault 200' 's/Köln/123456789012345678901234567890123456/'
    refused 'ApiFault 201' 's/>EnglishUS</>englishus</'
    refused 'ApiFault 201' 's/>Active</>Deleted</'
    refused 'ApiFault 201' 's/<e:UserName>[^\n]*//'
    refused 'ApiFault 201' 's/<e:SecretAnswer>[^\n]*/<e:SecretAnswer>1234<\/e:SecretAnswer>/'
}

for version in v13 v12 v11; do
    user_element $version >"$dir/valid"
    soap_get $version $first
    user=Body/GetUserResponse/User
    unknown_of $user/Name 3 >"$dir/names"
    unknown_of $user "$(grep -cE '^<e:[A-Z]' <(sed -z 's|<e:ContactInfo>.*</e:ContactInfo>|<e:C/>|
        s|<e:Name>.*</e:Name>|<e:N/>|' "$dir/valid"))" >"$dir/odd"
    before=$(stored $first)

    [ $version != v13 ] || places
    case $version in
    v13)
        unreadable 's/<.c:User>/<e:IsMigratedToMicrosoftAccount>true<\/e:IsMigratedToMicrosoftAccount>&/'
        unreadable 's/<e:CustomerId>/<e:CustomerAppScope>Advertiser<\/e:CustomerAppScope>&/'
        ;;
    v12)
        unreadable 's/<.c:User>/<e:AuthenticationToken>x<\/e:AuthenticationToken>&/'
        unreadable 's/<e:CustomerId>/<e:CustomerAppScope i:nil="true"\/>&/'
        ;;
    v11)
        unreadable 's/<.e:Address>/<e:BusinessName>B<\/e:BusinessName>&/'
        unreadable 's/<e:IsMig/<e:ForwardCompatibilityMap i:nil="true"\/>&/'
        unreadable 's/<e:IsMig/<e:AuthenticationToken i:nil="true"\/>&/'
        unreadable 's/<e:IsMig[^\n]*/<e:IsMigratedToMicrosoftAccount i:nil="true"\/>/'
        unreadable 's/<e:IsMig[^\n]*/<e:IsMigratedToMicrosoftAccount\/>/'
        unreadable 's/\(<e:CustomerApp[^\n]*\)\n\(<e:CustomerId[^\n]*\)/\2\1/'
        refused 'ApiFault 201' 's/<e:IsMig[^\n]*//'
        refused 'ApiFault 201' 's/<e:CustomerApp[^\n]*//'
        refused 'ApiFault 201' 's/<e:CustomerApp[^\n]*/<e:CustomerAppScope i:nil="true"\/>/'
        refused 'ApiFault 201' 's/>Advertiser</>Other</'
        ;;
    esac

    [ $version != v12 ] || nils
    if [ $version != v11 ]; then
        unreadable 's/p:key>/e:key>/g'
        unreadable 's/<p:value>.*<.p:value>//'
        unreadable 's/\(<p:key>.*<.p:key>\)\(<p:value>.*<.p:value>\)/\2\1/'
        unreadable 's/<p:key>k<.p:key>/<p:key><p:x\/><\/p:key>/'
        unreadable 's/p:KeyValuePairOfstringstring/p:Pair/g'
        unreadable 's/<e:Forward[^\n]*\n/&x/'
    fi

    # With the unknown elements.
    sed -zi "s|</e:Name>|$(sed -z 's/[&|\\]/\\&/g; s/\n/\\n/g' "$dir/names")&|
        s|</c:User>|$(sed -z 's/[&|\\]/\\&/g; s/\n/\\n/g' "$dir/odd")&|" "$dir/valid"
    [ $version != v11 ] || unknowns
    [ $version != v13 ] || rules
    same "$version: unchanged" "$(stored $first)" "$before"

    soap_update $version "$(cat "$dir/valid")"
    same "$version: a valid one" "$(fault_of)" 200
    same "$version: all of it is stored" "$(stored $first '[.Odd, .Name]')" \
        "$(jq -c '[.Odd, .Name]' <<<"$before")"
done
same "applied" "$(counts .applied)" 3
