#!/bin/bash
# The body of a PATCH must contain only writable members that change, with valid
# types and lengths, and the objectType. Otherwise the error names each invalid
# member, and nothing changes.
. "$(dirname "$0")/lib.inc"

sim_start
full_partner
patch "$user" '{"phoneNumber":"","lastName":null}' quiet
before=$(control "users/$user")

# The members that the error names, and the change to a valid body.
cat >"$dir/bad" <<'END'
usageLocation | .usageLocation = "us"
usageLocation | .usageLocation = "XX"
usageLocation | .usageLocation = "USA"
usageLocation | .usageLocation = null
userPrincipalName | .userPrincipalName = "ann"
userPrincipalName | .userPrincipalName = "@contoso.example"
userPrincipalName | .userPrincipalName = "ann@"
userPrincipalName | .userPrincipalName = "an n@contoso.example"
userPrincipalName | .userPrincipalName = null
userPrincipalName | .userPrincipalName = "a@" + "x" * 112
firstName | .firstName = "x" * 65
firstName | .firstName = "🦊" * 33
firstName | .firstName = ""
firstName | .firstName = 1
lastName | .lastName = "x" * 65
lastName | .lastName = true
lastName | .lastName = null
displayName | .displayName = "x" * 257
displayName | .displayName = null
displayName | .displayName = ["x"]
displayName | .displayName = "Ann Lee"
phoneNumber | .phoneNumber = "1" * 65
phoneNumber | .phoneNumber = null
immutableId | .immutableId = "x" * 257
immutableId | .immutableId = {}
immutableId | .immutableId = "i1"
passwordProfile | .passwordProfile = null
passwordProfile | .passwordProfile = {}
passwordProfile | .passwordProfile = "secret-12"
passwordProfile | .passwordProfile = {password: "1234567"}
passwordProfile | .passwordProfile = {password: ("x" * 257)}
passwordProfile | .passwordProfile = {password: null}
passwordProfile | .passwordProfile = {forceChangePassword: "true"}
passwordProfile | .passwordProfile = {password: "secret-12", Force: true}
attributes | del(.attributes)
attributes | .attributes = null
attributes | .attributes = {}
attributes | .attributes.objectType = "User"
id | .id = "4b10bf41-ab11-40e3-8c53-000000000001"
userDomainType | .userDomainType = "managed"
state | .state = null
lastDirectorySyncTime | .lastDirectorySyncTime = "2020-01-01T00:00:00Z"
softDeletionTime | .softDeletionTime = null
links | .links = {}
Extra | .Extra = 5
password | .password = "secret-12"
firstName lastName | .firstName = "" | .lastName = ""
 | del(.usageLocation)
 | [.]
 | "x"
END
jq -nc "{usageLocation: \"US\", attributes: {objectType: \"CustomerUser\"}} |
    $(sed 's/^[^|]*| \(.*\)/(\1)/; $!s/$/,/' "$dir/bad")" >"$dir/bodies"
printf '%s\n' '{"usageLocation":"US",' '' \
    '{"usageLocation":"US","usageLocation":"US","attributes":{"objectType":"CustomerUser"}}' \
    >>"$dir/bodies"
printf ' | no JSON\n | empty\n | duplicate\n' >>"$dir/bad"
n=0
while IFS= read -r body; do
    : $((++n))
    printf %s "$body" >"$dir/patch.$n"
    printf 'url = "%s/v1/customers/%s/users/%s"\nrequest = PATCH\n' \
        "$service" "$tenant" "$user"
    guid
    printf 'data-binary = "@%s"\nheader = "MS-RequestId: %s"\n' \
        "$dir/patch.$n" "$guid"
    guid
    printf 'header = "%s"\n' "MS-CorrelationId: $guid" \
        'Content-Type: application/json' 'Accept: application/json' \
        'MS-Contract-Version: v1' 'X-Locale: en-US' 'If-Match: \"e1\"' \
        'Authorization: Bearer sim-access-token'
    printf 'output = "%s"\nwrite-out = "%%{http_code} "\n' "$dir/response.$n"
    printf 'silent\nmax-time = 5\nnext\n'
done <"$dir/bodies" | sed '$d' >"$dir/config"
same "statuses" "$(curl -K "$dir/config" | tr ' ' '\n' | sort | uniq -c |
    tr -s ' ')" " $(wc -l <"$dir/bad") 400"
for ((n = 1; n <= $(wc -l <"$dir/bad"); n++)); do
    sed $'1s/^\xEF\xBB\xBF//' "$dir/response.$n"
done | jq -r '(.error // .fault // .) |
    "\(.code) \([.data[] | select(. != "")] | join(" "))"' |
    paste -d '|' - "$dir/bad" | sed 's/|/ | /' |
    awk -F ' [|] ' '$1 != "400 " $2 {print; bad = 1} END {exit bad}' ||
    fail "unexpected members"
same "unchanged" "$(control "users/$user")" "$before"

accepted() {
    partner_patch "$user" "$1"
    same "$1" "$status" 200
}
accepted "$(jq -nc '{usageLocation: "ZW", userPrincipalName: ("a@" + "x" * 111),
    firstName: ("🦊" * 32), lastName: ("é" * 64), displayName: ("東" * 256),
    phoneNumber: ("1" * 64), immutableId: ("x" * 256),
    passwordProfile: {password: ("x" * 256), forceChangePassword: false}}')"
accepted '{"firstName":null,"lastName":null,"phoneNumber":null,"immutableId":null,
    "passwordProfile":{"password":"12345678"}}'
same "cleared" "$(stored "$user" '[.firstName, .lastName, .phoneNumber,
    .immutableId, .usageLocation]')" '[null,null,null,null,"ZW"]'
accepted '{"passwordProfile":{"forceChangePassword":true}}'
