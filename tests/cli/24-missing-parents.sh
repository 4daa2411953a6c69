#!/bin/bash
# If the parent of a value is null or absent, setting the value creates it.
# services: rest soap-v13
# acceptance: advertising
. "${0%/*}/../lib.sh"
sim_start

control "users/${U}01" -X PATCH -d '{"ContactInfo":null,"Name":null}' >user
jq -c 'del(.ContactInfo, .Name)' user >absent
control "users/${U}02" | jq -c 'del(.ContactInfo, .Name)' >absent
control "users/${U}02" -X PUT -d "$(<absent)" >user
control "users/${U}03" -X PATCH -d '{"ContactInfo":{"Address":null}}' >user
cat >in.csv <<END
Id,City,FirstName,Fax
${U}01,Rome,Ada,delete_value
${U}02,,Ada,1234
${U}03,Rome,,
END
users_before 01 3
run 0 in.csv out.csv
expect_run in.csv out.csv
expect_user 01 '[.ContactInfo.Address.City, .Name,
    (.ContactInfo | has("Fax"))]' '["Rome",{"FirstName":"Ada"},false]'
expect_user 02 '[.ContactInfo.Fax, (.ContactInfo | has("Address"))]' \
    '["1234",false]'
expect_user 03 .ContactInfo.Address.City '"Rome"'
expect_counts applied=3 refused=0
