#!/bin/bash
# What --export writes, fed back as it is, changes nothing; edited, it sets
# just the edited cells.
# valgrind: yes
. "${0%/*}/../lib.sh"
sim_start

{
    echo Id
    for n in {01..60}; do
        echo "$U$n"
    done
    echo "$NOBODY"
} >ids.csv
users_before 01 60
run 1 --export ids.csv users.csv
[ "$(stat -c %a users.csv)" = 600 ]
expect_counts GetUser=61 UpdateUser=0

# All columns but Password and BusinessName; the last ones say what failed.
head -n 1 users.csv | expect_file <(echo "Id,City,CountryCode,AddressId,Line1,\
Line2,Line3,Line4,PostalCode,StateOrProvince,AddressTimeStamp,ContactByPhone,\
ContactByPostalMail,Email,EmailFormat,Fax,HomePhone,ContactInfoId,Mobile,\
Phone1,Phone2,CustomerId,JobTitle,LastModifiedByUserId,LastModifiedTime,Lcid,\
FirstName,LastName,MiddleInitial,SecretAnswer,SecretQuestion,\
UserLifeCycleStatus,TimeStamp,UserName,_Status,_ErrorName,_ErrorMessage")
columns users.csv Id _Status _ErrorName | tail -n 2 | expect_file <(
    printf '%s\n' "${U}60|Exported|" "$NOBODY|Failed|EntityNotExistent"
)
columns users.csv JobTitle City TimeStamp LastModifiedTime | head -n 60 >cells
jq -r '[.JobTitle, .ContactInfo.Address.City, .TimeStamp, .LastModifiedTime]
    | map(. // "") | join("|")' before.users | expect_file cells

# A value that would clear when it is fed back is not exported.
control "users/${U}70" -X PATCH -d '{"JobTitle":"delete_value"}' >user
printf 'Id,City\n%s,no matter\n' "${U}70" >one.csv
run 1 --export one.csv one.out
expect_columns one.out JobTitle _Status _ErrorName <<<'|Failed|ClearTokenInValue'
run 0 --export --clear-token '#' one.csv one.out
run 0 --clear-token '#' one.out back.csv
expect_columns back.csv Status <<<Unchanged

sed -i '$d' users.csv
forget_calls
run 0 users.csv out.csv
expect_run users.csv out.csv
[ "$(columns out.csv Status | uniq -c | tr -s ' ')" = " 60 Unchanged" ]
expect_counts GetUser=60 UpdateUser=0

forget_calls
sed -i "s/^\(${U}1[0-9]\),[^,]*,/\1,Edited,/" users.csv
run 0 users.csv out.csv
expect_run users.csv out.csv
expect_counts GetUser=60 UpdateUser=10 applied=10
