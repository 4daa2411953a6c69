#!/bin/bash
# A value with an invalid type, length (in UTF-16 units) or choice is refused
# with its code. Each invalid member has one error, and nothing changes.
. "$(dirname "$0")/lib.inc"

sim_start
full_user
before=$(stored $first)

# The numbers of the errors, and what makes them.
cat >"$dir/bad" <<'END'
200 | .ContactInfo.Address.City = "x" * 36
205 | .ContactInfo.Address.Line1 = "x" * 36
201 | .ContactInfo.Address.Line2 = "x" * 36
207 | .ContactInfo.Address.Line3 = "x" * 36
209 | .ContactInfo.Address.PostalCode = "12345678901"
201 | .ContactInfo.Address.CountryCode = "de"
201 | .ContactInfo.Address.CountryCode = "XX"
201 | .ContactInfo.Address.CountryCode = "D"
201 | .ContactInfo.Address.CountryCode = " A"
211 | .Name.FirstName = "x" * 101
211 | .Name.LastName = "🦊" * 51
201 | .Name.MiddleInitial = "🦊"
201 | .JobTitle = "é" * 51
201 | .SecretAnswer = "1234"
201 | .SecretAnswer = "x" * 65
201 | .SecretQuestion = null
201 | .SecretQuestion = "none"
201 | .Lcid = "englishus"
201 | .ContactInfo.EmailFormat = "HTML"
201 | .ContactInfo.ContactByPhone = "true"
201 | .ContactInfo.ContactByPhone = 1
201 | .ContactInfo.Phone1 = 123
201 | .ContactInfo.Id = 7003
201 | .CustomerId = (.CustomerId | tonumber + 1)
201 | .TimeStamp = "no base64"
201 | .ContactInfo = []
201 | .ForwardCompatibilityMap = {}
201 | .ForwardCompatibilityMap = [{key: "k", value: 1}]
201 | .ForwardCompatibilityMap = [{key: "k", Value: "v"}]
200 201 211 | .ContactInfo.Address.City = "x" * 36 | .ContactInfo.Email = true | .Name.FirstName = "x" * 101
END
filters=$(sed 's/^[^|]*| \(.*\)/(\1)/; $!s/$/,/' "$dir/bad")
jq -c "$filters" <<<"$before" >"$dir/users"
update_all "$dir/users"
n=0
for status in $statuses; do
    same "line $((++n))" "$status" 400
done
same "lines" $n "$(wc -l <"$dir/bad")"
for ((n = 1; n <= $(wc -l <"$dir/bad"); n++)); do
    cat "$dir/response.$n"
done | jq -r '[.OperationErrors[].Code] | join(" ")' |
    paste -d '|' - "$dir/bad" | sed 's/|/ | /' |
    awk -F ' [|] ' '$1 != $2 {print; bad = 1} END {exit bad}' ||
    fail "unexpected codes"
same "unchanged" "$(stored $first)" "$before"

accepted() {
    update_user "$(stored $first "$1")"
    same "$1" "$status" 200
}
accepted '.Name.MiddleInitial = "é" | .Name.LastName = "🦊" * 50 |
    .JobTitle = "é" * 50 | .SecretAnswer = "x" * 64 |
    .ContactInfo.Address.City = "東" * 35 |
    .ContactInfo.Address.StateOrProvince = "x" * 500 |
    .ContactInfo.Address.CountryCode = "ZW" | .Lcid = "Croatian" |
    .SecretQuestion = "FavoriteSportsTeam" | .ContactInfo.EmailFormat = "Text"'
accepted '.ContactInfo.Address.CountryCode = null | .Name.MiddleInitial = "" |
    .SecretQuestion = "None" | .ContactInfo.ContactByPhone = null |
    .ForwardCompatibilityMap = [{Key: "K", Value: "V"}]'
