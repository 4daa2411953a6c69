#!/bin/bash
# Without --users, --resolve lists the users first. INPUT is validated before any
# call. A list that is not complete is not used, since the users of a customer
# who cannot be listed may have the same names. No list stays.
# services: rest soap-v13 partner-center
. "${0%/*}/../lib.sh"

case $API in
partner-center)
    API_OPTIONS=(--api partner-center) # without --customer-id
    NAME=userPrincipalName GUARD=Expect.userPrincipalName CUSTOMER=CustomerTenantId
    DENIED=20002
    ;;
*)
    NAME=UserName GUARD=UserName CUSTOMER=_CustomerId DENIED=106
    ;;
esac
sim_start --users 60 --customers 3 --tenants 3 --page-size 7
for n in {01..06}; do
    write_user "$n" ".$NAME = \"Person.$n@contoso.example\""
    [ "$API" != partner-center ] || write_user "$n" '.state = "active"'
done
{
    echo "$NAME;$TITLE"
    for n in {01..06}; do
        echo "PERSON.$n@CONTOSO.example;Größe $n"
    done
    echo 'person.07@contoso.example;Title'
} | iconv -t WINDOWS-1252 >in.csv
encoding=(--encoding WINDOWS-1252)

run 1 --resolve "${encoding[@]}" in.csv out.csv
expect_stderr '7 rows: 6 found, 1 without a certain Id; ' ' Listed; '
cp out.csv live.csv
ls out.csv* | expect_file <(echo out.csv)
run 0 --list list.csv
forget_calls
run 1 --resolve --users list.csv "${encoding[@]}" in.csv out.csv
expect_counts calls=0
cmp live.csv out.csv
run 1 out.csv result.csv
columns result.csv Status | sort | uniq -c | awk '{ print $1, $2 }' |
    expect_file <(printf '%s\n' '1 Failed' '6 Updated')
expect_user 04 "[.$NAME, $TITLE_PATH]" '["Person.04@contoso.example","Größe 04"]'
sed 1q out.csv | grep -q "Id;.*$GUARD;$TITLE;_ErrorName" || fail "$(sed 1q out.csv)"

# Nothing is listed if the files cannot be used.
forget_calls
echo 'x;y;z' | cat in.csv - >damaged.csv
run 3 --resolve damaged.csv new.csv
run 2 --resolve in.csv missing/new.csv
run 2 --resolve --no-clobber in.csv out.csv
cp in.csv new.csv.users.csv
run 2 --resolve new.csv.users.csv new.csv
expect_stderr 'the list of users' 'is a file of INPUT'
cmp in.csv new.csv.users.csv
rm new.csv.users.csv
run 2 --resolve in.csv -
cp list.csv new.csv.users.csv
run 2 --resolve "${encoding[@]}" in.csv new.csv
expect_stderr 'new.csv.users.csv exists' --users
cmp list.csv new.csv.users.csv
rm new.csv.users.csv
expect_counts calls=0

# One customer cannot be listed.
customer=$(columns list.csv "$CUSTOMER" | tail -n 1)
faults "{\"kind\":\"error\",\"code\":$DENIED,\"call\":\"List\",\"id\":\"$customer\",\"times\":0}"
run 1 --resolve "${encoding[@]}" in.csv new.csv
expect_stderr "the users of customer $customer cannot be listed" \
    'the list of users is not complete'
[[ "$(ls)" != *new.csv* ]] || fail "a file was written"

# --customer-id names another one. The printed command works.
customer=$(columns list.csv "$CUSTOMER" | sed -n 1p)
columns list.csv "$CUSTOMER" "$NAME" |
    sed -n "s/^$customer|\(Person\.0[1-6]@.*\)/\1/p" | sort >wanted
[ -s wanted ]
run 1 --customer-id "$customer" --resolve "${encoding[@]}" in.csv one.csv
sed -n '1!s/^[^;]\+;\([^;]*\);.*/\1/p' one.csv | sort | expect_file wanted
bash -c "$(sed -n 's/.*: to apply the rows that have an Id: //p' err)" 2>err || true
columns one.csv.result.csv Status ErrorName | grep -cFx 'Unchanged|' |
    expect_file <(wc -l <wanted)
faults

# A signal while users are listed, and a listing that fails.
forget_calls
faults '{"kind":"stall","call":"List"}'
"${PROGRAM[@]}" --drain 0 --resolve "${encoding[@]}" in.csv new.csv 2>err &
program=$!
is_stalled() {
    expect_counts 'List>=1'
}
wait_until is_stalled
kill -TERM "$program"
status=0
wait "$program" || status=$?
[ "$status" = 5 ] || fail "$status"
[[ "$(ls)" != *new.csv* ]] || fail "a file stayed"
faults
run 1 --resolve "${encoding[@]}" in.csv new.csv
cmp live.csv new.csv || fail "another result"

# A named pipe, which is opened once.
mkfifo pipe
cat in.csv >pipe &
writer=$!
run 1 --resolve "${encoding[@]}" pipe new.csv
wait "$writer"
cmp live.csv new.csv

# INPUT changes while users are listed.
rm new.csv
cp in.csv changed.csv
forget_calls
faults '{"kind":"stall","call":"List"}'
"${PROGRAM[@]}" --resolve "${encoding[@]}" changed.csv new.csv 2>err &
program=$!
wait_until is_stalled
sed 1d in.csv >>changed.csv
faults
status=0
wait "$program" || status=$?
[ "$status" = 5 ] || fail "$status"
expect_stderr 'changed.csv changed since it was validated'
[[ "$(ls)" != *new.csv* ]] || fail "a file stayed"
