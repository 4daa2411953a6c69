#!/bin/bash
# Users of two tenants are found by their names, in the tenant of their row, of
# --customer-id, or in both. A present name finds the user, and a new name
# replaces it. The name is expected, and never set, if it is the only one.
# services: partner-center
. "${0%/*}/../lib.sh"
API_OPTIONS=(--api partner-center)
sim_start --tenants 2

T=eebd1b55-5360-4438-a11d-5c06918c3014
tenant() {
    member "$1" '.links.self.uri | split("/")[2]' | tr -d '"'
}
other=$(tenant 01)
[ "$(tenant 02)" = "$T" ] && [ "$other" != "$T" ]
for n in {01..08}; do
    write_user "$n" ".userPrincipalName = \"Person$n@contoso.example\""
done
for n in 05 06; do
    write_user "$n" '.userPrincipalName = "twin@contoso.example"'
done
list() {
    echo CustomerTenantId,Id,userPrincipalName,displayName
    users 01 8 | jq -r '[(.links.self.uri | split("/")[2]), .id,
        .userPrincipalName, .displayName] | @csv'
}
list >list.csv

cat >in.csv <<END
userPrincipalName,firstName
PERSON01@contoso.example,One
person02@contoso.example,Two
twin@contoso.example,Six
END
run 1 --resolve --users list.csv in.csv out.csv
expect_columns out.csv Id CustomerTenantId Expect.userPrincipalName _ErrorName <<END
${U}01|$other|Person01@contoso.example|
${U}02|$T|Person02@contoso.example|
||twin@contoso.example|NameAmbiguous
END
run 1 out.csv result.csv
columns result.csv Status | expect_file <(printf '%s\n' Updated Updated Failed)
expect_user 01 '[.userPrincipalName, .firstName]' \
    '["Person01@contoso.example","One"]'

# With the tenant, no column is needed for it.
run 1 --customer-id "$T" --resolve --users list.csv in.csv out.csv
expect_columns out.csv Id Expect.userPrincipalName _ErrorName <<END
|PERSON01@contoso.example|NameNotFound
${U}02|Person02@contoso.example|
${U}06|twin@contoso.example|
END
expect_none CustomerTenantId out.csv
run 1 --customer-id "$T" out.csv result.csv
columns result.csv Status | expect_file <(printf '%s\n' Failed Unchanged Updated)

# The tenant of a row; and a new name. In the meantime, somebody has changed the
# name of 03.
cat >in.csv <<END
CustomerTenantId,Mail,New
${other^^},TWIN@contoso.example,five@contoso.example
,person03@contoso.example,three@contoso.example
,person04@contoso.example,
$T,person07@contoso.example,seven@contoso.example
END
map=(--map Mail=Expect.userPrincipalName --map New=userPrincipalName)
run 1 --resolve --users list.csv "${map[@]}" in.csv out.csv
expect_columns out.csv CustomerTenantId Id Mail New _ErrorName <<END
${other^^}|${U}05|twin@contoso.example|five@contoso.example|
$other|${U}03|Person03@contoso.example|three@contoso.example|
$T|${U}04|Person04@contoso.example||
$T||person07@contoso.example|seven@contoso.example|NameNotFound
END
write_user 03 '.userPrincipalName = "other@contoso.example"'
run 1 "${map[@]}" out.csv result.csv
expect_columns result.csv Status Field <<END
Updated|
Conflict|userPrincipalName
Unchanged|
Failed|Id
END
expect_user 03 .userPrincipalName '"other@contoso.example"'
expect_user 05 .userPrincipalName '"five@contoso.example"'
expect_user 06 .userPrincipalName '"twin@contoso.example"'

# A column that is mapped to the name would set it.
run 3 --resolve --users list.csv --map Mail=userPrincipalName --ignore New \
    in.csv out.csv
expect_stderr "use --map 'Mail=Expect.userPrincipalName'"

# A list without tenants is that of --customer-id.
cut -d, -f 2- list.csv >plain.csv
run 3 --resolve --users plain.csv "${map[@]}" in.csv out.csv
expect_stderr 'plain.csv: header: the tenant of the users is missing'
