#!/bin/bash
# A spreadsheet, a program or an editor has damaged a file: none of its rubbish
# may be written to a user. Each such row is named, also by --check.
. "${0%/*}/../lib.sh"
sim_start
users_before 01 12

# "I deleted the cities with the space bar": the cities stay.
printf 'Id,City,JobTitle\n' >blank.csv
for blank in ' ' '\t' '\n' '\r\n' '\xc2\xa0' '\xe2\x80\x8b' '\xe3\x80\x80' \
    '\xef\xbb\xbf'; do
    printf "${U}01,\"$blank\",\n" >>blank.csv
done
run 0 blank.csv out.csv
columns out.csv Status | uniq | expect_file <(echo Unchanged)

# "I wanted to clear the city, but something stuck to the word."
printf "Id,City\n${U}01,\"delete_value\xc2\xa0\"\n${U}02,\"delete_value\n\"
${U}03,\xe2\x80\x8bdelete_value\n${U}04,Delete_Value\n" >word.csv
run 1 word.csv out.csv
columns out.csv Status ErrorName Field | uniq |
    expect_file <(echo 'Failed|InvalidValue|City')
columns out.csv ErrorMessage | grep -c 'with an invisible U+\(00A0\|000A\|200B\)' |
    expect_file <(echo 3)
printf 'Id,City\n%s,delete value\n' "${U}01" >word.csv
run 1 word.csv out.csv
columns out.csv ErrorMessage | grep -q 'clears a value, with a space (U+0020);'

# "Excel could not look up some numbers, and I did not see it."
cat >errors.csv <<END
Id,Phone1,LastName
${U}01,#N/A,
${U}02,#NV,
${U}03,#¡VALOR!,
${U}04,NULL,
${U}05,(null),
${U}06,4.42079E+11,
${U}07,"4,42E+11",
${U}08,########,
${U}09,'0049 30 1234,
${U}10,"=""0049""",
${U}11,+49�30,
${U}12,+49 30 1234,Null
${U}12,,NULL
END
run 1 --check errors.csv
expect_stderr 'errors.csv: row 1, line 2: SuspiciousValue: Phone1 is an error' \
    '(invalid unless the user already has it)' \
    'warning: errors.csv: row 13: LastName is a word that programs write'
run 1 errors.csv out.csv
columns out.csv Status ErrorName Field | uniq -c | sed 's/^ *//' >found
expect_file found <<END
11 Failed|SuspiciousValue|Phone1
2 Updated||
END
columns out.csv Note | tail -n 1 | expect_file <(
    echo 'LastName is a word that programs write for an empty value')
expect_user 12 '[.ContactInfo.Phone1, .Name.LastName]' '["+49 30 1234","NULL"]'

# "It is meant like that": an option allows a column, or one value of it.
run 1 --allow-suspicious Phone1='#N/A' --dry-run errors.csv out.csv
columns out.csv Status | head -n 2 | expect_file <(
    printf '%s\n' WouldUpdate Failed)
run 0 --allow-suspicious ContactInfo.Phone1 --dry-run errors.csv out.csv
run 2 --allow-suspicious Phone errors.csv out.csv
expect_stderr 'there is no column Phone; did you mean Phone1?'
run 2 --allow-suspicious Id errors.csv out.csv
expect_stderr 'Id identifies the user'

# "#N/A means: no value": the clear word comes first.
run 1 --clear-token '#N/A' --dry-run errors.csv out.csv
columns out.csv Status | head -n 1 | expect_file <(echo WouldUpdate)

# "I copied the addresses from a web page."
printf "Id,Email\n${U}01,jo\xe2\x80\x8b@contoso.example
${U}02,jo@contoso.example\xc2\xa0
${U}03,\xe2\x80\xaajo@contoso.example\xe2\x80\xac
${U}04,\"jo@contoso.example\n\"\n${U}05, jo@contoso.example
${U}06,\xef\xbb\xbfjo@contoso.example
${U}07,jo@contoso.example;bo@contoso.example\n" >mail.csv
run 1 mail.csv out.csv
columns out.csv Status ErrorName Field | uniq |
    expect_file <(echo 'Failed|SuspiciousValue|Email')
columns out.csv ErrorMessage >messages
grep -c 'invisible character (U+200B)\|(U+00A0)\|(U+202A)\|(U+000A)\|(U+FEFF)' \
    messages | expect_file <(echo 5)

# "The export was read in a wrong encoding", or a list was written as text.
cat >misread.csv <<END
Id,City
${U}01,MÃ¼nchen
${U}02,Oâ€™Fallon
${U}03,System.Object[]
${U}04,Error 2042
${U}05,$(printf 'O\xc2\x92Fallon')
END
run 1 misread.csv out.csv
columns out.csv Status ErrorName Field | uniq |
    expect_file <(echo 'Failed|SuspiciousValue|City')

# A guard that nobody can see is no guard, and no city may be lost.
printf "Id,City,UserName\n${U}01,Oslo,\xc2\xa0\n${U}02,\"Oslo\xc2\xa0\",\n" \
    >guard.csv
run 1 guard.csv out.csv
columns out.csv Status ErrorName Field Note | expect_file <(
    echo 'Failed|InvalidValue|UserName|'
    echo 'Updated|||City ends with an invisible character (U+00A0)')

# An export that nobody edited is Unchanged, whatever the service has stored.
control "users/${U}05" -X PATCH -d '{"JobTitle":"NULL","Lcid":"SpanishSpainModernSort",
    "UserLifeCycleStatus":"Active","Name":{"LastName":"#REF!"},"ContactInfo":{
    "Phone1":"'"'"'+49\u200b30","Fax":"4.4E+11","Email":"a;b","Address":{
    "City":"Delete_Value ","Line1":" ","PostalCode":"more than ten letters",
    "Line2":"A street name with more than thirty-five letters"}}}' >user
printf "Id\n${U}05\n" >ids.csv
number=6
while read -r members; do
    id=$U$(printf %02d "$number")
    control "users/$id" -X PATCH -d "$members" >user
    echo "$id" >>ids.csv
    number=$((number + 1))
done <<'END'
{"JobTitle":"a\rb\r\nc"}
{"JobTitle":"a\u0001b\u0092\ufffd"}
{"JobTitle":"MÃ¼nchen"}
{"JobTitle":"[object Object]"}
{"JobTitle":"\u202eabc\u200b"}
{"Lcid":"KlingonQonos","SecretQuestion":"NewQuestion"}
{"UserName":" ","CustomerId":"-7","LastModifiedByUserId":"0"}
{"TimeStamp":"no base64!","LastModifiedTime":"01/02/2026 03:04"}
{"ContactInfo":{"EmailFormat":"Rich","ContactByPhone":"perhaps","Id":"x"}}
{"ContactInfo":{"Address":{"CountryCode":"DEU","PostalCode":"'01234"}}}
{"ContactInfo":null}
END
run 0 --export ids.csv users.csv
run 0 users.csv out.csv
columns out.csv Status | uniq -c | sed 's/^ *//' |
    expect_file <(echo '12 Unchanged')
run 1 --check users.csv
expect_stderr 'unless the user already has it'
