#!/bin/bash
# An exported file that is applied without edits changes nothing. After edits,
# it changes only the edited cells.
# services: rest soap-v13 partner-center
# acceptance: all
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

# All readable columns are exported; the last columns report failures.
address=City,CountryCode,AddressId,Line1,Line2,Line3,Line4,PostalCode,\
StateOrProvince,AddressTimeStamp
contact=ContactByPhone,ContactByPostalMail,Email,EmailFormat,Fax,HomePhone,\
ContactInfoId,Mobile,Phone1,Phone2
user=CustomerId,JobTitle,LastModifiedByUserId,LastModifiedTime,Lcid,FirstName,\
LastName,MiddleInitial,SecretAnswer,SecretQuestion,UserLifeCycleStatus,\
TimeStamp,UserName
partner=CustomerTenantId,displayName,firstName,lastName,userPrincipalName,\
usageLocation,phoneNumber,immutableId,userDomainType,state,\
lastDirectorySyncTime,softDeletionTime,etag
case $API in
partner-center) exported=$partner ;;
soap-v11)
    exported=$address,$contact,$user
    exported+=,CustomerAppScope,IsMigratedToMicrosoftAccount
    ;;
*) exported=$address,$contact,$user ;;
esac
head -n 1 users.csv |
    expect_file <(echo "Id,$exported,_Status,_ErrorName,_ErrorMessage")
columns users.csv Id _Status _ErrorName | tail -n 2 | expect_file <(
    printf '%s\n' "${U}60|Exported|" "$NOBODY|Failed|$NOT_THERE"
)
columns users.csv "$TITLE" "$TOWN" "$GUARD" | head -n 60 >cells
jq -r "[$TITLE_PATH, $TOWN_PATH, $GUARD_PATH] | map(. // \"\") | join(\"|\")" \
    before.users | expect_file cells

# A value that equals the clear token is not exported, because it would clear
# the value when the file is applied.
write_user 70 "$TITLE_PATH = \"delete_value\""
printf '%s\n' "Id,$TOWN" "${U}70,no matter" >one.csv
run 1 --export one.csv one.out
expect_columns one.out "$TITLE" _Status _ErrorName <<<'|Failed|ClearTokenInValue'
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
"$PYTHON" -ESB - "$TOWN" <<'END'
import csv
import sys
rows = list(csv.reader(open("users.csv", newline="")))
column = rows[0].index(sys.argv[1])
for row in rows[10:20]:
    row[column] = "Edited"
csv.writer(open("edited.csv", "w", newline="")).writerows(rows)
END
run 0 edited.csv out.csv
expect_run edited.csv out.csv
expect_counts GetUser=60 UpdateUser=10 applied=10

# With --empty-as-clear, the file restores what others have added or cleared
# since. A column that cannot be cleared stays empty, and so does the row of a
# user who was not found.
control users -X DELETE >response
write_user 80 "$TOWN_PATH = null"
write_user 81 "$TOWN_PATH = \"Rome\""
state() {
    users 80 2 | jq -S 'del(.TimeStamp, .LastModifiedTime,
        .LastModifiedByUserId, .ContactInfo.Address.TimeStamp,
        .attributes.etag) | del(.. | nulls)'
}
state >before.state
printf '%s\n' Id "${U}80" "${U}81" "$NOBODY" >ids.csv
run 1 --export --empty-as-clear ids.csv before.csv
expect_columns before.csv "$TOWN" _Status <<END
delete_value|Exported
Rome|Exported
|Failed
END
printf '%s\n' "Id,$TOWN,$TITLE,$LINE" "${U}80,Oslo,Head,5 Main St" \
    "${U}81,delete_value,,delete_value" >change.csv
run 0 change.csv out.csv
run 1 --ignore-guards before.csv out.csv
expect_columns out.csv Status <<<$'Updated\nUpdated\nFailed'
state | expect_file before.state
run 1 --export --empty-as-clear --clear-token '#' ids.csv before.csv
columns before.csv "$TOWN" | head -n 1 | expect_file <(echo '#')
run 2 --empty-as-clear ids.csv out.csv

# An exported file that somebody has edited is not replaced, except by force. A
# file without a summary is.
run 1 --export ids.csv before.csv
run 1 --export ids.csv before.csv
sed -i "s/$NOBODY/${U}82/" before.csv
cp before.csv edited
forget_calls
for words in '' --no-summary '--summary last.json'; do
    # shellcheck disable=SC2086 # no word, one, or two
    run 2 --export $words ids.csv before.csv
    expect_stderr 'before.csv was changed' --force
    cmp before.csv edited
done
ln -s before.csv link.csv
run 2 --export ids.csv link.csv
expect_stderr 'link.csv was changed'
cmp before.csv edited
expect_counts calls=0
expect_no_file before.csv.part
run 1 --export --force ids.csv before.csv
run 1 --export ids.csv before.csv

# Nor is one that is edited during the run.
faults '{"call":"GetUser","kind":"stall"}'
forget_calls
"${PROGRAM[@]}" --export ids.csv before.csv 2>err &
program=$!
wait_until expect_counts 'GetUser>=1'
cp edited before.csv
faults
status=0
wait "$program" || status=$?
[ "$status" -eq 5 ] || fail "exit status $status"
expect_stderr 'before.csv was changed' 'are in before.csv.part'
cmp before.csv edited
[ "$(columns before.csv.part Id | wc -l)" -eq 3 ]
rm before.csv.summary.json
run 1 --export --restart ids.csv before.csv
run 2 --force ids.csv out.csv

# The summary of another OUTPUT, or of an earlier one, says nothing about edits.
for out in one.csv ./two.csv one.csv two.csv; do
    run 1 --export --summary last.json ids.csv $out
done
echo >>two.csv
run 2 --export --summary last.json ids.csv ./two.csv
expect_stderr 'two.csv was changed'
printf '%s\n' Id "${U}80" >one.ids.csv
run 0 --export --force one.ids.csv two.csv
run 1 --export --summary last.json ids.csv two.csv
for words in --no-summary '--summary last.json'; do
    run 1 --export ids.csv before.csv
    # shellcheck disable=SC2086 # one word, or two
    run 0 --export $words one.ids.csv before.csv
    expect_no_file before.csv.summary.json
    run 1 --export ids.csv before.csv
done
