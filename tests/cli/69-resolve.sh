#!/bin/bash
# --resolve finds the users of a file by their names. An HR file with e-mail
# addresses, semicolons and Windows-1252 gets Ids, and is applied by the printed
# command. A user who is not certain gets no Id, and no update. A list that is
# out of date ends as Conflict.
# services: rest soap-v13 partner-center
# acceptance: all
. "${0%/*}/../lib.sh"
sim_start

case $API in
partner-center) NAME=userPrincipalName SECRET=Password MAP=Expect.userPrincipalName ;;
*) NAME=UserName SECRET=SecretAnswer MAP=UserName ;;
esac
NAME_PATH=.$NAME
options=(--map "E-Mail=$MAP" --map "Ort=$TOWN" --map "Stelle=$TITLE"
    --map "Geheim=$SECRET" --ignore Bemerkung --ignore Id)

# Users with names of their own, two of whom have the same name.
for n in {01..40}; do
    name=person.$n@contoso.example
    case $n in
    03) name=Person.03@Contoso.example ;;
    11 | 12) name=twin@contoso.example ;;
    13) name="O'Neil@contoso.example" ;;
    esac
    write_user "$n" "$NAME_PATH = \"$name\""
done
{
    echo "Id,$NAME"
    users 01 60 | jq -r "[$ID_PATH, $NAME_PATH] | @csv"
} >list.csv
gzip -k list.csv

# An HR file with an Id of its own, which is ignored.
{
    echo "Bemerkung;Id;E-Mail;Ort;Stelle;Geheim"
    for n in {01..10}; do
        printf '=1+%s;%s;PERSON.%s@contoso.Example;Köln %s;"Chef; ""%s""\r\nzwei";\r\n' \
            "$n" "$n" "$n" "$n" "$n"
    done
    printf ';;%s;Ulm;;\r\n' twin@contoso.example nobody@contoso.example '' \
        ' person.05@contoso.example' o\'neil@CONTOSO.example
    printf ';;person.20@contoso.example;Ulm;;secret answer\r\n'
} >hr.utf8
iconv -t WINDOWS-1252 hr.utf8 >hr.csv

# The cells of OUTPUT are those of INPUT, except for Id, name and secret.
BAUSER_ACCESS_TOKEN='' run 1 --resolve --users list.csv "${options[@]}" \
    --encoding WINDOWS-1252 hr.csv resolved.csv
expect_stderr '16 rows: 12 found, 4 without a certain Id; 60 users in the list' \
    "2 × NameNotFound ($NAME), first in row 12" \
    "1 × NameAmbiguous ($NAME), first in row 11" \
    "1 × MissingName ($NAME), first in row 13" \
    'Password and SecretAnswer of 1 row are left out'
expect_counts calls=0
[ "$(stat -c %a resolved.csv)" = 600 ]
"$PYTHON" -ESB - "$ID_FORM" <<'END'
import csv
import sys

was = list(csv.reader(open("hr.utf8", encoding="utf-8", newline=""),
                      delimiter=";"))
now = list(csv.reader(open("resolved.csv", encoding="utf-8-sig", newline=""),
                      delimiter=";"))
assert now[0] == (["UserId"] + was[0] +
                  ["_ErrorName", "_ErrorMessage", "_Note"]), now[0]
assert len(now) == len(was)
errors = {11: "NameAmbiguous", 12: "NameNotFound", 13: "MissingName",
          14: "NameNotFound"}
users = {15: 13, 16: 20}
names = {3: "Person.03@Contoso.example", 15: "O'Neil@contoso.example"}
for n in range(1, len(was)):
    ident, own, tail = now[n][0], now[n][1:-3], now[n][-3:]
    wanted = "" if n in errors else sys.argv[1] % users.get(n, n)
    assert ident == wanted, (n, ident)
    assert tail[0] == errors.get(n, ""), (n, tail)
    assert bool(tail[1]) == (n in errors), (n, tail)
    assert bool(tail[2]) == (n == 16), (n, tail)
    cells = list(was[n])
    if n not in errors:
        cells[2] = names.get(n, cells[2].lower())
    if n == 16:
        cells[5] = ""
    assert own == cells, (n, own, cells)
END

# A compressed list and a pipe give the same file; - is standard output.
cp resolved.csv wanted.csv
run 1 --resolve --users list.csv.gz "${options[@]}" --encoding WINDOWS-1252 - \
    out.csv.gz <hr.csv
zcat out.csv.gz | cmp - wanted.csv
run 1 -q --resolve --users list.csv "${options[@]}" --encoding WINDOWS-1252 - - \
    < <(cat hr.csv)
cmp out wanted.csv
rm out.csv.gz

# The file is valid, except for the rows without an Id.
run 1 "${options[@]}" --check resolved.csv check.csv
columns check.csv Row Status | sed 's/|.*ed/|F/;s/|.*d/|V/' |
    grep -c 'V' | expect_file <(echo 12)

# The printed command applies it, whatever has become of the users: 02 has got
# another name, and 04 has given its name to 05.
run 1 --resolve --users list.csv "${options[@]}" --encoding WINDOWS-1252 hr.csv \
    resolved.csv
write_user 02 "$NAME_PATH = \"person.new@contoso.example\""
write_user 04 "$NAME_PATH = \"person.old@contoso.example\""
write_user 05 "$NAME_PATH = \"person.04@contoso.example\""
command=$(sed -n 's/.*: to apply the rows that have an Id: //p' err)
status=0
bash -c "$command" 2>err || status=$?
[ "$status" = 1 ] || fail "$command: $status"
expect_columns resolved.csv.result.csv Row Status ErrorName Field <<END
1|Updated||
2|Conflict|GuardMismatch|$NAME
3|Updated||
4|Conflict|GuardMismatch|$NAME
5|Conflict|GuardMismatch|$NAME
6|Updated||
7|Updated||
8|Updated||
9|Updated||
10|Updated||
11|Failed|InvalidId|Id
12|Failed|InvalidId|Id
13|Failed|InvalidId|Id
14|Failed|InvalidId|Id
15|Updated||
16|Updated||
END
expect_counts applied=9 UpdateUser=9
for n in 01 03 10; do
    expect_user "$n" "$TOWN_PATH" "\"Köln $n\""
    expect_user "$n" "$TITLE_PATH" "\"Chef; \\\"$n\\\"\\r\\nzwei\""
done
expect_user 02 "$NAME_PATH" '"person.new@contoso.example"'
expect_user 03 "$NAME_PATH" '"Person.03@Contoso.example"'
expect_user 13 "$TOWN_PATH" '"Ulm"'

# A new list finds the users again, in the resolved file as well.
{
    echo "Id,$NAME"
    users 01 60 | jq -r "[$ID_PATH, $NAME_PATH] | @csv"
} >list.csv
run 1 --resolve --users list.csv "${options[@]}" resolved.csv again.csv
expect_stderr '16 rows: 9 found, 7 without a certain Id' \
    "4 × NameNotFound ($NAME), first in row 2" \
    '1 × IdMismatch (Id), first in row 4'

# A row that has an Id keeps it if it agrees, or if it has no name.
{
    echo "Id,$NAME,$TOWN"
    echo "$(respelt "${U}06"),person.06@contoso.example,A"
    echo "${U}11,TWIN@contoso.example,B"
    echo "${U}07,,C"
    echo "${U}12,person.08@contoso.example,D"
    echo "x,person.08@contoso.example,E"
    echo ",person.08@contoso.example,F"
} >ids.csv
run 1 --resolve --users list.csv ids.csv out.csv
expect_columns out.csv Id "${MAP}" _ErrorName <<END
$(respelt "${U}06")|person.06@contoso.example|
${U}11|twin@contoso.example|
${U}07||
|person.08@contoso.example|IdMismatch
|person.08@contoso.example|IdMismatch
${U}08|person.08@contoso.example|
END
forget_calls
run 1 out.csv result.csv
columns result.csv Status | sort | uniq -c | awk '{ print $1, $2 }' |
    expect_file <(printf '%s\n' '2 Failed' '4 Updated')

# The list may be a file of --export, in which some users were not found.
{
    echo Id
    users 01 20 | jq -r "$ID_PATH"
    echo "$NOBODY"
    echo x
} >exported.ids
run 1 --export exported.ids exported.csv
run 1 --resolve --users exported.csv ids.csv out.csv
expect_stderr '20 users in the list' '6 rows: 4 found'
