#!/bin/bash
# An UpdateUser over SOAP whose User breaks the schema of its version is refused
# by what reads it, one that breaks a rule of the service with the rule's error;
# nothing changes.
. "$(dirname "$0")/lib.inc"
. "$(dirname "$0")/soap.inc"

sim_start
known_user
patch $first '{"Odd":{"a":["y",null],"b":" x\r\n"},"Name":{"Nick name":"é","":"1"}}' quiet

# The unknown elements that the last GetUser showed are what the good User has
# behind the known ones, with their own declarations.
unknown_of() {
    xmllint --exc-c14n "$dir/body" >"$dir/canonical"
    xmllint --xpath "$(xpath "$1")/*[position() > $2]" "$dir/canonical" |
        sed -z 's/\n$//'
}

# refused WANTED PROGRAM: the good User, changed by a program for sed.
refused() {
    sed -z "$2" "$dir/good" >"$dir/changed"
    cmp -s "$dir/good" "$dir/changed" && fail "$version: changes nothing: $2"
    soap_update $version "$(cat "$dir/changed")"
    same "$version: $2" "$(fault_of)" "500 $1"
}
# form PROGRAM
form() {
    refused 'DeserializationFailed' "$1"
}

# One implementation reads all versions: each of these is tried with one.
# What stands where.
places() {
    form 's/\(<e:City>[^\n]*\)\n\([^\n]*\)/\2\n\1/'
    form 's/\(<e:JobTitle>[^\n]*\)\(.*\)\n<.c:U/\2\n\1<\/c:U/'
    form 's/\(<e:Name>.*<.e:Name>\)\(.*\)\n<.c:U/\2\n\1<\/c:U/'
    form 's/<e:City>[^\n]*/&&/'
    form 's/<e:City>[^\n]*/&<e:Town>x<\/e:Town>/'
    form 's/e:JobTitle>/e:jobTitle>/g'
    form 's/e:JobTitle>/c:JobTitle>/g'
    form 's/e:JobTitle>/JobTitle>/g'
    form 's/c:User>/e:User>/g'
    form 's/<e:Name>/&x/'
    form 's/<c:User>/&x/'
    form 's/<e:JobTitle>/&<e:x\/>/'
    form 's/<e:JobTitle>/<e:JobTitle x="1">/'
    form 's/<e:JobTitle>/<e:JobTitle i:type="e:x">/'
    form 's/<.c:User>/<e:Known>x<\/e:Known>&/'
}
# nil, and what is empty.
nils() {
    form 's/<e:SecretQuestion>[^\n]*/<e:SecretQuestion i:nil="true"\/>/'
    form 's/<e:City>/<e:City i:nil="true">/'
    form 's/<e:City>[^\n]*/<e:City i:nil="true"> <\/e:City>/'
    form 's/<e:City>/<e:City i:nil="no">/'
    form 's/<e:Name>/<e:Name i:nil="true">/'
    form 's/<c:User>/<c:User i:nol="false">/'
    refused 'ApiFault 203' 's/<c:User>.*/<c:User i:nil="true"\/>/'
    for name in CustomerId ContactByPhone Lcid EmailFormat LastModifiedTime \
        SecretQuestion UserLifeCycleStatus; do
        form "s/<e:$name>[^\n]*/<e:$name\/>/"
        form "s/<e:$name>[^\n]*/<e:$name i:nil=\"false\"><\/e:$name>/"
    done
    form 's/<e:ContactByPhone>[^\n]*/<e:ContactByPhone>yes<\/e:ContactByPhone>/'
}
# Elements that no schema has.
unknowns() {
    form 's/\(<e:IsMig[^\n]*>\)\n\(.*\)<.c:User>/\2\1<\/c:User>/'
    form 's/\(<[^\n]*Nick_name>\)\n\([^\n]*\)<.e:Name>/\2\1<\/e:Name>/'
    form 's/<[^\n]*Nick_name>\n/&&/'
    form 's/ x&#13;/ y\&#13;/'
    form 's/ x&#13;\n/ x\n/'
    form 's/\(<[^\n]*Odd\)\([ >]\)/\1 added="1"\2/'
    form 's/since=/sinse=/'
    form 's/xml:lang="de"/xml:lang="fr"/'
    form 's/ \n\(<[^\n]*b\)/\1/'
    form 's/since="2031 /since="2031/'
    form 's/\(<e:JobTitle\)/<x:Odd xmlns:x="urn:example:loyalty">x<\/x:Odd>\1/'
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
    user_element $version >"$dir/good"
    soap_get $version $first
    user=Body/GetUserResponse/User
    unknown_of $user/Name 3 >"$dir/names"
    unknown_of $user "$(grep -cE '^<e:[A-Z]' <(sed -z 's|<e:ContactInfo>.*</e:ContactInfo>|<e:C/>|
        s|<e:Name>.*</e:Name>|<e:N/>|' "$dir/good"))" >"$dir/odd"
    before=$(held $first)

    [ $version != v13 ] || places
    case $version in
    v13)
        form 's/<.c:User>/<e:IsMigratedToMicrosoftAccount>true<\/e:IsMigratedToMicrosoftAccount>&/'
        form 's/<e:CustomerId>/<e:CustomerAppScope>Advertiser<\/e:CustomerAppScope>&/'
        ;;
    v12)
        form 's/<.c:User>/<e:AuthenticationToken>x<\/e:AuthenticationToken>&/'
        form 's/<e:CustomerId>/<e:CustomerAppScope i:nil="true"\/>&/'
        ;;
    v11)
        form 's/<.e:Address>/<e:BusinessName>B<\/e:BusinessName>&/'
        form 's/<e:IsMig/<e:ForwardCompatibilityMap i:nil="true"\/>&/'
        form 's/<e:IsMig/<e:AuthenticationToken i:nil="true"\/>&/'
        form 's/<e:IsMig[^\n]*/<e:IsMigratedToMicrosoftAccount i:nil="true"\/>/'
        form 's/<e:IsMig[^\n]*/<e:IsMigratedToMicrosoftAccount\/>/'
        form 's/\(<e:CustomerApp[^\n]*\)\n\(<e:CustomerId[^\n]*\)/\2\1/'
        refused 'ApiFault 201' 's/<e:IsMig[^\n]*//'
        refused 'ApiFault 201' 's/<e:CustomerApp[^\n]*//'
        refused 'ApiFault 201' 's/<e:CustomerApp[^\n]*/<e:CustomerAppScope i:nil="true"\/>/'
        refused 'ApiFault 201' 's/>Advertiser</>Other</'
        ;;
    esac

    [ $version != v12 ] || nils
    if [ $version != v11 ]; then
        form 's/p:key>/e:key>/g'
        form 's/<p:value>.*<.p:value>//'
        form 's/\(<p:key>.*<.p:key>\)\(<p:value>.*<.p:value>\)/\2\1/'
        form 's/<p:key>k<.p:key>/<p:key i:nil="true"\/>/'
        form 's/p:KeyValuePairOfstringstring/p:Pair/g'
        form 's/<e:Forward[^\n]*\n/&x/'
    fi

    # With the unknown elements.
    sed -zi "s|</e:Name>|$(sed -z 's/[&|\\]/\\&/g; s/\n/\\n/g' "$dir/names")&|
        s|</c:User>|$(sed -z 's/[&|\\]/\\&/g; s/\n/\\n/g' "$dir/odd")&|" "$dir/good"
    [ $version != v11 ] || unknowns
    [ $version != v13 ] || rules
    same "$version: unchanged" "$(held $first)" "$before"

    soap_update $version "$(cat "$dir/good")"
    same "$version: a good one" "$(fault_of)" 200
    same "$version: all of it is there" "$(held $first '[.Odd, .Name]')" \
        "$(jq -c '[.Odd, .Name]' <<<"$before")"
done
same "applied" "$(counts .applied)" 3
