#!/bin/bash
# An invalid value fails only its own row, and Field names the column. The other
# rows of the user and of the file are applied. The user is fetched before, since
# a value that they already have is valid; an invalid Id makes no call.
# services: rest soap-v13
# acceptance: advertising
. "${0%/*}/../lib.sh"
sim_start

# long LENGTH [LETTER]: prints a text of that length.
long() {
    printf "%$1s" '' | sed "s/ /${2:-x}/g"
}
cat >in.csv <<END
Id,City,Lcid,ContactByPhone,EmailFormat,SecretQuestion,SecretAnswer,\
CountryCode,MiddleInitial,PostalCode,Email,JobTitle,CustomerId,\
LastModifiedTime,TimeStamp,UserLifeCycleStatus
${U}01,$(long 36),,,,,,,,,,,,,,
${U}02,,GermanGermna,,,,,,,,,,,,,
${U}03,,,yes,,,,,,,,,,,,
${U}04,,,,Plain,,,,,,,,,,,
${U}05,,,,,Pet,,,,,,,,,,
${U}06,,,,,,four,,,,,,,,,
${U}07,,,,,,$(long 65),,,,,,,,,
${U}08,,,,,,,USA,,,,,,,,
${U}09,,,,,,,1A,,,,,,,,
${U}10,,,,,,,,🦊,,,,,,,
${U}11,,,,,,,,,12345678901,,,,,,
${U}12,,,,,,,,,,$(long 101),,,,,
${U}13,,,,,,,,,,,$(long 51),,,,
${U}14,,,,,,,,,,,,1.5,,,
${U}15,,,,,,,,,,,,9.1E+18,,,
${U}16,,,,,,,,,,,,9223372036854775808,,,
${U}17,,,,,,,,,,,,,yesterday,,
${U}18,,,,,,,,,,,,,,AAAA=,
${U}19,,,,,,,,,,,,,,,Gone
${U}20,*****,,,,,,,,,,,,,,
${U}21,,,,,,,,,,,Delete_Value,,,,
${U}22,"delete_value ",,,,,,,,,,,,,,
,Oslo,,,,,,,,,,,,,,
1e18,Oslo,,,,,,,,,,,,,,
-5,Oslo,,,,,,,,,,,,,,
0,Oslo,,,,,,,,,,,,,,
12 34,Oslo,,,,,,,,,,,,,,
9223372036854775808,Oslo,,,,,,,,,,,,,,
delete_value,Oslo,,,,,,,,,,,,,,
${U}01,Bergen,,,,,,,,,,,,,,
${U}30,$(long 35 é),englishus,TRUE,html,none,$(long 64),us,é,$(long 10),\
$(long 100),$(long 48)🦊,,,,
END
users_before 01 30
run 1 in.csv out.csv
expect_columns out.csv Id Status ErrorName Field <<END
${U}01|Failed|ValueTooLong|City
${U}02|Failed|InvalidValue|Lcid
${U}03|Failed|InvalidBoolean|ContactByPhone
${U}04|Failed|InvalidValue|EmailFormat
${U}05|Failed|InvalidValue|SecretQuestion
${U}06|Failed|ValueTooShort|SecretAnswer
${U}07|Failed|ValueTooLong|SecretAnswer
${U}08|Failed|InvalidValue|CountryCode
${U}09|Failed|InvalidValue|CountryCode
${U}10|Failed|ValueTooLong|MiddleInitial
${U}11|Failed|ValueTooLong|PostalCode
${U}12|Failed|ValueTooLong|Email
${U}13|Failed|ValueTooLong|JobTitle
${U}14|Failed|InvalidNumber|CustomerId
${U}15|Failed|InvalidNumber|CustomerId
${U}16|Failed|InvalidNumber|CustomerId
${U}17|Failed|InvalidTime|LastModifiedTime
${U}18|Failed|InvalidBase64|TimeStamp
${U}19|Failed|InvalidValue|UserLifeCycleStatus
${U}20|Failed|InvalidValue|City
${U}21|Failed|InvalidValue|JobTitle
${U}22|Failed|InvalidValue|City
|Failed|InvalidId|Id
1e18|Failed|InvalidId|Id
-5|Failed|InvalidId|Id
0|Failed|InvalidId|Id
12 34|Failed|InvalidId|Id
9223372036854775808|Failed|InvalidId|Id
delete_value|Failed|NotClearable|Id
${U}01|Updated||
${U}30|Updated||
END
columns out.csv Retryable Attempts | head -n 29 | uniq | expect_file <(
    printf 'no|%s\n' 1 0)
columns out.csv Id ErrorMessage >messages
grep -q 'did you mean GermanGermany' messages
grep -q '^1e18|.*spreadsheet' messages
grep -q "^${U}05|.*FavoritePetsName" messages
expect_counts calls=25 applied=2 refused=0
expect_user 01 .ContactInfo.Address.City '"Bergen"'
expect_user 30 '[.Lcid, .ContactInfo.ContactByPhone, .ContactInfo.EmailFormat,
    .ContactInfo.Address.CountryCode]' '["EnglishUS",true,"Html","US"]'

# --diff prints the values in the spelling of the service.
cat >in.csv <<END
Id,ContactByPhone,Lcid,SecretQuestion
${U}30,0,frenchfrance,delete_value
END
run 0 --dry-run --diff diff.csv in.csv out.csv
expect_file diff.csv <<END
Row,Id,Column,Old,New
1,${U}30,ContactByPhone,true,false
1,${U}30,Lcid,EnglishUS,FrenchFrance
END
