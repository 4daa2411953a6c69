#!/bin/bash
# Values of every type are cleared in the form that the service requires. A
# value that has a null parent, or that is already empty, needs no update.
# services: rest soap-v13
# acceptance: advertising
. "${0%/*}/../lib.sh"
sim_start

full='{"JobTitle":"Title","Lcid":"EnglishUK","SecretQuestion":"FavoriteMovie",
    "ContactInfo":{"ContactByPhone":true,"Email":"a@b.example",
        "Address":{"City":"Rome","Line1":"Via"}}}'
for n in 01 02 03; do
    control "users/$U$n" -X PATCH -d "$full" >user
done
control "users/${U}04" -X PATCH -d '{"JobTitle":null,"Lcid":null,
    "SecretQuestion":"None","ContactInfo":null}' >user
control "users/${U}05" -X PATCH -d '{"JobTitle":"","SecretQuestion":null,
    "ContactInfo":{"Address":null,"Email":""}}' >user
forget_calls

d=delete_value
cat >in.csv <<END
Id,JobTitle,Lcid,SecretQuestion,ContactByPhone,Email,City,Line1
${U}01,$d,$d,$d,$d,$d,$d,
${U}02,,,,,,,
${U}03,Director,,None,,un$d,,
${U}04,$d,$d,$d,$d,$d,$d,$d
${U}05,$d,,$d,,$d,$d,
END
users_before 01 5
run 0 in.csv out.csv
expect_run in.csv out.csv
expect_columns out.csv Status Changed <<END
Updated|City;ContactByPhone;Email;JobTitle;Lcid;SecretQuestion
Unchanged|
Updated|Email;JobTitle;SecretQuestion
Unchanged|
Unchanged|
END
expect_user 01 '[.JobTitle, .Lcid, .SecretQuestion, .ContactInfo.Email,
    .ContactInfo.ContactByPhone, .ContactInfo.Address.City]' \
    '[null,null,"None",null,null,null]'
expect_counts UpdateUser=2 applied=2 refused=0
